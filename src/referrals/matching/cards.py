"""A match as a page shows it: a few short sentences, ready to be read aloud."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from markupsafe import Markup

from referrals.directory.models import ListingQuestion
from referrals.directory.questions.kinds import sentence
from referrals.directory.questions.queries import Key
from referrals.directory.questions.told import said
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.matching import provider
from referrals.matching.constraints import Class
from referrals.matching.facts import Person
from referrals.matching.looked_at import CRITERIA, Looked, looked_at, share
from referrals.matching.queries import Name
from referrals.matching.saying import saying
from referrals.matching.scoring import Band, Match, Part, strongest, weakest
from referrals.matching.sentences import say, say_part
from referrals.matching.why_here import why_here
from referrals.taxonomy.vocabulary import Vocabulary

BANDS: dict[Band, tuple[str, str]] = {
    Band.STRONG: (N_("A very good fit"), "good"),
    Band.GOOD: (N_("A good fit"), "brand"),
    Band.POSSIBLE: (N_("Possible"), "attention"),
}
EVERYDAY = {"FR": "fr", "GB": "en", "US": "en", "CA": "en"}
"""A language that goes without saying in a country."""
_IN_THE_LINE = frozenset({"travel", "cost"})
"""Criteria that the short line under the title tells already."""


@dataclass(frozen=True, slots=True)
class Reason:
    """`sign`: + for, ? to check or to arrange, - against."""

    sign: str
    text: str
    question: "Question | None" = None
    """What its provider can be asked about it, with one click."""


@dataclass(frozen=True, slots=True)
class Card:
    service_id: UUID
    rank: int
    title: str
    subtitle: str
    saying: tuple[Markup, ...]
    band: str
    kind: str
    reasons: tuple[Reason, ...]
    blocked: bool = False
    """Nobody may wave it through."""
    open_questions: tuple["Question", ...] = ()
    """What the listing leaves open and its provider can be asked."""
    looked: tuple[Looked, ...] = ()
    weighed: tuple[tuple[str, str], ...] = ()
    """Criterion, and what it brought of what it could."""
    why: str = ""
    """Why it stands before the next one."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that a listing does not say. `asked`: since when its provider has been asked; `answer`: what they said."""

    kind: str
    subject: str
    text: str
    asked: datetime | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    service_id: UUID
    title: str
    why: str
    choosable: bool
    """One thing bars it, and a case manager may know better."""


def card(match: Match, rank: int, name: Name, person: Person, words: Vocabulary) -> Card:
    label, kind = BANDS[match.band]
    return Card(
        match.offer.service_id, rank, name.service, subtitle(match, name, person), tuple(saying(match, words)), _(label), kind,
        tuple(reasons(match, person, words)),
    )  # fmt: skip


def missed(match: Match, rank: int, name: Name, person: Person, words: Vocabulary) -> Card:
    """The card of a service that does not fit as things stand: what would have to change comes first."""
    failing = [Reason("-", say(finding, words)) for finding in match.failures]
    blocked = any(finding.cls is Class.ABSOLUTE for finding in match.failures)
    label, kind = (_("Not possible"), "stop") if blocked else (_("Does not fit yet"), "attention")
    return Card(
        match.offer.service_id, rank, name.service, subtitle(match, name, person), tuple(saying(match, words)), label, kind,
        (*failing, *(Reason("+", text) for text in _for(match, person, words, most=1))), blocked,
    )  # fmt: skip


def left_out(match: Match, name: Name, person: Person, words: Vocabulary) -> LeftOut:
    """One line: what bars it, at most two things, absolute ones first."""
    failures = sorted(match.failures, key=lambda finding: finding.cls)
    why = [say(finding, words) for finding in failures[:2]]
    place = _city(match, person)
    return LeftOut(
        match.offer.service_id, f"{name.service}, {place}" if place and place not in name.service else name.service, " · ".join(why),
        len(failures) == 1 and failures[0].cls is Class.OVERRIDABLE,
    )  # fmt: skip


