"""What a referral's events mean for its appointment: set, moved, called off, missed, kept. Effects of `act`, nothing else."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.jobs import enqueue
from referrals.kit.together import change, put
from referrals.tracking.appointments.details import Details, usual
from referrals.tracking.appointments.reminding import remind_later
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import Appointment, AppointmentProposal, Referral, ReferralEvent

THIRD = 3
"""From this miss on nobody books again as if nothing were: the case manager decides."""


THERE: Final = """
    (
        SELECT ROW(id, sequence, zone, remind_on_day) FROM appointment WHERE referral_id = r.id AND status = 'set'
    ) AS appointment,
    (SELECT id FROM appointment_proposal WHERE referral_id = r.id AND status = 'open') AS proposal
"""
"""Looks of `record`: the appointment that stands, and the id of the proposal that is open; most often neither."""


async def keep_in_step(session: AsyncSession, referral: Referral, fact: ReferralEvent, found: Any) -> None:
    """Whoever let the event happen, by whichever door: the appointment says the same as the story."""
    standing = _standing(referral, found.appointment)
    proposal = await session.get_one(AppointmentProposal, found.proposal) if found.proposal else None
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


def _standing(referral: Referral, row: tuple[str, ...] | None) -> Appointment | None:
    """As much of it as its changes are made of; the session need not hold it for that."""
    if row is None:
        return None
    id, sequence, zone, on_day = row
    return Appointment(
        id=UUID(id), referral_id=referral.id, sequence=int(sequence), zone=zone, remind_on_day=on_day == "t"
    )


async def _set(
    session: AsyncSession, referral: Referral, fact: ReferralEvent, standing: Appointment | None,
    proposal: AppointmentProposal | None,
) -> None:  # fmt: skip
    at = referral.appointment_at
    assert at is not None
    how = _agreed(proposal, at, fact.at)
    now_so = {
        "starts_at": at, "changed_at": fact.at, "changed_by": fact.actor_role, "reason": fact.reason_code, "move_asked_at": None,
    }  # fmt: skip
    if standing is None:
        how = how or await usual(session, referral.service_id)
        standing = Appointment(
            id=uuid4(), referral_id=referral.id, made_at=fact.at, sequence=0, remind_on_day=False, **now_so, **_how(how)
        )
        await put(session, standing)
    else:
        now_so |= {"sequence": standing.sequence + 1, **(_how(how) if how else {})}
        await change(session, Appointment, standing.id, **now_so)
        for name, value in now_so.items():
            setattr(standing, name, value)
    if referral.appointment_zone != standing.zone:
        await change(session, Referral, referral.id, appointment_zone=standing.zone)
    await _tell(session, standing, fact)
    await remind_later(session, standing, fact.at)


def _how(how: Details) -> dict[str, object]:
    return {"zone": how.zone.key, "mode": how.mode, "place": how.place, "minutes": how.minutes}


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
    if standing.status == "cancelled":
        standing.sequence += 1
        await _tell(session, standing, fact)
    if standing.status == "missed":
        await enqueue(session, "tracking.tell_client_news", referral_id=str(referral.id), code="client_asks")
    await change(
        session, Appointment, standing.id, status=standing.status, sequence=standing.sequence, changed_at=fact.at,
        changed_by=fact.actor_role, reason=fact.reason_code, move_asked_at=None,
    )  # fmt: skip


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
