"""The OpenAPI 3.1 document, printed from the tables that the handlers read: parameters, lists, fields."""

from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from referrals.exchange.hsds import profile
from referrals.exchange.hsds.fields import ENUMS, REQUIRED_TEXTS, names
from referrals.exchange.hsds.parameters import ENDPOINTS, SEAT, TEXT, Endpoint, Parameter
from referrals.exchange.hsds.problems import MEDIA_TYPE
from referrals.exchange.hsds.trees import LISTS
from referrals.exchange.shapes import SHAPES

Schema = dict[str, Any]
VERSION: Final = "3.1"
"""Of HSDS, and so of this interface."""
_TYPES: Final[dict[type, Schema]] = {
    str: {"type": "string"}, int: {"type": "integer"}, float: {"type": "number"}, Decimal: {"type": "number"},
    date: {"type": "string", "format": "date"}, datetime: {"type": "string", "format": "date-time"},
    time: {"type": "string", "pattern": r"^\d\d:\d\d(:\d\d(\.\d+)?)?$"}, dict: {"type": "object"},
    UUID: {"type": "string", "format": "uuid"},
}  # fmt: skip
_UUID: Final[Schema] = {"type": "string", "format": "uuid"}
_ONES: Final[dict[str, dict[str, str]]] = {
    "service": {"organization": "organization", "program": "program"},
    "service_at_location": {"location": "location", "service": "service"},
    "service_capacity": {"unit": "unit"},
    "attribute": {"taxonomy_term": "taxonomy_term"},
    "taxonomy_term": {"taxonomy_detail": "taxonomy"},
}
_NO_MARKS: Final = frozenset({"taxonomy", "taxonomy_term", "metadata", "attribute"})


@lru_cache(maxsize=4)
def document(here: str, product: str) -> Schema:
    """For the interface at `here`."""
    paths: Schema = {
        "/": {"get": _operation("What this is", "getAPIMetaInformation", {"$ref": "#/components/schemas/About"})}
    }
    for endpoint in ENDPOINTS.values():
        paths |= _paths(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{product}: human services",
            "version": VERSION,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": here}],
        "paths": paths,
        "components": {"schemas": _schemas(), "responses": {"Problem": _PROBLEM}},
    }


def _paths(endpoint: Endpoint) -> Schema:
    listed = _operation(
        f"A page of {_words(endpoint.name)}", f"getPaginatedListOf{_title(endpoint.name)}", _page(endpoint),
        problems=("400", "503"),
    )  # fmt: skip
    lines = {"application/x-ndjson": {"schema": {"type": "string"}}}
    listed["responses"]["200"]["content"] |= lines
    body = {
        "type": "object",
        "additionalProperties": False,
        "properties": {p.name: _values(p) for p in endpoint.parameters()},
    }
    by_post = listed | {
        "operationId": f"searchPaginatedListOf{_title(endpoint.name)}",
        "summary": "The same; parameters in the body stay out of addresses and their logs. Nothing is made by it",
        "requestBody": {"required": False, "content": {"application/json": {"schema": body}}},
        "responses": listed["responses"] | {"413": _REF, "415": _REF},
    }
    one = _operation(
        f"One of the {_words(endpoint.name)} by its id, with all that hangs on it", f"get{_title(endpoint.entity)}ById",
        {"$ref": f"#/components/schemas/{endpoint.entity}"}, problems=("400", "404"),
    )  # fmt: skip
    one["responses"]["308"] = {"description": "The record was merged into another: it is at the address in `Location`."}
    taken = tuple(parameter for parameter in _parameters(endpoint) if parameter["name"] in endpoint.one_takes)
    id = {"name": "id", "in": "path", "required": True, "schema": _UUID, "description": "The record's id."}
    return {
        f"/{endpoint.name}": {"get": listed | {"parameters": _parameters(endpoint)}, "post": by_post},
        f"/{endpoint.name}/{{id}}": {"get": one | {"parameters": [id, *taken]}},
    }


def _operation(summary: str, id: str, schema: Schema, problems: tuple[str, ...] = ()) -> Schema:
    fresh = {"description": summary, "content": {"application/json": {"schema": schema}}}
    told: Schema = {"200": fresh, "304": {"description": "What `If-None-Match` names is still what is here."}}
    return {"summary": summary, "operationId": id, "responses": told | dict.fromkeys(problems, _REF)}


def _parameters(endpoint: Endpoint) -> list[Schema]:
    return [
        {"name": p.name, "in": "query", "required": False, "description": p.says, "schema": _values(p)}
        for p in endpoint.parameters()
    ]  # fmt: skip


