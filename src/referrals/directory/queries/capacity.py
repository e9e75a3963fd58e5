"""Is there room, as far as anybody knows."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

FRESH_DAYS = 14
"""What was said longer ago counts as unknown."""
UNKNOWN = "unknown"


class Room(Protocol):
    """A listing, or the columns of one."""

    capacity_status: str | None
    capacity_available: int | None
    capacity_maximum: int | None
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


def capacity(listing: Room, today: date) -> Capacity:
    updated = listing.capacity_updated
    age = (today - updated.date()).days if updated else None
    if age is None or age > FRESH_DAYS or listing.capacity_status is None:
        return Capacity(UNKNOWN, None, None, None, updated, age)
    return Capacity(
        listing.capacity_status, listing.capacity_available, listing.capacity_maximum, listing.wait_days, updated, age
    )
