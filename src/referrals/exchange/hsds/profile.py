"""Our profile of HSDS 3.1: what we add where HSDS has no field, as JSON Merge Patches named as the schemas they change."""

from typing import Any, Final

from referrals.exchange.hsds.fields import additions
from referrals.exchange.hsds.trees import UNCOUNTED
from referrals.exchange.shapes import SHAPES

_SAYS: Final[dict[str, dict[str, Any]]] = {
    "assured_date": {
        "type": "string", "format": "date", "title": "Assured date",
        "description": "The day on which somebody last checked this record.",
    },
    "easy_text": {
        "type": "string", "title": "Easy text",
        "description": "What happens there in easy words, where a person has written it.",
    },
    "language": {
        "type": "string", "title": "Language",
        "description": "ISO 639 code of the language in which the record's own texts are written.",
    },
    "translations": {
        "type": "object", "title": "Translations",
        "description": "The record's texts in other languages, by ISO 639 code and then by field.",
        "additionalProperties": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}  # fmt: skip
_UNCOUNTED: Final = {
    "type": "array", "title": "Uncounted capacities",
    "description": "Capacities of which the number of places, or the moment at which it was said, is not known.",
    "items": {"type": "object", "properties": {"id": {"type": "string", "format": "uuid"}}, "required": ["id"]},
}  # fmt: skip
_SERVICES: Final = {
    "type": "array", "title": "Services", "description": "What the organization runs: ids, names and statuses, or all of it.",
    "items": {"type": "object", "properties": {"id": {"type": "string", "format": "uuid"}}, "required": ["id"]},
}  # fmt: skip


def _patch(entity: str) -> dict[str, Any]:
    more = {name: _SAYS[name] for name in additions(entity)}
    if entity == "service":
        more[UNCOUNTED] = _UNCOUNTED
    if entity == "organization":
        more["services"] = _SERVICES
    return {"properties": more} if more else {}


PATCHES: Final[dict[str, dict[str, Any]]] = {
    f"{entity}.json": patch for entity in SHAPES if (patch := _patch(entity)) and entity != "meta_table_description"
}
"""File name -> what it changes. Nothing of HSDS is taken away or given another meaning."""


def about(here: str, product: str) -> dict[str, Any]:
    """What is at the profile's own address."""
    return {
        "name": f"{product}: HSDS 3.1 with a few fields more",
        "hsds_version": "3.1",
        "description": "Every record is a record of HSDS 3.1. These patches (RFC 7386) add the fields that it has besides.",
        "openapi_url": f"{here}/openapi.json",
        "patches": {name: f"{here}/profile/{name}" for name in PATCHES},
    }
