"""Proposing times, choosing one, asking for another, calling it off; what stood in the way. The story itself moves by `act`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.errors import Conflict, NotFound, Refused
from referrals.kit.jobs import enqueue
from referrals.tracking.actions import links
from referrals.tracking.actions.act import act
from referrals.tracking.actions.record import Recorded
from referrals.tracking.appointments.details import Details
from referrals.tracking.appointments.keeping import CHOOSABLE, set_one
from referrals.tracking.lifecycle import By, Status
from referrals.tracking.models import Appointment, AppointmentProposal, Referral
from referrals.tracking.reasons import BARRIERS
from referrals.tracking.said import Fact, Party, Said

MOST = 3
NOTHING = "none"
"""Nothing stood in the way; or they were there after all."""


async def propose(
    session: AsyncSession, referral: Referral, by: Party, times: Sequence[datetime], how: Details, now: datetime
) -> AppointmentProposal:
    """Up to three times; the proposal before ends. The same again is the same proposal.

    Raises Conflict("not_possible") where no appointment can follow from here, Refused("times") for none, too many, or
    one that is past.
    """
    await session.refresh(referral, with_for_update={"key_share": True})
    wanted = sorted(set(times))
    if referral.status not in CHOOSABLE:
        raise Conflict("not_possible", event="schedule", status=referral.status)
    if not 1 <= len(wanted) <= MOST or wanted[0] <= now:
        raise Refused("times")
    standing = await open_proposal(session, referral)
    if standing is not None and _same(standing, wanted, how):
        return standing
    await _replace(session, referral, now)
    part = By.PROVIDER if by.part == By.PROVIDER else By.CASE_MANAGER
    proposal = AppointmentProposal(
        referral_id=referral.id, times=wanted, zone=how.zone.key, minutes=how.minutes, mode=how.mode, place=how.place,
        by_part=part.value, by_id=by.id, proposed_at=now,
    )  # fmt: skip
    session.add(proposal)
    await session.flush()
    await enqueue(session, "tracking.tell_client_news", referral_id=str(referral.id), code="client_asks")
    if part == By.PROVIDER:
        await enqueue(session, "tracking.tell_sender", referral_id=str(referral.id))
    return proposal


async def set_at_once(
    session: AsyncSession, referral: Referral, by: Party, at: datetime, how: Details, now: datetime
) -> Recorded:
    """Agreed on already, by telephone or at the desk: one time, and it stands."""
    proposal = await propose(session, referral, by, [at], how, now)
    return await choose(session, referral, proposal.id, 0, by, now)


async def choose(
    session: AsyncSession, referral: Referral, proposal_id: UUID, number: int, by: Party, now: datetime
) -> Recorded:
    """The time becomes the appointment. The same choice twice is one; raises Conflict("already_answered") for another one.

    The law lets a receiver or a case manager set an appointment. Whoever proposed a time has done so for the moment at
    which the person says yes to it: the event is theirs, and its fact says who chose.
    """
    await session.refresh(referral, with_for_update={"key_share": True})
    proposal = await session.scalar(
        select(AppointmentProposal).where(
            AppointmentProposal.id == proposal_id, AppointmentProposal.referral_id == referral.id
        ),
        execution_options={"populate_existing": True},  # somebody may have chosen while we waited for the row
    )
    if proposal is None or not 0 <= number < len(proposal.times):
        raise NotFound("proposal")
    at, key = proposal.times[number], f"{proposal.id}:{number}"
    if proposal.status != "open" and referral.appointment_at != at:
        raise Conflict("already_answered")
    if at <= now and proposal.status == "open":
        raise Refused("past")
    facts: dict[str, Fact] = {"appointment_at": at, "chosen_by": by.part.value}
    if referral.status == Status.SCHEDULED:
        standing = await set_one(session, referral)
        asked = standing is not None and standing.move_asked_at is not None
        reason = "client_request" if asked else "provider_request"
        return await act(session, referral, "reschedule", by, Said(reason, facts, key=key), now)
    party = Party(By(proposal.by_part), proposal.by_id) if by.part == By.CLIENT else by
    return await act(session, referral, "schedule", party, Said(facts=facts, key=key), now)


async def none_fits(session: AsyncSession, referral: Referral, proposal_id: UUID, now: datetime) -> None:
    """None of the times can be kept: whoever proposed them is asked for others."""
    changed = await session.scalar(
        update(AppointmentProposal)
        .where(
            AppointmentProposal.id == proposal_id, AppointmentProposal.referral_id == referral.id,
            AppointmentProposal.status == "open",
        )
        .values(status="refused", decided_at=now).returning(AppointmentProposal.id)
    )  # fmt: skip
    if changed is not None:
        await _ask_for_others(session, referral)


async def ask_to_move(session: AsyncSession, referral: Referral, now: datetime) -> None:
    """The person cannot come then. The appointment stands until another time is chosen, or it is called off."""
    standing = await set_one(session, referral)
    if standing is None or standing.starts_at <= now:
        raise Conflict("not_possible", event="reschedule", status=referral.status)
    if standing.move_asked_at is None:
        standing.move_asked_at = now
        await session.flush()
        await _ask_for_others(session, referral)


async def call_off(
    session: AsyncSession,
    referral: Referral,
    appointment_id: UUID,
    by: Party,
    reason: str,
    now: datetime,
    *,
    words: str = "",
) -> None:
    """Pressed twice, it is called off once; an older page cannot call off the one that came after."""
    appointment = await session.get(Appointment, appointment_id)
    if appointment is None or appointment.referral_id != referral.id:
        raise NotFound("appointment")
    if appointment.status != "set":
        return
    said = Said(reason, words=words, key=f"{appointment.id}:off")
    await act(session, referral, "appointment_cancelled", by, said, now)


async def say_what_stood_in_the_way(
    session: AsyncSession, referral: Referral, appointment_id: UUID, barrier: str, by: Party
) -> None:
    """The person's own word stays when a case manager answers after them. Raises Refused("barrier") for one nobody knows."""
    if barrier not in (*BARRIERS, NOTHING):
        raise Refused("barrier")
    appointment = await session.get(Appointment, appointment_id)
    if appointment is None or appointment.referral_id != referral.id or appointment.status != "missed":
        raise NotFound("appointment")
    if appointment.barrier_by == By.CLIENT and by.part != By.CLIENT:
        return
    first = appointment.barrier is None
    appointment.barrier, appointment.barrier_by = barrier, by.part.value
    await session.flush()
    if first and by.part == By.CLIENT:
        await enqueue(session, "tracking.tell_sender", referral_id=str(referral.id))


async def open_proposal(session: AsyncSession, referral: Referral) -> AppointmentProposal | None:
    return await session.scalar(
        select(AppointmentProposal).where(
            AppointmentProposal.referral_id == referral.id, AppointmentProposal.status == "open"
        )
    )


def details_of(found: Appointment | AppointmentProposal) -> Details:
    return Details(ZoneInfo(found.zone), found.mode, found.place, found.minutes)


def _same(standing: AppointmentProposal, wanted: Sequence[datetime], how: Details) -> bool:
    return list(standing.times) == list(wanted) and details_of(standing) == how


async def _replace(session: AsyncSession, referral: Referral, now: datetime) -> None:
    await session.execute(
        update(AppointmentProposal)
        .where(AppointmentProposal.referral_id == referral.id, AppointmentProposal.status == "open")
        .values(status="replaced", decided_at=now)
    )


async def _ask_for_others(session: AsyncSession, referral: Referral) -> None:
    """Of the receiver where it reads mail; of the case manager always."""
    link = await links.living(session, referral.id, "receiver")
    if link is not None:
        await enqueue(session, "tracking.tell_receiver", link_id=str(link.id), template="times_wanted")
    await enqueue(session, "tracking.tell_sender", referral_id=str(referral.id))
