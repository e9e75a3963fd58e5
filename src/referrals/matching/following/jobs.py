"""What is done when an attempt has led nowhere, without anybody having to ask for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, union
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Client, Need
from referrals.kit.html import in_zone
from referrals.kit.jobs import Job, enqueue
from referrals.matching.following import full, in_turn, nobody_left
from referrals.matching.following.attempts import OPEN_NEEDS, attempts_for
from referrals.matching.following.finding import find
from referrals.matching.following.rule import calls_for_another
from referrals.matching.models import InTurn, NextBest
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import Referral

FOLLOW: Final = "matching.follow"


async def follow(session: AsyncSession, *, need_id: str, now: datetime) -> None:
    """Ask the next one of the list that was agreed to; where there is none, or it has stopped, have the next best ready.

    Run twice, it does nothing more.
    """
    need = await session.get(Need, UUID(need_id))
    if need is None or need.status not in OPEN_NEEDS:
        return
    turn = await in_turn.running(session, need.id)
    if turn is not None and await in_turn.go_on(session, turn, now):
        return
    attempts = (await attempts_for(session, [need.id])).get(need.id, [])
    after = calls_for_another(attempts, need.need_by, in_zone(now).date())
    if after is not None:
        client = await session.get_one(Client, need.client_id)
        found = await find(session, client, need, attempts, after, now)
        await nobody_left.tell(session, client, need, attempts, found, now)


async def every_morning(session: AsyncSession, *, now: datetime) -> None:
    """Have looked anew what yesterday was ready, whatever has waited too long since, and lists that run."""
    waits = select(Referral.need_id).join(Need, Need.id == Referral.need_id).where(
        Referral.status == Status.WAITLISTED, Need.need_by.is_not(None)
    )  # fmt: skip
    again = select(NextBest.need_id).where(NextBest.day < in_zone(now).date())
    running = select(InTurn.need_id).where(InTurn.ended.is_(None))
    open_ones = select(Need.id).where(Need.status.in_(OPEN_NEEDS), Need.id.in_(union(waits, again, running)))
    for need_id in await session.scalars(open_ones.order_by(Need.id)):
        await enqueue(session, FOLLOW, once=f"{FOLLOW}:{need_id}", need_id=str(need_id))
    for turn in await session.scalars(
        select(InTurn)
        .join(Need, Need.id == InTurn.need_id)
        .where(InTurn.ended.is_(None), Need.status.not_in(OPEN_NEEDS))
    ):
        await in_turn.go_on(session, turn, now)


async def write_back(session: AsyncSession, *, service_id: str, now: datetime) -> None:
    """Full once more: does its listing say so by now?"""
    await full.write_back(session, UUID(service_id), now)


MORNING: Final = "matching.look_again"
JOBS: Mapping[str, Job] = {
    FOLLOW: follow,
    MORNING: every_morning,
    nobody_left.TELL: nobody_left.send,
    "matching.write_back": write_back,
}
PERIODIC: Mapping[str, str] = {MORNING: "40 5 * * *"}
