"""Where a source says otherwise than we do: the two side by side, and a curator who keeps ours or takes theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import listings
from referrals.directory.actions.history import Editor
from referrals.directory.changes import Record, Value, present, record_of
from referrals.directory.changes.fields import KINDS, Children, Marks, fields, written
from referrals.directory.changes.labels import field_label
from referrals.directory.changes.show import lines
from referrals.directory.changes.write import change, services_of
from referrals.directory.models import LocalEdit, Location, Metadata, Organization, Service
from referrals.exchange.edits import field_of, inside
from referrals.exchange.models import SourceConflict
from referrals.exchange.shapes import SHAPES, Shape
from referrals.exchange.statements import Statements, driver, names, table
from referrals.kit.errors import Conflict, NotFound
from referrals.taxonomy.models import Term
from referrals.taxonomy.queries import vocabulary

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One conflict as people read it: `ours` and `theirs` in lines."""

    id: UUID
    name: str
    entity: str
    record_id: UUID
    field: str
    source: str
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    found_at: datetime


async def count_open(session: AsyncSession) -> tuple[int, datetime | None]:
    """How many wait, and since when the oldest does."""
    waiting = select(func.count(), func.min(SourceConflict.found_at)).where(SourceConflict.decided_at.is_(None))
    count, oldest = (await session.execute(waiting)).one()
    return count, oldest


async def waiting(session: AsyncSession, page: int) -> list[Disagreement]:
    """The oldest first; one more than PER_PAGE where another page follows."""
    statement = select(SourceConflict).where(SourceConflict.decided_at.is_(None))
    statement = statement.order_by(SourceConflict.found_at, SourceConflict.id)
    rows = list(await session.scalars(statement.limit(PER_PAGE + 1).offset((page - 1) * PER_PAGE)))
    records = await _records(session, rows)
    words = await vocabulary(session)
    places = await _places(session, rows)
    codes = await _codes(session, rows)
    found = []
    for row in rows:
        record = records.get(row.resource_id)
        name = (record.name if record is not None else None) or str(row.resource_id)
        own = (record.language if record is not None else None) or ""
        said = [
            tuple(lines(row.field_name, _shown(row.field_name, side, codes), words, places))
            for side in (row.ours, row.theirs)
        ]
        found.append(
            Disagreement(
                row.id, name, row.resource_type, row.resource_id, field_label(row.field_name, own), row.source,
                said[0], said[1], row.found_at,
            )
        )  # fmt: skip
    return found


async def keep(session: AsyncSession, id: UUID, by: UUID, now: datetime) -> None:
    """Ours stands. The source is not asked about again until it says something else."""
    found = await _undecided(session, id)
    found.decision, found.decided_at, found.decided_by = "keep", now, by


async def take(session: AsyncSession, id: UUID, by: Editor, now: datetime) -> None:
    """Theirs comes in place of ours, the history keeps both, and from now on the source is followed again."""
    found = await _undecided(session, id)
    record = await record_of(session, found.resource_type, found.resource_id)
    field = fields(found.resource_type)[found.field_name]
    if isinstance(field, Children | Marks):
        await _take_rows(session, record, found, field, by, now)
    else:
        await change(session, record, {found.field_name: found.theirs["value"]}, by, now)
    edit = delete(LocalEdit).where(LocalEdit.resource_id == found.resource_id, LocalEdit.field_name == found.field_name)
    await session.execute(edit)
    found.decision, found.decided_at, found.decided_by = "take", now, by.id


