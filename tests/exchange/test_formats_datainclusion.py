"""data·inclusion v1 becomes HSDS: the fields, the codes, the hours, the areas."""

import csv
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Listing, ListingPlace, Service
from referrals.exchange.actions import import_directory
from referrals.exchange.export.formats import FORMATS
from referrals.exchange.export.making import make
from referrals.exchange.formats import cog, osm
from referrals.exchange.hours import DAYS
from referrals.kit.settings import Settings
from tests.conftest import NOW

STRUCTURE: dict[str, Any] = {
    "source": "phare", "id": "phare--12", "nom": "Le Phare du Canal", "date_maj": "2026-10-02", "siret": "12345678900011",
    "adresse": "3 quai Inventé", "code_postal": "69100", "commune": "Villeurbanne", "code_insee": "69266", "latitude": 45.77,
    "longitude": 4.88, "telephone": "0400000000", "courriel": "contact@phare.example", "site_web": "https://phare.example",
    "description": "Une maison ouverte.", "horaires_accueil": "Mo-Fr 09:00-17:00", "reseaux_porteurs": ["ccas-cias"],
    "accessibilite_lieu": "https://acces.example/phare", "lien_source": "https://source.example/12",
}  # fmt: skip
SERVICE: dict[str, Any] = {
    "source": "phare", "structure_id": "phare--12", "id": "phare--s1", "nom": "Repas chaud", "description": "Chaque midi.",
    "date_maj": "2026-10-03", "type": "aide-materielle", "thematiques": ["equipement-et-alimentation--alimentation"],
    "frais": "gratuit", "frais_precisions": "Adhésion libre", "publics": ["familles", "tous-publics"],
    "publics_precisions": "Surtout les familles.", "conditions_acces": "Habiter la ville", "modes_accueil": ["en-presentiel"],
    "zone_eligibilite": ["69266", "2A", "123456789"], "contact_nom_prenom": "Ada Canal", "telephone": "0400000001",
    "modes_mobilisation": ["telephoner"], "mobilisable_par": ["usagers", "professionnels"], "nombre_semaines": 3,
    "mobilisation_precisions": "Appeler le matin.", "lien_mobilisation": "https://phare.example/repas",
    "horaires_accueil": "Mo,We 11:30-14:00; PH off", "score_qualite": 0.8, "commune": "Villeurbanne", "code_postal": "69100",
}  # fmt: skip


def _json(folder: Path) -> Path:
    (folder / "services.json").write_text(json.dumps([SERVICE]))
    (folder / "structures.json").write_text(json.dumps([STRUCTURE]))
    return folder


def _lines(folder: Path) -> Path:
    (folder / "feed.ndjson").write_text(json.dumps(SERVICE) + "\n" + json.dumps(STRUCTURE) + "\n")
    return folder / "feed.ndjson"


def _tables(folder: Path) -> Path:
    for name, row in (("services", SERVICE), ("structures", STRUCTURE)):
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(row))
            writer.writeheader()
            writer.writerow({k: "{" + ",".join(v) + "}" if isinstance(v, list) else v for k, v in row.items()})
    return folder


@pytest.mark.parametrize("write", [_json, _lines, _tables])
async def test_structures_and_services_come_in_from_every_form(
    session: AsyncSession, tmp_path: Path, write: Any
) -> None:
    report = await import_directory(session, write(tmp_path), NOW, source="di")
    assert report.format == "data·inclusion v1"
    assert (report.rejected, report.unreadable) == ([], [])
    service = (await session.scalars(select(Service).where(Service.source_key == "phare--s1"))).one()
    assert (service.name, service.url, service.assured_date and service.assured_date.isoformat()) == (
        "Repas chaud", "https://phare.example/repas", "2026-10-03",
    )  # fmt: skip
    assert service.eligibility_description == "Surtout les familles.\n\nHabiter la ville"
    assert service.application_process == "Appeler le matin.\n\nTéléphoner"
    listing = await session.get_one(Listing, service.id)
    assert listing.needs == ["food"]
    assert listing.welcomes == ["everyone", "families"]
    assert listing.modes == ["on-site"]
    assert (listing.funding, listing.free) == (["free"], True)
    assert listing.routes == ["self", "professional"]
    assert listing.slots == [{"days": ["MO", "WE"], "opens": "11:30", "closes": "14:00"}]
    assert {"description": "Closed on public holidays"} in listing.schedule
    assert set(listing.area_postcodes) == {"69100", "200", "201"}
    assert dict(report.lost) == {"services.score_qualite": 1}
    places = (await session.scalars(select(ListingPlace).where(ListingPlace.service_id == service.id))).all()
    assert [place.city for place in places] == ["Villeurbanne"]


