"""What a page shows of a referral's appointments: the one that stands, the times that wait, what was missed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.html import day
from referrals.kit.i18n import gettext as _
from referrals.tracking.appointments.choosing import may_remind
from referrals.tracking.appointments.clocks import When, told, whose_clock
from referrals.tracking.appointments.details import MODE, zone_of
from referrals.tracking.appointments.keeping import CHOOSABLE, THIRD, wants_a_decision
from referrals.tracking.appointments.reminding import reminders
from referrals.tracking.calendars import calendar
from referrals.tracking.models import Appointment, AppointmentProposal, Referral


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment in words."""

    id: UUID
    when: When
    how: str
    place: str
    minutes: int
    past: bool
    move_asked: bool = False
    remind_on_day: bool = False
    barrier: str | None = None
    reminds: frozenset[str] = frozenset()
    """Which reminders are still to come, or could be: `before`, `day`."""
    kept_back: bool = False
    """The place is for the person alone."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Times of which one is to be chosen; those that are past are left out, the others keep their numbers."""

    id: UUID
    by_part: str
    times: tuple[tuple[int, When], ...]
    how: str
    place: str
    minutes: int
    moves: bool
    """One stands already, and would move."""
    clock: str
    """Whose clock the times are on, where the reader's shows another."""
    since: datetime
    reminded: datetime | None
    may_remind: bool
    """The last word to the person was long enough ago."""
    kept_back: bool = False
    """The place is for the person alone."""


@dataclass(frozen=True, slots=True)
class Visits:
    """Of one referral."""

    standing: Visit | None = None
    offer: Offer | None = None
    missed: tuple[Visit, ...] = ()
    """Of which nobody has said yet what stood in the way; once it is over, nobody is asked any more."""
    explained: tuple[Visit, ...] = ()
    """Of which it has been said, by them or for them."""
    decide: bool = False
    """Missed for the third time: whether it goes on is for the case manager to say."""
    may_propose: bool = False


NONE = Visits()


async def visits_of(session: AsyncSession, referral: Referral, now: datetime, reader: ZoneInfo | None = None) -> Visits:
    """`reader`: on whose clock; the sender's, where nothing else is said."""
    reader = reader or calendar(referral.sender_calendar).zone
    found = await visits(session, [referral], now, reader=reader, modes=MODE)
    return found[referral.id]


def lead(visits: Visits, name: str) -> str:
    """How the case manager's page begins while times wait for the person; empty where it is somebody else's turn."""
    if visits.offer is None or visits.standing is not None:
        return ""
    if not visits.offer.times:
        return _("All the times that were proposed are past. Others are needed.")
    return _("%(name)s has had times to choose from since %(day)s.") % {"name": name, "day": day(visits.offer.since)}


async def visits_there(session: AsyncSession, referral: Referral, now: datetime) -> Visits:
    """For whoever sits where it takes place: their own clock is the right one."""
    return await visits_of(session, referral, now, reader=await zone_of(session, referral.service_id))


async def visits(
    session: AsyncSession, referrals: Sequence[Referral], now: datetime, *, reader: ZoneInfo, modes: Mapping[str, str]
) -> dict[UUID, Visits]:
    """Of all of these in two statements (three where one was missed). `modes`: how this reader calls the ways to meet."""
    ids = [referral.id for referral in referrals]
    appointments = await session.scalars(
        select(Appointment).where(Appointment.referral_id.in_(ids), Appointment.status.in_(("set", "missed")))
        .order_by(Appointment.starts_at)
    )  # fmt: skip
    proposals = await session.scalars(
        select(AppointmentProposal).where(
            AppointmentProposal.referral_id.in_(ids), AppointmentProposal.status == "open"
        )
    )
    by_referral: dict[UUID, list[Appointment]] = {id: [] for id in ids}
    for one in appointments:
        by_referral[one.referral_id].append(one)
    offers = {one.referral_id: one for one in proposals}
    return {
        referral.id: await _visits(
            session, referral, by_referral[referral.id], offers.get(referral.id), now, reader, modes
        )
        for referral in referrals
    }


async def _visits(
    session: AsyncSession, referral: Referral, all_: Sequence[Appointment], offer: AppointmentProposal | None,
    now: datetime, reader: ZoneInfo, modes: Mapping[str, str],
) -> Visits:  # fmt: skip
    standing = next((one for one in all_ if one.status == "set"), None)
    goes_on = referral.status in CHOOSABLE
    missed = [one for one in all_ if one.status == "missed" and goes_on]
    return Visits(
        visit(standing, now, reader, modes) if standing else None,
        _offer(offer, standing, now, reader, modes) if offer else None,
        tuple(visit(one, now, reader, modes) for one in missed if one.barrier is None),
        tuple(visit(one, now, reader, modes) for one in missed if one.barrier is not None),
        len(missed) >= THIRD and await wants_a_decision(session, referral),
        goes_on,
    )


def visit(one: Appointment, now: datetime, reader: ZoneInfo, modes: Mapping[str, str]) -> Visit:
    zone = ZoneInfo(one.zone)
    reminds = frozenset(which for which, at in reminders(one.starts_at, zone, on_day=True) if at > now)
    return Visit(
        one.id, told(one.starts_at, zone, reader), _(modes[one.mode]), one.place, one.minutes,
        one.starts_at <= now, one.move_asked_at is not None, one.remind_on_day, one.barrier, reminds,
    )  # fmt: skip


def _offer(
    one: AppointmentProposal, standing: Appointment | None, now: datetime, reader: ZoneInfo, modes: Mapping[str, str]
) -> Offer:
    zone = ZoneInfo(one.zone)
    times = tuple((number, told(at, zone, zone)) for number, at in enumerate(one.times) if at > now)
    return Offer(
        one.id, one.by_part, times, _(modes[one.mode]), one.place, one.minutes, standing is not None,
        whose_clock(zone, one.times, reader), one.proposed_at, one.reminded_at, bool(times) and may_remind(one, now),
    )  # fmt: skip
