"""Asked one after the other, by themselves: exactly those that the person agreed to, in that order, never two at once.

Whatever is not as it was agreed to stops it, and then the case manager decides.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients.consent import check
from referrals.clients.models import Assignment, Client, Consent, Need
from referrals.directory.queries.redirects import all_standing
from referrals.kit.errors import Conflict, NotFound, Refused
from referrals.kit.html import in_zone
from referrals.matching import queries
from referrals.matching.following.attempts import OPEN_NEEDS, attempts_for
from referrals.matching.following.rule import Attempt
from referrals.matching.following.sending import Step, send_on
from referrals.matching.models import InTurn
from referrals.tracking.lifecycle import OPEN, UNSENT
from referrals.tracking.models import Referral

MOST: Final = 3


class End(StrEnum):
    """Why nobody more is asked by itself."""

    TAKEN = "taken"
    ALL_ASKED = "all_asked"
    NOT_AGREED = "not_agreed"
    NEED_CHANGED = "need_changed"
    DOES_NOT_FIT = "does_not_fit"
    NO_WAY_TO_ASK = "no_way_to_ask"
    NOBODY_CARRIES = "nobody_carries"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is said to each of them."""

    message: str
    urgency: str


async def begin(
    session: AsyncSession, actor: Actor, need: Need, service_ids: Sequence[UUID], agreed: Consent, wanted: Wanted,
    now: datetime,
) -> InTurn:  # fmt: skip
    """Written down, and the first one asked. Raises Conflict("in_turn") where a list for this need is running already."""
    if await running(session, need.id):
        raise Conflict("in_turn")
    turn = InTurn(
        need_id=need.id, client_id=need.client_id, consent_id=agreed.id, by_id=actor.id,
        service_ids=list(service_ids)[:MOST], asked=0, need=_digest(need), message=wanted.message,
        urgency=wanted.urgency, at=now,
    )  # fmt: skip
    session.add(turn)
    await session.flush()
    await go_on(session, turn, now)
    return turn


async def go_on(session: AsyncSession, turn: InTurn, now: datetime) -> Referral | None:
    """Ask the next one, if the one before has ended and everything is as it was agreed to. Run twice, it asks once."""
    await session.refresh(turn, with_for_update={"key_share": True})
    if turn.ended is not None:
        return None
    need = await session.get_one(Need, turn.need_id, with_for_update={"key_share": True}, populate_existing=True)
    attempts = (await attempts_for(session, [need.id])).get(need.id, [])
    stands = await _stands(session, turn)
    if need.status in OPEN_NEEDS and _on_its_way(attempts):
        return None
    client = await session.get_one(Client, need.client_id)
    sender = await _sender(session, turn)
    while 0 < turn.asked < len(stands) and stands[turn.asked] in stands[: turn.asked]:
        turn.asked += 1  # merged meanwhile with one that was asked: it has said no already
    if (end := await _over(session, turn, need, attempts, stands, now)) or sender is None:
        _stop(turn, end or End.NOBODY_CARRIES, now)
        return None
    step = await fitting(session, client, need, stands[turn.asked], now)
    if isinstance(step, End):
        _stop(turn, step, now)
        return None
    agreed = await session.get_one(Consent, turn.consent_id)
    try:
        async with session.begin_nested():
            key = f"turn:{turn.id}:{turn.asked + 1}"
            referral = await send_on(session, sender, step, agreed, turn.message, turn.urgency, key, now)
    except Refused:
        _stop(turn, End.NOT_AGREED, now)
        return None
    turn.asked += 1
    return referral


async def stop(session: AsyncSession, turn: InTurn, now: datetime) -> None:
    """Somebody wants to decide themselves. What was sent already stays sent."""
    await session.refresh(turn, with_for_update={"key_share": True})
    if turn.ended is None:
        _stop(turn, End.STOPPED, now)


