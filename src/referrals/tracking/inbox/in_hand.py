"""Whose hands a request is in, on the receiver's side: taking it, giving it to a colleague, putting it back.

It opens nothing and closes nothing: every colleague of the organization sees the same requests.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.directory.queries.redirects import standing
from referrals.kit.errors import Conflict, NotFound
from referrals.tracking.models import InHand, Referral

ANYBODY = ""
"""Nobody has looked whose it is."""
NOBODY = "-"


@dataclass(frozen=True, slots=True)
class Turn:
    """One line of the story that the receiver's side alone sees."""

    user_id: UUID
    by_id: UUID
    since: datetime
    until: datetime | None
    ended_by: UUID | None


async def give(
    session: AsyncSession, referral: Referral, to: UUID, by: Actor, now: datetime, *, seen: str = ANYBODY
) -> bool:
    """Put it into somebody's hands. False: it was in theirs already. `seen`: in whose hands the page showed it.

    Raises NotFound for somebody who is no colleague, and Conflict("taken") where another one has it meanwhile.
    """
    if to not in await _colleagues(session, referral):
        raise NotFound("colleague")
    there = await current(session, referral.id)
    if there is not None and there.user_id == to:
        return False
    _still(there, seen)
    turn = InHand(referral_id=referral.id, user_id=to, by_id=by.id, since=now)
    try:
        async with session.begin_nested():
            if there is not None:
                there.until, there.ended_by = now, by.id
                await session.flush()
            session.add(turn)
            await session.flush()
    except IntegrityError as error:
        raise Conflict("taken") from error
    return True


async def put_back(session: AsyncSession, referral: Referral, by: Actor, now: datetime, *, seen: str = ANYBODY) -> bool:
    """It is nobody's again. False: it was nobody's."""
    there = await current(session, referral.id)
    if there is None:
        return False
    _still(there, seen)
    there.until, there.ended_by = now, by.id
    await session.flush()
    return True


async def current(session: AsyncSession, referral_id: UUID) -> InHand | None:
    return await session.scalar(
        select(InHand).where(InHand.referral_id == referral_id, InHand.until.is_(None)).with_for_update(key_share=True)
    )


async def turns(session: AsyncSession, referral_id: UUID) -> list[Turn]:
    """The newest first. Asked by the receiver's side only, of a referral that was read through `visible_to`."""
    rows = await session.scalars(
        select(InHand)
        .where(InHand.referral_id == referral_id)
        .order_by(InHand.until.desc().nulls_first(), InHand.since.desc())
    )
    return [Turn(row.user_id, row.by_id, row.since, row.until, row.ended_by) for row in rows]


def _still(there: InHand | None, seen: str) -> None:
    """Two who press at once: the second one learns that it is a colleague's now, and takes it over knowingly."""
    if seen != ANYBODY and seen != (str(there.user_id) if there else NOBODY):
        raise Conflict("taken")


async def _colleagues(session: AsyncSession, referral: Referral) -> set[UUID]:
    """Of this very organization, or of the one that it was merged into."""
    house = await standing(session, referral.organization_id)
    return {user.id for user in await accounts.colleagues(session, [house], Role.PROVIDER_EDITOR)}
