"""What would open more choices: the same rules again with one thing eased, and how many more there would be. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from referrals.matching.constraints import BY_ID
from referrals.matching.facts import NeedAsked, Person, Travel
from referrals.matching.scoring import Match

LONGER_WAYS = (30, 45, 60, 90, 120)
"""Minutes that are tried beyond the longest way a person can go."""
FARTHER = (5, 10, 20, 30, 50, 100)
"""Kilometres that are tried where the limit is one of distance."""
TAKEN_THERE = Travel("car", 60)
"""What is tried for somebody who cannot travel alone."""


@dataclass(frozen=True, slots=True)
class Unlock:
    """`code` names what is eased, `value` how far: minutes, an amount."""

    code: str
    count: int
    value: float | None = None
    currency: str | None = None


def unlocks(person: Person, need: NeedAsked, left_out: Sequence[Match], today: date) -> Iterator[Unlock]:
    """One line for each easing that opens something, the longer way in the shortest steps that do."""
    opened = 0
    for code, value, further in _further(person):
        count = _open(further, need, left_out, today, "H5")
        if count > opened:
            yield Unlock(code, count, value)
            opened = count
    if not need.remote_ok and (count := _open(person, replace(need, remote_ok=True), left_out, today, "H19", "H5")):
        yield Unlock("remote", count)
    if need.need_by and (count := _open(person, replace(need, need_by=None), left_out, today, "H11", "H2")):
        yield Unlock("later", count)
    if person.interpreter_ok is False and (
        count := _open(replace(person, interpreter_ok=True), need, left_out, today, "H6")
    ):
        yield Unlock("interpreter", count)
    yield from _wishes(person, need, left_out, today)
    for amount, currency in _prices(person, left_out)[:1]:
        if count := _open(replace(person, ceiling=amount), need, left_out, today, "H8"):
            yield Unlock("ceiling", count, amount, currency)


def _open(person: Person, need: NeedAsked, left_out: Sequence[Match], today: date, *eased: str) -> int:
    """How many would be eligible. Easing one thing fails no other rule, so only those that failed are asked again."""
    rules, may_fail = [BY_ID[id] for id in eased], frozenset(eased)
    close = [match for match in left_out if all(finding.id in may_fail for finding in match.failures)]
    return sum(1 for match in close if not any(rule(person, need, match.offer, today).excludes for rule in rules))


def _wishes(person: Person, need: NeedAsked, left_out: Sequence[Match], today: date) -> Iterator[Unlock]:
    """Other free hours; a wish that is no must. What they are kept away from stays away."""
    if person.availability and (count := _open(replace(person, availability=()), need, left_out, today, "H13")):
        yield Unlock("hours", count)
    must = person.formats_must or (person.practitioner is not None and person.practitioner.must)
    if must:
        wish = replace(person.practitioner, must=False) if person.practitioner else None
        milder = replace(person, practitioner=wish, formats_must=False)
        if count := _open(milder, need, left_out, today, "H14"):
            yield Unlock("wish", count)


def _further(person: Person) -> Iterator[tuple[str, int, Person]]:
    """The longer way in steps: in minutes, or in kilometres where that is the limit."""
    travel = person.travel
    if travel is None:
        return
    if travel.mode == "none":
        yield "taken_there", 60, replace(person, travel=TAKEN_THERE)
    elif travel.max_minutes is not None:
        for minutes in LONGER_WAYS:
            if minutes > travel.max_minutes:
                yield "travel", minutes, replace(person, travel=Travel(travel.mode, minutes))
    elif travel.max_km is not None:
        for km in FARTHER:
            if km > travel.max_km:
                yield "farther", km, replace(person, travel=Travel(travel.mode, None, km))


def _prices(person: Person, left_out: Sequence[Match]) -> list[tuple[float, str]]:
    """What the cheapest of those that are only too dear would cost."""
    only_dear = [match for match in left_out if [finding.id for finding in match.failures] == ["H8"]]
    said = [(match.finding("H8").facts.get("amount"), match.offer.currency or "EUR") for match in only_dear]
    amounts = [(float(amount), currency) for amount, currency in said if isinstance(amount, int | float)]
    return sorted((amount, currency) for amount, currency in amounts if amount > (person.ceiling or 0))
