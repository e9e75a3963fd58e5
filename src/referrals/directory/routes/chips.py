"""What was understood, as chips. Taking one away gives plain words; taking those away leaves nothing of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from referrals.directory.routes import wishes
from referrals.directory.routes.question import Question
from referrals.directory.search.find import Results
from referrals.directory.search.understand import Part, Understood
from referrals.kit.html import Addresses, number
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.places.entry import Entry
from referrals.places.words import display
from referrals.taxonomy.vocabulary import Vocabulary

OPENINGS: Final[dict[str, str]] = {
    "now": N_("open now"), "tonight": N_("open tonight"), "always": N_("open day and night"),
}  # fmt: skip
_QUOTED_NOTHING: Final = re.compile(r'\s*"\s*"\s*')
_UNDERSTOOD: Final = ("need", "place", "wish", "open")
"""Kinds of parts that have a meaning, which can be taken away without the words."""


@dataclass(frozen=True, slots=True)
class Chip:
    """`without`: the address of the same question without it; `does`: what going there does, in words.

    `rest`: the question when all of it is gone.
    """

    text: str
    does: str
    without: str
    rest: Question


def chips(asked: Question, found: Results, place: Entry | None, words: Vocabulary, url: Addresses) -> list[Chip]:
    """In the order typed, then what the filters add. `place`: where the answer was looked for."""
    typed = _typed(asked, found.understood, place, words, url)
    return [*_need(asked, words, url), *typed, *_chosen(asked, place, words, url)]


def opening(meant: Understood) -> list[str]:
    """When it should be open, in the words of its chips: `ouvert maintenant`, `le soir`."""
    return [_opening(part, meant) for part in meant.parts if part.kind == "open" and part is meant.again(part)[0]]


def without(asked: Question, found: Results, kind: str) -> Question:
    """The same question without the typed parts of this kind: for what is given otherwise."""
    understood = found.understood
    parts = [part for part in understood.parts if part.kind == kind]
    if len(parts) == 1:
        return replace(asked, q=understood.without(parts[0]))
    text = asked.q
    for part in reversed(parts):
        text = text[: part.start] + " " + text[part.end :]
    return replace(asked, q=" ".join(text.split()))


def _need(asked: Question, words: Vocabulary, url: Addresses) -> Iterator[Chip]:
    if asked.need and (term := words.need(asked.need)):
        yield _gone(term.label(current_language()), asked.but(need=""), url)


def _chosen(asked: Question, place: Entry | None, words: Vocabulary, url: Addresses) -> Iterator[Chip]:
    if asked.near and (asked.point or place):
        yield _gone(_where(asked, place), asked.but(near="", km=None), url)
    for tag in asked.tags:
        yield _gone(wishes.said(tag, words), asked.no_longer(tag), url)
    if asked.open:
        yield _gone(_(OPENINGS["now"]), asked.but(open=False), url)


def _gone(text: str, rest: Question, url: Addresses) -> Chip:
    return Chip(text, _("Remove %(word)s") % {"word": text}, rest.where(url), rest)


def _typed(
    asked: Question, meant: Understood, place: Entry | None, words: Vocabulary, url: Addresses
) -> Iterator[Chip]:
    for part in meant.parts:
        if (
            part.kind in ("little", "unread")
            or (part.kind == "place" and asked.near)
            or part is not meant.again(part)[0]
        ):
            continue
        lost = {"km": None} if part.kind == "place" else {}
        text, rest = (
            _said(part, asked, meant, place, words),
            asked.but(q=_QUOTED_NOTHING.sub(" ", meant.without(part)).strip(), **lost),
        )
        if part.kind in _UNDERSTOOD:
            plain = asked.but(q=meant.plainly(part), **lost)
            said = " ".join(_as_typed(one, meant) for one in meant.again(part))
            typed = _("Take “%(words)s” as plain words") % {"words": said}
            yield Chip(text, typed, plain.where(url), rest)
        else:
            yield _gone(text, rest, url)


def _said(part: Part, asked: Question, meant: Understood, place: Entry | None, words: Vocabulary) -> str:
    match part.kind:
        case "need" if part.code:
            return words.label("need", part.code, current_language())
        case "wish" if part.code:
            return wishes.said(part.code, words)
        case "open":
            return _opening(part, meant)
        case "place" if place is not None:
            return _where(asked, place)
        case "near-me":
            return _("near you")
    return _as_typed(part, meant)


def _opening(part: Part, meant: Understood) -> str:
    return _(OPENINGS[part.code]) if part.code in OPENINGS else _as_typed(part, meant)


def _as_typed(part: Part, meant: Understood) -> str:
    """With its accents and capitals; `part.text` is folded."""
    return meant.text[part.start : part.end].replace('"', " ").strip() or part.text


def _where(asked: Question, place: Entry | None) -> str:
    """`Truro (Cornwall), within 20 km`; for somebody's own point the town nearest to it."""
    name = display(place, current_language()) if place else ""
    if asked.point:
        name = _("near you, around %(place)s") % {"place": name} if name else _("near you")
    return _("%(place)s, within %(km)s km") % {"place": name, "km": number(asked.km)} if asked.km else name