def opened(
    shown: Card, match: Match, after: Match | None, loads: Mapping[UUID, int], asked: Mapping[Key, ListingQuestion],
    words: Vocabulary,
) -> Card:  # fmt: skip
    """With all that stands behind the few reasons: what was looked at, what it was weighed by, what can be asked."""
    asks = tuple(open_questions(match, asked, words)) if match.offer.has_email else ()
    return replace(
        shown, looked=tuple(looked_at(match.findings, match.offer.assured, words)),
        weighed=tuple((_(CRITERIA[part.criterion]), share(part)) for part in match.parts),
        why=why_here(match, after, loads), open_questions=asks, reasons=_with_question(shown.reasons, match, asks, words),
    )  # fmt: skip


def _with_question(
    told: tuple[Reason, ...], match: Match, asks: tuple[Question, ...], words: Vocabulary
) -> tuple[Reason, ...]:
    """The one thing to check carries its question, where it has one."""
    check = match.checks[0] if match.checks else None
    first = provider.questions(check)[:1] if check is not None else []
    ask = next((one for one in asks if [(one.kind, one.subject)] == first), None)
    if check is None or ask is None:
        return told
    text = say(check, words)
    return tuple(replace(one, question=ask) if one.sign == "?" and one.text == text else one for one in told)


def open_questions(match: Match, asked: Mapping[Key, ListingQuestion], words: Vocabulary) -> Iterator[Question]:
    """Each once; what was asked already says so."""
    told = [pair for finding in match.checks for pair in provider.questions(finding)]
    for kind, subject in dict.fromkeys(told):
        before = asked.get((match.offer.service_id, kind, subject))
        answer = said(before) if before is not None and before.answer else ""
        yield Question(kind, subject, sentence(kind, subject, words), before.asked_at if before else None, answer)


def reasons(match: Match, person: Person, words: Vocabulary) -> Iterator[Reason]:
    """Three strongest in favour, two against, what to check first, what to arrange first."""
    yield from (Reason("+", text) for text in _for(match, person, words, most=3))
    yield from (Reason("-", text) for text in _against(match, words))
    yield from (Reason("?", say(finding, words)) for finding in match.checks[:1])
    yield from (Reason("?", say(finding, words)) for finding in match.fixes[:1])


def all_checks(match: Match, words: Vocabulary) -> list[Reason]:
    """Everything that has to be asked or arranged before or after sending."""
    return [Reason("?", say(finding, words)) for finding in (*match.checks, *match.fixes)]


def _for(match: Match, person: Person, words: Vocabulary, most: int) -> list[str]:
    told = [part for part in strongest(match.parts, len(match.parts)) if _worth_saying(part, match, person)]
    return [text for part in told if (text := say_part(part, words))][:most]


def _worth_saying(part: Part, match: Match, person: Person) -> bool:
    if part.criterion in _IN_THE_LINE or part.code in ("late", "no_tie", "other_focus"):
        return False
    if part.criterion == "timeliness":
        return bool(part.facts.get("by"))  # without a date the line under the title has said it
    if part.criterion == "language":
        spoken = part.facts.get("language")
        return spoken != EVERYDAY.get(person.country or "")
    return True


def _against(match: Match, words: Vocabulary) -> list[str]:
    """Weak points that are known; what is merely not said stands among the things to check."""
    weak = [*weakest(match.parts, len(match.parts)), *(part for part in match.parts if part.code == "other_focus")]
    told = [
        part for part in weak if part.criterion not in _IN_THE_LINE and part.code not in ("no_tie", "exact", "narrower")
    ][:2]
    return [text for part in told if (text := say_part(part, words))]


def subtitle(match: Match, name: Name, person: Person) -> str:
    place = _city(match, person)
    return f"{name.organization} · {place}" if place else name.organization


def _city(match: Match, person: Person) -> str:
    """The town to which the way was measured; where none was, the first that the listing names."""
    if match.finding("H5").code in ("remote", "no_way_to_go"):
        return ""
    if (near := match.offer.nearest(person.at)) and near[0].city:
        return near[0].city
    return next((spot.city for spot in match.offer.spots if spot.city), "")
