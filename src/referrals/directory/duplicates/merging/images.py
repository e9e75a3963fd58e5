"""The rows that a merge may touch, as they were and as they became: so that an undo restores exactly them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.duplicates.records import Entity
from referrals.kit.db import Base, Json

_COMMON: Final = (
    ("attribute", "link_id"), ("local_edit", "resource_id"), ("drift", "resource_id"), ("proposal", "resource_id"),
    ("redirect", "kept_id"), ("redirect", "old_id"), ("duplicate_pair", "a_id"), ("duplicate_pair", "b_id"),
)  # fmt: skip
SCOPE: Final[Mapping[Entity, tuple[tuple[str, str], ...]]] = MappingProxyType({
    Entity.SERVICE: (
        ("service", "id"), *((table, "service_id") for table in (
            "service_at_location", "phone", "contact", "schedule", "cost_option", "language", "required_document",
            "service_area", "url", "funding", "service_capacity", "upkeep", "upkeep_link", "reader_report",
        )), *_COMMON,
    ),
    Entity.ORGANIZATION: (
        ("organization", "id"), ("organization", "parent_organization_id"), *((table, "organization_id") for table in (
            "program", "location", "service", "phone", "contact", "organization_identifier", "url", "funding",
            "membership", "claim", "proposal", "upkeep_link", "drift",
        )), *_COMMON,
    ),
})  # fmt: skip
"""Table and the column by which its rows hang on one of the two records. What is derived from them is not among it."""
_FLEETING: Final = frozenset({"last_seen_at", "last_modified", "record_hash"})
"""Columns that change without anybody's doing: an undo does not mind them."""

Key = tuple[str, tuple[str, ...]]
State = dict[Key, Json]


@dataclass(frozen=True, slots=True)
class Image:
    """One row. `before` None: it came into being; `after` None: it was deleted; else the columns that became others."""

    table: str
    key: Json
    before: Json | None
    after: Json | None

    def as_json(self) -> Json:
        return {"table": self.table, "key": self.key, "before": self.before, "after": self.after}


async def state(session: AsyncSession, entity: Entity, ids: Sequence[UUID]) -> State:
    """Every row that hangs on one of these records, as it is now."""
    await session.flush()
    found: State = {}
    for table, column in SCOPE[entity]:
        rows = await session.execute(
            text(f'SELECT to_jsonb(t) FROM "{table}" t WHERE t."{column}" = ANY(:ids)'),  # noqa: S608  (names of this file)
            {"ids": list(ids)},
        )
        for (row,) in rows:
            found[table, tuple(str(row[name]) for name in _keys(table))] = row
    return found


def images(before: State, after: State) -> list[Image]:
    """What differs between two states."""
    found = []
    for at in sorted(before.keys() | after.keys()):
        old, new = before.get(at), after.get(at)
        key = dict(zip(_keys(at[0]), at[1], strict=True))
        if old is not None and new is not None:
            columns = [name for name in old if old[name] != new[name]]
            if columns:
                found.append(Image(at[0], key, {n: old[n] for n in columns}, {n: new[n] for n in columns}))
        else:
            found.append(Image(at[0], key, old, new))
    return found


def read(rows: Sequence[Json]) -> list[Image]:
    return [Image(row["table"], row["key"], row["before"], row["after"]) for row in rows]


async def changed_since(session: AsyncSession, image: Image) -> tuple[str, ...]:
    """Columns of this row that are no longer as the merge left them; `("",)` where the row itself went or came back."""
    now = (await session.execute(_select(image.table), image.key)).scalar_one_or_none()
    if image.after is None:
        return () if now is None else ("",)
    if now is None:
        return ("",)
    return tuple(
        name for name, value in image.after.items()
        if name not in _FLEETING and name in now and now[name] != value
    )  # fmt: skip


async def put_back(session: AsyncSession, kept: Sequence[Image]) -> None:
    """Rows that came into being are deleted, those that were deleted return, columns become what they were."""
    for image in reversed(kept):
        if image.before is None:
            await session.execute(text(f'DELETE FROM "{image.table}" WHERE {_where(image.table)}'), image.key)  # noqa: S608
    for image in kept:
        if image.before is None:
            continue
        if image.after is None:
            columns = ", ".join(f'"{name}"' for name in image.before)
            statement = f'INSERT INTO "{image.table}" ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::"{image.table}", :said)'  # noqa: S608
        else:
            columns = ", ".join(f'"{name}"' for name in image.before)
            statement = (
                f'UPDATE "{image.table}" t SET ({columns}) = '  # noqa: S608
                f"(SELECT {columns} FROM jsonb_populate_record(t, :said)) WHERE {_where(image.table)}"
            )
        await session.execute(text(statement).bindparams(_said(image.before)), image.key)


def _said(values: Json) -> Any:
    return bindparam("said", values, type_=JSONB)


def _keys(table: str) -> list[str]:
    return [column.name for column in Base.metadata.tables[table].primary_key.columns]


def _select(table: str) -> Any:
    return text(f'SELECT to_jsonb(t) FROM "{table}" t WHERE {_where(table)}')  # noqa: S608


def _where(table: str) -> str:
    return " AND ".join(f'"{name}"::text = :{name}' for name in _keys(table))
