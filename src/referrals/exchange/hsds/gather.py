"""Everything that is said about some records, asked for in one statement for each kind of record, and nothing that may not leave."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final
from uuid import UUID

import msgspec
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.queries.published import published_ids
from referrals.exchange.hsds.asking import ask
from referrals.exchange.hsds.fields import as_json
from referrals.exchange.hsds.redaction import OURS, Record, Redaction, Tree
from referrals.exchange.shapes import SHAPES

PARENTS: dict[str, tuple[str, ...]] = {
    "service_at_location": ("service",),
    "program": ("organization",),
    "location": ("organization",),
    "contact": ("service", "service_at_location", "location", "organization"),
    "phone": ("service", "service_at_location", "location", "organization", "contact"),
    "language": ("service", "location", "phone"),
    "schedule": ("service", "service_at_location", "location"),
    "service_area": ("service", "service_at_location"),
    "address": ("location",),
    "accessibility": ("location",),
    "cost_option": ("service",),
    "required_document": ("service",),
    "service_capacity": ("service",),
    "url": ("service", "organization"),
    "funding": ("service", "organization"),
    "organization_identifier": ("organization",),
}
"""What hangs on what, in an order in which every kind comes after those that it hangs on."""
_LINK: Final = {"attribute": "link_id", "metadata": "resource_id"}
_decode = msgspec.json.Decoder(dict).decode


@dataclass
class Gathered:
    """Records by kind and id, in the order of their ids; `under`: those that hang on one record."""

    session: AsyncSession
    redaction: Redaction
    records: dict[str, dict[str, Record]] = field(default_factory=dict)
    under: dict[tuple[str, str], dict[str, list[Record]]] = field(default_factory=dict)
    """(kind, column that names the parent) -> parent -> records."""
    built: dict[tuple[str, str], Tree] = field(default_factory=dict)
    """Trees that stand in many others."""
    _open: dict[str, dict[str, None]] = field(default_factory=dict)
    """Kind -> ids whose children, attributes and history are wanted too."""
    _open_for: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)
    """(kind of child, kind) -> ids of which these children alone are wanted."""

    async def take(self, entity: str, ids: Iterable[str], *, whole: bool) -> list[Record]:
        """These records, as far as they may leave; `whole` with all that hangs on them. Nothing is asked for twice."""
        known = self.records.setdefault(entity, {})
        asked = list(dict.fromkeys(id for id in ids if id))
        missing = [id for id in asked if id not in known]
        if missing:
            self._keep(entity, await ask(self.session, _by_id(entity), ids=missing))
        found = [known[id] for id in asked if id in known]
        if whole:
            self._open_up(entity, found)
        return found

    def open_for(self, entity: str, parent: str, records: Iterable[Record]) -> None:
        """Only children of this kind are wanted of these parents."""
        self._open_for.setdefault((entity, parent), {}).update(dict.fromkeys(record["id"] for record in records))

    async def all_under(self, entity: str) -> list[Record]:
        """Whatever of this kind hangs on records that were opened up before."""
        wanted = {
            f"{parent}_id": list(self._open.get(parent, {}) | self._open_for.get((entity, parent), {}))
            for parent in PARENTS[entity]
        }
        wanted = {column: ids for column, ids in wanted.items() if ids}
        if not wanted:
            return []
        found = self._keep(entity, await ask(self.session, _by_parent(entity, tuple(wanted)), **wanted))
        self._open_up(entity, found)
        for column, ids in wanted.items():
            self._hang(entity, column, found, set(ids))
        return found

    async def all_about(self, entity: str) -> list[Record]:
        """Attributes of, or changes of, every record that was opened up before, but not of those that only have an area."""
        about = [
            id for kind, ids in self._open.items() for id in ids
            if not self.redaction.hides(kind, self.records[kind][id])
        ]  # fmt: skip
        found = self._keep(entity, await ask(self.session, _by_link(entity), ids=about)) if about else []
        self._open_up(entity, found)
        self._hang(entity, _LINK[entity], found, None)
        return found

    async def let_go_of_what_is_not_there(self) -> None:
        """References to records that are gone or may not be seen would lead nowhere: they are left out."""
        for target in {ref.entity for shape in SHAPES.values() for ref in shape.refs.values()}:
            named = [
                (record, name) for entity, records in self.records.items() for name, ref in SHAPES[entity].refs.items()
                if ref.entity == target for record in records.values() if name in record
            ]  # fmt: skip
            here = self.records.get(target, {})
            unknown = {record[name] for record, name in named if record[name] not in here}
            dead = unknown - await self._alive(target, unknown) if unknown else unknown
            for record, name in named if dead else ():
                if record[name] in dead:
                    del record[name]

    async def _alive(self, entity: str, ids: set[str]) -> set[str]:
        if entity == "service":
            return await seen(self.session, ids)
        alive = {row[0]: row[1] for row in await ask(self.session, _alive(entity), ids=list(ids))}
        if entity != "service_at_location":
            return set(alive)
        shown = await seen(self.session, set(alive.values()))
        return {id for id, service in alive.items() if service in shown}

    def _keep(self, entity: str, rows: Iterable[Sequence[str]]) -> list[Record]:
        known = self.records.setdefault(entity, {})
        found = []
        for said, ours in rows:
            row = {name: value for name, value in _decode(said).items() if value is not None}
            if row["id"] not in known:
                told = self.redaction.record(entity, row | {OURS: True} if ours else row)
                if told is None:
                    continue
                known[row["id"]] = told
            found.append(known[row["id"]])
        return found

    def _open_up(self, entity: str, records: Iterable[Record]) -> None:
        self._open.setdefault(entity, {}).update(dict.fromkeys(record["id"] for record in records))

    def _hang(self, entity: str, column: str, records: Iterable[Record], parents: set[str] | None) -> None:
        hooks = self.under.setdefault((entity, column), {})
        for record in records:
            parent = record.get(column)
            if parent is not None and (parents is None or parent in parents):
                hooks.setdefault(parent, []).append(record)


async def seen(session: AsyncSession, service_ids: Iterable[str]) -> set[str]:
    """Which of these services anybody may see."""
    return {str(id) for id in await published_ids(session, [UUID(id) for id in service_ids])}


@cache
def _by_id(entity: str) -> str:
    return _select(entity, sql.SQL("t.id = ANY(%(ids)s::uuid[])"))


@cache
def _by_parent(entity: str, columns: tuple[str, ...]) -> str:
    named = [
        sql.SQL("t.{} = ANY({}::uuid[])").format(sql.Identifier(column), sql.Placeholder(column)) for column in columns
    ]
    return _select(entity, sql.SQL("({})").format(sql.SQL(" OR ").join(named)))


@cache
def _by_link(entity: str) -> str:
    return _select(entity, sql.SQL("t.{} = ANY(%(ids)s::uuid[])").format(sql.Identifier(_LINK[entity])))


@cache
def _alive(entity: str) -> str:
    service = sql.SQL("t.service_id::text" if entity == "service_at_location" else "NULL")
    return (
        sql.SQL("SELECT t.id::text, {} FROM {} t WHERE t.id = ANY(%(ids)s::uuid[]) AND {}")
        .format(service, sql.Identifier(entity), _there(entity))
        .as_string(None)
    )


def _select(entity: str, which: sql.Composable) -> str:
    ours = sql.SQL("t.user_id IS NOT NULL OR t.source = 'relais'" if entity == "metadata" else "false")
    return (
        sql.SQL("SELECT {}::text, {} FROM {} t WHERE {} AND {} ORDER BY t.id")
        .format(as_json(entity), ours, sql.Identifier(entity), which, _there(entity))
        .as_string(None)
    )


def _there(entity: str) -> sql.Composable:
    if entity == "service_at_location":
        return sql.SQL(
            "t.gone_at IS NULL AND EXISTS (SELECT 1 FROM location l WHERE l.id = t.location_id AND l.gone_at IS NULL)"
        )
    return sql.SQL("t.gone_at IS NULL") if SHAPES[entity].recorded else sql.SQL("true")
