"""data·inclusion v1, the French exchange format: structures and services, as JSON, one object a line, or CSV."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from referrals.exchange.formats import cog, marks, timetable
from referrals.exchange.report import Report, Where
from referrals.taxonomy.vocabulary import TermInfo, Vocabulary

Tree = dict[str, Any]

MEANS: dict[str, tuple[str, ...]] = {
    "sante--acces-aux-soins": (), "sante--sante-mentale": ("mental-health",),
    "famille--surmonter-conflits-separation-violence": (), "famille--soutien-aidants": (),
    "famille--prise-en-charge-personne-dependante": (), "remobilisation--lien-social": (),
    "remobilisation--bien-etre-confiance-en-soi": (), "remobilisation--activites-sportives-et-culturelles": (),
    "logement-hebergement--louer-un-logement": ("housing-search",),
    "logement-hebergement--se-maintenir-dans-le-logement": ("eviction-prevention",),
    "difficultes-administratives-ou-juridiques--accompagnement-aux-demarches-administratives": (),
    "difficultes-administratives-ou-juridiques--accompagnement-pour-lacces-aux-droits": ("benefits-advice",),
    "difficultes-administratives-ou-juridiques--prendre-en-compte-une-problematique-judiciaire": (),
    "difficultes-administratives-ou-juridiques--beneficier-dune-mesure-daccompagnement-adapte": ("case-management",),
    "difficultes-financieres--ameliorer-sa-gestion-budgetaire": ("financial-planning",),
    "difficultes-financieres--prevenir-une-degradation-de-la-situation-financiere": (),
    "trouver-un-emploi--repondre-a-des-offres-demploi": ("employment",),
    "trouver-un-emploi--maintien-dans-lemploi": ("job-retention",),
    "se-former--trouver-sa-formation": ("job-training",),
    "famille--soutien-a-la-parentalite-et-a-leducation": ("parenting-support",),
    "mobilite--financer-ma-mobilite": (), "mobilite--etre-accompagne-dans-son-parcours-mobilite": (),
}  # fmt: skip
"""Themes whose code several of our needs carry, or one that says less: what a service of that theme surely offers.

