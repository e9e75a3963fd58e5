"""A person's plan from what is recorded: what runs, what was chosen, and proposals for the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients.models import Client, Need
from referrals.clients.queries import needs_of
from referrals.kit.errors import NotFound
from referrals.matching import choices, queries
from referrals.matching.candidates import offers
from referrals.matching.facts import NeedAsked, Person
from referrals.matching.models import Choice, PlanOrder
from referrals.matching.plan import TOGETHER, Wanted
from referrals.matching.queries import Proposals, match_of
from referrals.matching.reading import need_of
from referrals.matching.scoring import Match
from referrals.taxonomy.queries import vocabulary
from referrals.tracking.lifecycle import OPEN, UNSENT, Status
from referrals.tracking.models import Referral
from referrals.tracking.queries import visible_to

MOST: Final = 10
"""Needs of one plan that services are looked for; more are listed, and looked at one by one."""
BEGUN: Final = frozenset({Status.IN_SERVICE, Status.COMPLETED, Status.CLOSED})


@dataclass(frozen=True, slots=True)
class Planned:
    """One need of the plan and where it stands."""

    need: Need
    wanted: Wanted
    referral: Referral | None
    choice: Choice | None
    found: Proposals | None
    """None where a request runs, or something was chosen: then nothing was looked for."""


@dataclass(frozen=True, slots=True)
class Plan:
    person: Person
    cited: str
    planned: tuple[Planned, ...]
    unseen: tuple[Need, ...]
    """Open needs beyond those that were looked for."""
    said: Mapping[tuple[UUID, UUID], bool]


NOTHING: Final = Plan(Person(), "", (), (), {})


async def plan(session: AsyncSession, actor: Actor, client: Client, today: date) -> Plan:
    """Statements: a fixed number, and a fixed number more for each need that proposals are still looked for."""
    words = await vocabulary(session)
    needs = [need for need in await needs_of(session, [client.id]) if need.status in ("open", "in_referral")]
    if not needs:
        return NOTHING
    looked, unseen = needs[:MOST], needs[MOST:]
    about = await queries.asked(session, client, looked[0], today)
    live, begun, over = await _running(session, actor, [need.id for need in looked])
    chosen = {
        need_id: choice
        for need_id, choice in (await choices.latest_of(session, actor, [need.id for need in looked])).items()
        if (need_id, choice.service_id) not in over
    }
    asked = {need.id: need_of(need, words) for need in looked}
    settled = await _settled(session, about.person, asked, live, chosen, today)
    context = about.context.beside(match.offer for match in settled.values())
    rest = [asked[need.id] for need in looked if need.id not in settled]
    found = await queries.propose_all(session, about.person, rest, today, context=context, own=about.own)
    proposals = {one.need.id: one for one in found}
    return Plan(
        about.person, about.cited,
        tuple(
            _planned(need, live.get(need.id), chosen.get(need.id), settled.get(need.id), proposals.get(need.id), begun, words.path(need.term))
            for need in looked
        ),
        tuple(unseen), await orders(session, [need.id for need in looked]),
    )  # fmt: skip


async def orders(session: AsyncSession, need_ids: Sequence[UUID]) -> Mapping[tuple[UUID, UUID], bool]:
    """What a case manager said of what comes after what; their caller has read the needs through the caseload."""
    if not need_ids:
        return {}
    rows = await session.execute(
        select(PlanOrder.need_id, PlanOrder.after_id, PlanOrder.holds).where(PlanOrder.need_id.in_(need_ids))
    )
    return {(need, after): holds for need, after, holds in rows}


async def say_after(
    session: AsyncSession, actor: Actor, client: Client, need_id: UUID, after_id: UUID, holds: str, now: datetime
) -> None:
    """`holds`: yes or no. Raises NotFound for a need that is not this person's."""
    theirs = {need.id for need in await needs_of(session, [client.id])}
    if not {need_id, after_id} <= theirs or need_id == after_id:
        raise NotFound("need")
    told = {"holds": holds == "yes", "at": now, "by_id": actor.id}
    row = insert(PlanOrder).values(need_id=need_id, after_id=after_id, **told)
    await session.execute(
        row.on_conflict_do_update(index_elements=["need_id", "after_id"], set_=told),
        execution_options={"synchronize_session": False},
    )


async def _running(
    session: AsyncSession, actor: Actor, need_ids: Sequence[UUID]
) -> tuple[dict[UUID, Referral], frozenset[UUID], frozenset[tuple[UUID, UUID]]]:
    """For each need the request that is furthest; the needs for which help has begun; what was asked and is over."""
    rows = await session.scalars(
        visible_to(actor, Role.CASE_MANAGER)
        .where(Referral.need_id.in_(need_ids), Referral.status != Status.ENTERED_IN_ERROR)
        .order_by(Referral.attempt)
    )
    live: dict[UUID, Referral] = {}
    begun, over = set(), set()
    for referral in rows:
        if referral.status not in OPEN:
            over.add((referral.need_id, referral.service_id))
        if referral.status in BEGUN:
            begun.add(referral.need_id)
        ahead = live.get(referral.need_id)
        if referral.status in OPEN - UNSENT and (ahead is None or referral.status in BEGUN):
            live[referral.need_id] = referral
    return live, frozenset(begun), frozenset(over)


async def _settled(
    session: AsyncSession, person: Person, asked: Mapping[UUID, NeedAsked], live: Mapping[UUID, Referral],
    chosen: Mapping[UUID, Choice], today: date,
) -> dict[UUID, Match]:  # fmt: skip
    """What runs or was chosen, looked at with today's rules: three statements for all of it."""
    service_of = {need_id: choice.service_id for need_id, choice in chosen.items()}
    service_of |= {need_id: referral.service_id for need_id, referral in live.items()}
    found = {offer.service_id: offer for offer in await offers(session, list(set(service_of.values())))}
    return {
        need_id: match_of(person, asked[need_id], found[service_id], today)
        for need_id, service_id in service_of.items()
        if service_id in found
    }


def _planned(
    need: Need, referral: Referral | None, choice: Choice | None, settled: Match | None, found: Proposals | None,
    begun: frozenset[UUID], path: tuple[str, ...],
) -> Planned:  # fmt: skip
    ranked = found.ranked if found else ()
    match = settled or (ranked[0] if ranked else None)
    wanted = Wanted(need.id, path, match, referral is not None, need.id in begun, tuple(ranked[1 : TOGETHER + 1]))
    return Planned(need, wanted, referral, choice, found)
