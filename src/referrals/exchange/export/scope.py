"""What leaves: the records that anybody may see, gathered once so that every reference in a file finds its target.

A record leaves when it hangs on something that is published. What hangs on nothing is shown nowhere here, and stays.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection, sql
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import OWN
from referrals.exchange.hsds.fields import as_json
from referrals.exchange.hsds.redaction import AREA, Record, Redaction, redaction
from referrals.exchange.hsds.redaction import OURS as MARK
from referrals.exchange.records import LINKS
from referrals.exchange.shapes import SHAPES, Shape
from referrals.exchange.statements import driver
from referrals.taxonomy.models import OURS

_decode = msgspec.json.Decoder(dict).decode
FETCH = 2000
"""Rows held at once while a table goes by."""
_PARENTS = ("organization", "service", "location", "service_at_location", "contact", "phone")
_OF_A_LINK = ("attribute", "metadata")
_TURN = {
    "taxonomy": 0, "taxonomy_term": 0, "organization": 0, "program": 0, "service": 0, "location": 1, "attribute": 3,
    "metadata": 3, "unit": 3,
}  # fmt: skip
"""Each after those that decide about it."""
_BESIDE = {"parent_organization_id"}
_TOLD = {
    "service": "EXISTS (SELECT 1 FROM listing l WHERE l.service_id = t.id AND l.published)",
    "unit": "EXISTS (SELECT 1 FROM service_capacity c JOIN leaving_service_capacity l ON l.id = c.id WHERE c.unit_id = t.id)",
}
_GIVEN = (
    "EXISTS (SELECT 1 FROM service_at_location s JOIN leaving_service l ON l.id = s.service_id "
    "WHERE s.location_id = t.id AND s.gone_at IS NULL)"
)
_PLACED = {"location_id", "service_at_location_id"}
_USED = (
    "t.source IN ({source}, {ours}) OR EXISTS (SELECT 1 FROM attribute a JOIN service s ON s.id = a.link_id "
    "JOIN taxonomy_term u ON u.id = a.taxonomy_term_id WHERE s.source = {source} AND "
)
_OF_A_SOURCE = {
    "organization": "(t.source = {source} OR EXISTS (SELECT 1 FROM service s WHERE s.source = {source} AND s.organization_id = t.id))",
    "service": "t.source = {source}",
    "taxonomy": f"({_USED} u.taxonomy_id = t.id))",
    "taxonomy_term": f"({_USED} u.id = t.id))",
}


@dataclass(frozen=True, slots=True)
class Held:
    """How many records of a kind leave, and in how many of them each column says something."""

    records: int
    columns: dict[str, int]


@dataclass(frozen=True)
class Scope:
    """The published records of one moment, by kind. Lives as long as the transaction."""

    connection: AsyncConnection[Any]
    redaction: Redaction
    source: str | None

    async def ids(self, entity: str) -> list[UUID]:
        return [row[0] async for row in self.asked(sql.SQL("SELECT id FROM {} ORDER BY id").format(leaving(entity)))]

    async def count(self, entity: str) -> int:
        (found,) = [row async for row in self.asked(sql.SQL("SELECT count(*) FROM {}").format(leaving(entity)))]
        return int(found[0])

    async def records(self, shape: Shape) -> AsyncIterator[list[Record]]:
        """Every record that leaves, by id, as HSDS has it, some at a time; what it names and does not leave is not named."""
        statement = sql.SQL("SELECT {said} FROM (SELECT t.id, {columns} FROM {table} t JOIN {ids} l ON l.id = t.id) t ORDER BY id").format(
            said=_said(shape), columns=sql.SQL(", ").join(_column(shape, name) for name in _columns(shape)),
            table=sql.Identifier(shape.entity), ids=leaving(shape.entity),
        )  # fmt: skip
        async for page in self.pages(statement):
            yield [_decode(said) for (said,) in page]

    async def held(self, shape: Shape, columns: list[str]) -> Held:
        """Counted in one pass. Empty texts and empty objects say nothing."""
        says = sql.SQL("").join(
            sql.SQL(", count(*) FILTER (WHERE {0} IS NOT NULL AND {0}::text NOT IN ('', '{{}}'))").format(
                sql.Identifier("t", name)
            )
            for name in columns
        )
        statement = sql.SQL("SELECT count(*){says} FROM {table} t JOIN {ids} l ON l.id = t.id").format(
            says=says, table=sql.Identifier(shape.entity), ids=leaving(shape.entity)
        )
        (row,) = [row async for row in self.asked(statement)]
        return Held(row[0], dict(zip(columns, row[1:], strict=True)))

    async def staying(self, shape: Shape) -> int:
        """Records that the directory keeps and does not publish."""
        statement = sql.SQL(
            "SELECT (SELECT count(*) FROM {table} t WHERE {mine}) - (SELECT count(*) FROM {ids})"
        ).format(table=sql.Identifier(shape.entity), ids=leaving(shape.entity), mine=_mine(shape, self.source))
        (row,) = [row async for row in self.asked(statement)]
        return int(row[0])

    async def asked(self, statement: sql.Composed) -> AsyncIterator[tuple[Any, ...]]:
        async for page in self.pages(statement):
            for row in page:
                yield row

    async def pages(self, statement: sql.Composed) -> AsyncIterator[list[tuple[Any, ...]]]:
        async with self.connection.cursor("export", row_factory=tuple_row) as cursor:
            await cursor.execute(statement)
            while page := await cursor.fetchmany(FETCH):
                yield page


async def gather(session: AsyncSession, source: str | None = None) -> Scope:
    """Decide what leaves: everything that is published, or what one `source` told. One moment for the whole transaction."""
    connection = await hold_still(session)
    hidden = await redaction(session)
    await _hide(connection, [*hidden.locations, *hidden.permanences])
    for shape in sorted(SHAPES.values(), key=lambda shape: _TURN.get(shape.entity, 2)):
        await _decide(connection, shape, source)
    return Scope(connection, hidden, source)


async def hold_still(session: AsyncSession) -> AsyncConnection[Any]:
    """All that is read from here on is of one moment, where the transaction has not begun to read before."""
    connection = await driver(session)
    if connection.info.transaction_status == TransactionStatus.IDLE:
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    return connection


def leaving(entity: str) -> sql.Identifier:
    """The table of the ids of this kind that leave."""
    return sql.Identifier(f"leaving_{entity}")


async def _hide(connection: AsyncConnection[Any], places: list[str]) -> None:
    """`leaving_hidden`: confidential places and all of which only an area is told. Nothing about these leaves."""
    await connection.execute("DROP TABLE IF EXISTS leaving_hidden")
    await connection.execute(
        "CREATE TEMP TABLE leaving_hidden ON COMMIT DROP AS SELECT unnest(%s::uuid[]) AS id", [places]
    )
    for entity in AREA.keys() - {"location", "service_at_location"}:
        statement = sql.SQL("INSERT INTO leaving_hidden SELECT t.id FROM {} t WHERE {}").format(
            sql.Identifier(entity), _hangs_on_hidden(SHAPES[entity])
        )
        await connection.execute(statement)
    await connection.execute("ANALYZE leaving_hidden")


async def _decide(connection: AsyncConnection[Any], shape: Shape, source: str | None) -> None:
    where = sql.SQL(" AND ").join([_mine(shape, source), *_alive(shape), *_hangs(shape), *_may(shape)])
    name = leaving(shape.entity)
    await connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
    await connection.execute(
        sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT t.id FROM {} t WHERE {}").format(
            name, sql.Identifier(shape.entity), where
        )
    )
    await connection.execute(sql.SQL("ALTER TABLE {} ADD PRIMARY KEY (id)").format(name))
    await connection.execute(sql.SQL("ANALYZE {}").format(name))


def _mine(shape: Shape, source: str | None) -> sql.Composable:
    """What a source told: services, with those who run them and the words put on them. All else leaves with its parent."""
    if source is None or shape.entity not in _OF_A_SOURCE:
        return sql.SQL("true")
    return sql.SQL(_OF_A_SOURCE[shape.entity]).format(source=sql.Literal(source), ours=sql.Literal(OURS))


def _alive(shape: Shape) -> list[sql.Composable]:
    return [sql.SQL("t.gone_at IS NULL")] if shape.recorded else []


def _hangs(shape: Shape) -> list[sql.Composable]:
    """What must leave for a record of this kind to leave."""
    entity = shape.entity
    if entity in _OF_A_LINK:
        return [_linked(*LINKS[entity])]
    if entity == "location":
        return [sql.SQL("({} OR {})").format(_leaves("t.organization_id", "organization"), sql.SQL(_GIVEN))]
    told = [sql.SQL(_TOLD[entity])] if entity in _TOLD else []
    parents = [name for name, ref in shape.refs.items() if ref.entity in _PARENTS and name not in _BESIDE]
    whole = [_leaves(f"t.{name}", shape.refs[name].entity) for name in parents if shape.refs[name].required]
    if whole or not parents:
        return [*told, *whole]
    some = sql.SQL(" OR ").join(_leaves(f"t.{name}", shape.refs[name].entity) for name in parents)
    return [sql.SQL("({})").format(some)]


def _may(shape: Shape) -> list[sql.Composable]:
    """What hangs on a confidential place leaves only where it tells nothing but an area."""
    if shape.entity in _OF_A_LINK:
        link = sql.Identifier("t", LINKS[shape.entity][0])
        return [sql.SQL("NOT EXISTS (SELECT 1 FROM leaving_hidden h WHERE h.id = {})").format(link)]
    if shape.entity in AREA or not _PLACED & shape.refs.keys():
        return []
    return [sql.SQL("NOT ({})").format(_hangs_on_hidden(shape))]


def _hangs_on_hidden(shape: Shape) -> sql.Composable:
    return sql.SQL(" OR ").join(
        sql.SQL("EXISTS (SELECT 1 FROM leaving_hidden h WHERE h.id = t.{})").format(sql.Identifier(name))
        for name in sorted(_PLACED & shape.refs.keys())
    )


def _linked(link: str, kind: str) -> sql.Composable:
    """The record it is put on leaves, whichever kind that is."""
    each = [
        sql.SQL("(t.{} = {} AND {})").format(sql.Identifier(kind), sql.Literal(entity), _leaves(f"t.{link}", entity))
        for entity in SHAPES if _TURN.get(entity) != 3
    ]  # fmt: skip
    return sql.SQL("({})").format(sql.SQL(" OR ").join(each))


def _leaves(column: str, entity: str) -> sql.Composable:
    return sql.SQL("EXISTS (SELECT 1 FROM {} p WHERE p.id = {})").format(leaving(entity), sql.SQL(column))


def _columns(shape: Shape) -> list[str]:
    return [*shape.columns, *(("user_id", "source") if shape.entity == "metadata" else ())]


def _said(shape: Shape) -> sql.Composable:
    """The record as text. A change that was made here is marked, for the redaction to look at who made it."""
    said = as_json(shape.entity)
    if shape.entity != "metadata":
        return sql.SQL("{}::text").format(said)
    ours = sql.SQL("json_build_object({}, t.user_id IS NOT NULL OR t.source = {})").format(
        sql.Literal(MARK), sql.Literal(OWN)
    )
    return sql.SQL("({}::jsonb || {}::jsonb)::text").format(said, ours)


def _column(shape: Shape, name: str) -> sql.Composable:
    ref = shape.refs.get(name)
    if ref is None or ref.required:
        return sql.Identifier("t", name)
    return sql.SQL("(SELECT p.id FROM {} p WHERE p.id = {}) AS {}").format(
        leaving(ref.entity), sql.Identifier("t", name), sql.Identifier(name)
    )
