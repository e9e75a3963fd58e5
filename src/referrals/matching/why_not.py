"""Why one service does not fit, finding by finding: who may do what about it, and the least that would have to change. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from referrals.kit import html
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.matching.constraints import Class, Finding, Verdict
from referrals.matching.facts import Person
from referrals.matching.looked_at import RULES, source
from referrals.matching.scoring import Match
from referrals.matching.sentences import beyond_a_day, duration, say
from referrals.taxonomy.vocabulary import Vocabulary


class May(StrEnum):
    """What a case manager may do about it."""

    NOTHING = "nothing"
    DECIDE = "decide"
    ARRANGE = "arrange"
    ASK = "ask"


LABELS: Final[Mapping[May, tuple[str, str]]] = {
    May.NOTHING: (N_("Nobody can change this"), "stop"),
    May.DECIDE: (N_("You may decide otherwise, with a reason"), "attention"),
    May.ARRANGE: (N_("To arrange"), "brand"),
    May.ASK: (N_("To ask"), "plain"),
}
_CHANGES: Final[Mapping[str, str]] = {
    "closed_until": N_("a later date: it is closed until %(until)s"),
    "begins_too_late": N_("a later date: it begins on %(begins)s"),
    "too_far": N_("a way of %(minutes)s"),
    "cannot_travel": N_("somebody who takes them there"),
    "no_interpreter": N_("somebody of theirs who interprets"),
    "interpreter_refused": N_("an interpreter whom they accept"),
    "payer_not_accepted": N_("another payer"),
    "too_dear": N_("a ceiling of %(amount)s a session"),
    "contribution_too_high": N_("a ceiling of %(amount)s a session"),
    "full": N_("a place that comes free: ask when"),
    "too_late": N_("a beginning in %(days)s"),
    "hours_apart": N_("other free hours"),
    "not_with": N_("an end of the help that they have"),
    "remote_only": N_("help by phone or video"),
    "outside_area": N_("an exception for their town: ask them"),
    "other_country": N_("a way into another country"),
    "guardian_refused": N_("a guardian who agrees"),
}
"""What would have to be otherwise; what nobody can make otherwise is not here."""


@dataclass(frozen=True, slots=True)
class Because:
    """One thing that stands in the way, or is to be done first."""

    rule: str
    text: str
    source: str
    may: May
    label: str
    kind: str


def because(match: Match, words: Vocabulary) -> Iterator[Because]:
    """What bars it, what is to be arranged, what is to be asked, in this order. Of wishes and safety nothing but that."""
    order = (May.NOTHING, May.DECIDE, May.ARRANGE, May.ASK)
    told = [(may, finding) for finding in match.findings if (may := may_do(finding)) is not None]
    for may, finding in sorted(told, key=lambda pair: order.index(pair[0])):
        label, kind = LABELS[may]
        hidden = finding.id == "H14" and finding.code == "not_wanted"
        where = "" if hidden else source(finding, match.offer.assured)
        yield Because(_(RULES[finding.id]), say(finding, words), where, may, _(label), kind)


def may_do(finding: Finding) -> May | None:
    if finding.excludes:
        return May.NOTHING if finding.cls is Class.ABSOLUTE else May.DECIDE
    if finding.to_fix:
        return May.ARRANGE
    return May.ASK if finding.verdict is Verdict.UNKNOWN else None


def least_change(match: Match, person: Person, today: date) -> list[str]:
    """All that would have to be otherwise for it to fit; empty where something cannot be, or where nothing bars it."""
    changes = []
    for finding in match.failures:
        change = _change(finding, person, today)
        if not change:
            return []
        changes.append(change)
    return changes


def _change(finding: Finding, person: Person, today: date) -> str:
    if finding.code == "outside_age":
        return _older(finding, person)
    if finding.code == "too_far" and beyond_a_day(finding):
        return _("a way of %(km)s: only for a single visit, or to stay there") % _facts(finding)
    sentence = _CHANGES.get(finding.code, "")
    return _(sentence) % _facts(finding) if sentence else ""


def _older(finding: Finding, person: Person) -> str:
    """Whoever is too young grows; whoever is too old does not."""
    low = finding.facts.get("low")
    if person.ages is None or not isinstance(low, int | float) or person.ages[1] >= low:
        return ""
    return _("waiting until they are %(age)d") % {"age": int(low)}


def _facts(finding: Finding) -> dict[str, str]:
    facts = finding.facts
    said: dict[str, str] = {}
    if isinstance(minutes := facts.get("minutes"), int | float):
        said["minutes"] = html.minutes(minutes)
    if isinstance(km := facts.get("km"), int | float):
        said["km"] = html.km(km)
        said.setdefault("minutes", said["km"])
    if isinstance(amount := facts.get("amount"), int | float):
        said["amount"] = html.money(float(amount), str(facts.get("currency") or "EUR"))
    if isinstance(days := facts.get("days"), int):
        said["days"] = duration(days)
    for name in ("begins", "until"):
        if isinstance(day := facts.get(name), str):
            said[name] = html.day(date.fromisoformat(day))
    return said
