"""Statements that are built once for each shape of question, because building one takes longer than running it."""

from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Dialect, Row, Select
from sqlalchemy.ext.asyncio import AsyncSession

AnySelect = Select[*tuple[Any, ...]]
AnyRow = Row[*tuple[Any, ...]]
S = TypeVar("S", bound=Hashable)
Build = Callable[[S], AnySelect]
"""Makes the statement of a shape. Whatever differs between two questions of one shape is a named parameter."""


async def rows(session: AsyncSession, build: Build[S], shape: S, **values: Any) -> Sequence[AnyRow]:
    """All rows, as the driver gives them: no entities, no types but its own."""
    await session.flush()
    connection = await session.connection()
    sql, constants = _compiled(build, shape, connection.dialect.name, _Quiet(connection.dialect))
    return (await connection.exec_driver_sql(sql, constants | values)).all()


class _Quiet:
    """Hands a dialect through the cache without being part of its key."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Quiet)


@lru_cache(maxsize=256)
def _compiled(build: Build[S], shape: S, dialect_name: str, through: _Quiet) -> tuple[str, dict[str, Any]]:
    compiled = build(shape).compile(dialect=through.dialect)
    return compiled.string, dict(compiled.params)
