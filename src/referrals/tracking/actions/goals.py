"""Goals of a need, in the person's words; how far they came; and scores of instruments that are not ours to ship."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Need
from referrals.kit.errors import Refused
from referrals.tracking.models import Goal, GoalScore, InstrumentScore
from referrals.tracking.outcomes.gas import LEVELS, MOST
from referrals.tracking.said import Party


async def set_goal(
    session: AsyncSession,
    need: Need,
    said: str,
    levels: Sequence[str],
    baseline: int,
    now: datetime,
    *,
    weight: int = 1,
) -> Goal:
    """One goal more. Raises Refused("many_goals") where there are four: more cannot be followed at once."""
    standing = await session.scalar(select(func.count()).select_from(Goal).where(Goal.need_id == need.id)) or 0
    if standing >= MOST:
        raise Refused("many_goals", most=MOST)
    if len(levels) != len(LEVELS):
        raise ValueError("five levels")
    goal = Goal(
        need_id=need.id, said=said.strip(), levels=[level.strip() for level in levels], weight=weight, baseline=baseline,
        created_at=now,
    )  # fmt: skip
    session.add(goal)
    await session.flush()
    return goal


async def drop_goal(session: AsyncSession, need: Need, goal_id: UUID) -> None:
    """They want something else now. What was scored of it goes with it."""
    await session.execute(delete(Goal).where(Goal.id == goal_id, Goal.need_id == need.id))


async def score(session: AsyncSession, need: Need, levels: Mapping[UUID, int], by: Party, now: datetime) -> None:
    """How far each goal is reached today, as the case manager and the person see it. Goals of other needs are left out."""
    own = set(await session.scalars(select(Goal.id).where(Goal.need_id == need.id)))
    session.add_all(
        GoalScore(goal_id=goal, level=level, by_role="case_manager", by_id=by.id, at=now)
        for goal, level in levels.items() if goal in own
    )  # fmt: skip
    await session.flush()


async def keep_score(
    session: AsyncSession, need: Need, instrument: str, score: float, on_day: date, file: str, by: Party, now: datetime
) -> InstrumentScore:
    """What another instrument gave; the sheet itself stays where its owner's licence wants it."""
    assert by.id is not None
    kept = InstrumentScore(
        need_id=need.id,
        instrument=instrument.strip(),
        score=score,
        on_day=on_day,
        file=file.strip(),
        by_id=by.id,
        at=now,
    )
    session.add(kept)
    await session.flush()
    return kept
