"""What nobody could be found for: counted by need, area and what stood in the way. Nothing says for whom."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Client, Need
from referrals.kit.html import in_zone
from referrals.matching.constraints import Class
from referrals.matching.models import MatchList, UnmetNeed
from referrals.matching.queries import Proposals, asked, proposals
from referrals.matching.scoring import Match
from referrals.places.queries import index
from referrals.places.words import area_name

NOTHING: Final = "nothing"
"""Nobody offers it at all, as far as was looked."""
FEW: Final = 5
"""Numbers below it are told as "a few"."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One line of the supervisor's list. `times`: days and needs on which it was so; `since`: the last of these days."""

    need: str
    area: str
    binding: str
    times: int
    considered: int
    last: date


def binding(left_out: Sequence[Match]) -> str:
    """The rule that stands most in the way of those that come closest; of equals the one that nobody may wave through."""
    if not left_out:
        return NOTHING
    fewest = min(len(match.failures) for match in left_out)
    closest = [match for match in left_out if len(match.failures) == fewest]
    counted = Counter(finding.id for match in closest for finding in match.failures)
    absolute = {finding.id for match in closest for finding in match.failures if finding.cls is Class.ABSOLUTE}
    return max(counted, key=lambda id: (counted[id], id in absolute, -int(id[1:])))


async def record(session: AsyncSession, client: Client, found: Proposals) -> None:
    """Once for each need and day: what was kept for the need says whether it was told already."""
    if await _told_today(session, found.need.id, found.today):
        return
    area = await area_of(session, client)
    await _count(session, found.today, found.need.term, area, binding(found.left_out), len(found.left_out))


async def record_at_closing(session: AsyncSession, *, need_id: str, reason: str | None, now: datetime) -> None:
    """A need stays unmet: a line of what is missing, by what today's directory says, else by why it was closed."""
    need = await session.get_one(Need, UUID(need_id))
    client = await session.get_one(Client, need.client_id)
    today = in_zone(now).date()
    if await _told_today(session, need.id, today):
        return
    found = (await proposals(session, await asked(session, client, need, today)))[0]
    why = _BINDING.get(reason or "", NOTHING) if found.ranked else binding(found.left_out)
    considered = len(found.left_out) + len(found.ranked)
    await _count(session, today, need.term, await area_of(session, client), why, considered)


_BINDING: Final[Mapping[str, str]] = {
    "no_capacity": "H11", "too_late": "H11", "not_eligible": "H7", "too_far": "H5", "cost": "H8",
    "service_did_not_help": "H1", "client_stopped": "H14",
}  # fmt: skip
"""Why a case manager closed a need as unmet, as the rule that says the same of a service."""


async def gaps(session: AsyncSession, today: date, days: int = 90) -> list[Gap]:
    """Since then, what was missing most often first."""
    times = func.sum(UnmetNeed.times)
    rows = await session.execute(
        select(UnmetNeed.need, UnmetNeed.area, UnmetNeed.binding, times, func.max(UnmetNeed.considered), func.max(UnmetNeed.day))
        .where(UnmetNeed.day > today - timedelta(days=days))
        .group_by(UnmetNeed.need, UnmetNeed.area, UnmetNeed.binding)
        .order_by(times.desc(), UnmetNeed.need, UnmetNeed.area, UnmetNeed.binding)
        .limit(200)
    )  # fmt: skip
    return [Gap(*row) for row in rows]


async def _told_today(session: AsyncSession, need_id: UUID, today: date) -> bool:
    """Asked before this look is kept."""
    seen = select(MatchList.id).where(MatchList.need_id == need_id, MatchList.day == today, MatchList.fits == 0)
    return await session.scalar(seen.limit(1)) is not None


async def area_of(session: AsyncSession, client: Client) -> str:
    """The country and its department or county; never the town."""
    entry = (await index(session)).by_code(client.place_code) if client.place_code else None
    if entry is None:
        return client.country or ""
    return " ".join(filter(None, [entry.country, area_name(entry.department or entry.region)]))


async def _count(session: AsyncSession, day: date, need: str, area: str, why: str, considered: int) -> None:
    row = insert(UnmetNeed).values(day=day, need=need, area=area, binding=why, times=1, considered=considered)
    more = {
        "times": UnmetNeed.times + 1,
        "considered": func.greatest(UnmetNeed.considered, row.excluded.considered),
    }
    await session.execute(
        row.on_conflict_do_update(index_elements=["day", "need", "area", "binding"], set_=more),
        execution_options={"synchronize_session": False},
    )
