"""HSDS 3.x as trees of objects: taken apart into one record for each entity, each child told whose it is."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from referrals.exchange.ids import content_key
from referrals.exchange.records import Raw
from referrals.exchange.report import Where
from referrals.exchange.shapes import SHAPES
from referrals.exchange.stream import ENTITY
from referrals.exchange.tabular import TABLES

Tree = dict[str, Any]

CHILDREN: dict[str, str] = {
    "services": "service", "service_at_locations": "service_at_location", "locations": "location", "programs": "program",
    "phones": "phone", "contacts": "contact", "schedules": "schedule", "service_areas": "service_area",
    "languages": "language", "funding": "funding", "cost_options": "cost_option",
    "required_documents": "required_document", "capacities": "service_capacity",
    "uncounted_capacities": "service_capacity", "addresses": "address",
    "taxonomy_terms": "taxonomy_term", "accessibility": "accessibility", "organization_identifiers": "organization_identifier",
    "additional_websites": "url", "additional_urls": "url", "attributes": "attribute", "metadata": "metadata",
}  # fmt: skip
ONE = {
    "organization": "organization", "program": "program", "location": "location", "service": "service", "unit": "unit",
    "taxonomy_term": "taxonomy_term", "taxonomy_detail": "taxonomy",
}  # fmt: skip
_ID_OF = {"taxonomy_detail": "taxonomy_id"}
_TELLS: tuple[tuple[str, frozenset[str]], ...] = (
    ("service_at_location", frozenset({"location", "service"})),
    ("service_at_location", frozenset({"service_id", "location_id"})),
    ("service", frozenset({"name", "status"})),
    ("service", frozenset({"name", "organization"})),
    ("service", frozenset({"name", "service_at_locations"})),
    ("location", frozenset({"location_type"})),
    ("taxonomy_term", frozenset({"name", "taxonomy_detail"})),
    ("taxonomy_term", frozenset({"name", "taxonomy_id"})),
    ("organization", frozenset({"name", "description", "website"})),
    ("organization", frozenset({"name", "services"})),
    ("organization", frozenset({"name", "legal_status"})),
    ("organization", frozenset({"name", "organization_identifiers"})),
)  # fmt: skip
_HINTS = ("service_at_location", "organization", "service", "location", "taxonomy_term", "taxonomy")


def what_is(tree: Any, file: str) -> str | None:
    """Which entity an object at the top of a file is, by what it says and by the file's name; None: none of ours."""
    if not isinstance(tree, dict) or "id" not in tree:
        return None
    if tree.get(ENTITY) in SHAPES:
        return str(tree[ENTITY])
    stem = PurePosixPath(file).stem.lower()
    hint = next(
        (entity for entity in _HINTS if stem.startswith((entity, entity.replace("taxonomy", "taxonomies")))), None
    )
    if hint and set(tree) <= _fields(hint):
        return hint
    return next((entity for entity, keys in _TELLS if keys <= tree.keys()), hint)


def tables_inside(tree: Any) -> dict[str, list[Any]]:
    """The HSDS example of a whole tabular package in one object: {"services.csv": [...], ...}."""
    if not isinstance(tree, dict):
        return {}
    found = {
        PurePosixPath(key).stem: rows for key, rows in tree.items() if key.endswith(".csv") and isinstance(rows, list)
    }
    return {table: rows for table, rows in found.items() if table in TABLES}


def records(entity: str, tree: Tree, where: Where) -> Iterator[Raw]:
    """The object's own record and those of everything inside it, parents before their children."""
    yield from _take_apart(entity, {key: value for key, value in tree.items() if key != ENTITY}, where)


def _take_apart(entity: str, tree: Tree, where: Where) -> Iterator[Raw]:
    lists = {key: tree.pop(key) for key in list(tree) if key in CHILDREN and isinstance(tree[key], list)}
    ones = {key: tree.pop(key) for key in list(tree) if key in ONE and isinstance(tree[key], dict)}
    if not tree.get("id"):
        tree["id"] = content_key(entity, sorted((key, str(value)) for key, value in tree.items()))
    for key, one in ones.items():
        yield from _single(entity, tree, key, one, where)
    if entity == "taxonomy_term" and "taxonomy" in tree:
        tree["_taxonomy"] = tree.pop("taxonomy")
        if not tree.get("taxonomy_id"):
            tree["taxonomy_id"] = tree["_taxonomy"]
            yield Raw(
                "taxonomy", "taxonomies", {"id": tree["_taxonomy"], "name": tree["_taxonomy"]}, where, nested=True
            )
    yield Raw(entity, entity, tree, where, nested=True)
    for key, children in lists.items():
        for child in children:
            yield from _take_apart(CHILDREN[key], _child(entity, tree, CHILDREN[key], child), where)


def _single(entity: str, tree: Tree, key: str, one: Tree, where: Where) -> Iterator[Raw]:
    one = dict(one)
    reference = _ID_OF.get(key, f"{key}_id")
    one.setdefault("id", tree.get(reference) or content_key(key, sorted((k, str(v)) for k, v in one.items())))
    tree[reference] = tree.get(reference) or one["id"]
    if key == "program" and not one.get("organization_id"):
        one["organization_id"] = tree.get("organization_id")
    yield from _take_apart(ONE[key], one, where)


def _child(parent: str, tree: Tree, entity: str, given: Any) -> Tree:
    """Told whose it is. What is no object is a language's name, or lost by its name."""
    said = {"name": given} if entity == "language" and isinstance(given, str) else {"(no object)": given}
    child: Tree = dict(given) if isinstance(given, dict) else said
    names = SHAPES[entity].refs
    if f"{parent}_id" in names and not child.get(f"{parent}_id"):
        child[f"{parent}_id"] = tree["id"]
    if entity == "attribute":
        child["link_id"] = child.get("link_id") or tree["id"]
        child["link_entity"] = child.get("link_entity") or parent
    if entity == "metadata":
        child["resource_id"] = child.get("resource_id") or tree["id"]
        child["resource_type"] = child.get("resource_type") or parent
    return child


def _fields(entity: str) -> set[str]:
    return {"id", *SHAPES[entity].fields, *SHAPES[entity].refs, *CHILDREN, *ONE, "taxonomy"}
