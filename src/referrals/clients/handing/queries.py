"""Looking at who may be handed over, who stands in for whom, and who is left without anybody.

A supervisor sees the alias, how much is open, and no more: what is about a person stays with whoever accompanies them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.actor import Actor
from referrals.accounts.models import Membership, Role, User
from referrals.clients.carrying import carried_by, held
from referrals.clients.models import Assignment, Client, Need


@dataclass(frozen=True, slots=True)
class ToHand:
    """One person who may be handed over."""

    client_id: UUID
    alias: str
    open_needs: int
    archived: bool


@dataclass(frozen=True, slots=True)
class Absence:
    """`to`: who stands in, for how many people."""

    user_id: UUID
    to: UUID
    people: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class TakenOver:
    """One person handed to somebody who has not looked yet at what was agreed."""

    client_id: UUID
    kind: str
    for_id: UUID | None
    since: datetime
    until: datetime | None


async def of_carrier(session: AsyncSession, user_id: UUID, houses: Sequence[UUID]) -> list[ToHand]:
    """Whom this user carries in these organizations, by alias."""
    return await _people(
        session, Client.organization_id.in_(houses),
        Client.id.in_(select(Assignment.client_id).where(Assignment.user_id == user_id, Assignment.until.is_(None))),
    )  # fmt: skip


async def without_anybody(session: AsyncSession, houses: Sequence[UUID]) -> list[ToHand]:
    """Whom nobody carries who still works there: their case manager has left, or the account is closed."""
    there = (
        select(Assignment.client_id)
        .join(User, User.id == Assignment.user_id)
        .join(Membership, and_(Membership.user_id == User.id, Membership.role == Role.CASE_MANAGER))
        .where(
            Assignment.client_id == Client.id,
            Assignment.until.is_(None),
            User.deactivated_at.is_(None),
            Membership.organization_id == Client.organization_id,
        )
        .exists()
    )
    return await _people(session, Client.organization_id.in_(houses), ~there)


async def absences(session: AsyncSession, user_ids: Sequence[UUID], now: datetime) -> list[Absence]:
    """Who is away, or will be, and who stands in for them; the next one first."""
    rows = await session.execute(
        select(
            Assignment.for_id, Assignment.user_id, func.count(func.distinct(Assignment.client_id)),
            func.min(Assignment.since), Assignment.until,
        )
        .where(Assignment.kind == "stands_in", Assignment.for_id.in_(user_ids), Assignment.until > now)
        .group_by(Assignment.for_id, Assignment.user_id, Assignment.until)
        .order_by(func.min(Assignment.since), Assignment.until)
    )  # fmt: skip
    return [
        Absence(away, to, people, since, until) for away, to, people, since, until in rows if away and until
    ]  # fmt: skip


async def taken_over(session: AsyncSession, actor: Actor, now: datetime) -> list[TakenOver]:
    """People who were handed to this user, whose agreements they have not looked at yet, the newest first."""
    rows = await session.scalars(
        select(Assignment)
        .join(Client, Client.id == Assignment.client_id)
        .where(
            Assignment.user_id == actor.id, Assignment.by_id.is_not(None), Assignment.looked_at.is_(None),
            Assignment.since <= now, or_(Assignment.until.is_(None), Assignment.until > now),
            Client.id.in_(carried_by(actor)), held(actor),
        )
        .order_by(Assignment.since.desc(), Assignment.id)
    )  # fmt: skip
    return [TakenOver(row.client_id, row.kind, row.for_id, row.since, row.until) for row in rows]


async def colleagues(session: AsyncSession, houses: Sequence[UUID], but: UUID | None) -> list[User]:
    """Who may take people over."""
    found = await accounts.colleagues(session, houses, Role.CASE_MANAGER)
    return list({user.id: user for user in found if user.id != but}.values())


async def _people(session: AsyncSession, *which: ColumnElement[bool]) -> list[ToHand]:
    open_ = func.count(Need.id).filter(Need.status.in_(("open", "in_referral")))
    rows = await session.execute(
        select(Client.id, Client.alias, open_, Client.archived_at)
        .outerjoin(Need, Need.client_id == Client.id)
        .where(*which)
        .group_by(Client.id)
        .order_by(Client.archived_at.is_not(None), func.lower(Client.alias), Client.id)
    )
    return [ToHand(id, alias, needs, archived is not None) for id, alias, needs, archived in rows]
