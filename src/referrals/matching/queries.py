"""What may be proposed to a person for a need: ranked, left out and why, and what would open more."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients import identity
from referrals.clients import queries as clients
from referrals.clients.models import Client, Need
from referrals.clients.queries import keep_away
from referrals.directory.models import Organization, Service
from referrals.directory.queries import called, redirects
from referrals.kit.errors import NotFound
from referrals.kit.i18n import current_language
from referrals.matching.candidates import candidates
from referrals.matching.constraints import fits
from referrals.matching.facts import NeedAsked, Person
from referrals.matching.judging import Proposals, hopelessness, judge, match_of
from referrals.matching.own_weights import own_weights
from referrals.matching.proposing import measured, propose, propose_all
from referrals.matching.reading import need_of, person_of
from referrals.matching.scoring import ALONE, Context, Match
from referrals.matching.weights import Own
from referrals.taxonomy.queries import vocabulary
from referrals.tracking.queries.going import Going, going


@dataclass(frozen=True, slots=True)
class Name:
    """What a service and its organization are called."""

    service: str
    organization: str
    organization_id: UUID


@dataclass(frozen=True, slots=True)
class Asked:
    """A person and one of their needs, as the rules see them."""

    person: Person
    need: NeedAsked
    today: date
    cited: str = field(default="")
    """What the case manager calls the person."""
    others: tuple[NeedAsked, ...] = ()
    """Their other needs for which nobody has been chosen yet."""
    context: Context = ALONE
    """Where they go already, or will for the needs for which somebody was chosen."""
    own: Own | None = None
    """The weights of the organization that keeps their file."""


async def asked(session: AsyncSession, client: Client, need: Need, today: date) -> Asked:
    """Whoever asks has read client and need through `caseload`."""
    words = await vocabulary(session)
    who = await identity.read(session, client.id)
    away = await keep_away(session, [client.id])
    person = await standing(session, person_of(client, who.birth_date, words, today, away[client.id]))
    visits = [one for one in await going(session, client.id) if one.need_id != need.id]
    chosen = {one.need_id for one in visits}
    others = [
        need_of(other, words) for other in await clients.needs_of(session, [client.id])
        if other.id != need.id and other.status == "open" and other.id not in chosen
    ]  # fmt: skip
    return Asked(
        person, need_of(need, words), today, who.given_name or client.alias, tuple(others),
        await _whereabouts(session, person, visits), await own_weights(session, client.organization_id),
    )  # fmt: skip


async def _whereabouts(session: AsyncSession, person: Person, visits: Sequence[Going]) -> Context:
    """The services they receive and the organizations behind them; where somebody was chosen, that is likely."""
    receives = ALONE.with_known(person.receives).known_services
    owners = select(Service.organization_id).where(Service.id.in_(receives))
    known = frozenset(await session.scalars(owners)) if receives else frozenset[UUID]()
    taken, asked = [one for one in visits if one.taken], [one for one in visits if not one.taken]
    return Context(
        known_services=receives | {one.service_id for one in taken},
        known_organizations=known | {one.organization_id for one in taken},
        likely_services=frozenset(one.service_id for one in asked),
        likely_organizations=frozenset(one.organization_id for one in asked),
    )


async def standing(session: AsyncSession, person: Person) -> Person:
    """Whoever must never be proposed to them must not be under the name it was merged into either."""
    named = {id for one in person.exclusions for id in (one.organization_id, one.service_id) if id}
    if not named:
        return person
    now = await redirects.all_standing(session, named)
    led = [
        replace(
            one,
            organization_id=one.organization_id and now[one.organization_id],
            service_id=one.service_id and now[one.service_id],
        )
        for one in person.exclusions
    ]
    return replace(person, exclusions=tuple(led))


async def proposals(session: AsyncSession, asked: Asked) -> list[Proposals]:
    """What the page, the plan and the log show: for the need that is asked about first, then for the others."""
    return await propose_all(
        session, asked.person, [asked.need, *asked.others], asked.today, context=asked.context, own=asked.own
    )


async def how_many(session: AsyncSession, person: Person, need: NeedAsked, today: date) -> int:
    """How many services fit, and nothing more about them."""
    found = await candidates(session, person, need, today)
    return sum(1 for offer in found.offers if fits(person, need, offer, today))


async def match_one(session: AsyncSession, asked: Asked, service_id: UUID) -> Match:
    """A service that somebody has chosen already. Raises NotFound."""
    found = await matches_of(session, asked, [service_id])
    if not found:
        raise NotFound("service")
    return found[0]


async def matches_of(session: AsyncSession, asked: Asked, ids: Sequence[UUID]) -> list[Match]:
    """These services as the list would show them, in the order of the ids; what is not published is left out."""
    return await measured(
        session, asked.person, asked.need, ids, asked.today, others=asked.others, context=asked.context, own=asked.own
    )


async def name_of(session: AsyncSession, service_id: UUID) -> Name:
    """Raises NotFound."""
    found = await _names(session, [service_id])
    if service_id not in found:
        raise NotFound("service")
    return found[service_id]


async def names(session: AsyncSession, matches: Sequence[Match]) -> dict[UUID, Name]:
    """In the language being spoken."""
    return await _names(session, [match.offer.service_id for match in matches])


async def names_of(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Name]:
    """In the language being spoken; what is no longer there is left out."""
    return await _names(session, list(ids))


async def _names(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Name]:
    rows = await session.execute(
        select(Service, Organization)
        .join(Organization, Organization.id == Service.organization_id)
        .where(Service.id.in_(ids))
    )
    told, spoken = await called.names(session), current_language()
    return {
        service.id: Name(
            told.service(service).text("name", spoken), told.organization(organization).text("name", spoken),
            organization.id,
        )
        for service, organization in rows
    }  # fmt: skip


__all__ = [
    "Asked", "Name", "Proposals", "asked", "hopelessness", "how_many", "judge", "match_of", "match_one", "matches_of",
    "name_of", "names", "names_of", "proposals", "propose", "propose_all", "standing",
]  # fmt: skip