async def running(session: AsyncSession, need_id: UUID) -> InTurn | None:
    return await session.scalar(select(InTurn).where(InTurn.need_id == need_id, InTurn.ended.is_(None)))


async def latest(session: AsyncSession, need_ids: Collection[UUID]) -> Mapping[UUID, InTurn]:
    """Of needs that were read through the caseload: the list that was begun last."""
    rows = await session.scalars(select(InTurn).where(InTurn.need_id.in_(set(need_ids))).order_by(InTurn.at))
    return {row.need_id: row for row in rows}


async def _stands(session: AsyncSession, turn: InTurn) -> list[UUID]:
    """Those that were agreed to, under the names that they have now."""
    now = await all_standing(session, turn.service_ids)
    return [now[id] for id in turn.service_ids]


def _on_its_way(attempts: Sequence[Attempt]) -> bool:
    return any(one.status in OPEN - UNSENT for one in attempts)


async def _over(
    session: AsyncSession, turn: InTurn, need: Need, attempts: Sequence[Attempt], stands: Sequence[UUID], now: datetime
) -> End | None:
    """Whether it ends here; the order is that in which a person would ask."""
    last = attempts[-1] if attempts else None
    agreed = await session.get(Consent, turn.consent_id)
    tried = {one.service_id for one in attempts}
    by_hand = last is not None and turn.asked > 0 and last.service_id not in stands[: turn.asked]
    undone = turn.asked > 0 and stands[turn.asked - 1] not in tried  # it was a mistake, and counts no more
    if need.status not in OPEN_NEEDS:
        return End.TAKEN
    if turn.asked and (by_hand or undone or last is None or not last.led_nowhere):
        return End.STOPPED
    if turn.asked >= len(turn.service_ids):
        return End.ALL_ASKED
    if not _agreed(agreed, turn, now):
        return End.NOT_AGREED
    return End.NEED_CHANGED if _digest(need) != turn.need else None


def _agreed(agreed: Consent | None, turn: InTurn, now: datetime) -> bool:
    """To exactly this list, in this order."""
    if agreed is None or agreed.recipient_type != "named_list":
        return False
    if agreed.recipient_ids != [str(id) for id in turn.service_ids]:
        return False
    try:
        check(agreed, client_id=turn.client_id, recipient_id=turn.service_ids[turn.asked], fields={"need"}, now=now)
    except Refused:
        return False
    return True


async def fitting(session: AsyncSession, client: Client, need: Need, service_id: UUID, now: datetime) -> Step | End:
    """The next one as today's rules see it, or why a person has to look."""
    asked = await queries.asked(session, client, need, in_zone(now).date())
    try:
        match = await queries.match_one(session, asked, service_id)
    except NotFound:
        return End.DOES_NOT_FIT
    if match.failures:
        return End.DOES_NOT_FIT
    return Step(client, need, asked, match) if match.offer.has_email else End.NO_WAY_TO_ASK


async def _sender(session: AsyncSession, turn: InTurn) -> Actor | None:
    """Whoever began it, or whoever carries the file now; nobody who may not see it sends it."""
    carriers = await session.scalars(
        select(Assignment.user_id)
        .where(Assignment.client_id == turn.client_id, Assignment.until.is_(None))
        .order_by((Assignment.user_id == turn.by_id).desc(), Assignment.since.desc())
    )
    for user_id in carriers:
        actor = await accounts.actor(session, user_id)
        if actor is not None and actor.may(Role.CASE_MANAGER):
            return actor
    return None


def _digest(need: Need) -> str:
    """SHA-256 of what was asked for."""
    asked = (
        need.term, sorted(need.specialisms), need.urgency, need.need_by, need.remote_ok, need.remote_only,
        need.prescription_held, need.min_intensity,
    )  # fmt: skip
    return sha256(msgspec.json.encode(asked)).hexdigest()


def _stop(turn: InTurn, end: End, now: datetime) -> None:
    turn.ended, turn.ended_at = end.value, now
