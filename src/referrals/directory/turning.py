"""A new day: what is closed from today on says so by itself, and what opens again does."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import listings
from referrals.directory.models import Schedule, Service, ServiceAtLocation
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
    await listings.refresh(session, list(await session.scalars(select(Service.id).where(or_(own, there)))), now)


JOBS: dict[str, Job] = {TURN: turn}
PERIODIC: dict[str, str] = {"5 0-4 * * *": TURN}
"""Some hours of the night: places lie in several time zones, and an hour without power is made up for."""
