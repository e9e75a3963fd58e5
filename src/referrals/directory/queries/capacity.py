"""Is there room, as far as anybody knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import ServiceCapacity, Unit

FRESH_DAYS = 14
"""What was said longer ago counts as unknown."""
UNKNOWN = "unknown"


class Room(Protocol):
    """A listing, or the columns of one."""

    capacity_status: str | None
    capacity_available: int | None
    capacity_maximum: int | None
    capacity_unit: str | None
    capacity_updated: datetime | None
    wait_days: int | None


@dataclass(frozen=True, slots=True)
class Capacity:
    """`status`: a code of `capacity-status`, or unknown. Numbers and wait are left out when they are too old."""

    status: str
    available: int | None
    maximum: int | None
    wait_days: int | None
    updated: datetime | None
    age_days: int | None
    unit: str | None = None
    """What the numbers count, as the source names it."""


def capacity(listing: Room, today: date) -> Capacity:
    updated = listing.capacity_updated
    age = (today - updated.date()).days if updated else None
    if age is None or age > FRESH_DAYS or listing.capacity_status is None:
        return Capacity(UNKNOWN, None, None, None, updated, age)
    return Capacity(
        listing.capacity_status, listing.capacity_available, listing.capacity_maximum, listing.wait_days, updated, age,
        listing.capacity_unit,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counted:
    """One record of places: a service may have several, each counted in a unit of its own."""

    available: int | None
    maximum: int | None
    unit: str | None
    note: str | None
    updated: datetime | None

    def counts(self, today: date) -> bool:
        """Said lately enough."""
        return self.updated is not None and (today - self.updated.date()).days <= FRESH_DAYS


async def counted(session: AsyncSession, service_ids: Sequence[UUID]) -> dict[UUID, tuple[Counted, ...]]:
    """The records of these services, each one's newest first: that is the one which counts."""
    room = ServiceCapacity
    rows = await session.execute(
        select(room.service_id, room.available, room.maximum, Unit.name, room.description, room.updated)
        .outerjoin(Unit, Unit.id == room.unit_id)
        .where(room.service_id.in_(service_ids), room.gone_at.is_(None))
        .order_by(room.updated.desc().nulls_last(), room.id)
    )
    found: dict[UUID, tuple[Counted, ...]] = {}
    for service_id, available, maximum, unit, note, updated in rows:
        found[service_id] = (*found.get(service_id, ()), Counted(available, maximum, unit, note, updated))
    return found
