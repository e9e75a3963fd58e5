"""Statements put together from names that are ours, on the connection of this transaction."""

from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection, sql
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange.shapes import Shape

Part = sql.Composable


async def driver(session: AsyncSession) -> AsyncConnection[Any]:
    """The connection of this transaction, for COPY."""
    await session.flush()
    raw = await (await session.connection()).get_raw_connection()
    connection = raw.driver_connection
    assert isinstance(connection, AsyncConnection)
    return connection


@dataclass(frozen=True, slots=True)
class Statements:
    connection: AsyncConnection[Any]

    async def run(self, statement: str, **parts: Part) -> int:
        """How many rows it touched."""
        async with self.connection.cursor() as cursor:
            await cursor.execute(sql.SQL(statement).format(**parts))
            return max(cursor.rowcount, 0)

    async def rows(self, statement: str, **parts: Part) -> list[tuple[Any, ...]]:
        async with self.connection.cursor() as cursor:
            await cursor.execute(sql.SQL(statement).format(**parts))
            return list(await cursor.fetchall())

    async def one(self, statement: str, **parts: Part) -> tuple[Any, ...]:
        found = await self.rows(statement, **parts)
        return found[0] if found else ()


def stage(shape: Shape) -> sql.Identifier:
    return sql.Identifier(f"stage_{shape.entity}")


def table(shape: Shape) -> sql.Identifier:
    return sql.Identifier(shape.entity)


def names(columns: list[str], of: str | None = None) -> sql.Composed:
    """Column names with commas between them."""
    return sql.SQL(", ").join(sql.Identifier(of, name) if of else sql.Identifier(name) for name in columns)


def words(entity: str) -> str:
    return f"{'an' if entity[0] in 'aeiou' else 'a'} {entity.replace('_', ' ')}"


def digest(shape: Shape) -> Part:
    """The record's digest together with what its references came to: one that finds its target later has changed."""
    refs = [sql.SQL("coalesce({}::text, '')").format(sql.Identifier("s", ref)) for ref in shape.refs]
    return sql.SQL("md5({})").format(sql.SQL(" || ' ' || ").join([sql.Identifier("s", "record_hash"), *refs]))
