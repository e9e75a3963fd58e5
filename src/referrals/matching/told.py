"""An answer as programs read it: what fits, in order and why; what does not, with the rules' codes; what would open more."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID

import msgspec

from referrals.kit import html
from referrals.kit.i18n import N_, current_language, ngettext
from referrals.kit.i18n import gettext as _
from referrals.matching.asked_json import Reading
from referrals.matching.asked_problems import sentence
from referrals.matching.cards import reasons
from referrals.matching.constraints import Finding
from referrals.matching.facts import Person
from referrals.matching.queries import Name, Proposals
from referrals.matching.saying import saying
from referrals.matching.scoring import RULES_VERSION, Match
from referrals.matching.sentences import say
from referrals.matching.unlocking import Unlock
from referrals.matching.unseen import unseen_line, ways_line
from referrals.taxonomy.vocabulary import Vocabulary

UNLOCKS: Final[Mapping[str, str]] = {
    "travel": N_("a way of %(value)s"),
    "farther": N_("a way of %(value)s"),
    "taken_there": N_("somebody who takes them there, %(value)s at most"),
    "remote": N_("help by phone or video"),
    "later": N_("a later beginning"),
    "interpreter": N_("an interpreter"),
    "hours": N_("other free hours"),
    "wish": N_("a wish for who receives them, or how, that is no condition"),
    "ceiling": N_("%(value)s a session"),
}


class Checked(msgspec.Struct):
    """A rule and its sentence."""

    id: str
    code: str
    message: str


class Ranked(msgspec.Struct):
    """A service that may be proposed. `unknown`: the rules that its listing leaves open; `to_arrange`: what to bring or do."""

    service_id: UUID
    name: str
    organization: str
    organization_id: UUID
    score: float
    band: str
    reasons: list[str]
    against: list[str]
    unknown: list[str]
    to_check: list[Checked]
    to_arrange: list[Checked]
    distance_km: float | None
    minutes: float | None
    url: str


class Excluded(msgspec.Struct):
    """A service that may not, by which rules. `overridable`: a case manager who knows better may propose it all the same."""

    service_id: UUID
    name: str
    organization: str
    organization_id: UUID
    constraints: list[str]
    codes: list[str]
    message: str
    overridable: bool
    distance_km: float | None


class Opening(msgspec.Struct):
    """What would open `count` more. `value`: minutes for `travel`, an amount in `currency` for `ceiling`."""

    code: str
    count: int
    value: float | None
    currency: str | None
    message: str


class ForNeed(msgspec.Struct):
    """`travel`: what said how long the ways take (`estimated`, `osrm`, `valhalla`). `looked_at`: of how many services the
    rules were asked; `not_looked_at`: what a bound left out, in a sentence.
    """

    term: str
    summary: str | None
    ranked: list[Ranked]
    excluded: list[Excluded]
    unlocks: list[Opening]
    weights: dict[str, float]
    travel: str
    travel_note: str
    looked_at: int
    not_looked_at: str | None


class Remark(msgspec.Struct):
    field: str
    message: str


class Answer(msgspec.Struct):
    """By the ids of the needs. `remarks`: wishes that contradict each other; `ignored`: keys that nobody here knows."""

    asked_on: str
    language: str
    rules: str
    needs: dict[str, ForNeed]
    remarks: list[Remark]
    ignored: list[str]


def answer(
    reading: Reading, found: Sequence[Proposals], names: Mapping[UUID, Name], words: Vocabulary, address: str
) -> Answer:
    """`address`: what the address of a service's page begins with. In the language being spoken."""
    asked = reading.vignette
    return Answer(
        asked_on=asked.asked_on.isoformat(), language=current_language(), rules=RULES_VERSION,
        needs={
            one.id: for_need(proposals, names, words, address)
            for one, proposals in zip(asked.needs, found, strict=True)
        },
        remarks=[Remark(said.where, sentence(said)) for said in reading.remarks],
        ignored=list(reading.ignored),
    )  # fmt: skip


def for_need(found: Proposals, names: Mapping[UUID, Name], words: Vocabulary, address: str) -> ForNeed:
    # A service that was withdrawn while the rules were asked has no name any more.
    fits = [match for match in found.ranked if match.offer.service_id in names]
    others = [match for match in (*found.left_out, *found.abroad) if match.offer.service_id in names]
    return ForNeed(
        term=found.need.term, summary=summary(found),
        ranked=[
            ranked(match, names[match.offer.service_id], found.person, words, f"{address}{match.offer.service_id}")
            for match in fits
        ],
        excluded=[excluded(match, names[match.offer.service_id], words) for match in others],
        unlocks=list(openings(found)),
        weights={criterion: round(share, 1) for criterion, share in found.weights.items()},
        travel=found.ways.by, travel_note=ways_line(found.ways), looked_at=found.unseen.looked_at,
        not_looked_at=unseen_line(found.unseen) or None,
    )  # fmt: skip


def summary(found: Proposals) -> str | None:
    """What to do next where nothing fits."""
    if found.ranked:
        return None
    if found.left_out:
        return _("Nothing fits as things stand. Here is what comes closest, and what would have to change.")
    return _(
        "No service of this directory lists this need, nor a broader one. Ask about a broader need, or about another place."
    )


def every(found: Sequence[Proposals]) -> list[Match]:
    """All matches that an answer names."""
    return [match for one in found for match in (*one.ranked, *one.left_out, *one.abroad)]


def ranked(match: Match, name: Name, person: Person, words: Vocabulary, url: str) -> Ranked:
    said = list(reasons(match, person, words))
    short = [phrase.striptags() for phrase in saying(match, words)]
    return Ranked(
        service_id=match.offer.service_id, name=name.service, organization=name.organization,
        organization_id=name.organization_id, score=round(match.score, 1), band=match.band.value,
        reasons=[reason.text for reason in said if reason.sign == "+"] + short,
        against=[reason.text for reason in said if reason.sign == "-"],
        unknown=sorted({finding.id for finding in match.findings if finding.to_check}, key=_number),
        to_check=_checked(match.checks, words), to_arrange=_checked(match.fixes, words),
        distance_km=_round(match.km), minutes=_round(match.minutes), url=url,
    )  # fmt: skip


def excluded(match: Match, name: Name, words: Vocabulary) -> Excluded:
    failures = match.failures
    return Excluded(
        service_id=match.offer.service_id, name=name.service, organization=name.organization,
        organization_id=name.organization_id, constraints=[finding.id for finding in failures],
        codes=[finding.code for finding in failures], message=" · ".join(say(finding, words) for finding in failures),
        overridable=all(finding.cls == "O" for finding in failures), distance_km=_round(match.km),
    )  # fmt: skip


def openings(found: Proposals) -> Iterator[Opening]:
    for one in found.unlocks:
        yield Opening(one.code, one.count, one.value, one.currency, unlock_line(one))


def unlock_line(one: Unlock) -> str:
    """`a way of 60 min: 2 more services`."""
    value = one.value or 0
    if one.code == "ceiling":
        spoken = html.money(value, one.currency)
    else:
        spoken = html.km(value) if one.code == "farther" else html.minutes(value)
    eased = _(UNLOCKS[one.code]) % {"value": spoken}
    more = ngettext("%(num)d more service", "%(num)d more services", one.count) % {"num": one.count}
    return _("%(eased)s: %(more)s") % {"eased": eased, "more": more}


def _checked(findings: Sequence[Finding], words: Vocabulary) -> list[Checked]:
    return [Checked(finding.id, finding.code, say(finding, words)) for finding in findings]


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _number(id: str) -> int:
    return int(id[1:])
