"""What needs a case manager today, in order, and what is on its way without them. Five statements for any caseload."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import IntEnum, StrEnum
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, Uuid, and_, func, literal, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.actor import Actor
from referrals.clients import carrying, identity
from referrals.clients.models import Client, Need
from referrals.clients.queries import caseload
from referrals.directory.models import Service
from referrals.directory.queries.called import Called, Names, names
from referrals.directory.queries.redirects import stands_for
from referrals.kit.html import in_zone
from referrals.tracking.dispositions import BY_THEMSELVES, Kind, judged
from referrals.tracking.lifecycle import OPEN, TERMINAL, Status
from referrals.tracking.models import (
    Appointment,
    AppointmentProposal,
    ClientVoice,
    Disposition,
    Referral,
    ReferralEvent,
    ReferralLetter,
    ReferralNote,
    Review,
)


class Waiting(IntEnum):
    """Why something waits for the case manager, the most pressing first."""

    STOPPED = 1
    QUESTION = 2
    TIMES = 3
    CALL = 4
    SILENCE = 5
    OUTCOME = 6
    THEMSELVES = 7
    ANSWERED = 8
    DONE = 9
    UNSENT = 10
    REOPENED = 11
    NO_REFERRAL = 12
    MOVING = 13


class Times(StrEnum):
    """What is to be done about when they meet."""

    CHOOSING = "choosing"
    """Times wait for the person's choice: it is their turn."""

    MOVE = "move"
    """The appointment that stands does not suit them."""
    NONE_FITS = "none_fits"
    """None of those that were proposed."""


WANTED: Final = frozenset({Times.MOVE, Times.NONE_FITS})
"""Other times have to be found."""


@dataclass(frozen=True, slots=True)
class Task:
    """One need and where it stands: one line of the page."""

    waiting: Waiting
    name: str
    need: Need
    referral: Referral | None = None
    service: Called | None = None
    reason: str | None = None
    event: str | None = None
    question: str | None = None
    received: str | None = None
    resolved: str | None = None
    times: Times | None = None
    instead_of: str = ""
    """Whose person it is, where whoever looks only stands in."""


@dataclass(frozen=True, slots=True)
class Day:
    tasks: tuple[Task, ...]
    moving: tuple[Task, ...]
    people: int
    open_needs: int
    closed_this_month: int


async def standing_in_for(session: AsyncSession, actor: Actor) -> dict[UUID, str]:
    """Client -> the name of whoever carries the file, where this user stands in for them now."""
    whose = await carrying.standing_in(session, actor)
    called = await accounts.names(session, [one.for_id for one in whose.values()])
    return {client: called.get(one.for_id, "") for client, one in whose.items()}


async def today(session: AsyncSession, actor: Actor, now: datetime) -> Day:
    """Everything the page says. Names come through the identity door."""
    mine = caseload(actor).where(Client.archived_at.is_(None)).with_only_columns(Client.id)
    rows = (await session.execute(_open_needs(list(await session.scalars(mine)), in_zone(now).date()))).all()
    known = await identity.told_apart(session, {row.Need.client_id for row in rows})
    called = await names(session)
    found = [_task(group, known, called, now) for _, group in groupby(rows, key=lambda row: row.Need.id)]
    whose = await standing_in_for(session, actor)
    found = [replace(one, instead_of=whose.get(one.need.client_id, "")) for one in found] if whose else found
    people, closed = await _counts(session, actor, now)
    tasks = sorted((task for task in found if task.waiting != Waiting.MOVING), key=_order)
    return Day(
        tuple(tasks), tuple(task for task in found if task.waiting == Waiting.MOVING), people, len(found), closed
    )


@dataclass(frozen=True, slots=True)
class After:
    """What followed from an attempt that ended: the decision and when, and whether a verdict has spoken of it."""

    decided: str | None = None
    at: datetime | None = None
    judged: bool = False


NOTHING_YET = After()


def what_waits(
    referral: Referral | None, now: datetime, *, heard: str | None = None, after: After = NOTHING_YET,
    times: Times | None = None, to_call: bool = False,
) -> Waiting:  # fmt: skip
    """The rule of the page, for one need's decisive referral. `to_call`: no mail reaches them, and nobody has told them yet."""
    if referral is None:
        return Waiting.NO_REFERRAL
    if referral.status in TERMINAL and after.judged:
        return Waiting.REOPENED
    if after.decided == Kind.SELF_NAVIGATED and after.at is not None:
        return Waiting.THEMSELVES if now >= after.at + BY_THEMSELVES else Waiting.MOVING
    match referral.status:
        case Status.DRAFT | Status.AWAITING_CONSENT:
            waits = Waiting.UNSENT
        case Status.COMPLETED | Status.CLOSED:
            waits = Waiting.ANSWERED if heard else Waiting.DONE
        case Status.INFO_REQUESTED:
            waits = Waiting.QUESTION
        case ended if ended in TERMINAL:
            waits = Waiting.STOPPED
        case planned if times in WANTED and not _begun(referral, planned, now):
            waits = Waiting.TIMES
        case under_way if referral.due_at is not None and referral.due_at <= now:
            waits = Waiting.OUTCOME if under_way == Status.SCHEDULED else Waiting.SILENCE
        case Status.SENT if to_call:
            waits = Waiting.CALL
        case _:
            waits = Waiting.MOVING
    return waits


def _begun(referral: Referral, status: str, now: datetime) -> bool:
    """What was to be moved has taken place or has not: what became of it is asked instead."""
    at = referral.appointment_at
    return status == Status.SCHEDULED and at is not None and at <= now


