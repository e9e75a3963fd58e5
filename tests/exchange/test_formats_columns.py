"""Any CSV by a mapping of its columns: guessed, corrected, shown, read."""

import csv
from datetime import time
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange import reasons
from referrals.exchange.broken import NeedsMapping
from referrals.exchange.files import opened
from referrals.exchange.formats import cells, columns, targets, timetable
from referrals.exchange.formats.columns import Column, Fixed, Mapping
from referrals.exchange.hours import Slot
from referrals.exchange.package import Package
from referrals.taxonomy import load, queries
from referrals.taxonomy.vocabulary import Vocabulary
from tests.conftest import NOW
from tests.exchange.reading import read

TABLE = """Nom de la structure;Intitulé;Thématiques;Adresse;CP;Ville;Tél.;Horaires;Lat;Long;Langues parlées;Mis à jour le;Tarif par séance;Couleur
Le Héron;Kiné du port;Kinésithérapie, Licornes;1 quai Inventé;69003;Lyon;04 00 00 00 00;Mo-Fr 09:00-12:00;45,75;4,85;français, arabe;13/02/2026;35,50 €;bleu
Le Héron;Kiné du port;Kinésithérapie;9 rue Inventée;69100;Villeurbanne;04 00 00 00 01;;;;français;13/02/2026;;
Le Héron;Soupe;;2 quai;69003;Lyon;;à midi;loin;4,85;;31/02/2026;selon revenus;
;Sans personne;;;;;;;;;;;;
"""
HEADER = TABLE.splitlines()[0].split(";")
ROWS = [line.split(";") for line in TABLE.splitlines()[1:]]
MAPPING = columns.guess(HEADER, ROWS)


def _file(folder: Path, text: str = TABLE) -> Path:
    (folder / "liste.csv").write_text(text, encoding="cp1252")
    return folder / "liste.csv"


def test_the_names_of_columns_tell_what_they_hold() -> None:
    assert {one.column: one.target for one in MAPPING.columns} == {
        "Nom de la structure": "organization.name", "Intitulé": "service.name", "Thématiques": "service.needs",
        "Adresse": "address.address_1", "CP": "address.postal_code", "Ville": "address.city", "Tél.": "service.phone",
        "Horaires": "service.hours", "Lat": "location.latitude", "Long": "location.longitude",
        "Langues parlées": "service.languages", "Mis à jour le": "service.assured_date", "Tarif par séance": "service.price",
    }  # fmt: skip
    assert (MAPPING.dates, MAPPING.decimal) == ("dmy", ",")
    assert columns.problems(MAPPING, HEADER) == []


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (["id", "name", "organization", "city", "zip"], ["service.id", "service.name", "organization.name", "address.city", "address.postal_code"]),
        (["Agency Name", "Program Name", "Hours of Operation", "ZIP Code"], ["organization.name", "service.name", "service.hours", "address.postal_code"]),
        (["structure_id", "nom", "code_postal", "commune", "horaires_accueil"], ["organization.id", "service.name", "address.postal_code", "address.city", "service.hours"]),
        (["PublicName", "PhysicalCity", "minimum_age"], ["service.name", "address.city", "service.minimum_age"]),
        (["zzz", "", "qwertz"], ["", "", ""]),
    ],
)  # fmt: skip
def test_columns_in_english_and_of_the_standards_are_guessed_too(header: list[str], expected: list[str]) -> None:
    mapping = columns.guess(header, [])
    assert [mapping.target_of(name) for name in header] == expected


def test_a_preview_shows_what_would_be_read_and_what_would_not(tmp_path: Path) -> None:
    shown = columns.preview(opened(_file(tmp_path)), "liste.csv", MAPPING, Vocabulary("none", {}))
    first = {cell.target: cell.read for cell in shown.rows[0].cells}
    assert (first["service.assured_date"], first["service.price"], first["service.languages"]) == (
        "2026-02-13",
        "35.5",
        "fr, ar",
    )
    assert {(cell.column, cell.problem) for cell in shown.rows[2].cells if cell.problem} == {
        ("Lat", reasons.NOT_NUMBER), ("Mis à jour le", reasons.NOT_DATE), ("Tarif par séance", reasons.NOT_AMOUNT),
    }  # fmt: skip
    assert (shown.rows[3].line, shown.rows[3].problem) == (5, reasons.MISSING % {"fields": "organization"})
    assert [one.reason for one in shown.repaired] == [reasons.ENCODED % {"encoding": "Windows-1252"}]