async def test_what_came_as_data_inclusion_leaves_as_it_came(
    session: AsyncSession, tmp_path: Path, settings: Settings
) -> None:
    """But for ids and pages, which are ours, for places that a service has of its structure, and for whom it is in words."""
    structure = STRUCTURE | {"accessibilite_lieu": "https://acceslibre.beta.gouv.fr/app/phare/"}
    service = SERVICE | {"zone_eligibilite": ["69266", "2A"], "lien_source": "https://source.example/s1"}
    service |= {"thematiques": ["trouver-un-emploi--repondre-a-des-offres-demploi"], "volume_horaire_hebdomadaire": 2.5}
    elsewhere = {
        "id": "phare--s2",
        "horaires_accueil": "We[1] 14:00-16:00",
        "lien_mobilisation": None,
        "commune": "Bron",
    }
    (tmp_path / "services.json").write_text(json.dumps([service, service | elsewhere]))
    (tmp_path / "structures.json").write_text(json.dumps([structure]))
    await import_directory(session, tmp_path, NOW, source="di")
    path = tmp_path / "out.zip"
    await make(session, FORMATS["data-inclusion"], path, language="fr", settings=settings, now=NOW)
    with zipfile.ZipFile(path) as archive:
        (back,), (one, *others) = (json.loads(archive.read(f"{name}.json")) for name in ("structures", "services"))
    first, second = (one, *others) if one["commune"] == "Villeurbanne" else (*others, one)
    for told, given in ((back, structure), (first, service), (second, service | elsewhere)):
        numbers = {"telephone": f"+33{str(given['telephone'])[1:]}"}
        assert _plain({name: told[name] for name in given if name not in OURS}) == _plain(given | numbers)


OURS = {"source", "id", "structure_id", "lien_source", "publics_precisions", "conditions_acces", "score_qualite"}


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    """Lists in one order, and nothing that is ours to say."""
    return {name: sorted(v) if isinstance(v, list) else v for name, v in record.items() if name not in OURS}


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        ("Mo-Fr 08:30-12:30,14:00-18:00; PH off", [(DAYS[:5], "08:30", "12:30"), (DAYS[:5], "14:00", "18:00")]),
        ("24/7", [(DAYS, "00:00", "23:59")]),
        ("Fr 22:00-02:00", [(("FR",), "22:00", "23:59"), (("SA",), "00:00", "02:00")]),
        ("Mo-Fr 08:00-12:00; We off", [(("MO", "TU", "TH", "FR"), "08:00", "12:00")]),
    ],
)
def test_hours_of_openstreetmap_become_slots(said: str, slots: list[Any]) -> None:
    found = osm.weekly(said)
    assert found is not None
    assert [(slot.days, f"{slot.opens:%H:%M}", f"{slot.closes:%H:%M}") for slot in found] == slots


@pytest.mark.parametrize(
    "said", ["Jan-Mar Mo 08:00-12:00", "sunrise-sunset", "Mo[1] 09:00-12:00", "le lundi", 'Mo "sur rendez-vous"', ""]
)
def test_hours_that_are_not_the_same_every_week_stay_words(said: str) -> None:
    assert osm.weekly(said) is None


def test_official_codes_are_postcodes() -> None:
    assert cog.postcodes("69") == ("69",)
    assert cog.postcodes("2B") == ("202", "206")
    assert cog.postcodes("974") == ("974",)
    assert cog.postcodes("69266") == ("69100",)
    assert "69100" in cog.postcodes("200046977")
    assert cog.postcodes("00000") == ()
