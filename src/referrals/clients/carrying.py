"""Who accompanies a person at a moment: whoever carries the file, and whoever stands in for them from a day to a day."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Membership, Role, User
from referrals.clients.models import Assignment, Client


@dataclass(frozen=True, slots=True)
class StandIn:
    """Whose people they are, and until when one accompanies them."""

    for_id: UUID
    until: datetime


@dataclass(frozen=True, slots=True)
class Carrier:
    """One who has carried a file or stood in. `until` of a stand-in may be still to come."""

    user_id: UUID
    kind: str
    for_id: UUID | None
    by_id: UUID | None
    since: datetime
    until: datetime | None


def carried_by(actor: Actor) -> Select[UUID]:
    """Ids of the people whom they accompany now. A stand-in ends by the clock alone: nothing has to run for it.

    Without a moment, outside of a request, nobody stands in for anybody.
    """
    now: ColumnElement[bool] = Assignment.until.is_(None)
    if actor.at is not None:
        now = or_(now, _stands_in(actor.at))
    return select(Assignment.client_id).where(Assignment.user_id == actor.id, now)


async def standing_in(session: AsyncSession, actor: Actor) -> Mapping[UUID, StandIn]:
    """Client -> for whom, where this user is not the one who carries the file."""
    if actor.at is None:
        return {}
    rows = await session.scalars(
        select(Assignment).where(Assignment.user_id == actor.id, _stands_in(actor.at)).order_by(Assignment.until)
    )
    return {row.client_id: StandIn(row.for_id, row.until) for row in rows if row.for_id and row.until}


async def told_of(session: AsyncSession, client_id: UUID, now: datetime) -> list[User]:
    """Who hears what is new about a person: those who stand in; else those who carry the file; else the supervisors."""
    people = (
        await session.execute(
            select(User, Assignment.kind)
            .join(Assignment, Assignment.user_id == User.id)
            .where(Assignment.client_id == client_id, User.deactivated_at.is_(None))
            .where(or_(Assignment.until.is_(None), _stands_in(now)))
            .order_by(Assignment.since, Assignment.id)
        )
    ).all()
    stand_ins = [user for user, kind in people if kind == "stands_in"]
    if stand_ins or people:
        return stand_ins or [user for user, _kind in people]
    supervisors = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .join(Client, Client.organization_id == Membership.organization_id)
        .where(Client.id == client_id, Membership.role == Role.SUPERVISOR, User.deactivated_at.is_(None))
        .order_by(User.id)
    )
    return list(await session.scalars(supervisors))


async def history(session: AsyncSession, client_id: UUID) -> list[Carrier]:
    """Of somebody who was read through `caseload`, the newest first."""
    rows = await session.scalars(
        select(Assignment).where(Assignment.client_id == client_id).order_by(Assignment.since.desc(), Assignment.id)
    )
    return [Carrier(row.user_id, row.kind, row.for_id, row.by_id, row.since, row.until) for row in rows]


async def carriers(session: AsyncSession, client_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
    """Client -> who carries the file, for those who are carried by somebody who still has an account."""
    rows = await session.execute(
        select(Assignment.client_id, Assignment.user_id)
        .join(User, User.id == Assignment.user_id)
        .where(Assignment.client_id.in_(client_ids), Assignment.until.is_(None), User.deactivated_at.is_(None))
        .order_by(Assignment.since.desc())
    )
    found: dict[UUID, UUID] = dict(rows.all())
    return found


async def helper(session: AsyncSession, client_id: UUID, sender_id: UUID) -> UUID:
    """Who is named to the others as the one to speak to: the sender while they carry the file, then whoever does."""
    found = select(Assignment.user_id).join(User, User.id == Assignment.user_id).where(
        Assignment.client_id == client_id, Assignment.until.is_(None), User.deactivated_at.is_(None)
    )  # fmt: skip
    there = list(await session.scalars(found.order_by(Assignment.since.desc())))
    return sender_id if sender_id in there or not there else there[0]


def acted_for(story: Collection[Carrier], user_id: UUID, at: datetime) -> UUID | None:
    """For whom somebody acted at that moment: None where they carried the file themselves. Pure."""
    mine = [
        one for one in story if one.user_id == user_id and one.since <= at and (one.until is None or at < one.until)
    ]
    if any(one.kind == "carries" for one in mine):
        return None
    return next((one.for_id for one in mine), None)


def held(actor: Actor) -> ColumnElement[bool]:
    """Of the organizations that they work for as a case manager: whoever leaves one leaves its people."""
    organizations = actor.organizations.get(Role.CASE_MANAGER, ())
    return Client.organization_id.in_(organizations) if organizations else false()


def _stands_in(at: datetime) -> ColumnElement[bool]:
    return and_(Assignment.kind == "stands_in", Assignment.since <= at, Assignment.until > at)
