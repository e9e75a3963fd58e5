"""Deciding about a pair without merging it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.directory.models import DuplicatePair
from referrals.kit.errors import Conflict, NotAllowed, NotFound


async def say_different(session: AsyncSession, pair_id: UUID, actor: Actor, now: datetime) -> DuplicatePair:
    """They are not the same, and nobody is asked again unless the records come to say something new.

    Raises NotAllowed, NotFound, Conflict("already_decided").
    """
    pair = await _held(session, pair_id, actor)
    if pair.decision is not None:
        raise Conflict("already_decided")
    pair.decision, pair.decided_by, pair.decided_at = "different", actor.id, now
    await session.flush()
    return pair


async def ask_again(session: AsyncSession, pair_id: UUID, actor: Actor) -> DuplicatePair:
    """Somebody thought better of it: the pair waits again. Raises Conflict("already_decided") for one that was merged."""
    pair = await _held(session, pair_id, actor)
    if pair.decision == "same":
        raise Conflict("already_decided")
    pair.decision = pair.decided_by = pair.decided_at = None
    await session.flush()
    return pair


async def _held(session: AsyncSession, pair_id: UUID, actor: Actor) -> DuplicatePair:
    if not actor.may(Role.CURATOR):
        raise NotAllowed("role")
    found = await session.get(DuplicatePair, pair_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("pair")
    return found
