"""What may be proposed to a person for a need: ranked, left out and why, and what would open more."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients import identity
from referrals.clients.models import Client, Need
from referrals.directory.models import Organization, Service
from referrals.directory.queries import called, redirects
from referrals.kit.errors import NotFound
from referrals.kit.i18n import current_language
from referrals.matching.candidates import candidates, offers
from referrals.matching.constraints import Class, examine, fits
from referrals.matching.facts import NeedAsked, Offer, Person
from referrals.matching.reading import need_of, person_of
from referrals.matching.scoring import Match, rank, score
from referrals.matching.unlocking import Unlock, unlocks
from referrals.taxonomy.queries import vocabulary


@dataclass(frozen=True, slots=True)
class Proposals:
    """The answer for one need. `left_out` begins with what comes closest to fitting; other countries only where that is all."""

    person: Person
    need: NeedAsked
    today: date
    ranked: tuple[Match, ...]
    left_out: tuple[Match, ...]
    unlocks: tuple[Unlock, ...] = ()


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


async def asked(session: AsyncSession, client: Client, need: Need, today: date) -> Asked:
    """Whoever asks has read client and need through `caseload`."""
    words = await vocabulary(session)
    who = await identity.read(session, client.id)
    person = await standing(session, person_of(client, who.birth_date, words, today))
    return Asked(person, need_of(need, words), today, who.given_name or client.alias)


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


async def propose(session: AsyncSession, person: Person, need: NeedAsked, today: date) -> Proposals:
    return judge(person, need, await candidates(session, person, need), today)


def judge(person: Person, need: NeedAsked, found: Sequence[Offer], today: date) -> Proposals:
    """The pure part of `propose`."""
    matches = [match_of(person, need, offer, today) for offer in found]
    barred = sorted((match for match in matches if not match.eligible), key=hopelessness)
    left_out = [match for match in barred if match.finding("H4").code != "other_country"] or barred
    return Proposals(
        person, need, today, tuple(rank(matches)), tuple(left_out), tuple(unlocks(person, need, left_out, today))
    )


async def how_many(session: AsyncSession, person: Person, need: NeedAsked, today: date) -> int:
    """How many services fit, and nothing more about them."""
    found = await candidates(session, person, need)
    return sum(1 for offer in found if fits(person, need, offer, today))


def match_of(person: Person, need: NeedAsked, offer: Offer, today: date) -> Match:
    return score(person, need, offer, today, examine(person, need, offer, today))


def hopelessness(match: Match) -> tuple[int, int, float, UUID]:
    """How much would have to change: absolute bars first, then how many of the others, then the way."""
    absolute = sum(1 for finding in match.failures if finding.cls is Class.ABSOLUTE)
    way = float("inf") if match.km is None else match.km
    return absolute, len(match.failures), way, match.offer.service_id


async def match_one(session: AsyncSession, person: Person, need: NeedAsked, service_id: UUID, today: date) -> Match:
    """The same rules for a service that somebody has chosen already. Raises NotFound."""
    found = await offers(session, [service_id])
    if not found:
        raise NotFound("service")
    return match_of(person, need, found[0], today)


async def name_of(session: AsyncSession, service_id: UUID) -> Name:
    """Raises NotFound."""
    found = await _names(session, [service_id])
    if service_id not in found:
        raise NotFound("service")
    return found[service_id]


async def names(session: AsyncSession, matches: Sequence[Match]) -> dict[UUID, Name]:
    """In the language being spoken."""
    return await _names(session, [match.offer.service_id for match in matches])


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