The others mean the one need that carries their code, or the one above all that do.
"""
PUBLICS: dict[str, tuple[str, ...]] = {
    "familles": ("families",), "seniors": ("older-people",), "personnes-en-situation-de-handicap": ("disabled",),
    "personnes-exilees": ("asylum-seeker", "refugee", "undocumented"), "personnes-en-situation-durgence": (),
    "personnes-en-situation-juridique-specifique": ("justice-involved", "prison-leaver"),
}  # fmt: skip
MOBILISE = {
    "envoyer-un-courriel": "Envoyer un courriel", "se-presenter": "Se présenter", "telephoner": "Téléphoner",
    "utiliser-lien-mobilisation": "Utiliser le lien de mobilisation",
}  # fmt: skip
WAYS, SOURCE_LINK, MEASURES = "modes-mobilisation", "lien_source", ("volume_horaire_hebdomadaire", "nombre_semaines")
"""What our export finds again: the taxonomy of ways in, the label of the page at the source, and what has a number."""
_SERVICE = {
    "source", "structure_id", "id", "nom", "description", "date_maj", "type", "thematiques", "frais", "frais_precisions",
    "publics", "publics_precisions", "conditions_acces", "modes_accueil", "zone_eligibilite", "contact_nom_prenom",
    "telephone", "courriel", "modes_mobilisation", "lien_mobilisation", "mobilisable_par", "mobilisation_precisions",
    "horaires_accueil", "volume_horaire_hebdomadaire", "nombre_semaines", "lien_source",
}  # fmt: skip
_STRUCTURE = {
    "source", "id", "nom", "date_maj", "siret", "telephone", "courriel", "site_web", "description", "horaires_accueil",
    "accessibilite_lieu", "lien_source", "reseaux_porteurs",
}  # fmt: skip
_ADDRESS = {"adresse", "complement_adresse", "code_postal", "commune", "code_insee", "latitude", "longitude"}
_LISTS = {
    "thematiques", "publics", "modes_accueil", "zone_eligibilite", "modes_mobilisation", "mobilisable_par",
    "reseaux_porteurs",
}  # fmt: skip


def is_service(keys: set[str]) -> bool:
    return {"nom", "structure_id"} <= keys and "name" not in keys


def is_structure(keys: set[str]) -> bool:
    return "nom" in keys and "name" not in keys and bool(keys & {"siret", "date_maj", "reseaux_porteurs", "site_web"})


def is_ours(tree: Any) -> bool:
    """Whether an object, or the columns of a table, are of this format."""
    keys = set(tree)
    return is_service(keys) or is_structure(keys)


@dataclass
class Author:
    """Writes structures and services as HSDS. Remembers which structures have a place, for services that name none."""

    words: Vocabulary
    report: Report
    _places: set[str] = field(default_factory=set)

    def trees(self, row: Tree, where: Where) -> Iterator[tuple[str, Tree]]:
        """(entity, HSDS object): a structure is an organization, and what is unknown is counted as lost."""
        row = {name.strip().lower(): _value(name.strip().lower(), value) for name, value in row.items()}
        service = is_service(set(row))
        table = "services" if service else "structures"
        known = (_SERVICE if service else _STRUCTURE) | _ADDRESS
        for name, value in row.items():
            if name not in known and value not in (None, "", []):
                self.report.lose(where, "service" if service else "organization", _id(row), f"{table}.{name}")
        yield ("service", self._service(row)) if service else ("organization", self._structure(row))

    def _structure(self, row: Tree) -> Tree:
        key = _id(row)
        tree: Tree = {
            "id": key, "name": row.get("nom"), "description": row.get("description"), "email": row.get("courriel"),
            "website": row.get("site_web"), "uri": row.get("lien_source"), "assured_date": row.get("date_maj"),
            "language": "fr", "phones": _phones(key, row), "attributes": [
                marks.foreign(key, "reseaux-porteurs", code, code.replace("-", " ")) for code in _list(row, "reseaux_porteurs")
            ],
        }  # fmt: skip
        if row.get("siret"):
            number = str(row["siret"])
            tree["organization_identifiers"] = [
                {
                    "id": f"{key}:siret",
                    "identifier_scheme": "FR-SIRET",
                    "identifier_type": "SIRET",
                    "identifier": number,
                }
            ]
        place = _location(key, row)
        if place is None and (row.get("horaires_accueil") or row.get("accessibilite_lieu")):
            place = {"id": key, "location_type": "physical"}
        if place is not None:
            self._places.add(key)
            place["schedules"] = _schedules(key, row)
            if row.get("accessibilite_lieu"):
                place["accessibility"] = [{"id": key, "url": row["accessibilite_lieu"]}]
            tree["locations"] = [place]
        return _said(tree)

    def _service(self, row: Tree) -> Tree:
        key = _id(row)
        structure = str(row.get("structure_id") or "")
        place = _location(key, row)
        remote = _list(row, "modes_accueil") == ["a-distance"]
        at: list[Tree] = []
        if place is not None:
            at = [{"id": key, "location": {**place, "organization_id": structure}}]
        elif structure in self._places and not remote:
            at = [{"id": key, "location_id": structure}]
        source = row.get("lien_source")
        return _said({
            "id": key, "organization_id": structure, "name": row.get("nom"), "description": row.get("description"),
            "status": "active", "language": "fr", "email": row.get("courriel"),
            "url": row.get("lien_mobilisation") or source,
            "additional_urls": [{"id": f"{key}:lien-source", "label": SOURCE_LINK, "url": source}] if source else [],
            "last_modified": row.get("date_maj"), "assured_date": row.get("date_maj"),
            "fees_description": row.get("frais_precisions"),
            "eligibility_description": _texts(row.get("publics_precisions"), row.get("conditions_acces")),
            "application_process": _texts(row.get("mobilisation_precisions"), ways_in(_list(row, "modes_mobilisation"))),
            "phones": _phones(key, row), "schedules": _schedules(key, row), "service_areas": list(_areas(key, row)),
            "contacts": [{"id": f"{key}:contact", "name": row["contact_nom_prenom"]}] if row.get("contact_nom_prenom") else [],
            "attributes": list(self._attributes(key, row)), "service_at_locations": at,
        })  # fmt: skip

    def _attributes(self, key: str, row: Tree) -> Iterator[Tree]:
        """The codes of data·inclusion themselves, and with them the terms of ours that they surely mean."""
        for code in _list(row, "thematiques"):
            yield marks.foreign(key, "thematiques", code, _spoken(code))
            yield from self._ours(key, "need", code, MEANS)
        for code in _list(row, "publics"):
            yield marks.foreign(key, "publics", code, _spoken(code))
            yield from self._ours(key, "audience", code, PUBLICS)
        for code in _list(row, "modes_accueil"):
            yield from self._ours(key, "delivery-mode", code, {})
        for code in _list(row, "mobilisable_par"):
            yield from self._ours(key, "referral-route", code, {})
        if row.get("frais"):
            yield from self._ours(key, "funding", str(row["frais"]), {})
        if row.get("type"):
            yield marks.foreign(key, "types-de-services", str(row["type"]), _spoken(str(row["type"])))
        for code in _list(row, "modes_mobilisation"):
            yield marks.foreign(key, WAYS, code, MOBILISE.get(code, _spoken(code)))
        for name in MEASURES:
            if row.get(name) not in (None, ""):
                term = marks.foreign(key, "data-inclusion", name, _spoken(name))
                yield {**term, "value": str(row[name])}

    def _ours(self, key: str, taxonomy: str, code: str, decided: Mapping[str, tuple[str, ...]]) -> Iterator[Tree]:
        terms = meant(self.words, taxonomy, code, decided)
        if not terms and code not in decided and taxonomy in ("delivery-mode", "referral-route", "funding"):
            yield marks.foreign(key, taxonomy + " (data·inclusion)", code, _spoken(code))
        for term in terms:
            yield marks.ours(key, term, "fr")


def meant(words: Vocabulary, taxonomy: str, code: str, decided: Mapping[str, tuple[str, ...]]) -> list[TermInfo]:
    """The terms of ours that this code surely means; none where that is not for us to say."""
    if code in decided:
        found = [words.term(taxonomy, own) for own in decided[code]]
    else:
        found = [marks.by_data_inclusion(words, taxonomy, code)]
    return [term for term in found if term is not None]


def ways_in(codes: Iterable[str]) -> str:
    """What `modes_mobilisation` says, in words; in one order, so that the words can be known again."""
    return ", ".join(MOBILISE.get(code, code) for code in sorted(codes))


def _value(name: str, value: Any) -> Any:
    """A cell of a table may hold a list: as JSON, in braces, or parted by commas."""
    if name not in _LISTS or not isinstance(value, str):
        return value
    said = value.strip()
    if said.startswith("["):
        try:
            found = json.loads(said.replace("'", '"'))
            return found if isinstance(found, list) else [said]
        except (ValueError, RecursionError):
            pass
    return [part.strip().strip("\"'") for part in re.split(r"[,;|]", said.strip("{}[]")) if part.strip()]


def _list(row: Tree, name: str) -> list[str]:
    value = row.get(name)
    items = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(str(one).strip() for one in items if isinstance(one, str | int) and str(one).strip()))


def _id(row: Tree) -> str:
    """`source--localid`; older files had the two apart."""
    given, source = str(row.get("id") or "").strip(), str(row.get("source") or "").strip()
    return given if not given or "--" in given or not source else f"{source}--{given}"


def _texts(*texts: Any) -> str | None:
    return "\n\n".join(str(text) for text in texts if text) or None


def _phones(key: str, row: Tree) -> list[Tree]:
    return [{"id": f"{key}:voice", "number": str(row["telephone"]), "type": "voice"}] if row.get("telephone") else []


def _location(key: str, row: Tree) -> Tree | None:
    if not any(row.get(name) for name in _ADDRESS):
        return None
    insee = str(row.get("code_insee") or "")
    postcode = str(row.get("code_postal") or "")
    department = (insee or postcode)[: 3 if (insee or postcode).startswith("97") else 2]
    address = _said({
        "id": key, "address_type": "physical", "address_1": row.get("adresse"), "address_2": row.get("complement_adresse"),
        "city": row.get("commune"), "postal_code": postcode, "state_province": department, "country": "FR",
    })  # fmt: skip
    return _said({
        "id": key, "location_type": "physical", "latitude": row.get("latitude"), "longitude": row.get("longitude"),
        "external_identifier": insee, "external_identifier_type": "FR-COG-COMMUNE" if insee else None,
        "addresses": [address], "language": "fr",
    })  # fmt: skip


def _schedules(key: str, row: Tree) -> list[Tree]:
    """Hours in OpenStreetMap's way; what is not the same every week stays as its words."""
    return timetable.schedules(f"{key}:hours", str(row.get("horaires_accueil") or "").strip())


def _areas(key: str, row: Tree) -> Iterator[Tree]:
    prefixes: list[str] = []
    for code in _list(row, "zone_eligibilite"):
        found = cog.postcodes(code)
        if code.lower() in cog.FRANCE:
            yield {"id": f"{key}:area:france", "name": "France", "extent": "FR", "extent_type": "country"}
        elif found:
            prefixes += found
        else:
            yield {"id": f"{key}:area:{code}", "name": code, "extent": code, "extent_type": "fr-cog"}
    if prefixes:
        codes = ",".join(_list(row, "zone_eligibilite"))
        extent = ",".join(dict.fromkeys(prefixes))
        yield {"id": f"{key}:area", "name": codes, "extent": extent, "extent_type": "postcode-prefix"}


def _spoken(code: str) -> str:
    return code.rpartition("--")[2].replace("-", " ").replace("_", " ").capitalize()


def _said(tree: Tree) -> Tree:
    return {name: value for name, value in tree.items() if value not in (None, "", [])}
