"""A new day: what is closed from today on says so by itself, and what opens again does."""

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import listings
from referrals.directory.models import Listing, Schedule, Service, ServiceAtLocation
from referrals.directory.queries.capacity import FRESH_DAYS
from referrals.directory.search.openings import AHEAD
from referrals.directory.search.tags import ROOM, WALK_IN
from referrals.kit.jobs import Job

TURN: Final = "directory.turn"


async def turn(session: AsyncSession, *, now: datetime) -> None:
    """Listings of services whose hours have a date that begins, or has just passed, say what is true today."""
    near = (now.date() - timedelta(days=2), now.date() + timedelta(days=1))
    turning = or_(*(day.between(*near) for day in (Schedule.dtstart, Schedule.until, Schedule.valid_to)))
    own = exists().where(Schedule.service_id == Service.id, Schedule.gone_at.is_(None), turning)
    at = ServiceAtLocation
    there = (
        exists()
        .where(at.service_id == Service.id, Schedule.gone_at.is_(None), turning)
        .where(or_(Schedule.service_at_location_id == at.id, Schedule.location_id == at.location_id))
    )
    turned = list(await session.scalars(select(Service.id).where(or_(own, there))))
    turned += await session.scalars(select(Listing.service_id).where(or_(*_runs_out(now.date()))))
    await listings.refresh(session, list(dict.fromkeys(turned)), now)


def _runs_out(today: date) -> list[ColumnElement[bool]]:
    """Days ahead that nobody has looked at yet; and room, or a wait, that was said too long ago to count."""
    old = func.date(Listing.capacity_updated) < today - timedelta(days=FRESH_DAYS)
    waits = and_(Listing.soon.is_not(None), ~Listing.tags.contains([WALK_IN]))
    return [
        Listing.open_until < today + timedelta(days=AHEAD // 2),
        and_(old, or_(Listing.tags.contains([ROOM]), waits)),
    ]


JOBS: dict[str, Job] = {TURN: turn}
PERIODIC: dict[str, str] = {TURN: "5 0-4 * * *"}
"""Some hours of the night: places lie in several time zones, and an hour without power is made up for."""
