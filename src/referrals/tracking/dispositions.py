"""What follows from an attempt that failed: exactly one decision on its need. Until there is one, the loop is open.

Asking somebody else for the same need is such a decision by itself, and so is that somebody else is being asked already.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.actions import CLOSED as CLOSED_NEEDS
from referrals.clients.actions import set_need_status
from referrals.clients.models import Need
from referrals.kit.errors import Conflict
from referrals.kit.jobs import enqueue
from referrals.tracking.lifecycle import OPEN, TERMINAL, UNSENT, By, Status
from referrals.tracking.models import Disposition, Referral, ReferralEvent, ReferralTimer, Verdict
from referrals.tracking.said import SYSTEM, Party


class Kind(StrEnum):
    RE_REFERRED = "re_referred"
    SELF_NAVIGATED = "self_navigated"
    UNMET = "unmet"
    WITHDRAWN = "withdrawn"
    MET_ELSEWHERE = "met_elsewhere"


FAILED: Final = frozenset({Status.DECLINED, Status.EXPIRED, Status.CANCELLED, Status.NOT_COMPLETED})
"""Where an attempt ended without help. One that closed with nothing settled is asked about too: see `undecided`."""
ENDED: Final = TERMINAL - {Status.ENTERED_IN_ERROR}
BY_THEMSELVES: Final = timedelta(days=14)
"""After so long somebody asks a person who wanted to see to it themselves how it went."""
_OF_VERDICT: Final = {"unmet": Kind.UNMET, "withdrawn": Kind.WITHDRAWN}


async def lock(session: AsyncSession, referral: Referral) -> Need:
    """Its need, before anything else is touched: of two attempts that end at once, the second sees the first's end."""
    return await session.get_one(Need, referral.need_id, with_for_update={"key_share": True}, populate_existing=True)


async def follow(session: AsyncSession, referral: Referral, fact: ReferralEvent, alive: UUID | None) -> None:
    """After an attempt began or ended: who goes on in place of those that failed; nobody: the need is open again.

    `alive`: as `ALIVE` gives it.
    """
    need = await session.get_one(Need, referral.need_id)
    if need.status in CLOSED_NEEDS:
        return
    if alive is None:
        await _set_status(session, need, "open", fact.at)
        return
    await _set_status(session, need, "in_referral", fact.at)
    began = alive == referral.id
    party = Party(By(fact.actor_role), fact.actor_id) if began else SYSTEM
    await _decide(session, need.id, Kind.RE_REFERRED, party, fact.at, next_id=alive)


async def undo(session: AsyncSession, referral: Referral, fact: ReferralEvent) -> None:
    """What was decided about an attempt that was a mistake, or by it, holds no longer."""
    await session.execute(
        update(Disposition)
        .where(
            or_(Disposition.referral_id == referral.id, Disposition.next_referral_id == referral.id),
            Disposition.replaced_at.is_(None),
        )
        .values(replaced_at=fact.at),
        execution_options={"synchronize_session": False},
    )


async def by_themselves(session: AsyncSession, referral: Referral, by: Party, now: datetime) -> None:
    """They will see to it themselves. The need stays open, and after two weeks somebody asks how it went.

    Raises Conflict("already_decided") where this attempt asks for no decision.
    """
    await lock(session, referral)
    if not await _decide(session, referral.need_id, Kind.SELF_NAVIGATED, by, now, only=referral.id):
        raise Conflict("already_decided")


async def settle(
    session: AsyncSession, need: Need, judgement: str, by: Party, now: datetime, *, reason: str | None = None
) -> None:
    """A verdict on the need, about to be written, decides every attempt that failed. Unmet, it is counted as a gap."""
    kind = _OF_VERDICT.get(judgement, Kind.MET_ELSEWHERE)
    unmet = kind is Kind.UNMET
    among = FAILED | {Status.CLOSED} if unmet else FAILED
    await _decide(session, need.id, kind, by, now, among=among, reason=reason if unmet else None)
    if unmet:
        await enqueue(session, "matching.record_gap", need_id=str(need.id), reason=reason)


