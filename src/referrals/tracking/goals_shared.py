"""The goals that a receiver may see: only where the person agreed that words about their need are passed on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.tracking.models import Goal, Referral
from referrals.tracking.outcomes.gas import LEVELS
from referrals.tracking.queries.goals import goals_of
from referrals.tracking.queries.receiver import fields_now

NEEDED = "notes"
"""Goals are words of the person; this is the part of an agreement that lets words out."""


@dataclass(frozen=True, slots=True)
class Shared:
    goal: Goal
    options: list[tuple[str, str]]
    """(level, what it means), as a form offers them."""


async def shared_goals(session: AsyncSession, referral: Referral, now: datetime) -> list[Shared]:
    """For the receiver's own page."""
    return await all_goals(session, referral) if NEEDED in await fields_now(session, referral, now) else []


async def all_goals(session: AsyncSession, referral: Referral) -> list[Shared]:
    """For the case manager who writes down what they were told."""
    return [
        Shared(one.goal, [(str(level), text) for level, text in zip(LEVELS, one.goal.levels, strict=True)])
        for one in await goals_of(session, referral.need_id)
    ]
