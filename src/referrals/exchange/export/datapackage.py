"""The tables of a tabular package, described for programs that check and read them (`datapackage.json`).

Made from our own models. It differs from the official description where that is unfinished: see docs/decisions/0012-exports.md.
"""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from referrals.exchange.hsds.fields import names
from referrals.exchange.shapes import SHAPES, Field, Shape

FILES = {
    "taxonomy": "taxonomies", "taxonomy_term": "taxonomy_terms", "organization": "organizations", "program": "programs",
    "location": "locations", "service": "services", "service_at_location": "service_at_location", "contact": "contacts",
    "phone": "phones", "language": "languages", "address": "addresses", "accessibility": "accessibility",
    "schedule": "schedules", "service_area": "service_areas", "cost_option": "cost_options",
    "required_document": "required_documents", "unit": "units", "service_capacity": "service_capacity",
    "funding": "funding", "organization_identifier": "organization_identifiers", "url": "url",
    "attribute": "attributes", "metadata": "metadata", "meta_table_description": "meta_table_descriptions",
}  # fmt: skip
"""Our entity -> the name that HSDS gives its table."""
_ENUMS = {
    ("service", "status"): ["active", "inactive", "defunct", "temporarily closed"],
}
_TYPES: dict[type, dict[str, str]] = {
    str: {"type": "string"},
    UUID: {"type": "string", "format": "uuid"},
    int: {"type": "integer"},
    float: {"type": "number"},
    Decimal: {"type": "number"},
    date: {"type": "date"},
    datetime: {"type": "datetime"},
    time: {"type": "time", "format": "%H:%M"},
    dict: {"type": "object"},
}


def describe() -> dict[str, Any]:
    """The package as `frictionless` reads it."""
    return {
        "profile": "tabular-data-package",
        "name": "hsds-directory",
        "title": "A directory of services, in the tables of HSDS 3.1",
        "homepage": "https://docs.openreferral.org/",
        "version": "3.1",
        "resources": [_resource(shape) for shape in SHAPES.values()],
    }


def _resource(shape: Shape) -> dict[str, Any]:
    return {
        "name": shape.entity,
        "path": f"{FILES[shape.entity]}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [_field(shape, name) for name in names(shape.entity)],
            "primaryKey": "id",
            "foreignKeys": [
                {"fields": name, "reference": {"resource": "" if ref.entity == shape.entity else ref.entity, "fields": "id"}}
                for name, ref in shape.refs.items()
            ],
        },
    }  # fmt: skip


def _field(shape: Shape, name: str) -> dict[str, Any]:
    if name == "id":
        return {"name": name, **_TYPES[UUID], "constraints": {"required": True, "unique": True}}
    if name in shape.refs:
        return {"name": name, **_TYPES[UUID], "constraints": {"required": shape.refs[name].required}}
    spec = shape.fields[name]
    constraints: dict[str, Any] = {"required": _always_said(spec)}
    if (shape.entity, name) in _ENUMS:
        constraints["enum"] = _ENUMS[shape.entity, name]
    return {"name": name, **_TYPES[spec.kind], "constraints": constraints}


def _always_said(spec: Field) -> bool:
    """Required by the table, and never an empty text standing in for nothing."""
    return spec.required or spec.blank not in (None, "", {})
