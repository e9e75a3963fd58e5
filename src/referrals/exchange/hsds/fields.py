"""How each of our rows is said in HSDS 3.1: one JSON object a row, made by PostgreSQL, its keys always in the same order.

Days, times and amounts are written so that reading them back gives the same row.
"""

from datetime import datetime, time
from decimal import Decimal
from functools import cache

from psycopg import sql

from referrals.exchange.shapes import SHAPES, Shape

ADDITIONS = frozenset({"assured_date", "easy_text", "language", "translations"})
"""Fields of ours where HSDS has none of that name; `docs/decisions/0011` and the profile say what they hold."""
NOT_SAID = {("taxonomy_term", "folded")}
"""Columns that follow from others."""
REQUIRED_TEXTS: dict[str, frozenset[str]] = {
    "organization": frozenset({"description"}),
    "program": frozenset({"description"}),
    "taxonomy": frozenset({"description"}),
    "taxonomy_term": frozenset({"description"}),
    "address": frozenset({"address_1", "city", "state_province", "postal_code", "country"}),
    "metadata": frozenset({"previous_value", "replacement_value"}),
}
"""Texts that HSDS wants even where nothing is known: an empty one, which reads as nothing when it comes back."""
ENUMS: dict[tuple[str, str], tuple[tuple[str, ...], str | None]] = {
    ("location", "location_type"): (("physical", "postal", "virtual"), "physical"),
    ("address", "address_type"): (("physical", "postal", "virtual"), "physical"),
    ("schedule", "freq"): (("WEEKLY", "MONTHLY"), None),
    ("schedule", "wkst"): (("MO", "TU", "WE", "TH", "FR", "SA", "SU"), None),
}
"""What HSDS allows, and what is said in place of anything else."""


def names(entity: str) -> tuple[str, ...]:
    """The keys of an object of this kind, in their order, without what is nested in it."""
    shape = SHAPES[entity]
    said = [name for name in shape.fields if (entity, name) not in NOT_SAID]
    head = [name for name in said if name not in _own(entity)]
    return ("id", *shape.refs, *head, *(name for name in said if name in _own(entity)))


def additions(entity: str) -> tuple[str, ...]:
    """Those of its keys that are ours."""
    return tuple(name for name in names(entity) if name in _own(entity))


@cache
def as_json(entity: str, alias: str = "t") -> sql.Composed:
    """The row `alias` of this kind as one JSON object, with null where nothing is said."""
    pairs = [sql.SQL("{}, {}").format(sql.Literal(name), said) for name, said in as_values(entity, alias).items()]
    return sql.SQL("json_build_object({})").format(sql.SQL(", ").join(pairs))


def as_values(entity: str, alias: str = "t") -> dict[str, sql.Composable]:
    """What stands under each key, null where nothing is said."""
    return {name: _value(SHAPES[entity], name, alias) for name in names(entity)}


def _own(entity: str) -> frozenset[str]:
    """Additions to this kind: a service's `assured_date` and a term's `language` are HSDS's own."""
    theirs = {"service": {"assured_date"}, "taxonomy_term": {"language"}, "meta_table_description": {"language"}}
    return ADDITIONS - theirs.get(entity, set())


def _value(shape: Shape, name: str, alias: str) -> sql.Composable:
    field = shape.fields.get(name)
    if field is None:
        return sql.Identifier(alias, name)
    column = sql.Identifier(alias, field.column)
    if (shape.entity, name) in ENUMS:
        return _one_of(column, *ENUMS[shape.entity, name])
    if name in REQUIRED_TEXTS.get(shape.entity, ()):
        return sql.SQL("coalesce({}, '')").format(column)
    return column if field.required and field.kind is str else sql.SQL(_SAID.get(field.kind, "{}")).format(column)


def _one_of(column: sql.Composable, allowed: tuple[str, ...], otherwise: str | None) -> sql.Composable:
    listed = sql.SQL(", ").join(map(sql.Literal, allowed))
    return sql.SQL("CASE WHEN {0} IN ({1}) THEN {0} ELSE {2} END").format(column, listed, sql.Literal(otherwise))


_SAID: dict[type, str] = {
    str: "nullif({}, '')",
    dict: "nullif({}, '{{}}'::jsonb)",
    datetime: "(to_json({} AT TIME ZONE 'UTC') #>> '{{}}') || 'Z'",
    time: "regexp_replace({}::text, ':00$', '')",
    Decimal: "trim_scale({})",
}
"""Kind of value -> how it is said, where PostgreSQL's own way is not it."""
