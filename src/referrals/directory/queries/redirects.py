"""Where merged records lead: an old id stays good wherever somebody has written it down."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, TableValuedAlias, Uuid, column, func, literal, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from referrals.directory.models import Merge, MergedInto, Organization, Service

R = TypeVar("R", Service, Organization)


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
    leads = aliased(MergedInto)
    moved = select(leads.kept_id).where(leads.old_id == id).scalar_subquery()
    return func.coalesce(moved, type_coerce(id, Uuid()))


def one_with(id: Any) -> ColumnElement[Any]:
    """Inside a statement: the ids of the services that are one with this one, itself among them, and of its organization.

    One are those that were merged, as long as one organization runs them or theirs were merged too: the same offer in
    other hands is told of to other people.
    """
    own, other, old = aliased(Service), aliased(Service), aliased(MergedInto)
    together = other.organization_id == own.organization_id
    kept = select(other.id).join(own, together).where(own.id == id, other.id == stands_for(own.id))
    merged = (
        select(old.old_id).join(other, other.id == old.old_id).join(own, together)
        .where(own.id == id, old.kept_id == stands_for(own.id))
    )  # fmt: skip
    house = select(own.organization_id).where(own.id == id)
    houses = select(old.old_id).join(own, own.organization_id == old.kept_id).where(own.id == id)
    arrays = [func.array(one.scalar_subquery(), type_=ARRAY(Uuid())) for one in (kept, merged, house, houses)]
    return arrays[0] + arrays[1] + arrays[2] + arrays[3]


async def each_one_with(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """The same for many services at once."""
    asked = _asked(ids)
    rows = await session.execute(select(asked.c.id, one_with(asked.c.id)))
    return {id: frozenset(found or ()) for id, found in rows}


@dataclass(frozen=True, slots=True)
class Stood(Generic[R]):
    """A record as it was named, and the one that stands for it now: the same one unless it was merged."""

    then: R
    now: R
    together: bool
    """One organization runs both: what was said of the one holds for the other."""


async def services(session: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, Stood[Service]]:
    """By the id that is known. What is nowhere is left out. One statement."""
    found = await _then_and_now(session, Service, ids)
    return {id: Stood(old, new, old.organization_id == new.organization_id) for id, old, new in found}


async def organizations(session: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, Stood[Organization]]:
    """The same of organizations."""
    return {id: Stood(old, new, True) for id, old, new in await _then_and_now(session, Organization, ids)}


async def in_other_hands(session: AsyncSession, id: UUID) -> Sequence[Service]:
    """The services that were merged into this one and that another organization ran, which was not merged with its own."""
    own = aliased(Service)
    found = await session.scalars(
        select(Service).join(MergedInto, MergedInto.old_id == Service.id).join(own, own.id == MergedInto.kept_id)
        .where(own.id == id, Service.organization_id != own.organization_id).order_by(Service.name, Service.id)
    )  # fmt: skip
    return found.all()


async def merged_at(session: AsyncSession, id: UUID) -> datetime | None:
    """Since when it stands under the name of now: the last merge on the way there. None for what stands for itself."""
    first = select(Merge.kept_id, Merge.at).where(Merge.dropped_id == id, Merge.undone_at.is_(None))
    way = first.cte("way", recursive=True)
    on = select(Merge.kept_id, Merge.at).where(Merge.dropped_id == way.c.kept_id, Merge.undone_at.is_(None))
    way = way.union(on)
    last: datetime | None = await session.scalar(select(func.max(way.c.at)))
    return last


async def _then_and_now(session: AsyncSession, model: type[R], ids: Collection[UUID]) -> list[tuple[UUID, R, R]]:
    asked, then, now = _asked(ids), aliased(model), aliased(model)
    rows = await session.execute(
        select(asked.c.id, then, now).select_from(asked)
        .join(then, then.id == asked.c.id).join(now, now.id == stands_for(asked.c.id))
    )  # fmt: skip
    return [(id, old, new) for id, old, new in rows]


def _asked(ids: Collection[UUID]) -> TableValuedAlias:
    found = func.unnest(literal(list(ids), ARRAY(Uuid()))).table_valued(column("id", Uuid()))
    return found.render_derived(name="asked")


async def once(session: AsyncSession, id: UUID) -> list[UUID]:
    """The id, and those of all records that were merged into it."""
    return [id, *await session.scalars(select(MergedInto.old_id).where(MergedInto.kept_id == id))]
