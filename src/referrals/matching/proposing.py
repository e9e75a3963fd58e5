"""`propose`: the one path that page, plan, interface, command and evaluation all take."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.db import deployment
from referrals.matching.candidates import candidates, offers_for
from referrals.matching.facts import NeedAsked, Person
from referrals.matching.judging import LIKELY, Proposals, beside_each_other, judge, match_of
from referrals.matching.scoring import ALONE, Context, Match, Yardstick
from referrals.matching.weights import Own, Weights, weights
from referrals.tracking.evidence import NO_EVIDENCE, Evidence
from referrals.tracking.queries.evidence import evidence_for, loads


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
    shares, known = _shares(session, person, own), context.with_known(person.receives)
    return beside_each_other([await _first(session, person, need, today, shares, known, evidence) for need in needs])


async def measured(
    session: AsyncSession, person: Person, need: NeedAsked, ids: Sequence[UUID], today: date, *,
    others: Sequence[NeedAsked] = (), context: Context = ALONE, own: Own | None = None,
) -> list[Match]:  # fmt: skip
    """These services by the very yardstick of the list, in the order of the ids; what is not published is left out."""
    there = {offer.service_id: offer for offer in await offers_for(session, person, ids)}
    shares, known = _shares(session, person, own), context.with_known(person.receives)
    beside = [await _first(session, person, other, today, shares, known) for other in others]
    likely = [match.offer for found in beside for match in found.ranked[:LIKELY]]
    by = Yardstick(
        shares,
        await _known(session, need, ids, shares, None),
        known.beside(likely, others),
        await loads(session, ids, today),
    )
    return [match_of(person, need, there[id], today, by) for id in ids if id in there]


async def _first(
    session: AsyncSession, person: Person, need: NeedAsked, today: date, shares: Weights, context: Context,
    evidence: Mapping[str, Evidence] | None = None,
) -> Proposals:  # fmt: skip
    """One need by itself."""
    found = await candidates(session, person, need, today)
    ids = [offer.service_id for offer in found.offers]
    known = await _known(session, need, ids, shares, evidence)
    by = Yardstick(shares, known, context, await loads(session, ids, today))
    return replace(judge(person, need, found.offers, today, by), unseen=found.unseen, ways=found.ways)


def _shares(session: AsyncSession, person: Person, own: Own | None) -> Weights:
    deployed = deployment(session)
    return weights(person.model, person.wishes, own, deployed.outcome_weight if deployed else None)


async def _known(
    session: AsyncSession, need: NeedAsked, ids: Sequence[UUID], shares: Weights, given: Mapping[str, Evidence] | None
) -> Evidence:
    """Nothing at all where outcomes count for nothing: then the order is as if nothing had ever been recorded."""
    if shares.shares["outcomes"] <= 0:
        return NO_EVIDENCE
    return await evidence_for(session, need.term, ids) if given is None else given.get(need.term, NO_EVIDENCE)
