"""Goals of a need with the levels they began at and stand at."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.tracking.models import Goal, GoalScore, InstrumentScore
from referrals.tracking.outcomes.gas import Attainment, Scored, attainment


@dataclass(frozen=True, slots=True)
class GoalNow:
    """`level`: as the case manager saw it last; `told`: as the service saw it last. None: nobody has looked yet."""

    goal: Goal
    level: int | None
    told: int | None


async def goals_of(session: AsyncSession, need_id: UUID) -> list[GoalNow]:
    """Of a need that was read through the caseload, or that a receiver may know. The oldest first; two statements."""
    goals = list(await session.scalars(select(Goal).where(Goal.need_id == need_id).order_by(Goal.created_at, Goal.id)))
    scores = await session.scalars(
        select(GoalScore).where(GoalScore.goal_id.in_([goal.id for goal in goals])).order_by(GoalScore.at)
    )
    newest = {(score.goal_id, score.by_role): score.level for score in scores}
    return [GoalNow(one, newest.get((one.id, "case_manager")), newest.get((one.id, "provider"))) for one in goals]


def together(goals: Sequence[GoalNow]) -> Attainment | None:
    """All that were looked at, as one number and in words; None before anybody looked."""
    return attainment([Scored(one.goal.baseline, one.level, one.goal.weight) for one in goals])


async def instruments(session: AsyncSession, need_id: UUID) -> list[InstrumentScore]:
    found = select(InstrumentScore).where(InstrumentScore.need_id == need_id)
    return list(await session.scalars(found.order_by(InstrumentScore.on_day, InstrumentScore.at)))
