"""What stays of an import that is taken back: what was edited here since or a later import wrote, with all that belongs to it.

A service that stays keeps its organization, its places and its hours; without them nobody could be sent there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from psycopg import sql
from sqlalchemy import Column, Uuid

from referrals.exchange.settling import LINKED
from referrals.exchange.shapes import SHAPES
from referrals.exchange.statements import Part, Statements, table
from referrals.kit.db import Base

ANY: Final = "any"
_POINTS_AT: Final = {
    "service_id": "service", "organization_id": "organization", "sender_organization_id": "organization",
    "location_id": "location", "resource_id": ANY, "kept_id": ANY, "old_id": ANY,
}  # fmt: skip
"""Columns that name a record without a foreign key."""
_HAS_PARTS: Final = frozenset({"organization", "service", "service_at_location", "location", "contact", "phone"})
_NO_PARTS: Final = frozenset({"organization", "program", "location", "service", "service_at_location"})
"""They stand by themselves, whatever they name; but where a service is given belongs to the service."""


def may_name(column: Column[Any], entity: str) -> bool:
    if column.foreign_keys:
        return entity in {key.column.table.name for key in column.foreign_keys}
    return isinstance(column.type, Uuid) and _POINTS_AT.get(column.name, "") in (entity, ANY)


async def take_out(db: Statements) -> int:
    """Take out of `undo_now` what stays; `undo_later` says what a later import wrote. Returns how many records."""
    await db.run(
        "CREATE TEMP TABLE undo_seed ON COMMIT DROP AS SELECT entity, record_id AS id FROM undo_later WHERE brought UNION "
        "SELECT c.entity, c.record_id FROM undo_now c JOIN local_edit e ON e.resource_id = c.record_id "
        "AND e.resource_type = c.entity WHERE c.what IN ('created', 'returned')"
    )
    await db.run("CREATE TEMP TABLE undo_stays (entity text, id uuid, PRIMARY KEY (entity, id)) ON COMMIT DROP")
    found = 0
    for shape in SHAPES.values():
        if shape.recorded and not shape.append_only:
            found += await db.run(
                "INSERT INTO undo_stays SELECT s.entity, s.id FROM undo_seed s JOIN {table} t ON t.id = s.id "
                "WHERE s.entity = {entity} AND t.gone_at IS NULL",
                table=table(shape), entity=sql.Literal(shape.entity),
            )  # fmt: skip
    if found:
        await db.run("CREATE INDEX ON undo_now (record_id)")
        await _with_what_belongs(db)
    stays = await db.run(
        "DELETE FROM undo_now c USING undo_stays s WHERE s.entity = c.entity AND s.id = c.record_id AND c.what IN ('created', 'returned')"
    )
    await db.run("DROP TABLE undo_seed, undo_stays")
    return stays


async def _with_what_belongs(db: Statements) -> None:
    """What they name, and what is a part of them; again and again, until nothing more is found."""
    edges = tuple(_edges())
    while True:
        more = 0
        for edge in edges:
            more += await _add(db, edge, edge.named, sql.SQL("h.id = s.id"), sql.SQL("s.entity = {of}"), edge.column)
            if edge.part:
                at = sql.SQL("h.{} = s.id").format(sql.Identifier(edge.column))
                more += await _add(db, edge, edge.of, at, sql.SQL("s.entity = {named}"), "id")
        if not more:
            return


async def _add(db: Statements, edge: "_Edge", entity: str, joined: Part, of: sql.SQL, column: str) -> int:
    return await db.run(
        "INSERT INTO undo_stays SELECT DISTINCT {entity}, c.record_id FROM undo_stays s JOIN {holder} h ON {joined} "
        "JOIN undo_now c ON c.record_id = h.{column} AND c.entity = {entity} AND c.what IN ('created', 'returned') "
        "WHERE {of} AND {only} ON CONFLICT DO NOTHING",
        entity=sql.Literal(entity), holder=sql.Identifier(edge.of), joined=joined, column=sql.Identifier(column),
        of=of.format(of=sql.Literal(edge.of), named=sql.Literal(edge.named)), only=edge.only,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Edge:
    """`column` of a record `of` this kind names one of the other. `part`: whose it is, it is a part of."""

    of: str
    column: str
    named: str
    part: bool
    only: Part


def _edges() -> Iterator[_Edge]:
    kinds = [shape.entity for shape in SHAPES.values() if not shape.append_only]
    for named in kinds:
        for of in kinds:
            part = named in _HAS_PARTS and (of not in _NO_PARTS or (named, of) == ("service", "service_at_location"))
            for column in Base.metadata.tables[of].columns:
                if may_name(column, named):
                    yield _Edge(of, column.name, named, part, sql.SQL("true"))
        if named in LINKED:
            yield _Edge("attribute", "link_id", named, True, sql.SQL("h.link_entity = {}").format(sql.Literal(named)))
