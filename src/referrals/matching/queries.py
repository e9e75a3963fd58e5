"""What may be proposed to a person for a need: ranked, left out and why, and what would open more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients import identity
from referrals.clients.models import Client, Need
from referrals.clients.queries import keep_away
from referrals.directory.models import Organization, Service
from referrals.directory.queries import called, redirects
from referrals.kit.db import deployment
from referrals.kit.errors import NotFound
from referrals.kit.i18n import current_language
from referrals.matching.candidates import candidates, offers
from referrals.matching.constraints import Class, examine, fits
from referrals.matching.facts import NeedAsked, Offer, Person
from referrals.matching.reading import need_of, person_of
from referrals.matching.scoring import ALONE, PLAIN, Context, Match, Yardstick, rank, score, seed
from referrals.matching.unlocking import Unlock, unlocks
from referrals.matching.weights import Own, Weights, weights
from referrals.taxonomy.queries import vocabulary
from referrals.tracking.evidence import NO_EVIDENCE, Evidence
from referrals.tracking.queries.evidence import evidence_for, loads

LIKELY: Final = 3
"""Of the first of another need, how many count as where the person will probably go for it."""


@dataclass(frozen=True, slots=True)
class Proposals:
    """The answer for one need. `left_out` begins with what comes closest to fitting; other countries only where that is all."""

    person: Person
    need: NeedAsked
    today: date
    ranked: tuple[Match, ...]
    left_out: tuple[Match, ...]
    unlocks: tuple[Unlock, ...] = ()
    by: Yardstick = PLAIN
    """What the order was measured by."""

    @property
    def weights(self) -> Mapping[str, float]:
        """What each criterion counted here, of 100."""
        parts = self.ranked[0].parts if self.ranked else ()
        return {part.criterion: part.weight for part in parts}


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
    away = await keep_away(session, [client.id])
    person = await standing(session, person_of(client, who.birth_date, words, today, away[client.id]))
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


async def propose(
    session: AsyncSession, person: Person, need: NeedAsked, today: date, *,
    others: Sequence[NeedAsked] = (), context: Context = ALONE, own: Own | None = None,
    evidence: Mapping[str, Evidence] | None = None,
) -> Proposals:  # fmt: skip
    """The answer for one need; with `others`, as `propose_all` gives it beside the person's other needs."""
    found = await propose_all(session, person, [need, *others], today, context=context, own=own, evidence=evidence)
    return found[0]


async def propose_all(
    session: AsyncSession, person: Person, needs: Sequence[NeedAsked], today: date, *,
    context: Context = ALONE, own: Own | None = None, evidence: Mapping[str, Evidence] | None = None,
) -> list[Proposals]:  # fmt: skip
    """Several needs of one person at once, each ranked with what is likely for the others in sight.

    `context`: where they go already, beside what their file says. `own`: their organization's weights. `evidence` by
    need's term stands in for what was recorded here. Statements: a constant number for each need.
    """
    deployed = deployment(session)
    shares = weights(person.model, person.wishes, own, deployed.outcome_weight if deployed else None)
    first = []
    for need in needs:
        found = await candidates(session, person, need)
        ids = [offer.service_id for offer in found]
        known = await _known(session, need, ids, shares, evidence)
        by = Yardstick(shares, known, context.with_known(person.receives), await loads(session, ids, today))
        first.append(judge(person, need, found, today, by))
    return beside_each_other(first)


async def _known(
    session: AsyncSession, need: NeedAsked, ids: Sequence[UUID], shares: Weights, given: Mapping[str, Evidence] | None
) -> Evidence:
    """Nothing at all where outcomes count for nothing: then the order is as if nothing had ever been recorded."""
    if shares.shares["outcomes"] <= 0:
        return NO_EVIDENCE
    return await evidence_for(session, need.term, ids) if given is None else given.get(need.term, NO_EVIDENCE)


def judge(person: Person, need: NeedAsked, found: Sequence[Offer], today: date, by: Yardstick = PLAIN) -> Proposals:
    """The pure part of `propose`."""
    matches = [match_of(person, need, offer, today, by) for offer in found]
    barred = sorted((match for match in matches if not match.eligible), key=hopelessness)
    left_out = [match for match in barred if match.finding("H4").code != "other_country"] or barred
    return Proposals(
        person, need, today, tuple(rank(matches, by.loads, seed(person, need, today))), tuple(left_out),
        tuple(unlocks(person, need, left_out, today)), by,
    )  # fmt: skip


def beside_each_other(first: Sequence[Proposals]) -> list[Proposals]:
    """Each ranked anew with the likely ones of the others in sight, so that one door may serve two needs."""
    if len(first) < 2:
        return list(first)
    likely = [[match.offer for match in found.ranked[:LIKELY]] for found in first]
    return [rejudged(found, _beside(first, likely, at)) for at, found in enumerate(first)]


def _beside(first: Sequence[Proposals], likely: Sequence[Sequence[Offer]], at: int) -> Context:
    others = [i for i in range(len(first)) if i != at]
    return first[at].by.context.beside((offer for i in others for offer in likely[i]), (first[i].need for i in others))


def rejudged(found: Proposals, context: Context) -> Proposals:
    """The same findings, ranked with another context."""
    by = replace(found.by, context=context)
    again = [score(found.person, found.need, one.offer, found.today, one.findings, by) for one in found.ranked]
    order = rank(again, by.loads, seed(found.person, found.need, found.today))
    return replace(found, ranked=tuple(order), by=by)


async def how_many(session: AsyncSession, person: Person, need: NeedAsked, today: date) -> int:
    """How many services fit, and nothing more about them."""
    found = await candidates(session, person, need)
    return sum(1 for offer in found if fits(person, need, offer, today))


def match_of(person: Person, need: NeedAsked, offer: Offer, today: date, by: Yardstick = PLAIN) -> Match:
    return score(person, need, offer, today, examine(person, need, offer, today), by)


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
