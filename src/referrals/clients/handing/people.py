"""A team's people for its supervisor, in sentences: who is away and who stands in, and who is left without anybody."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients.handing import queries
from referrals.clients.handing.dealing import last_day
from referrals.kit.html import day
from referrals.kit.i18n import ngettext


@dataclass(frozen=True, slots=True)
class Away:
    """`begun`: they are away now; else they will be."""

    user_id: UUID
    name: str
    text: str
    begun: bool


@dataclass(frozen=True, slots=True)
class Team:
    without: tuple[queries.ToHand, ...]
    away: tuple[Away, ...]


async def shown(session: AsyncSession, actor: Actor, now: datetime) -> Team:
    houses = actor.organizations.get(Role.SUPERVISOR, ())
    staff = await accounts.colleagues(session, houses, Role.CASE_MANAGER)
    found = await queries.absences(session, [one.id for one in staff], now)
    names = await accounts.names(session, [id for one in found for id in (one.user_id, one.to)])
    return Team(
        tuple(await queries.without_anybody(session, houses)),
        tuple(Away(one.user_id, names.get(one.user_id, ""), says(one, names), one.since <= now) for one in found),
    )


async def own_absences(session: AsyncSession, actor: Actor, now: datetime) -> list[str]:
    """Who stands in for oneself, now or soon."""
    found = await queries.absences(session, [actor.id], now)
    names = await accounts.names(session, [one.to for one in found])
    return [says(one, names) for one in found]


def says(one: queries.Absence, names: dict[UUID, str]) -> str:
    """`Anna stands in for 3 people from 24 November to 5 December.`"""
    return ngettext(
        "%(name)s stands in for %(num)d person from %(first)s to %(last)s.",
        "%(name)s stands in for %(num)d people from %(first)s to %(last)s.", one.people,
    ) % {
        "name": names.get(one.to, ""), "num": one.people, "first": day(one.since), "last": day(last_day(one.until)),
    }  # fmt: skip
