"""The questions there are: their sentence, the answers to choose from, and the words or figure that an answer needs. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from referrals.directory.questions import room
from referrals.kit import html
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.vocabulary import Vocabulary


class Detail(StrEnum):
    """What belongs to an answer beside the answer itself."""

    NONE = "none"
    WORDS = "words"
    DAYS = "days"
    """How long a wait is; may be left open."""
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Answer:
    label: str
    detail: Detail = Detail.NONE


@dataclass(frozen=True, slots=True)
class Kind:
    """`sentence`: with %(subject)s where the kind leaves something open, which `about` says where to look up."""

    sentence: str
    answers: Mapping[str, Answer]
    about: str = ""
    """A taxonomy of ours, or `language`."""
    particular: Mapping[str, str] = field(default_factory=dict)
    """Subjects that have a better sentence of their own."""


_DEPENDS: Final = {"depends": Answer(N_("It depends"), Detail.WORDS)}
_YES_NO: Final = {"yes": Answer(N_("Yes")), "no": Answer(N_("No")), **_DEPENDS}
_IN_WORDS: Final = {"words": Answer(N_("Our answer"), Detail.WORDS)}
_CONDITIONS: Final = {
    "age": N_("From which age to which do you take people?"),
    "gender": N_("Do you take women, men, or everybody?"),
    "residence": N_("Where must somebody live to come to you?"),
    "situation": N_("Whom is it for, and whom can you not take?"),
    "payer": N_("Who has to pay, or to agree to pay, before somebody can come?"),
    "way-in": N_("Who may send somebody to you, and in which way?"),
    "papers": N_("Which papers must somebody have to come to you?"),
    "level": N_("How much help may somebody need, at least and at most?"),
}
_ROOM: Final = {
    "has-capacity": Answer(N_("Yes, there is room")),
    "waitlist": Answer(N_("There is a waiting list"), Detail.DAYS),
    "no-capacity": Answer(N_("No, we are full")),
}
_ACCESS: Final = {
    "step-free": N_("Can somebody come in without any step?"),
    "adapted-toilet": N_("Is there a toilet that somebody in a wheelchair can use?"),
    "hearing-loop": N_("Is there a hearing loop?"),
    "sign-language": N_("Can somebody be received in sign language?"),
    "easy-read": N_("Is there something written in easy words?"),
    "quiet-space": N_("Is there a quiet place to wait?"),
    "dogs-accepted": N_("May somebody bring a dog?"),
    "children-accepted": N_("May somebody bring their children?"),
}
KINDS: Final[Mapping[str, Kind]] = MappingProxyType({
    "access": Kind(N_("Is there: %(subject)s?"), _YES_NO, "accessibility", _ACCESS),
    "places": Kind(N_("Is there room for somebody new?"), {
        "has-capacity": Answer(N_("Yes, there is room")),
        "no-capacity": Answer(N_("No, we are full")),
        "waitlist": Answer(N_("There is a waiting list"), Detail.DAYS),
        "assessment-required": Answer(N_("We look at each request first")),
    }),
    "room": Kind(N_("Somebody is looking for a place. Would you have room for: %(subject)s?"), _ROOM, "room"),
    "condition": Kind(N_("Is there a condition that your page does not say?"), {
        **_IN_WORDS, "no": Answer(N_("There is no such condition")),
    }, particular=_CONDITIONS),
    "language": Kind(N_("Can somebody be received in this language: %(subject)s?"), _YES_NO, "language"),
    "interpreter": Kind(N_("Can an interpreter come, or be called?"), _YES_NO),
    "practitioner": Kind(N_("Who receives people?"), {
        "female": Answer(N_("Women")), "male": Answer(N_("Men")), "choice": Answer(N_("One may choose")), **_DEPENDS,
    }),
    "mode": Kind(N_("How is it given?"), {
        "on-site": Answer(N_("On site")), "remote": Answer(N_("By phone or video")),
        "home-visit": Answer(N_("At people’s homes")), **_DEPENDS,
    }),
    "includes": Kind(N_("Does it include this: %(subject)s?"), _YES_NO, "need"),
    "free": Kind(N_("Is it free of charge?"), {
        "yes": Answer(N_("Yes, free")), "no": Answer(N_("No: what it costs, and who pays"), Detail.WORDS), **_DEPENDS,
    }),
    "price": Kind(N_("What does a session cost?"), {
        "amount": Answer(N_("One price for everybody"), Detail.AMOUNT), "yes": Answer(N_("Nothing: it is free")), **_DEPENDS,
    }),
    "hours": Kind(N_("When is it open?"), _IN_WORDS),
    "area": Kind(N_("Which towns or postcodes do you come to?"), _IN_WORDS),
    "intensity": Kind(N_("How much help is it: how many hours or sessions a week?"), _IN_WORDS),
})  # fmt: skip


def sentence(code: str, subject: str, words: Vocabulary) -> str:
    """The question as it is asked, in the language being spoken."""
    kind = KINDS[code]
    if subject in kind.particular:
        return _(kind.particular[subject])
    return _(kind.sentence) % {"subject": _subject(kind, subject, words)} if kind.about else _(kind.sentence)


def label(code: str, answer: str) -> str:
    """An answer as it is read."""
    known = KINDS[code].answers.get(answer)
    return _(known.label) if known else answer


def detail(code: str, answer: str) -> Detail:
    return KINDS[code].answers[answer].detail


def _subject(kind: Kind, subject: str, words: Vocabulary) -> str:
    if kind.about == "language":
        return html.language_name(subject)
    if kind.about == "room":
        return room.told(subject, words)
    return words.label(kind.about, subject, current_language())