async def reopen(session: AsyncSession, need: Need, now: datetime) -> None:
    """A closed need that is there again. What was decided stands as it was; whatever follows is a new attempt.

    Raises Conflict("not_possible").
    """
    await session.refresh(need, with_for_update={"key_share": True})
    if need.status not in CLOSED_NEEDS:
        raise Conflict("not_possible")
    await set_need_status(session, need, "open", now)


def undecided(among: Collection[str] = ENDED) -> ColumnElement[bool]:
    """Of a referral: it ended, nothing was decided since, and no verdict has spoken of it."""
    standing = exists().where(Disposition.referral_id == Referral.id, Disposition.replaced_at.is_(None))
    return Referral.status.in_(among) & ~standing & ~judged()


def judged() -> ColumnElement[bool]:
    """Of a referral: since it ended, a verdict has spoken of its need."""
    return exists().where(Verdict.need_id == Referral.need_id, Verdict.at >= Referral.closed_at)


async def decisions(session: AsyncSession, need_id: UUID) -> dict[UUID, Disposition]:
    """Attempt -> what was decided after it, for every attempt of a need."""
    found = await session.scalars(
        select(Disposition).where(Disposition.need_id == need_id, Disposition.replaced_at.is_(None))
    )
    return {one.referral_id: one for one in found}


async def standing(session: AsyncSession, referral: Referral) -> Disposition | None:
    """What was decided after this attempt."""
    return await session.scalar(
        select(Disposition).where(Disposition.referral_id == referral.id, Disposition.replaced_at.is_(None))
    )


async def asks(session: AsyncSession, referral: Referral) -> bool:
    """Whether its need's loop is open because of it."""
    return await session.scalar(select(Referral.id).where(Referral.id == referral.id, undecided())) is not None


_ASKED: Final = ", ".join(f"'{status}'" for status in sorted(OPEN - UNSENT))
ALIVE: Final = f"""
    COALESCE((
        SELECT id FROM referral WHERE need_id = r.need_id AND id <> r.id AND status IN ({_ASKED})
        AND (attempt > r.attempt OR r.status NOT IN ({_ASKED})) ORDER BY attempt DESC LIMIT 1
    ), CASE WHEN r.status IN ({_ASKED}) THEN r.id END) AS alive
"""  # noqa: S608 - our own names
"""A look of `record`: the newest attempt for this need that is still being asked or at work, after this step."""


async def _set_status(session: AsyncSession, need: Need, status: str, now: datetime) -> None:
    if need.status != status:
        await set_need_status(session, need, status, now)


async def _decide(
    session: AsyncSession, need_id: UUID, kind: Kind, by: Party, now: datetime, *, next_id: UUID | None = None,
    reason: str | None = None, only: UUID | None = None, among: Collection[str] = ENDED,
) -> int:  # fmt: skip
    """Write it down for every attempt of the need that asks for it (or `only` one); how many there were."""
    asked = _rows(need_id, kind, by, now, next_id, reason).where(
        undecided(among), *([Referral.id == only] if only else [])
    )
    columns = (
        "id", "referral_id", "need_id", "kind", "next_referral_id", "reason", "actor_id", "actor_role", "at",
    )  # fmt: skip
    written = insert(Disposition).from_select(columns, asked).on_conflict_do_nothing()
    ids = list(await session.scalars(written.returning(Disposition.referral_id)))
    if ids:
        await session.execute(
            delete(ReferralTimer).where(ReferralTimer.referral_id.in_(ids), ReferralTimer.fired_at.is_(None)),
            execution_options={"synchronize_session": False},
        )
    return len(ids)


def _rows(need_id: UUID, kind: Kind, by: Party, now: datetime, next_id: UUID | None, reason: str | None) -> Select[Any]:
    return select(
        func.gen_random_uuid(), Referral.id, Referral.need_id, literal(kind.value),
        literal(next_id, Referral.id.type), literal(reason, Disposition.kind.type),
        literal(by.id, Referral.id.type), literal(by.part.value), literal(now, Disposition.at.type),
    ).where(Referral.need_id == need_id)  # fmt: skip
