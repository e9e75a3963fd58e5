"""Writing fields: only what differs is touched, every change is remembered, and an import will leave it alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import listings, retelling
from referrals.directory.actions.history import Editor
from referrals.directory.changes import drift, places, read
from referrals.directory.changes.fields import (
    Children,
    Column,
    Field,
    Marks,
    Record,
    Value,
    Values,
    Words,
    adopt,
    clean,
    column_value,
    fields,
    kind,
    order,
    own_language,
    written,
)
from referrals.directory.models import OWN, Attribute, LocalEdit, Metadata, Service, ServiceAtLocation
from referrals.kit.errors import Refused
from referrals.taxonomy.queries import vocabulary


@dataclass(frozen=True, slots=True)
class Changed:
    """One field that became another. `id`: of its row in the history."""

    field: str
    before: Value
    after: Value
    id: UUID


async def change(
    session: AsyncSession, record: Record, wanted: Values, editor: Editor, now: datetime, *, action: str = "update"
) -> list[Changed]:
    """Make these fields what is wanted, leave the others, and bring the listings up to date.

    Raises Refused("field") for a field that is not there to be changed, ValueError for a value that it cannot hold.
    """
    before = await read.present(session, record, unaliased(record, wanted))
    changed: list[Changed] = []
    for name, value in differing(record, wanted, before).items():
        await _write(session, record, fields(kind(record))[name], value, now)
        changed.append(await _remember(session, record, name, before[name], value, editor, now, action))
    await drift.follow(session, record, [one.field for one in changed], now)
    for one in changed:
        await drift.follow_rows(session, record, one.field, one.before, one.after, now)
    if changed:
        if isinstance(record, Service):
            record.last_modified = now
        await session.flush()
        touched = await services_of(session, record)
        await listings.refresh(session, touched, now)
        await retelling.retell(session, touched, now)
    return changed


def differing(record: Record, wanted: Values, before: Values) -> dict[str, Value]:
    """What is wanted and does not stand yet, cleaned. Rows of a collection keep their ids."""
    entity = kind(record)
    named = {alias(record, name): value for name, value in wanted.items()}
    if unknown := named.keys() - fields(entity).keys():
        raise Refused("field", name=min(unknown))
    cleaned = {name: adopt(clean(entity, name, value), before[name]) for name, value in named.items()}
    return {name: value for name, value in cleaned.items() if written(value) != written(before[name])}


def alias(record: Record, name: str) -> str:
    """`translations.fr.name` of a record that speaks French is its `name`."""
    parts = name.split(".", 2)
    own = len(parts) == 3 and parts[0] == "translations" and parts[1] == own_language(record)
    return parts[2] if own else name


def unaliased(record: Record, wanted: Values) -> set[str]:
    return {alias(record, name) for name in wanted}


async def services_of(session: AsyncSession, record: Record) -> list[UUID]:
    """Whose listings say something of this record."""
    if isinstance(record, Service):
        return [record.id]
    if kind(record) == "organization":
        return list(await session.scalars(select(Service.id).where(Service.organization_id == record.id)))
    at = select(ServiceAtLocation.service_id).where(ServiceAtLocation.location_id == record.id)
    return list(await session.scalars(at.where(ServiceAtLocation.gone_at.is_(None)).distinct()))


async def _write(session: AsyncSession, record: Record, field: Field, value: Value, now: datetime) -> None:
    if isinstance(field, Column):
        setattr(record, field.name, value)
    elif isinstance(field, Words):
        _write_words(record, field, value)
    elif isinstance(field, Children):
        assert isinstance(value, list)
        await _write_rows(session, record, field, value, now)
    else:
        assert isinstance(value, list)
        await _write_marks(session, record, field, value, now)


def _write_words(record: Record, field: Words, value: Value) -> None:
    required = not record.__table__.c[field.column].nullable
    if field.language is None or field.language == own_language(record):
        setattr(record, field.column, value or ("" if required else None))
        return
    others = {name: said for name, said in record.translations.get(field.language, {}).items() if name != field.column}
    record.translations = {**record.translations, field.language: others | ({field.column: value} if value else {})}


async def _write_rows(
    session: AsyncSession, record: Record, field: Children, wanted: list[dict[str, Any]], now: datetime
) -> None:
    """A row keeps its id; one that is wanted no more is marked as gone, and taken up again by an undo."""
    key = field.once or "id"
    known = {str(getattr(row, key)): row for row in await read.rows(session, record, field)}
    kept: set[UUID] = set()
    for said in wanted:
        if isinstance(record, Service) and places.NEW in said:
            said["location_id"] = str(await places.make(session, record, said.pop(places.NEW)))
        row = known.get(str(said.get(key)))
        if row is None:
            row = field.model(id=uuid4(), source=OWN, **{field.parent: record.id})
            session.add(row)
        said["id"] = str(row.id)
        kept.add(row.id)
        row.gone_at = None
        for column in field.columns:
            value = column_value(field.model, column, said.get(column))
            blank = field.model.__table__.c[column].default
            if value is None and blank is not None:
                value = {} if blank.is_callable else blank.arg
            setattr(row, column, value)
    for row in known.values():
        if row.id not in kept and row.gone_at is None:
            row.gone_at = now
    wanted.sort(key=order)
    if field.model is ServiceAtLocation:
        there = {UUID(said["location_id"]) for said in wanted}
        await places.settle(session, there | {row.location_id for row in known.values()}, now)


async def _write_marks(
    session: AsyncSession, record: Record, field: Marks, wanted: list[dict[str, Any]], now: datetime
) -> None:
    """A term that was once here is taken up again, never doubled. Raises Refused for a code that is not ours."""
    words = await vocabulary(session)
    known = await read.marks(session, record, field)
    kept: set[UUID] = set()
    for said in wanted:
        term = words.term(field.taxonomy, said["code"])
        if term is None:
            raise Refused("term", term=said["code"])
        mark = next((m for m, code in known if code == said["code"] and m.id not in kept), None)
        if mark is None:
            mark = Attribute(
                id=uuid4(), link_id=record.id, link_entity=kind(record), link_type=field.link_type,
                taxonomy_term_id=term.id, label=term.label(own_language(record)),
            )  # fmt: skip
            session.add(mark)
        kept.add(mark.id)
        mark.gone_at, mark.value = None, said.get("value")
    for mark, _ in known:
        if mark.id not in kept and mark.gone_at is None:
            mark.gone_at = now


async def _remember(
    session: AsyncSession, record: Record, name: str, before: Value, after: Value, editor: Editor, now: datetime,
    action: str,
) -> Changed:  # fmt: skip
    row = Metadata(
        id=uuid4(), resource_id=record.id, resource_type=kind(record), last_action_date=now, last_action_type=action,
        field_name=name, previous_value=written(before), replacement_value=written(after), updated_by=editor.by,
        user_id=editor.id,
    )  # fmt: skip
    session.add(row)
    if record.source != OWN:
        said: Mapping[str, object] = {"at": now, "user_id": editor.id, "resource_type": kind(record)}
        edit = insert(LocalEdit).values(resource_id=record.id, field_name=name, **said)
        await session.execute(edit.on_conflict_do_update(index_elements=["resource_id", "field_name"], set_=dict(said)))
    return Changed(name, before, after, row.id)
