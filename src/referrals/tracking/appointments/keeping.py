"""What a referral's events mean for its appointment: set, moved, called off, missed, kept. Effects of `act`, nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.jobs import enqueue
from referrals.tracking.appointments.details import Details, usual
from referrals.tracking.appointments.reminding import remind_later
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import Appointment, AppointmentProposal, Referral, ReferralEvent

THIRD = 3
"""From this miss on nobody books again as if nothing were: the case manager decides."""


@dataclass(frozen=True, slots=True)
class There:
    """The appointment that stands and the proposal that is open, by their ids; most often neither."""

    appointment: UUID | None = None
    proposal: UUID | None = None


NOTHING_SET: Final = There()
THERE: Final = """
    (SELECT id FROM appointment WHERE referral_id = r.id AND status = 'set') AS appointment,
    (SELECT id FROM appointment_proposal WHERE referral_id = r.id AND status = 'open') AS proposal
"""
"""Of a referral `r`, part of the statement that writes its step."""


async def keep_in_step(session: AsyncSession, referral: Referral, fact: ReferralEvent, there: There) -> None:
    """Whoever let the event happen, by whichever door: the appointment says the same as the story."""
    standing = await session.get_one(Appointment, there.appointment) if there.appointment else None
    proposal = await session.get_one(AppointmentProposal, there.proposal) if there.proposal else None
    if fact.to_status == Status.SCHEDULED and referral.appointment_at is not None:
        await _set(session, referral, fact, standing, proposal)
        return
    if proposal is not None and fact.to_status not in CHOOSABLE:
        proposal.status, proposal.decided_at = "replaced", fact.at
    if standing is not None:
        await _end(session, referral, fact, standing)


async def set_one(session: AsyncSession, referral: Referral) -> Appointment | None:
    """The appointment that stands."""
    return await session.scalar(
        select(Appointment).where(Appointment.referral_id == referral.id, Appointment.status == "set")
    )


async def misses(session: AsyncSession, referral: Referral) -> int:
    """How often nobody came."""
    found = select(func.count()).select_from(ReferralEvent).where(
        ReferralEvent.referral_id == referral.id, ReferralEvent.kind == "no_show"
    )  # fmt: skip
    return await session.scalar(found) or 0


async def wants_a_decision(session: AsyncSession, referral: Referral) -> bool:
    """The third miss: whether it goes on at all is for the case manager to say."""
    return referral.status == Status.REBOOKING and await misses(session, referral) >= THIRD


async def _set(
    session: AsyncSession, referral: Referral, fact: ReferralEvent, standing: Appointment | None,
    proposal: AppointmentProposal | None,
) -> None:  # fmt: skip
    at = referral.appointment_at
    assert at is not None
    how = _agreed(proposal, at, fact.at)
    if standing is None:
        how = how or await usual(session, referral.service_id)
        standing = Appointment(referral_id=referral.id, made_at=fact.at, sequence=0)
        session.add(standing)
    else:
        standing.sequence += 1
    standing.starts_at, standing.changed_at, standing.changed_by = at, fact.at, fact.actor_role
    standing.reason, standing.move_asked_at = fact.reason_code, None
    if how is not None:
        standing.zone, standing.mode, standing.place, standing.minutes = how.zone.key, how.mode, how.place, how.minutes
    referral.appointment_zone = standing.zone
    await session.flush()
    await _tell(session, standing, fact)
    await remind_later(session, standing, fact.at)


def _agreed(proposal: AppointmentProposal | None, at: datetime, now: datetime) -> Details | None:
    """What the open proposal said of this time; whichever time it becomes, nothing of it waits any longer."""
    if proposal is None:
        return None
    chosen = at in proposal.times
    proposal.status, proposal.decided_at = "chosen" if chosen else "replaced", now
    if not chosen:
        return None
    return Details(ZoneInfo(proposal.zone), proposal.mode, proposal.place, proposal.minutes)


async def _end(session: AsyncSession, referral: Referral, fact: ReferralEvent, standing: Appointment) -> None:
    standing.status = ENDS.get(fact.kind, "cancelled")
    standing.changed_at, standing.changed_by, standing.reason = fact.at, fact.actor_role, fact.reason_code
    standing.move_asked_at = None
    if standing.status == "cancelled":
        standing.sequence += 1
        await _tell(session, standing, fact)
    if standing.status == "missed":
        await enqueue(session, "tracking.tell_client_news", referral_id=str(referral.id), code="client_asks")
    await session.flush()


ENDS: Mapping[str, str] = {"no_show": "missed", "start_service": "kept", "complete": "kept"}
"""What became of it; whatever else happens instead calls it off."""


CHOOSABLE = frozenset(
    {Status.ACCEPTED, Status.WAITLISTED, Status.REBOOKING, Status.ON_HOLD, Status.IN_SERVICE, Status.SCHEDULED}
)
"""Where times may be proposed, and one of them chosen."""


async def _tell(session: AsyncSession, appointment: Appointment, fact: ReferralEvent) -> None:
    """A calendar's file to those who work with it; to the person, that there is something to read, unless they did it."""
    await enqueue(
        session, "tracking.tell_appointment", appointment_id=str(appointment.id), sequence=appointment.sequence
    )
    if fact.actor_role != "client":
        await enqueue(
            session, "tracking.tell_client_news", referral_id=str(appointment.referral_id), code="client_news"
        )