def test_rows_of_one_service_are_one_service_at_several_places(tmp_path: Path) -> None:
    found = read(_file(tmp_path), mapping=MAPPING)
    assert [one["name"] for one in found.of("organization")] == ["Le Héron"]
    assert {str(one["name"]) for one in found.of("service")} == {"Kiné du port", "Soupe"}
    assert len(found.of("service_at_location")) == 3
    assert found.refused() == {("liste.csv", 5, reasons.MISSING % {"fields": "organization"})}
    assert found.unreadable() == {
        (4, "Lat", reasons.NOT_NUMBER), (4, "Mis à jour le", reasons.NOT_DATE), (4, "Tarif par séance", reasons.NOT_AMOUNT),
    }  # fmt: skip
    assert dict(found.report.lost) == {
        "liste.Couleur": 1,
        "liste.Lat": 1,
        "liste.Mis à jour le": 1,
        "liste.Tarif par séance": 1,
    }


def test_hours_in_french_are_read_where_each_clock_has_its_h_and_stay_words_elsewhere(tmp_path: Path) -> None:
    said = ["Lu-Ve 9h-12h", "du lundi au vendredi de 9h à 12h", "lundi et jeudi 9h30-12h et 14h-17h"]
    week = ("MO", "TU", "WE", "TH", "FR")
    for one in said[:2]:
        assert timetable.slots(one) == (Slot(week, time(9), time(12)),)
    assert timetable.slots(said[2]) == (
        Slot(("MO", "TH"), time(9, 30), time(12)), Slot(("MO", "TH"), time(14), time(17)),
    )  # fmt: skip
    unsure = [
        "lundi au vendredi 9h-12h, fermé le mercredi", "1er lundi du mois 9h-12h", "premier lundi du mois 9h-12h",
        "lundi 9h-12h sur rendez-vous", "de 9h à 12h", "lundi 9h-5h", "lundi 9-5", "mardi matin",
    ]  # fmt: skip
    assert [timetable.slots(one) for one in unsure] == [None] * len(unsure)
    lines = "".join(f"{number};Le Héron;{one}\n" for number, one in enumerate([*said, unsure[0]]))
    header = ["nom", "structure", "horaires"]
    found = read(_file(tmp_path, ";".join(header) + "\n" + lines), mapping=columns.guess(header, []))
    assert [one.get("byday") for one in found.of("schedule")] == ["MO,TU,WE,TH,FR"] * 2 + ["MO,TH"] * 2 + [None]
    assert [
        (one.line, one.field, one.reason) for one in found.report.repairs if one.reason == reasons.HOURS_IN_WORDS
    ] == [(5, "horaires", reasons.HOURS_IN_WORDS)]


def test_what_stands_in_a_column_that_is_left_out_is_told_with_its_line(tmp_path: Path) -> None:
    found = read(_file(tmp_path, TABLE), mapping=MAPPING)
    left_out = [(one.line, one.field, one.reason) for one in found.report.losses]
    assert left_out == [(2, "liste.Couleur", reasons.NO_PLACE)]
    assert found.report.lost["liste.Couleur"] == 1


def test_hours_are_shown_in_words_before_they_come_in() -> None:
    read = cells.read("hours", "Lu-Ve 9h-12h", "ymd", ".", Vocabulary("", {}))
    assert read.shown == "Monday to Friday, 9:00–12:00"


def test_dates_are_read_in_the_order_that_most_of_them_allow() -> None:
    assert cells.date_order(["31/01/2026", "28/02/2026", "01/13/2026"]) == "dmy"
    assert cells.date_order(["01/31/2026", "02/03/2026"]) == "mdy"
    assert cells.date_order(["02/03/2026"]) == "dmy"


def test_a_price_that_is_said_to_be_nothing_is_nothing(tmp_path: Path) -> None:
    header = ["nom", "structure", "prix"]
    table = ";".join(header) + "\nSoupe;Le Héron;gratuit\nBains;Le Héron;Free\nLits;Le Héron;0 €\n"
    found = read(_file(tmp_path, table), mapping=columns.guess(header, []))
    assert [one["amount"] for one in found.of("cost_option")] == [0, 0, 0]
    assert not found.unreadable()


