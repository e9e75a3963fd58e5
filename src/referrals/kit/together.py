"""What one step adds to the database: gathered while it goes on, written by one statement when it ends.

Each way to the database and back costs more than the row that it carries.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_dirty, set_committed_value
from sqlalchemy.orm.util import identity_key

from referrals.kit.db import Base
from referrals.kit.prepared import driver

_GATHERED: Final = "gathered"


@dataclass(slots=True)
class _Gathered:
    parts: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    each: dict[str, tuple[Mapping[str, object], dict[str, list[object]]]] = field(default_factory=dict)
    """By statement: what is said once, and a list for each value that is said of every row."""


@asynccontextmanager
async def together(session: AsyncSession) -> AsyncIterator[None]:
    """What is added inside is written when it ends, each kind in its order, by one statement; nothing where it fails.

    Until then nobody can read it, this session neither. No savepoint may begin outside and end inside, or the other way round.
    """
    if _GATHERED in session.info:
        yield
        return
    gathered = session.info[_GATHERED] = _Gathered()
    try:
        yield
    finally:
        del session.info[_GATHERED]
    await _write(session, [*gathered.parts, *((sql, {**said, **rows}) for sql, (said, rows) in gathered.each.items())])


async def put(session: AsyncSession, row: Base, *, unless: str = "", **asked: object) -> None:
    """Add a new row that nobody will change or read through this session. What it may refer to is there already.

    `unless`: a SELECT of what makes it needless, of the row's own values and of those that are `asked`.
    """
    values = _values(row)
    sql = _insert(type(row), tuple(values))
    if unless:
        # One value in two places would have to be of one type for PostgreSQL: a column's, and what it is compared with.
        sql = sql.replace(" VALUES (", " SELECT ").removesuffix(")") + f" WHERE NOT EXISTS ({unless})".replace(
            "%(", "%(u_"
        )
        values |= {f"u_{name}": value for name, value in {**values, **asked}.items()}
    await add(session, sql, values)


async def change(session: AsyncSession, model: type[Base], id: UUID, **values: object) -> None:
    """These columns of a row that is ours already; where this session holds the row, it says so at once."""
    await add(session, _update(model, tuple(values)), {**values, "id": id})
    if (there := session.sync_session.identity_map.get(identity_key(model, id))) is not None:
        says(session, there, values)


def says(session: AsyncSession, row: object, values: Mapping[str, object]) -> None:
    """What its row says, or will say as soon as our own statement has been carried out; the session need not write it.

    Where a savepoint is open the session is told of it, so that it reads the row anew if that is taken back.
    """
    for name, value in values.items():
        set_committed_value(row, name, value)
    if session.in_nested_transaction():
        flag_dirty(row)


async def add(session: AsyncSession, sql: str, values: Mapping[str, object]) -> None:
    """One INSERT, UPDATE or DELETE, written for the driver. No two that are gathered may touch the same row."""
    gathered: _Gathered | None = session.info.get(_GATHERED)
    if gathered is not None:
        gathered.parts.append((sql, values))
    else:
        await _write(session, [(sql, values)])


async def add_each(session: AsyncSession, sql: str, said: Mapping[str, object], row: Mapping[str, object]) -> None:
    """One row of a statement that takes any number of them as lists, each by its name. `said` is the same for all.

    It refers to no other row: what is pending is not sent before it.
    """
    gathered: _Gathered | None = session.info.get(_GATHERED)
    if gathered is None:
        await _write(session, [(sql, {**said, **{name: [value] for name, value in row.items()}})], "left")
        return
    _, lists = gathered.each.setdefault(sql, (said, {name: [] for name in row}))
    for name, value in row.items():
        lists[name].append(value)


async def _write(
    session: AsyncSession, parts: Sequence[tuple[str, Mapping[str, object]]], pending: Literal["sent", "left"] = "sent"
) -> None:
    connection = await driver(session, pending)
    if not parts:
        return
    values = {f"w{number}_{name}": value for number, (_, said) in enumerate(parts) for name, value in said.items()}
    await connection.execute(_as_one(tuple(sql for sql, _ in parts)), values)


@lru_cache(maxsize=256)
def _as_one(parts: tuple[str, ...]) -> bytes:
    """`WITH w0 AS (…), w1 AS (…) …`: PostgreSQL carries out every part, and all of them or none."""
    *before, last = [sql.replace("%(", f"%(w{number}_") for number, sql in enumerate(parts)]
    beside = ", ".join(f"w{number} AS ({sql})" for number, sql in enumerate(before))
    return (f"WITH {beside} {last}" if before else last).encode()


@lru_cache(maxsize=64)
def _insert(model: type[Base], names: tuple[str, ...]) -> str:
    return (
        f"INSERT INTO {model.__tablename__} ({', '.join(names)}) "  # noqa: S608 - our own names
        f"VALUES ({', '.join(f'%({name})s' for name in names)})"
    )


@lru_cache(maxsize=64)
def _update(model: type[Base], names: tuple[str, ...]) -> str:
    said = ", ".join(f"{name} = %({name})s" for name in names)
    return f"UPDATE {model.__tablename__} SET {said} WHERE id = %(id)s"  # noqa: S608 - our own names


def _values(row: Base) -> dict[str, object]:
    said = row.__dict__
    given = {name: said[name] for name in _names(type(row)) if name in said}
    return given | {name: make() for name, make in _defaults(type(row)) if name not in given}


@lru_cache(maxsize=64)
def _names(model: type[Base]) -> tuple[str, ...]:
    return tuple(column.name for column in model.__table__.columns)


@lru_cache(maxsize=64)
def _defaults(model: type[Base]) -> tuple[tuple[str, Callable[[], object]], ...]:
    """What makes the value of a column where nothing was said; what the database says itself is left to it."""
    columns: Iterable[Any] = model.__table__.columns
    return tuple((column.name, _default(column.default)) for column in columns if column.default is not None)


def _default(default: Any) -> Callable[[], object]:
    return (lambda: default.arg(None)) if default.is_callable else (lambda: default.arg)