async def _undecided(session: AsyncSession, id: UUID) -> SourceConflict:
    found = await session.get(SourceConflict, id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.decided_at is not None:
        raise Conflict("decided_already")
    return found


async def _take_rows(
    session: AsyncSession, record: Record, found: SourceConflict, field: Children | Marks, by: Editor, now: datetime
) -> None:
    """The rows that stand are marked as gone, those of the source come, under the ids that it knows."""
    name, theirs = found.field_name, found.theirs["rows"]
    child = SHAPES["attribute" if isinstance(field, Marks) else field.model.__tablename__]
    before = (await present(session, record, {name}))[name]
    db = Statements(await driver(session))
    within = sql.SQL(" AND ").join([sql.SQL("true"), *inside(field, "t")])
    await db.run(
        "UPDATE {table} t SET gone_at = {now} WHERE t.{parent} = {record} AND t.gone_at IS NULL AND {within}",
        table=table(child), now=sql.Literal(now), parent=sql.Identifier(field_of(field)),
        record=sql.Literal(record.id), within=within,
    )  # fmt: skip
    await db.run(
        "INSERT INTO {table} (id, source, source_key, first_seen_at, last_seen_at, record_hash, {columns}) "
        "SELECT n.id, {source}, n.source_key, {now}, {now}, n.record_hash, {values} "
        "FROM jsonb_populate_recordset(NULL::{table}, {rows}) n ON CONFLICT (id) DO UPDATE SET "
        "record_hash = excluded.record_hash, gone_at = NULL, {updates}",
        table=table(child), columns=names(child.columns), source=sql.Literal(found.source), now=sql.Literal(now),
        values=_values(child), rows=sql.Literal(Jsonb(theirs)),
        updates=sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(c)) for c in child.columns),
    )  # fmt: skip
    session.expire_all()
    await session.refresh(found)
    record = await record_of(session, found.resource_type, found.resource_id)
    after = (await present(session, record, {name}))[name]
    session.add(
        Metadata(
            id=uuid4(), resource_id=record.id, resource_type=found.resource_type, last_action_date=now,
            last_action_type="update", field_name=name, previous_value=written(before),
            replacement_value=written(after), updated_by=by.by, user_id=by.id,
        )
    )  # fmt: skip
    await session.flush()
    await listings.refresh(session, await services_of(session, record), now)


def _values(child: Shape) -> sql.Composed:
    """A reference to what is not there any more is left out."""
    found: list[sql.Composable] = []
    for name in child.columns:
        column, ref = sql.Identifier("n", name), child.refs.get(name)
        if ref is None or ref.required:
            found.append(column)
        else:
            there = sql.SQL("CASE WHEN EXISTS (SELECT 1 FROM {} x WHERE x.id = {}) THEN {} END")
            found.append(there.format(sql.Identifier(ref.entity), column, column))
    return sql.SQL(", ").join(found)


def _shown(name: str, side: Mapping[str, Any], codes: Mapping[str, str]) -> Value:
    if "value" in side:
        value: Value = side["value"]
        return value
    rows: list[dict[str, Any]] = side["rows"]
    if name.startswith("attributes."):
        return [{"code": codes.get(str(row.get("taxonomy_term_id")), ""), "value": row.get("value")} for row in rows]
    return rows


async def _records(session: AsyncSession, rows: Sequence[SourceConflict]) -> dict[UUID, Record]:
    found: dict[UUID, Record] = {}
    for entity, model in KINDS.items():
        ids = [row.resource_id for row in rows if row.resource_type == entity]
        if ids:
            known = (await session.scalars(select(model).where(model.id.in_(ids)))).all()
            found |= {one.id: one for one in known if isinstance(one, Organization | Service | Location)}
    return found


def _each(rows: Sequence[SourceConflict], key: str) -> set[UUID]:
    sides = [side for row in rows for side in (row.ours, row.theirs)]
    return {UUID(str(one[key])) for side in sides for one in side.get("rows", []) if one.get(key)}


async def _places(session: AsyncSession, rows: Sequence[SourceConflict]) -> dict[str, str]:
    ids = _each(rows, "location_id")
    found = await session.execute(select(Location.id, Location.name).where(Location.id.in_(ids))) if ids else ()
    return {str(id): name for id, name in found if name}


async def _codes(session: AsyncSession, rows: Sequence[SourceConflict]) -> dict[str, str]:
    ids = _each(rows, "taxonomy_term_id")
    found = await session.execute(select(Term.id, Term.code).where(Term.id.in_(ids))) if ids else ()
    return {str(id): code for id, code in found}
