"""How often people look for what, where: whole days, needs and areas, and no number that is about a few.

A search is counted in memory and written down with others, minutes later, so that no row and no moment is anybody's. By
the next night, what was asked for fewer than five times on its day is told without its area, and then without its need.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from litestar import Litestar
from sqlalchemy import delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import DailyCount
from referrals.kit.db import SessionMaker, transaction
from referrals.kit.html import in_zone
from referrals.kit.jobs import Job
from referrals.kit.logs import logger
from referrals.places.entry import Entry
from referrals.places.words import area_name

FEW: Final = 5
"""Numbers below it are shown nowhere."""
PATIENCE: Final = 300.0
"""Seconds between two times of writing down."""
WEEKS: Final = 4
FOLD: Final = "directory.fold_counts"
Key = tuple[date, str, str]
"""The day, the need, the area."""


@dataclass(slots=True)
class Tally:
    """What this process has counted and not yet written down."""

    counts: Counter[Key] = field(default_factory=Counter)

    def note(self, day: date, needs: Iterable[str], place: Entry | None) -> None:
        """One search. One that asks for several needs counts for each."""
        area = area_of(place)
        for need in set(needs) or {""}:
            self.counts[day, need, area] += 1

    def drain(self) -> Mapping[Key, int]:
        taken, self.counts = self.counts, Counter()
        return taken


def area_of(place: Entry | None) -> str:
    """`FR Rhône`: nothing finer than a department or a county."""
    if place is None:
        return ""
    return " ".join(filter(None, [place.country, area_name(place.department)]))


async def write_down(session: AsyncSession, counts: Mapping[Key, int]) -> None:
    for (day, need, area), times in sorted(counts.items()):
        row = insert(DailyCount).values(day=day, need=need, area=area, times=times)
        await session.execute(
            row.on_conflict_do_update(
                index_elements=["day", "need", "area"], set_={"times": DailyCount.times + row.excluded.times}
            )
        )


@asynccontextmanager
async def counting(app: Litestar) -> AsyncIterator[None]:
    """While the application runs, what it counts is written down now and then, and once more at its end."""
    task = asyncio.create_task(_now_and_then(app))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await _write(app.state.tally, app.state.sessions)


async def _now_and_then(app: Litestar) -> None:
    while True:
        await asyncio.sleep(PATIENCE)
        await _write(app.state.tally, app.state.sessions)


async def _write(tally: Tally, sessions: SessionMaker) -> None:
    """A count that cannot be written is lost, and nothing else."""
    if not (counts := tally.drain()):
        return
    try:
        async with transaction(sessions) as session:
            await write_down(session, counts)
    except Exception as error:
        logger().warning("counts lost", reason=type(error).__name__)


async def fold_small(session: AsyncSession, *, now: datetime) -> None:
    """Of the days that are over: few from one area become few from anywhere, and those become few of anything."""
    over = DailyCount.day < in_zone(now).date()
    for without_need in (False, True):
        few = [over, DailyCount.times < FEW, DailyCount.area == "" if without_need else DailyCount.area != ""]
        if without_need:
            few.append(DailyCount.need != "")
        need = literal("") if without_need else DailyCount.need
        folded = (
            await session.execute(
                select(DailyCount.day, need.label("need"), func.sum(DailyCount.times))
                .where(*few)
                .group_by(DailyCount.day, need)
            )
        ).all()
        await session.execute(delete(DailyCount).where(*few))
        await write_down(session, {(day, said, ""): int(times) for day, said, times in folded})


JOBS: dict[str, Job] = {FOLD: fold_small}
PERIODIC: Final = {FOLD: "20 2 * * *"}


@dataclass(frozen=True, slots=True)
class Asked:
    """How often one need was looked for in one area. Both may be empty."""

    need: str
    area: str
    times: int


@dataclass(frozen=True, slots=True)
class Period:
    """Whole weeks that are over. `few`: how many lines are not told, because they are about a few."""

    first: date
    last: date
    lines: tuple[Asked, ...]
    few: int


async def asked_for(session: AsyncSession, today: date) -> Period:
    """The last four whole weeks, the most often first."""
    last = today - timedelta(days=today.weekday() + 1)
    first = last - timedelta(days=7 * WEEKS - 1)
    times = func.sum(DailyCount.times)
    rows = await session.execute(
        select(DailyCount.need, DailyCount.area, times)
        .where(DailyCount.day.between(first, last))
        .group_by(DailyCount.need, DailyCount.area)
        .order_by(times.desc(), DailyCount.need, DailyCount.area)
    )
    lines = [Asked(need, area, int(count)) for need, area, count in rows]
    shown = tuple(line for line in lines if line.times >= FEW)
    return Period(first, last, shown, len(lines) - len(shown))
