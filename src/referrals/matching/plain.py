"""A service in the words in which it is looked at together with the person: one question, one short answer. No score, no place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from referrals.kit import html
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.matching.cards import EVERYDAY
from referrals.matching.constraints import Verdict
from referrals.matching.facts import Person
from referrals.matching.scoring import NO_DAILY_WAY, Match, Part, strongest, weakest
from referrals.matching.sentences import duration, facts_said, say, way
from referrals.taxonomy.vocabulary import Vocabulary

_GOOD: Final[Mapping[str, str]] = {
    "specialised": N_("They know a lot about this: %(specialisms)s"),
    "liked": N_("You like this: %(affinities)s"),
    "made_for": N_("It is made for people like you: %(terms)s"),
    "practitioner": N_("You are received by whom you wish"),
    "speaks": N_("They speak %(language)s"),
    "outcomes": N_("It has helped many people who needed the same"),
    "known_service": N_("You go there already"),
    "known_organization": N_("You know these people already"),
    "same_service": N_("They may help with something else that you need"),
    "same_organization": N_("They may help with something else that you need"),
    "same_site": N_("It is at the same door as other help for you"),
}
_LESS_GOOD: Final[Mapping[str, str]] = {
    "not_specialised": N_("They do not say whether they know about this: %(specialisms)s"),
    "other_focus": N_("They are there above all for: %(specialisms)s"),
    "late": N_("You wait long"),
    "made_for_others": N_("It is made for other people first: %(terms)s"),
    "with_interpreter": N_("Somebody has to interpret"),
    "way": N_("It is a long way"),
    "outcomes": N_("It has helped fewer people than is usual"),
}
_WAYS: Final[Mapping[str, str]] = {
    "remote": N_("You stay at home: by phone or video"), "no_way_to_go": N_("You stay at home: by phone or video"),
    "comes_to_them": N_("They come to you"),
}  # fmt: skip
_ROOM: Final[Mapping[str, str]] = {
    "has_places": N_("Now: there is room"), "full": N_("Not now: it is full"), "waitlist": N_("There is a waiting list"),
    "assessment_first": N_("They look at your request first"),
}  # fmt: skip
TO_ASK: Final = N_("We have to ask")


@dataclass(frozen=True, slots=True)
class Line:
    question: str
    answers: tuple[str, ...]


def lines(match: Match, person: Person, words: Vocabulary) -> Iterator[Line]:
    """What somebody wants to know of a service, in the order in which they ask. What is not known is said to be so."""
    yield Line(_("How do I get there?"), (_way(match),))
    yield Line(_("When can it begin?"), (_begins(match),))
    yield Line(_("What do I pay?"), (_price(match, words),))
    yield Line(_("What is good about it?"), tuple(_good(match, person, words)) or (_("It does what you need."),))
    if against := tuple(_less_good(match, words)):
        yield Line(_("What is less good?"), against)
    if access := _access(match, words):
        yield Line(_("Can I get in and about?"), (access,))
    if fixes := tuple(say(finding, words) for finding in match.fixes):
        yield Line(_("What has to be ready?"), fixes)
    if asks := tuple(say(finding, words) for finding in match.checks):
        yield Line(_("What do we still have to ask?"), asks)


def _way(match: Match) -> str:
    found = match.finding("H5")
    if found.code in _WAYS:
        return _(_WAYS[found.code])
    minutes, mode = found.facts.get("minutes"), found.facts.get("mode")
    if isinstance(minutes, int | float) and (match.km or 0) <= NO_DAILY_WAY:
        return way(minutes, str(mode))
    return _("It is %(km)s away") % {"km": html.km(match.km)} if match.km is not None else _(TO_ASK)


def _begins(match: Match) -> str:
    if isinstance(begins := match.finding("H2").facts.get("begins"), str):
        return _("From %(day)s") % {"day": html.day(date.fromisoformat(begins))}
    found = match.finding("H11")
    days = found.facts.get("days")
    if found.code in ("place_within", "too_late") and isinstance(days, int):
        return _("Within %(time)s") % {"time": duration(days)}
    return _(_ROOM.get(found.code, TO_ASK))


def _price(match: Match, words: Vocabulary) -> str:
    found, offer = match.finding("H8"), match.offer
    if found.code == "free" or (offer.price == 0 and not offer.contribution):
        return _("Nothing")
    if found.code == "covered":
        payer = html.inside(words.label("funding", str(found.facts["payer"]), current_language()))
        return _("Nothing: %(payer)s pays") % {"payer": payer}
    if found.code.startswith("contribution") and offer.contribution is not None:
        return _("%(amount)s each time") % {"amount": html.money(offer.contribution, offer.currency)}
    if offer.price is not None:
        return _("%(amount)s each time") % {"amount": html.money(offer.price, offer.currency)}
    return _(TO_ASK)


def _good(match: Match, person: Person, words: Vocabulary) -> Iterator[str]:
    for part in strongest(match.parts, len(match.parts)):
        if part.criterion == "language" and part.facts.get("language") == EVERYDAY.get(person.country or ""):
            continue
        yield from _told(part, _GOOD, words)


def _less_good(match: Match, words: Vocabulary) -> Iterator[str]:
    weak = weakest(match.parts, len(match.parts))
    others = [part for part in match.parts if part.code == "other_focus" and part not in weak]
    for part in (*weak, *others):
        yield from _told(part, _LESS_GOOD, words)


def _told(part: Part, sentences: Mapping[str, str], words: Vocabulary) -> Iterator[str]:
    if sentence := sentences.get(part.code):
        yield _(sentence) % facts_said(part.facts, words)


def _access(match: Match, words: Vocabulary) -> str:
    found = match.finding("H9")
    return say(found, words) if found.verdict is Verdict.MEETS and found.code == "accessible" else ""