def _values(parameter: Parameter) -> Schema:
    told: dict[str, Schema] = {
        "text": {"type": "string", "minLength": 1, "maxLength": parameter.high, "pattern": TEXT},
        "uuid": _UUID,
        "whole": {"type": "integer", "minimum": parameter.low, "maximum": parameter.high},
        "flag": {"type": "boolean"},
        "moment": {"type": "string", "format": "date-time"},
        "seat": {"type": "string", "pattern": f"^{SEAT.pattern}$"},
        "choice": {"type": "string", "enum": list(parameter.choices)},
    }
    said = told[parameter.kind]
    return said if parameter.otherwise is None else said | {"default": parameter.otherwise}


def _page(endpoint: Endpoint) -> Schema:
    record: Schema = {"$ref": f"#/components/schemas/{endpoint.entity}"}
    if "minimal" in endpoint.takes:
        record = {"anyOf": [record, {"$ref": "#/components/schemas/Minimal"}]}
    return {
        "allOf": [{"$ref": "#/components/schemas/Page"}],
        "properties": {"contents": {"type": "array", "items": record}},
        "required": ["contents"],
    }


def _schemas() -> Schema:
    whole = {"type": "integer", "minimum": 0}
    flag = {"type": "boolean"}
    envelope = {
        "total_items": whole, "total_pages": whole, "page_number": whole, "size": whole, "first_page": flag,
        "last_page": flag, "empty": flag,
    }  # fmt: skip
    about = {"version": {"type": "string"}, "profile": _URI, "openapi_url": _URI}
    problem = {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"},
        "parameter": {"type": "string"},
    }  # fmt: skip
    minimal = {"id": _UUID, "modified_date": {"type": "string", "format": "date-time"}}
    ours = {
        "About": _object(about, tuple(about)),
        "Page": _object(envelope, tuple(envelope)),
        "Problem": _object(problem, ("type", "title", "status")),
        "Minimal": _object(minimal, ("id", "modified_date")) | {"additionalProperties": False},
    }
    return {entity: _entity(entity) for entity in SHAPES if entity != "meta_table_description"} | ours


def _entity(entity: str) -> Schema:
    """A kind of record: its fields, what is nested in it, and what our profile adds."""
    shape = SHAPES[entity]
    properties: Schema = {}
    for name in names(entity):
        field = shape.fields.get(name)
        enum = ENUMS.get((entity, name))
        properties[name] = {"type": "string", "enum": list(enum[0])} if enum else _TYPES[field.kind] if field else _UUID
    for key, child in LISTS.get(entity, ()):
        properties[key] = _many(child)
    for key, child in _ONES.get(entity, {}).items():
        properties[key] = {"$ref": f"#/components/schemas/{child}"}
    if entity == "taxonomy_term":
        properties["taxonomy"] = _TYPES[str]
    if entity not in _NO_MARKS:
        properties["attributes"] = _many("attribute")
    if entity != "metadata":
        properties["metadata"] = _many("metadata")
    properties |= profile.PATCHES.get(f"{entity}.json", {}).get("properties", {})
    return _object(properties, _required(entity))


def _required(entity: str) -> tuple[str, ...]:
    shape = SHAPES[entity]
    sure = {name for name, field in shape.fields.items() if field.required} | REQUIRED_TEXTS.get(entity, frozenset())
    sure |= {name for (kind, name), (_, otherwise) in ENUMS.items() if kind == entity and otherwise}
    sure |= {"status"} if entity == "service" else set()
    sure |= {"unit", "available", "updated"} if entity == "service_capacity" else set()
    return ("id", *(name for name in (*names(entity), "unit") if name in sure))


def _many(entity: str) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{entity}"}}


def _object(properties: Schema, required: tuple[str, ...]) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def _words(name: str) -> str:
    return name.replace("_", " ")


def _title(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


_URI: Final[Schema] = {"type": "string", "format": "uri"}
_REF: Final[Schema] = {"$ref": "#/components/responses/Problem"}
_PROBLEM: Final[Schema] = {
    "description": "What went wrong (RFC 9457), in French or English by `Accept-Language`. `parameter` names what it is about.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_DESCRIPTION: Final = (
    "HSDS 3.1, read only and public. All parameters of a question must hold together; one that a list does not know is "
    "refused, for an answer to another question helps nobody. Lists are in the order in which records first came, new ones "
    "last. Where a service's address is confidential, its area alone is told. Every answer has an `ETag`."
)
