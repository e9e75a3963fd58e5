"""When a person is reminded: two days before, and on the day where they wish it. By the safe channel, without a word of what."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.jobs import enqueue
from referrals.tracking.appointments.clocks import days_before
from referrals.tracking.models import Appointment

DAYS: Final = 2
MORNING: Final = time(10)
"""On the wall where it takes place."""
EARLY: Final = time(7, 30)
"""On the day itself; where it begins before that, the evening before."""
EVENING: Final = time(18)
SOON: Final = timedelta(hours=1)


def reminders(starts_at: datetime, zone: ZoneInfo, *, on_day: bool) -> Iterator[tuple[str, datetime]]:
    """(which, when). Pure."""
    yield "before", days_before(starts_at, DAYS, MORNING, zone)
    if on_day:
        early = days_before(starts_at, 0, EARLY, zone)
        yield "day", early if starts_at - early >= SOON else days_before(starts_at, 1, EVENING, zone)


async def remind_later(session: AsyncSession, appointment: Appointment, now: datetime) -> None:
    """As often as it is set or moved; a job that finds the appointment changed does nothing. What is past is not caught up."""
    zone = ZoneInfo(appointment.zone)
    for which, at in reminders(appointment.starts_at, zone, on_day=appointment.remind_on_day):
        if at > now:
            await _enqueue(session, appointment, which, at)


async def remind_on_day_too(session: AsyncSession, appointment: Appointment, now: datetime) -> None:
    """Wished for on the person's own page; a second wish changes nothing."""
    if appointment.remind_on_day:
        return
    appointment.remind_on_day = True
    for which, at in reminders(appointment.starts_at, ZoneInfo(appointment.zone), on_day=True):
        if which == "day" and at > now:
            await _enqueue(session, appointment, which, at)


async def _enqueue(session: AsyncSession, appointment: Appointment, which: str, at: datetime) -> None:
    await enqueue(
        session, "tracking.remind_client", at=at, appointment_id=str(appointment.id), sequence=appointment.sequence,
        which=which,
    )  # fmt: skip
