"""What was understood, as chips that can be taken away again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from referrals.directory.routes.question import Question
from referrals.directory.search.find import Results
from referrals.directory.search.understand import Part
from referrals.kit.html import Addresses, language_name, number
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.text import fold
from referrals.places.entry import Entry
from referrals.places.words import display
from referrals.taxonomy.vocabulary import Vocabulary

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Chip:
    text: str
    without: str
    """The address of the same question without it."""


def chips(asked: Question, found: Results, place: Entry | None, words: Vocabulary, url: Addresses) -> list[Chip]:
    """In the order typed, then what the filters add. `place`: where the answer was looked for."""
    spoken = list(_typed(asked, found, place, words, url))
    if asked.need and (term := words.need(asked.need)):
        spoken.insert(0, Chip(term.label(current_language()), asked.address(url, need="")))
    if asked.near and place is not None:
        spoken.append(Chip(_place(place, asked), asked.address(url, near="", km=None)))
    if asked.remote is not None:
        told = _("at a distance") if asked.remote else _("at a place")
        spoken.append(Chip(told, asked.address(url, remote=None)))
    if asked.speaks:
        spoken.append(Chip(language_name(asked.speaks), asked.address(url, speaks="")))
    return spoken


def without(asked: Question, found: Results, kind: str) -> Question:
    """The same question without the typed parts of this kind: for a place that is given otherwise."""
    parts = found.understood.parts
    text = asked.q
    for part in (part for part in parts if part.kind == kind):
        text = _cut(text, parts, part)
    return replace(asked, q=text)


def _typed(asked: Question, found: Results, place: Entry | None, words: Vocabulary, url: Addresses) -> Iterator[Chip]:
    parts = found.understood.parts
    for part in parts:
        if part.kind == "little" or (part.kind == "place" and asked.near):
            continue
        rest = asked.address(url, q=_cut(asked.q, parts, part), **({"km": None} if part.kind == "place" else {}))
        yield Chip(_said(part, asked, place, words), rest)


def _said(part: Part, asked: Question, place: Entry | None, words: Vocabulary) -> str:
    match part.kind:
        case "need" if part.code:
            return words.label("need", part.code, current_language())
        case "mode" if part.code:
            return words.label("delivery-mode", part.code, current_language())
        case "language" if part.code:
            return language_name(part.code)
        case "place" if place is not None:
            return _place(place, asked)
        case "free":
            return _("free of charge")
    return part.text


def _place(place: Entry, asked: Question) -> str:
    name = display(place, current_language())
    return _("%(place)s, within %(km)s km") % {"place": name, "km": number(asked.km)} if asked.km else name


def _cut(text: str, parts: tuple[Part, ...], part: Part) -> str:
    """The typed line without this part, and without the little word that led to it (`à`, `near`)."""
    if all(one.kind == "little" for one in parts if one is not part):
        return ""
    words = list(_spans(text))
    if [token for token, _, _ in words] != [token for one in parts for token in one.text.split()]:
        return " ".join(one.text for one in parts if one is not part)
    first, last = _reach(parts, part)
    rest = text[: words[first][1]] + " " + text[words[last][2] :]
    return " ".join(rest.split()).strip(" ,;")


def _reach(parts: tuple[Part, ...], part: Part) -> tuple[int, int]:
    """The numbers of the first and the last word of this part, with what leads to it."""
    starts = list(accumulate((len(one.text.split()) for one in parts), initial=0))
    position = next(number for number, one in enumerate(parts) if one is part)
    first = position
    while first and parts[first - 1].kind == "little" and part.kind in ("place", "mode", "language"):
        first -= 1
    return starts[first], starts[position + 1] - 1


def _spans(text: str) -> Iterator[tuple[str, int, int]]:
    """Each folded word with the letters of the line that it came from."""
    for word in _WORD.finditer(text):
        for token in fold(word.group()).split():
            yield token, word.start(), word.end()
