"""What goes on for long and is still so: a case manager has looked, and wants to be asked again. No change of state."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.errors import Conflict, Refused
from referrals.tracking.actions import timers
from referrals.tracking.calendars import calendar
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import Referral, Review
from referrals.tracking.said import Party
from referrals.tracking.timers import looked_at_again

WEEKS: Final = (1, 2, 4, 8, 12)
"""That may be chosen."""
LONGEST: Final[Mapping[str, int]] = {Status.WAITLISTED: 4}
"""Nobody on a waiting list is forgotten for longer than a month; and what is urgent waits for two weeks at most."""
LONGEST_URGENT: Final = 2


def weeks(status: str, urgency: str) -> tuple[int, ...]:
    """After how many weeks one may ask to be asked again; none where nothing is looked at again. Pure."""
    if looked_at_again(status) is None:
        return ()
    most = min(LONGEST.get(status, WEEKS[-1]), LONGEST_URGENT if urgency == "urgent" else WEEKS[-1])
    return tuple(one for one in WEEKS if one <= most)


def usual(status: str, urgency: str) -> int:
    """What stands ready to be chosen: a month, or as long as may be. Pure."""
    return max((one for one in weeks(status, urgency) if one <= 4), default=0)


async def still_so(session: AsyncSession, referral: Referral, by: Party, after: int, seen: int, now: datetime) -> date:
    """The day on which they are asked again. Pressed twice it is said once.

    `after`: weeks. `seen`: the position of the story that they had before them. Raises Conflict("already_answered") where
    it has moved on since, Conflict("not_possible") where nothing is looked at again, Refused("weeks").
    """
    await session.refresh(referral, with_for_update={"key_share": True})
    if seen != referral.position:
        raise Conflict("already_answered")
    rule = looked_at_again(referral.status)
    if rule is None or by.id is None:
        raise Conflict("not_possible", event="still_so", status=referral.status)
    if after not in weeks(referral.status, referral.urgency):
        raise Refused("weeks")
    ours = calendar(referral.sender_calendar)
    due = ours.open_of(now.astimezone(ours.zone).date() + timedelta(weeks=after))
    on = due.astimezone(ours.zone).date()
    if await _last(session, referral) != on:
        session.add(Review(referral_id=referral.id, position=referral.position, at=now, by_id=by.id, ask_again_on=on))
    referral.due_at = due
    await session.flush()
    await timers.move(session, referral, rule.kind, due, now)
    return on


async def called_in_vain(session: AsyncSession, referral: Referral, by: Party, seen: int, now: datetime) -> date:
    """Nobody at a service that reads no mail could say anything: the day on which to call again, the next that is worked
    there. Pressed twice it is said once. Raises as `still_so`."""
    await session.refresh(referral, with_for_update={"key_share": True})
    if seen != referral.position:
        raise Conflict("already_answered")
    if referral.status != Status.SENT or referral.channel != "phone" or by.id is None:
        raise Conflict("not_possible", event="called", status=referral.status)
    theirs = calendar(referral.calendar)
    on = theirs.open_of(now.astimezone(theirs.zone).date() + timedelta(days=1)).astimezone(theirs.zone).date()
    if await _last(session, referral) != on:
        session.add(Review(referral_id=referral.id, position=referral.position, at=now, by_id=by.id, ask_again_on=on))
        await session.flush()
    return on


async def _last(session: AsyncSession, referral: Referral) -> date | None:
    """What was said last, since it stands where it stands."""
    return await session.scalar(
        select(Review.ask_again_on)
        .where(Review.referral_id == referral.id, Review.position == referral.position)
        .order_by(Review.at.desc()).limit(1)
    )  # fmt: skip
