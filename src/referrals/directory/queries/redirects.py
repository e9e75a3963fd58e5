"""Where merged records lead: an old id stays good wherever somebody has written it down."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Uuid, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import MergedInto


async def kept(session: AsyncSession, id: UUID) -> UUID | None:
    """The record that this one was merged into; None for one that stands for itself."""
    found: UUID | None = await session.scalar(select(MergedInto.kept_id).where(MergedInto.old_id == id))
    return found


async def standing(session: AsyncSession, id: UUID) -> UUID:
    """The id itself, or that of the record it was merged into."""
    return await kept(session, id) or id


async def all_standing(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Each id -> the record that stands for it now."""
    rows = await session.execute(select(MergedInto.old_id, MergedInto.kept_id).where(MergedInto.old_id.in_(list(ids))))
    moved: dict[UUID, UUID] = dict(rows.all())
    return {id: moved.get(id, id) for id in ids}


def stands_for(id: Any) -> ColumnElement[UUID]:
    """The same inside a statement, for an id that stands there."""
    moved = select(MergedInto.kept_id).where(MergedInto.old_id == id).scalar_subquery()
    return func.coalesce(moved, type_coerce(id, Uuid()))


def formerly(*ids: Any) -> ScalarSelect[Any]:
    """Inside a statement: the ids that these records had before; NULL where there are none."""
    return select(func.array_agg(MergedInto.old_id)).where(MergedInto.kept_id.in_(ids)).scalar_subquery()


async def once(session: AsyncSession, id: UUID) -> list[UUID]:
    """The id, and those of all records that were merged into it."""
    return [id, *await session.scalars(select(MergedInto.old_id).where(MergedInto.kept_id == id))]
