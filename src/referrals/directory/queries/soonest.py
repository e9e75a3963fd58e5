"""What can be had soonest: a short wait first, then the next opening."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Listing
from referrals.directory.search.openings import OpenAt, Openings, wait_minutes
from referrals.directory.search.port import Hit
from referrals.directory.search.tags import ROOM
from referrals.kit.prepared import AnySelect, rows


async def soonest(session: AsyncSession, hits: Sequence[Hit], at: OpenAt) -> list[Hit]:
    """Whoever says how long one waits comes before whoever does not; who has places free and tells of no wait has none.
    Of equals the next opening, then the order given.
    """
    if not hits:
        return []
    known = {row.service_id: row for row in await rows(session, _soon, "soon", ids=[hit.id for hit in hits])}

    def when(hit: Hit) -> tuple[float, float]:
        row: Any = known.get(hit.id)
        wait = _wait(row) if row else None
        opens = wait_minutes(Openings(tuple(row.open_week), tuple(row.open_dated)), at) if row else None
        return float("inf") if wait is None else wait, float("inf") if opens is None else opens

    return sorted(hits, key=when)


def _wait(row: Any) -> int | None:
    return 0 if row.soon is None and row.room else row.soon


def _soon(_: str) -> AnySelect:
    room = Listing.tags.contains([ROOM]).label("room")
    return select(Listing.service_id, Listing.soon, room, Listing.open_week, Listing.open_dated).where(
        Listing.service_id == func.any(bindparam("ids", type_=ARRAY(Uuid)))
    )
