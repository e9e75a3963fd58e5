"""Tabular packages of HSDS 1.x to 3.x: one CSV file for each kind of record, in a folder or a zip."""

import re
from collections.abc import Iterator
from typing import Any

from referrals.exchange import reasons
from referrals.exchange.broken import BrokenPackage
from referrals.exchange.ids import key_of
from referrals.exchange.records import Raw
from referrals.exchange.report import Report, Where
from referrals.exchange.table import Files, rows, stem

TABLES: dict[str, str] = {
    "taxonomies": "taxonomy", "taxonomy": "taxonomy", "taxonomy_terms": "taxonomy_term", "taxonomy_term": "taxonomy_term",
    "organizations": "organization", "organization": "organization", "programs": "program", "program": "program",
    "locations": "location", "location": "location", "services": "service", "service": "service",
    "service_at_location": "service_at_location", "service_at_locations": "service_at_location",
    "services_at_location": "service_at_location", "services_at_locations": "service_at_location",
    "contacts": "contact", "contact": "contact", "phones": "phone", "phone": "phone",
    "languages": "language", "language": "language",
    "addresses": "address", "address": "address", "physical_addresses": "address", "physical_address": "address",
    "postal_addresses": "address", "postal_address": "address",
    "accessibility": "accessibility", "accessibility_for_disabilities": "accessibility",
    "schedules": "schedule", "schedule": "schedule", "regular_schedules": "schedule", "regular_schedule": "schedule",
    "holiday_schedules": "schedule", "holiday_schedule": "schedule",
    "service_areas": "service_area", "service_area": "service_area",
    "cost_options": "cost_option", "cost_option": "cost_option",
    "required_documents": "required_document", "required_document": "required_document",
    "units": "unit", "unit": "unit", "service_capacity": "service_capacity", "service_capacities": "service_capacity",
    "capacities": "service_capacity", "funding": "funding", "fundings": "funding",
    "organization_identifiers": "organization_identifier", "organization_identifier": "organization_identifier",
    "url": "url", "urls": "url",
    "attributes": "attribute", "attribute": "attribute", "other_attributes": "attribute", "other_attribute": "attribute",
    "service_attributes": "attribute", "service_attribute": "attribute", "service_taxonomy": "attribute",
    "services_taxonomy": "attribute", "service_taxonomies": "attribute", "services_taxonomies": "attribute",
    "metadata": "metadata", "meta_table_descriptions": "meta_table_description",
    "meta_table_description": "meta_table_description",
    "eligibility": "eligibility", "eligibilities": "eligibility", "payments_accepted": "payment_accepted",
    "payment_accepted": "payment_accepted",
}  # fmt: skip
"""A table's name in any version -> our entity. Eligibility and payments were tables once; now they are a service's texts."""

_FIRST = (
    "eligibility",
    "payment_accepted",
    "taxonomy",
    "taxonomy_term",
    "organization",
    "program",
    "location",
    "service",
)
_NOTES = {
    "eligibility": ("eligibility", "eligibility_description", "\n\n"),
    "payment_accepted": ("payment", "fees_description", ", "),
}
Row = dict[str, Any]


def tables(files: Files) -> dict[str, str]:
    """File name -> the table it holds, for every CSV file whose name is known to HSDS."""
    named = {name: stem(name) for name in files.names() if name.lower().endswith(".csv")}
    return {name: table for name, table in named.items() if table in TABLES}


def records(files: Files, report: Report) -> Iterator[Raw]:
    """Every row of every known table; what else lies there is listed as skipped. Raises BrokenPackage."""
    known = tables(files)
    if not known:
        raise BrokenPackage("There is no table of HSDS in it: no services.csv, organizations.csv or the like.")
    report.skipped += [name for name in files.names() if name not in known and not name.endswith("datapackage.json")]
    notes: dict[str, dict[str, str]] = {}
    homes: dict[str, str] = {}
    for name in sorted(known, key=lambda name: rank(TABLES[known[name]])):
        table, entity = known[name], TABLES[known[name]]
        for line, row in rows(files, name, entity, report):
            if entity in _NOTES:
                _note(notes, entity, table, row, Where(name, line), report)
            else:
                yield from raw(entity, table, row, Where(name, line), notes, homes)


def raw(
    entity: str, table: str, row: Row, where: Where, notes: dict[str, dict[str, str]], homes: dict[str, str]
) -> Iterator[Raw]:
    """`homes`: the organization of each place that was read, for services that name none but a place."""
    if entity == "location" and row.get("organization_id"):
        homes[key_of(row.get("id"))] = str(row["organization_id"])
    if entity == "taxonomy" and {"parent_id", "vocabulary", "parent_name"} & row.keys():
        entity = "taxonomy_term"  # in HSDS 1.x `taxonomy` was the table of terms
    if entity == "taxonomy_term" and not row.get("taxonomy_id"):
        name = row.pop("taxonomy", None) or row.pop("vocabulary", None) or "terms"
        yield Raw("taxonomy", table, {"id": name, "name": name}, where, nested=True)
        row["_taxonomy"] = name
        row["taxonomy_id"] = name
    if entity == "attribute" and "service" in table:
        row |= {"link_id": row.pop("service_id", None), "link_entity": "service"}
    if entity == "attribute" and "link_type" in row and "link_entity" not in row:
        row["link_entity"] = row.pop("link_type")  # HSDS 2.x kept the entity there
    if entity == "service":
        yield from _placed(table, row, where, homes)
        codes = str(row.pop("taxonomy_ids", None) or "")
        row |= {name: said for name, said in notes.get(key_of(row.get("id")), {}).items() if not row.get(name)}
        for code in re.split(r"[,;\s]+", codes):
            if code:
                yield Raw(
                    "attribute",
                    table,
                    {"link_id": row.get("id"), "link_entity": "service", "taxonomy_term_id": code},
                    where,
                )
    yield Raw(entity, table, row, where)


def _placed(table: str, row: Row, where: Where, homes: dict[str, str]) -> Iterator[Raw]:
    """HSDS 1.0 had a service at one place, which could be all that told whose it is."""
    place = row.pop("location_id", None)
    if place:
        row["organization_id"] = row.get("organization_id") or homes.get(key_of(place))
        at = {"service_id": row.get("id"), "location_id": place}
        yield Raw("service_at_location", table, at, where, nested=True)


def _note(notes: dict[str, dict[str, str]], entity: str, table: str, row: Row, where: Where, report: Report) -> None:
    """A text that today belongs to the service itself."""
    column, target, between = _NOTES[entity]
    said, service = (row.get(column) or "").strip(), (row.get("service_id") or "").strip()
    if not said:
        report.empty[table] += 1
    elif not service:
        report.reject(where, table, row.get("id") or None, reasons.NO_SERVICE)
    else:
        own = notes.setdefault(service, {})
        own[target] = f"{own[target]}{between}{said}" if target in own else said


def rank(entity: str) -> tuple[int, str]:
    return (_FIRST.index(entity) if entity in _FIRST else len(_FIRST), entity)
