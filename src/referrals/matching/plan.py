"""A plan of several needs: what belongs together, what comes after what, what nobody has been asked for, what it costs. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from referrals.kit.i18n import N_
from referrals.matching.facts import Offer, Person
from referrals.matching.order.yardstick import sites
from referrals.matching.scoring import Match

TOGETHER: Final = 6
"""Of the first proposals for each need, how many are looked at for what belongs together."""
WEEK: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
A_MONTH: Final = 52 / 12
"""Sessions of a month with one each week."""


@dataclass(frozen=True, slots=True)
class Usual:
    """Help for `need`, or anything narrower, usually begins after help for `after` has begun."""

    need: str
    after: str
    why: str


USUALLY: Final = (
    Usual(
        "occupational-therapy", "physiotherapy",
        N_("Occupational therapy builds on movement that physiotherapy gives back."),
    ),
    Usual(
        "cognitive-rehabilitation", "neuropsychology",
        N_("Training begins where the assessment has shown what is hard."),
    ),
    Usual("job-training", "language-course", N_("A course is easier to follow once the language has begun.")),
    Usual("employment", "language-course", N_("Work is easier to find once the language has begun.")),
    Usual("compensation-planning", "personal-injury-law", N_("What is to be planned is known once a lawyer has begun.")),
    Usual("housing-search", "emergency-shelter", N_("Looking for a home needs somewhere safe to sleep first.")),
    Usual("counselling", "emergency-shelter", N_("Talking about what happened needs somewhere safe to sleep first.")),
)  # fmt: skip
"""A beginning, from practice: each with its reason, none of them a rule. A case manager decides otherwise with one click."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One need in the plan. `path`: its term and everything broader."""

    need_id: UUID
    path: tuple[str, ...]
    match: Match | None
    """What runs already, else what was chosen, else the best proposal."""
    live: bool = False
    """A request for it is under way."""
    begun: bool = False
    """Help has begun, or is over."""
    others: tuple[Match, ...] = ()
    """The other first proposals, where none was chosen yet."""


@dataclass(frozen=True, slots=True)
class After:
    """`need_id` waits for `after_id`. `why`: the usual reason; empty where a case manager said so themselves."""

    need_id: UUID
    after_id: UUID
    why: str
    done: bool
    """What it waits for has begun."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Several needs at one door, or with one organization. `days`: on which all of them open; empty where hours are unknown."""

    organization_id: UUID
    service_ids: Mapping[UUID, UUID]
    """Need -> service."""
    same_site: bool
    days: tuple[str, ...]
    chosen: bool
    """The plan as it stands has it already."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a session costs the person. `amount` None: the listing does not say."""

    need_id: UUID
    amount: float | None
    currency: str | None
    covered_by: str | None = None
    price: float | None = None
    """What the payer pays for it, where the listing says."""


@dataclass(frozen=True, slots=True)
class Total:
    """Of all sessions whose cost is known, in one currency; a month with one of each a week."""

    each_once: float
    a_month: float
    currency: str
    unknown: int
    known: int
    ceiling: float | None
    above: int
    """Sessions that cost more than the ceiling."""


def dependencies(wanted: Sequence[Wanted], said: Mapping[tuple[UUID, UUID], bool]) -> list[After]:
    """What is usual, unless somebody said otherwise, and what somebody said. `said`: (need, after) -> whether it holds."""
    begun = {one.need_id: one.begun for one in wanted}
    usual = {(one.need_id, other.need_id): why for one, other, why in _usual(wanted)}
    pairs = {pair: why for pair, why in usual.items() if said.get(pair, True)}
    pairs |= {pair: usual.get(pair, "") for pair, holds in said.items() if holds and set(pair) <= begun.keys()}
    return [
        After(need, after, why, begun[after])
        for (need, after), why in pairs.items()
        if (after, need) not in pairs or said.get((need, after))
    ]


def gaps(wanted: Iterable[Wanted]) -> list[UUID]:
    """Needs for which nobody has been asked."""
    return [one.need_id for one in wanted if not one.live]


def bundles(wanted: Sequence[Wanted]) -> list[Bundle]:
    """Where two needs or more can be met by one organization, those at one door and the largest first."""
    found = []
    for organization in dict.fromkeys(match.offer.organization_id for one in wanted for match in _open_to(one)):
        there = {one.need_id: match for one in wanted if (match := _with(one, organization)) is not None}
        if len(there) > 1:
            found.append(_bundle(organization, there, wanted))
    return sorted(found, key=lambda one: (not one.chosen, -len(one.service_ids), not one.same_site, -len(one.days)))


def cost(need_id: UUID, match: Match) -> Cost:
    """As far as the listing says. What a payer covers costs the person nothing."""
    found, offer = match.finding("H8"), match.offer
    if found.code == "free":
        return Cost(need_id, 0.0, offer.currency)
    if found.code == "covered":
        return Cost(need_id, 0.0, offer.currency, str(found.facts.get("payer") or ""), offer.price)
    if found.code.startswith("contribution"):
        return Cost(need_id, offer.contribution, offer.currency, None, offer.price)
    return Cost(need_id, offer.price, offer.currency, None, offer.price)


def totals(costs: Sequence[Cost], person: Person) -> list[Total]:
    """One for each currency that is asked for; those of nought go with the first."""
    known = [one for one in costs if one.amount is not None]
    currencies = list(dict.fromkeys(one.currency for one in known if one.amount and one.currency))
    currencies = currencies or list(dict.fromkeys(one.currency for one in known if one.currency))[:1]
    unknown = len(costs) - len(known)
    found = []
    for currency in currencies:
        asked = [one.amount or 0.0 for one in known if one.currency in (currency, None) or not one.amount]
        above = sum(1 for amount in asked if person.ceiling is not None and amount > person.ceiling)
        once = sum(asked)
        found.append(Total(once, once * A_MONTH, currency, unknown, len(asked), person.ceiling, above))
    return found


def _usual(wanted: Sequence[Wanted]) -> Iterator[tuple[Wanted, Wanted, str]]:
    for rule in USUALLY:
        for one in wanted:
            for other in wanted:
                if one.need_id != other.need_id and rule.need in one.path and rule.after in other.path:
                    yield one, other, rule.why


def _open_to(one: Wanted) -> list[Match]:
    first = [one.match] if one.match is not None else []
    return first if one.live else [*first, *one.others[:TOGETHER]]


def _with(one: Wanted, organization: UUID) -> Match | None:
    return next((match for match in _open_to(one) if match.offer.organization_id == organization), None)


def _bundle(organization: UUID, there: Mapping[UUID, Match], wanted: Sequence[Wanted]) -> Bundle:
    doors = [sites(match.offer) for match in there.values()]
    chosen = {one.need_id: one.match.offer.service_id for one in wanted if one.match is not None}
    services = {need_id: match.offer.service_id for need_id, match in there.items()}
    return Bundle(
        organization, services, bool(doors[0].intersection(*doors[1:])), _days([match.offer for match in there.values()]),
        all(chosen.get(need_id) == service for need_id, service in services.items()),
    )  # fmt: skip


def _days(offers: Sequence[Offer]) -> tuple[str, ...]:
    """Weekdays on which all are open; none where one of them does not say."""
    days = [frozenset(day for slot in offer.slots for day in slot.days) for offer in offers]
    shared = days[0].intersection(*days[1:])
    return tuple(day for day in WEEK if day in shared)
