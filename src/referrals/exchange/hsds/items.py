"""One record of a list: its own fields and those of the records that it names.

PostgreSQL says each value as HSDS wants it, and the object is put together here, which is quicker than there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import msgspec
from psycopg import sql
from sqlalchemy import ColumnElement, String, literal_column

from referrals.exchange.hsds.fields import as_values, names
from referrals.exchange.hsds.redaction import Tree

MODIFIED: Final = "greatest(service.last_modified, listing.updated_at)"
"""When the service's own record was changed, or anything that its listing is made of."""
_INSIDE: Final[dict[str, tuple[str, ...]]] = {
    "service": ("organization", "program"), "service_at_location": ("location", "service"),
}  # fmt: skip
"""What stands inside an item, under its own name."""
_ABOVE: Final = "(SELECT above.id FROM organization above WHERE above.id = organization.parent_organization_id AND above.gone_at IS NULL)"
_OWNER: Final = (
    "(SELECT owner.id FROM organization owner WHERE owner.id = location.organization_id AND owner.gone_at IS NULL)"
)
_IF_THERE: Final = {
    ("organization", "parent_organization_id"): _ABOVE,
    ("location", "organization_id"): _OWNER,
    ("service", "program_id"): "program.id",
}
"""References to what may be gone, which then are left out."""
_TRANSLATIONS: Final = "translations"


@dataclass(frozen=True, slots=True)
class Part:
    """Columns `start` to `end` are the fields of an object; `inside` stand in it."""

    names: tuple[str, ...]
    start: int
    end: int
    inside: tuple[tuple[str, "Part"], ...]


@cache
def columns(entity: str) -> tuple[ColumnElement[str], ...]:
    """All the values of an item, as the statement of `lists` can name them."""
    return tuple(literal_column(said, String) for said in _said(entity))


@cache
def part(entity: str, start: int = 0) -> Part:
    """How the columns make an item."""
    own = names(entity)
    at, inside = start + len(own), []
    for key in _INSIDE.get(entity, ()):
        inside.append((key, part(key, at)))
        at += len(_said(key))
    return Part(own, start, start + len(own), tuple(inside))


def item(part: Part, row: Sequence[Any]) -> Tree | None:
    """None for a record that is not there."""
    if row[part.start] is None:
        return None
    tree: Tree = {
        name: value for name, value in zip(part.names, row[part.start : part.end], strict=True) if value is not None
    }
    if _TRANSLATIONS in tree:
        tree[_TRANSLATIONS] = msgspec.Raw(tree[_TRANSLATIONS].encode())
    for key, inner in part.inside:
        if (told := item(inner, row)) is not None:
            tree[key] = told
    return tree


def minimal() -> ColumnElement[str]:
    moment = sql.SQL(f"(to_json({MODIFIED} AT TIME ZONE 'UTC') #>> '{{}}') || 'Z'")  # our own columns
    said = sql.SQL("json_build_object('id', service.id, 'modified_date', {})::text").format(moment)
    return literal_column(said.as_string(None), String)


@cache
def _said(entity: str) -> tuple[str, ...]:
    own = as_values(entity, entity) | {
        name: sql.SQL(said) for (kind, name), said in _IF_THERE.items() if kind == entity
    }  # fmt: skip
    texts = [_as_text(name, said.as_string(None)) for name, said in own.items()]
    return (*texts, *(said for key in _INSIDE.get(entity, ()) for said in _said(key)))


def _as_text(name: str, said: str) -> str:
    """Ids, days and objects as texts: the driver need not read what is only passed on."""
    plain = name == "id" or name.endswith(("_id", "_date")) or name == _TRANSLATIONS
    return f"{said}::text" if plain else said