def times_wanted(
    move_asked_at: datetime | None, proposal: str | None, decided_at: datetime | None, since: datetime | None
) -> Times | None:
    """Of the appointment that stands, and of the newest proposal.

    `since`: when the story last moved on; a proposal that was turned down before says nothing any more. Pure.
    """
    if proposal == "open":
        return Times.CHOOSING
    if move_asked_at is not None:
        return Times.MOVE
    turned_down = proposal == "refused" and decided_at is not None and (since is None or decided_at >= since)
    return Times.NONE_FITS if turned_down else None


def _open_needs(client_ids: Sequence[UUID], day: date) -> Select[Any]:
    """One row for each referral of an open need, or one row alone for a need without any.

    The people come as values: asked inside, they would be taken for half of everybody, and every table read whole.
    """
    mine = func.any(literal(client_ids, ARRAY(Uuid)))
    voice = (
        select(ClientVoice.received, ClientVoice.resolved)
        .where(ClientVoice.referral_id == Referral.id)
        .order_by(ClientVoice.at.desc()).limit(1).lateral("voice")
    )  # fmt: skip
    proposed = (
        select(AppointmentProposal.status, AppointmentProposal.decided_at)
        .where(AppointmentProposal.referral_id == Referral.id)
        .order_by((AppointmentProposal.status == "open").desc(), AppointmentProposal.proposed_at.desc()).limit(1).lateral("proposed")
    )  # fmt: skip
    set_ = and_(Appointment.referral_id == Referral.id, Appointment.status == "set")
    last = and_(ReferralEvent.referral_id == Referral.id, ReferralEvent.position == Referral.position)
    written = select(ReferralLetter.id).where(
        ReferralLetter.referral_id == Referral.id, ReferralLetter.replaced_at.is_(None)
    )
    called = select(Review.id).where(
        Review.referral_id == Referral.id, Review.position == Referral.position, Review.ask_again_on > day
    )
    to_call = and_(
        Referral.channel == "phone", Referral.status == Status.SENT, ~written.exists(), ~called.exists()
    )  # fmt: skip
    asked = and_(
        ReferralNote.referral_id == Referral.id,
        ReferralNote.event_position == Referral.position,
        ReferralNote.kind == "question",
    )
    return (
        select(
            Need, Referral, Service, ReferralEvent.reason_code, ReferralEvent.kind,
            ReferralNote.text.label("question"), voice.c.received, voice.c.resolved, Disposition.kind.label("decided"),
            Disposition.at.label("decided_at"), judged().label("judged"), Appointment.move_asked_at,
            proposed.c.status.label("proposal"), proposed.c.decided_at.label("turned_down_at"),
            to_call.label("to_call"),
        )
        .outerjoin(Referral, and_(Referral.need_id == Need.id, Referral.status != Status.ENTERED_IN_ERROR))
        .outerjoin(Service, Service.id == stands_for(Referral.service_id))
        .outerjoin(ReferralEvent, last)
        .outerjoin(ReferralNote, asked)
        .outerjoin(voice, true())
        .outerjoin(Appointment, set_)
        .outerjoin(proposed, true())
        .outerjoin(Disposition, and_(Disposition.referral_id == Referral.id, Disposition.replaced_at.is_(None)))
        .where(Need.client_id == mine, Need.status.in_(("open", "in_referral")))
        .order_by(Need.created_at, Need.id, Referral.attempt)
    )  # fmt: skip


def _task(group: Iterable[Row[Any]], people: dict[UUID, str], called: Names, now: datetime) -> Task:
    """A need's decisive referral: whichever presses most among the living, else the newest that ended."""
    rows = list(group)
    living = [row for row in rows if row.Referral is not None and row.Referral.status in OPEN]
    row = (
        min(
            living,
            key=lambda one: what_waits(
                one.Referral, now, heard=one.received, times=_times(one), to_call=bool(one.to_call)
            ),
        )
        if living
        else rows[-1]
    )
    after = After(row.decided, row.decided_at, bool(row.judged))
    return Task(
        what_waits(row.Referral, now, heard=row.received, after=after, times=_times(row), to_call=bool(row.to_call)), people[row.Need.client_id], row.Need, row.Referral,
        called.service(row.Service) if row.Service else None, row.reason_code, row.kind, row.question, row.received, row.resolved, _times(row),
    )  # fmt: skip


def _times(row: Row[Any]) -> Times | None:
    return times_wanted(
        row.move_asked_at, row.proposal, row.turned_down_at, row.Referral.entered_at if row.Referral else None
    )


def _order(task: Task) -> tuple[int, bool, datetime]:
    """By what waits, then urgent before routine, then the longest wait."""
    since = task.referral.due_at or task.referral.closed_at if task.referral else None
    return task.waiting, task.need.urgency != "urgent", since or task.need.created_at


async def _counts(session: AsyncSession, actor: Actor, now: datetime) -> tuple[int, int]:
    mine = caseload(actor).with_only_columns(Client.id, Client.archived_at).subquery()
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    row = (
        await session.execute(
            select(
                func.count(func.distinct(mine.c.id)).filter(mine.c.archived_at.is_(None)),
                func.count(Need.id).filter(Need.closed_at >= month),
            )
            .select_from(mine).outerjoin(Need, Need.client_id == mine.c.id)
        )
    ).one()  # fmt: skip
    return row[0], row[1]