def test_a_column_that_is_gone_is_told(tmp_path: Path) -> None:
    table = "nom;structure\nSoupe;Le Héron\n"
    found = read(_file(tmp_path, table), mapping=columns.guess(["nom", "structure", "horaires"], []))
    assert found.unreadable() == {(1, "horaires", reasons.COLUMN_GONE)}
    assert dict(found.report.lost) == {"liste.horaires": 1}


def test_an_id_of_another_service_is_a_clash(tmp_path: Path) -> None:
    table = "id;nom;structure\n1;Soupe;Le Héron\n1;Lits;Le Héron\n1;Soupe;Le Héron\n"
    found = read(_file(tmp_path, table), mapping=columns.guess(["id", "nom", "structure"], []))
    assert found.refused() == {("liste.csv", 3, reasons.CLASH)}


def test_what_no_column_says_may_be_written_beside(tmp_path: Path) -> None:
    mapping = Mapping(
        (Column("nom", "service.name"),), (Fixed("organization.name", "Le Héron"), Fixed("address.country", "France"))
    )
    assert columns.problems(mapping) == []
    found = read(_file(tmp_path, "nom;ville\nSoupe;Lyon\n"), mapping=mapping)
    assert found.one("organization")["name"] == "Le Héron"
    assert dict(found.report.lost) == {"liste.ville": 1}


def test_a_table_of_organizations_alone_has_a_service_for_each_called_the_same(tmp_path: Path) -> None:
    table = "Association;services\nLe Héron;douches, vestiaire\nLa Loutre;repas\n"
    mapping = columns.guess(["Association", "descriptif"], [])
    assert [mapping.target_of(name) for name in ("Association", "descriptif")] == [targets.BOTH, "service.description"]
    assert columns.problems(mapping) == []
    found = read(_file(tmp_path, table), mapping=mapping)
    for entity in ("organization", "service"):
        assert [one["name"] for one in found.of(entity)] == ["Le Héron", "La Loutre"]
    assert len({one["organization_id"] for one in found.of("service")}) == 2


def test_cells_may_begin_after_a_space(tmp_path: Path) -> None:
    table = '"Organization Name", "Address", "Services Provided"\n"Heron House", "1 Quay St, Suite 2", "Soup, bread"\n'
    header = next(iter(csv.reader([table.splitlines()[0]], skipinitialspace=True)))
    mapping = columns.guess(header, [])
    assert [mapping.target_of(name) for name in header] == [targets.BOTH, "address.address_1", "service.description"]
    found = read(_file(tmp_path, table), mapping=mapping)
    assert found.one("service")["description"] == "Soup, bread"
    assert found.one("address")["address_1"] == "1 Quay St, Suite 2"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["09 69 39 40 20", "", "04.78.95.22.49"], "service.phone"),
        (["(415) 550-2210", "+33 4 78 27 28 20", "17"], "service.phone"),
        (["17", "18", "2026-0001"], "service.id"),
        (["123456789", "123 456 789 00012"], "service.id"),
        ([], "service.id"),
    ],
)
def test_a_column_of_numbers_is_an_id_unless_they_are_telephones(said: list[str], expected: str) -> None:
    assert columns.guess(["numéro"], [[one] for one in said]).target_of("numéro") == expected


def test_a_mapping_is_kept_as_json_and_says_what_it_lacks() -> None:
    assert columns.from_json(columns.to_json(MAPPING)) == MAPPING
    assert len(columns.problems(Mapping((Column("x", "no.where"),)), ["y"])) == 3
    with pytest.raises(ValueError, match="columns"):
        columns.from_json({"columns": 7})


def test_a_table_without_a_mapping_asks_for_one(tmp_path: Path) -> None:
    with pytest.raises(NeedsMapping):
        Package(_file(tmp_path))


async def test_words_for_needs_become_ours_and_others_stay_foreign(session: AsyncSession, tmp_path: Path) -> None:
    await load.load(session, NOW)
    words = await queries.vocabulary(session)
    found = read(_file(tmp_path), words, MAPPING)
    physio = words.need("physiotherapy")
    assert physio is not None
    assert physio.id in {one["taxonomy_term_id"] for one in found.of("attribute")}
    assert [one["name"] for one in found.of("taxonomy_term")] == ["Licornes"]
