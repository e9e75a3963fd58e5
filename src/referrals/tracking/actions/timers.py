"""A referral's timers: made with the event that begins a wait, taken away by the next one."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.prepared import ask
from referrals.tracking.calendars import calendar
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import Referral
from referrals.tracking.timers import Entered, Timer, answer_time_spent, late_at, next_round, timers

LINK_OUTLIVES: Final = timedelta(days=8)
"""How long a link stays good after the referral's next deadline."""
CHANGES: Final = """
    gone AS (DELETE FROM referral_timer WHERE referral_id = %(referral)s AND fired_at IS NULL),
    made AS (
        INSERT INTO referral_timer (referral_id, position, kind, round, due_at)
        SELECT %(referral)s, %(position)s, waits.kind, 0, waits.due_at
        FROM unnest(CAST(%(kinds)s AS text[]), CAST(%(moments)s AS timestamptz[])) AS waits (kind, due_at)
        ON CONFLICT DO NOTHING
    ),
    kept AS (
        UPDATE referral_link SET expires_at = %(until)s
        WHERE referral_id = %(referral)s AND purpose = 'receiver' AND replaced_at IS NULL AND expires_at > %(now)s
    )
"""
"""Part of a statement: these timers and no others, and the receiver's living link lives until after the next deadline."""
_REPLACE: Final = f"WITH {CHANGES} SELECT 1"


def enter(
    referral: Referral, before: str, now: datetime, promised: date | None = None,
    *, say: Callable[[Referral, str, Any], None] = setattr,
) -> tuple[Timer, ...]:  # fmt: skip
    """The timers of the status that it has just come to from `before`; its summary says when it will be late.

    A question of the receiver stops its clock; our reply lets the rest of it run. `say`: what writes into the summary.
    """
    if before == Status.SENT and referral.status == Status.INFO_REQUESTED and referral.entered_at is not None:
        spent = answer_time_spent(referral.entered_at, now, calendar(referral.calendar))
        say(referral, "clock_spent", referral.clock_spent + int(spent.total_seconds()))
    say(referral, "entered_at", now)
    set_ = timers(entered(referral, promised))
    say(referral, "due_at", late_at(set_))
    return set_


async def replace(session: AsyncSession, referral: Referral, set_: Sequence[Timer], now: datetime) -> None:
    """These and no others, where no event brings them. The referral has been flushed."""
    await ask(session, _REPLACE, values(referral, set_, now))


async def move(session: AsyncSession, referral: Referral, kind: str, due: datetime, now: datetime) -> None:
    """One timer of the status it stands in rings then instead. What lets a receiver in lives until after it."""
    await ask(session, _MOVE, {
        "referral": referral.id, "position": referral.position, "kind": kind, "due": due, "now": now,
        "until": due + LINK_OUTLIVES,
    })  # fmt: skip


_MOVE: Final = """
    WITH gone AS (DELETE FROM referral_timer WHERE referral_id = %(referral)s AND kind = %(kind)s AND fired_at IS NULL),
    links AS (
        UPDATE referral_link SET expires_at = %(until)s
        WHERE referral_id = %(referral)s AND purpose = 'receiver' AND replaced_at IS NULL AND expires_at > %(now)s
    ),
    letters AS (
        UPDATE referral_letter SET expires_at = %(until)s
        WHERE referral_id = %(referral)s AND replaced_at IS NULL AND expires_at > %(now)s
    )
    INSERT INTO referral_timer (referral_id, position, kind, round, due_at)
    SELECT %(referral)s, %(position)s, %(kind)s, coalesce(max(round) + 1, 0), %(due)s FROM referral_timer
    WHERE referral_id = %(referral)s AND position = %(position)s AND kind = %(kind)s
    RETURNING due_at
"""
"""A round more than there was: those that rang stay as they are."""


def values(referral: Referral, set_: Sequence[Timer], now: datetime) -> dict[str, object]:
    """For `CHANGES`. A link that still works goes on working until eight days after the next deadline."""
    return {
        "referral": referral.id, "position": referral.position, "kinds": [one.kind for one in set_],
        "moments": [one.due_at for one in set_], "now": now, "until": (referral.due_at or now) + LINK_OUTLIVES,
    }  # fmt: skip


def entered(referral: Referral, promised: date | None = None) -> Entered:
    """What its timers depend on, as its summary tells it."""
    return Entered(
        status=referral.status, urgency=referral.urgency, at=referral.entered_at or referral.created_at,
        receiver=calendar(referral.calendar), sender=calendar(referral.sender_calendar), promised=promised,
        appointment=referral.appointment_at if referral.status == Status.SCHEDULED else None,
        spent=timedelta(seconds=referral.clock_spent), pace=referral.pace,
    )  # fmt: skip


async def again(session: AsyncSession, referral: Referral, kind: str, round: int, rung: datetime) -> None:
    """What repeats is set for the next time."""
    following = next_round(entered(referral), kind, rung)
    if following is not None:
        await session.execute(_AGAIN, {
            "referral": referral.id, "position": referral.position, "kind": kind, "round": round + 1,
            "moment": following.due_at,
        })  # fmt: skip


_AGAIN: Final = text(
    "INSERT INTO referral_timer (referral_id, position, kind, round, due_at) "
    "VALUES (:referral, :position, :kind, :round, :moment) ON CONFLICT DO NOTHING"
)
