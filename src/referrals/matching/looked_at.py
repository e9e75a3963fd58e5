"""What was looked at for one service: each rule's finding, what decided it, and how old that is. For an opened detail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from referrals.kit import html
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.matching.constraints import Finding, Verdict
from referrals.matching.scoring import Part
from referrals.matching.sentences import say, way
from referrals.taxonomy.vocabulary import Vocabulary

RULES: Final[Mapping[str, str]] = {
    "H1": N_("What they do"), "H2": N_("In operation"), "H3": N_("Age"), "H4": N_("Area"), "H5": N_("The way there"),
    "H6": N_("Language"), "H7": N_("Who it is for"), "H8": N_("Price"), "H9": N_("Access"), "H10": N_("Papers"),
    "H11": N_("Room"), "H12": N_("How to come in"), "H13": N_("Hours"), "H14": N_("Wishes and safety"),
    "H15": N_("How much help"), "H16": N_("A guardian’s agreement"), "H17": N_("Other help"), "H18": N_("Licence"),
    "H19": N_("In which form"),
}  # fmt: skip
CRITERIA: Final[Mapping[str, str]] = {
    "fit": N_("It does what they need"),
    "outcomes": N_("It has helped others"),
    "timeliness": N_("It begins in time"),
    "travel": N_("It is within reach"),
    "preferences": N_("It suits who they are"),
    "cost": N_("It costs little"),
    "language": N_("It speaks their language"),
    "continuity": N_("It goes with where they are known or go already"),
}
_PLAIN: Final[Mapping[str, str]] = {
    "offers": N_("Offers exactly this"), "open": N_("Yes"), "any_age": N_("No limit stated"),
    "no_area_limit": N_("No limit stated"), "open_route": N_("They may come themselves"),
    "professional_route": N_("A professional refers them, as you may"),
    "no_rule": N_("No condition stated"), "licensed": N_("Nothing stands against it"),
}  # fmt: skip
"""What is in order and needs few words; what was never a question stays unsaid."""


@dataclass(frozen=True, slots=True)
class Looked:
    """`source`: where it stands and how old it is."""

    rule: str
    found: str
    source: str
    sign: str


def looked_at(findings: tuple[Finding, ...], assured: date | None, words: Vocabulary) -> Iterator[Looked]:
    for finding in findings:
        if text := said(finding, words):
            yield Looked(_(RULES[finding.id]), text, source(finding, assured), _sign(finding))


def said(finding: Finding, words: Vocabulary) -> str:
    """Its sentence; for what is simply in order, a short one."""
    minutes, mode = finding.facts.get("minutes"), finding.facts.get("mode")
    if finding.code == "reachable" and isinstance(minutes, int | float):
        taken = way(minutes, str(mode))
        return _("about %(way)s") % {"way": taken} if "precision" in finding.facts else taken
    return say(finding, words) or (_(_PLAIN[finding.code]) if finding.code in _PLAIN else "")


def source(finding: Finding, assured: date | None) -> str:
    """`said by the service on 20 November 2026`, `in their listing, checked on …`, `in the person’s file`."""
    if finding.about_person:
        return _("in the person’s file")
    if not finding.datum:
        return ""
    if finding.dated is not None:
        return _("said by the service on %(day)s") % {"day": html.day(finding.dated)}
    if assured is not None:
        return _("in their listing, checked on %(day)s") % {"day": html.day(assured)}
    return _("in their listing, nobody knows since when")


def share(part: Part) -> str:
    """`27 of 29`: what a criterion brought of what it could."""
    return _("%(points)d of %(weight)d") % {"points": round(part.points), "weight": round(part.weight)}


def _sign(finding: Finding) -> str:
    if finding.verdict is Verdict.FAILS:
        return "-"
    return "+" if finding.verdict is Verdict.MEETS else "?"
