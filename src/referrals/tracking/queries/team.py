"""How a team's referrals stand, in numbers: a supervisor sees who may need help, and nothing of the people helped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients.models import Assignment, Client, Need
from referrals.tracking.dispositions import undecided
from referrals.tracking.lifecycle import OPEN, UNSENT
from referrals.tracking.models import Referral


@dataclass(frozen=True, slots=True)
class Colleague:
    """What hangs on the people whom they carry now. `without_disposition`: needs of which a try has ended, where nothing
    has been decided since.
    """

    id: UUID
    name: str
    people: int
    open: int
    overdue: int
    without_disposition: int
    closed_this_month: int


async def team(session: AsyncSession, actor: Actor, now: datetime) -> list[Colleague]:
    """The case managers of the supervisor's organizations, those with the most that is late first."""
    organizations = actor.organizations.get(Role.SUPERVISOR, ())
    people = await accounts.colleagues(session, organizations, Role.CASE_MANAGER)
    counted = await _counts(session, organizations, now)
    nothing = (0, 0, 0, 0, 0)
    rows = [Colleague(person.id, person.name, *counted.get(person.id, nothing)) for person in people]
    return sorted(rows, key=lambda row: (-row.overdue - row.without_disposition, -row.open, row.name.casefold()))


async def _counts(
    session: AsyncSession, organizations: Sequence[UUID], now: datetime
) -> dict[UUID, tuple[int, int, int, int, int]]:
    """By whoever carries the file now: what was handed over counts where it lies."""
    living = Referral.status.in_(OPEN - UNSENT)
    ended = and_(undecided(), Need.status.in_(("open", "in_referral")))
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = await session.execute(
        select(
            Assignment.user_id,
            func.count(func.distinct(Client.id)).filter(Client.archived_at.is_(None)),
            func.count(func.distinct(Referral.id)).filter(living),
            func.count(func.distinct(Referral.id)).filter(living, Referral.due_at <= now),
            func.count(func.distinct(Need.id)).filter(ended),
            func.count(func.distinct(Need.id)).filter(Need.closed_at >= month),
        )
        .join(Client, Client.id == Assignment.client_id)
        .outerjoin(Need, Need.client_id == Client.id)
        .outerjoin(Referral, Referral.need_id == Need.id)
        .where(Client.organization_id.in_(organizations), Assignment.until.is_(None))
        .group_by(Assignment.user_id)
    )
    return {user: (people, living, late, ended, closed) for user, people, living, late, ended, closed in rows}
