"""What a record says now, field by field."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.changes.fields import (
    KINDS,
    Children,
    Column,
    Field,
    Marks,
    Record,
    Value,
    Words,
    clean,
    fields,
    json_value,
    kind,
    own_language,
)
from referrals.directory.models import Attribute
from referrals.kit.errors import NotFound
from referrals.taxonomy.models import OURS, Taxonomy, Term


async def record_of(session: AsyncSession, entity: str, id: UUID) -> Record:
    """Locked until the transaction ends, so that two editors come one after the other. Raises NotFound."""
    model = KINDS.get(entity)
    if model is None:
        raise NotFound(entity)
    found: Record | None = await session.scalar(
        select(model).where(model.id == id, model.gone_at.is_(None)).with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    if found is None:
        raise NotFound(entity)
    return found


async def present(session: AsyncSession, record: Record, only: Collection[str] | None = None) -> dict[str, Value]:
    """Field name -> what stands now. `only`: these fields; one statement for each collection among them."""
    entity = kind(record)
    found: dict[str, Value] = {}
    for name, field in fields(entity).items():
        if only is None or name in only:
            found[name] = clean(entity, name, await _value(session, record, field))
    return found


async def rows(session: AsyncSession, record: Record, field: Children) -> Sequence[Any]:
    """The children themselves, those that are gone too."""
    mine = select(field.model).where(getattr(field.model, field.parent) == record.id)
    for nearer in field.but_not:
        mine = mine.where(getattr(field.model, nearer).is_(None))
    return (await session.scalars(mine.order_by(field.model.id))).all()


async def marks(session: AsyncSession, record: Record, field: Marks) -> Sequence[tuple[Attribute, str]]:
    """Attributes with our code, those that are gone too."""
    found = await session.execute(
        select(Attribute, Term.code)
        .join(Term, Term.id == Attribute.taxonomy_term_id)
        .join(Taxonomy, Taxonomy.id == Term.taxonomy_id)
        .where(Attribute.link_id == record.id, Taxonomy.source == OURS, Taxonomy.name == field.taxonomy)
        .order_by(Attribute.gone_at.nulls_first(), Attribute.id)
    )
    return [(mark, code) for mark, code in found]


async def _value(session: AsyncSession, record: Record, field: Field) -> Value:
    if isinstance(field, Column):
        value: Value = getattr(record, field.name)
        return value
    if isinstance(field, Words):
        return words(record, field)
    if isinstance(field, Children):
        there = [row for row in await rows(session, record, field) if row.gone_at is None]
        return [{"id": str(row.id)} | {name: json_value(getattr(row, name)) for name in field.columns} for row in there]
    held = [(mark, code) for mark, code in await marks(session, record, field) if mark.gone_at is None]
    return [{"code": code, "value": mark.value} for mark, code in held]


def words(record: Record, field: Words) -> str | None:
    """The text in the field's language, never another in its place."""
    if field.language is None or field.language == own_language(record):
        own: str | None = getattr(record, field.column)
        return own
    said: str | None = record.translations.get(field.language, {}).get(field.column)
    return said
