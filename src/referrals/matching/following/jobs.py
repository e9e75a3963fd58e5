"""What is done when an attempt has led nowhere, without anybody having to ask for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Client, Need
from referrals.kit.html import in_zone
from referrals.kit.jobs import Job
from referrals.matching.following.attempts import OPEN_NEEDS, attempts_for
from referrals.matching.following.finding import find
from referrals.matching.following.rule import calls_for_another

FOLLOW: Final = "matching.follow"


async def follow(session: AsyncSession, *, need_id: str, now: datetime) -> None:
    """Have the next best ready, if this need calls for it now. Run twice, it finds the same."""
    need = await session.get(Need, UUID(need_id))
    if need is None or need.status not in OPEN_NEEDS:
        return
    attempts = (await attempts_for(session, [need.id])).get(need.id, [])
    after = calls_for_another(attempts, need.need_by, in_zone(now).date())
    if after is not None:
        client = await session.get_one(Client, need.client_id)
        await find(session, client, need, attempts, after, now)


JOBS: Mapping[str, Job] = {FOLLOW: follow}
