"""A person and their needs from JSON, in the form of docs/api.md: what programs, the command and an evaluation ask with. Pure.

Everything that is wrong is noted at once, each with the path of its field. What can be made of the rest is made, so that
whoever asks decides: the interface and the command refuse a question with problems, an evaluation may go on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID, uuid5

from referrals.matching import asked_contradictions
from referrals.matching.asked_person import Finds, person_from
from referrals.matching.asked_words import Words
from referrals.matching.facts import NeedAsked, Person
from referrals.matching.json_fields import Fields, Notes, Said
from referrals.matching.reading import broader_of
from referrals.taxonomy.vocabulary import NEED, Vocabulary

MODELS: Final = ("brokerage", "intensive", "clinical", "strengths")
MOST_NEEDS: Final = 20
"""Needs in one question."""
_NAMESPACE: Final = UUID(int=0)
_NEED: Final = (
    "id", "term", "specialisms", "urgency", "need_by", "remote_ok", "remote_only", "prescription_held", "notes",
    "min_intensity",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Labelled:
    """A need with the id that whoever asks knows it by."""

    id: str
    need: NeedAsked


@dataclass(frozen=True, slots=True)
class Vignette:
    person: Person
    needs: tuple[Labelled, ...]
    asked_on: date
    """The day that ages of listings, waits and dates are counted from."""


@dataclass(frozen=True, slots=True)
class Reading:
    """`problems`: what keeps it from being answered. `remarks`: wishes that contradict each other, said as such.

    `ignored`: keys that nobody here knows, so that a misspelt one does not go unnoticed.
    """

    vignette: Vignette
    problems: tuple[Said, ...]
    remarks: tuple[Said, ...]
    ignored: tuple[str, ...]


def read(raw: Mapping[str, object], words: Vocabulary, today: date, places: Finds | None = None) -> Reading:
    """`today` is the day of the question where it names none."""
    notes = Notes()
    top, terms = Fields(raw, "", notes), Words(words)
    top.knows(
        "id", "title_fr", "title_en", "story_en", "story_fr", "model", "client", "needs", "asked_on", "expect", "lang"
    )
    asked_on = top.day("asked_on") or today
    model = top.choice("model", MODELS, MODELS[0]) or MODELS[0]
    client = top.inner("client")
    if client is None and not any(said.where == "client" for said in notes.problems):
        top.wrong("client", "missing")
    person = replace(person_from(client, terms, places) if client else Person(), model=model)
    needs = tuple(_needs(top, terms, asked_on, top.text("id") or ""))
    vignette = Vignette(person, needs, asked_on)
    if client is not None:
        asked_contradictions.note(top, client, person, [one.need for one in needs], asked_on)
    return Reading(vignette, tuple(notes.problems), tuple(notes.remarks), tuple(notes.ignored))


def _needs(top: Fields, terms: Words, asked_on: date, of: str) -> Iterator[Labelled]:
    given = top.raw.get("needs")
    if given is None or given == []:
        top.wrong("needs", "no_need")
    seen: set[str] = set()
    for number, one in enumerate(top.inners("needs", MOST_NEEDS), start=1):
        one.knows(*_NEED)
        label = one.text("id") or f"n{number}"
        if label in seen:
            one.wrong("id", "twice", value=label)
            continue
        seen.add(label)
        if (term := terms.one(one, "term", NEED)) is not None:
            yield Labelled(label, _need(one, term, terms, asked_on, uuid5(_NAMESPACE, of + label)))


def _need(one: Fields, term: str, terms: Words, asked_on: date, id: UUID) -> NeedAsked:
    need_by = one.day("need_by")
    if need_by is not None and need_by < asked_on:
        one.wrong("need_by", "in_the_past", value=need_by.isoformat(), today=asked_on.isoformat())
    one.text("notes", 5_000)  # a person's words: no rule reads them
    return NeedAsked(
        id=id, term=term, narrower=frozenset(terms.words.descendants(term)), broader=broader_of(term, terms.words),
        specialisms=frozenset(terms.many(one, "specialisms", "specialism")),
        urgency=one.choice("urgency", ("routine", "urgent"), "routine") or "routine", need_by=need_by,
        remote_ok=bool(one.flag("remote_ok")) or bool(one.raw.get("remote_only") is True),
        remote_only=bool(one.flag("remote_only")), prescription_held=one.flag("prescription_held"),
        min_intensity=terms.level(one, "min_intensity"),
    )  # fmt: skip
