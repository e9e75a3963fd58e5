"""Statements that are built once for each shape of question, because building one takes longer than running it."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, TypeVar
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import namedtuple_row
from sqlalchemy import Dialect, Row, Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

AnySelect = Select[*tuple[Any, ...]]
AnyRow = Row[*tuple[Any, ...]]
S = TypeVar("S", bound=Hashable)
Build = Callable[[S], AnySelect]
"""Makes the statement of a shape. Whatever differs between two questions of one shape is a named parameter."""


async def rows(session: AsyncSession, build: Build[S], shape: S, **values: Any) -> Sequence[AnyRow]:
    """All rows, as the driver gives them: no entities, no types but its own."""
    return await session.run_sync(_rows, build, shape, values)


async def rows_by_name(session: AsyncSession, build: Build[S], shape: S, **values: Any) -> Sequence[Any]:
    """The same by name, from the driver itself with nothing in between. Each column has a name of its own.

    What is pending is sent before. Raises the driver's own errors.
    """
    connection, sql, constants = await session.run_sync(_written, build, shape)
    cursor = connection.cursor(row_factory=namedtuple_row)
    await cursor.execute(sql, constants | values)
    return await cursor.fetchall()


async def rows_planned_anew(session: AsyncSession, build: Build[S], shape: S, **values: Any) -> Sequence[Any]:
    """The same, planned for these very values: where one plan for all values takes the wrong way through much data."""
    connection, sql, constants = await session.run_sync(_written, build, shape)
    cursor = connection.cursor()
    await cursor.execute(sql, constants | values, prepare=False)
    return await cursor.fetchall()


async def rows_in_binary(session: AsyncSession, build: Build[S], shape: S, **values: Any) -> Sequence[Any]:
    """The same for much data: numbers and lists come as the server has them, and nobody writes and reads their digits."""
    connection, sql, constants = await session.run_sync(_written, build, shape)
    cursor = connection.cursor(binary=True, row_factory=namedtuple_row)
    await cursor.execute(sql, constants | values)
    return await cursor.fetchall()


async def ask(session: AsyncSession, sql: str, values: Mapping[str, object]) -> Sequence[Any]:
    """The rows of a statement that is written for the driver and goes to it as it is, each value by its column's name.

    What is pending is sent before. Raises the driver's own errors.
    """
    cursor = (await driver(session)).cursor(row_factory=namedtuple_row)
    await cursor.execute(sql.encode(), values)
    return await cursor.fetchall()


def uuids(ids: Iterable[UUID]) -> str:
    """Them as one value of a statement that reads it as `uuid[]`: of a list the driver writes and quotes each by itself."""
    return "{" + ",".join([f"{id.int:032x}" for id in ids]) + "}"


async def driver(session: AsyncSession, pending: Literal["sent", "left"] = "sent") -> AsyncConnection:
    """The connection of this transaction, without anything around it."""
    connection = await session.run_sync(_driver, pending)
    assert isinstance(connection, AsyncConnection)
    return connection


def _rows(session: Session, build: Build[S], shape: S, values: dict[str, Any]) -> Sequence[AnyRow]:
    session.flush()
    connection = session.connection()
    sql, constants = _compiled(build, shape, connection.dialect.name, _Quiet(connection.dialect))
    return connection.exec_driver_sql(sql.decode(), constants | values).all()


def _written(session: Session, build: Build[S], shape: S) -> tuple[AsyncConnection, bytes, dict[str, Any]]:
    connection = _driver(session, "sent")
    assert isinstance(connection, AsyncConnection)
    dialect = session.connection().dialect
    sql, constants = _compiled(build, shape, dialect.name, _Quiet(dialect))
    return connection, sql, constants


def _driver(session: Session, pending: str) -> object:
    if pending == "sent":
        session.flush()
    return session.connection().connection.driver_connection


class _Quiet:
    """Hands a dialect through the cache without being part of its key."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Quiet)


@lru_cache(maxsize=256)
def _compiled(build: Build[S], shape: S, dialect_name: str, through: _Quiet) -> tuple[bytes, dict[str, Any]]:
    compiled = build(shape).compile(dialect=through.dialect)
    return compiled.string.encode(), dict(compiled.params)
