"""A row of results: can I go, when, what does it cost, who may come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

from markupsafe import Markup, escape

from referrals.directory import labels
from referrals.directory.queries import Card
from referrals.directory.queries.texts import Text
from referrals.directory.routes.marks import marked
from referrals.kit import travel
from referrals.kit.geo import LatLon
from referrals.kit.html import Addresses, ago, in_zone, km, language_name, listed, minutes
from referrals.kit.i18n import current_language, ngettext
from referrals.kit.i18n import gettext as _
from referrals.kit.typography import typeset
from referrals.taxonomy.vocabulary import Vocabulary

_OFFERED: Final = 3
_WHO: Final = 120
"""Letters of "who may come" that a row has room for."""
_ON_FOOT: Final = 1.5
"""Kilometres that most people walk rather than wait for a bus."""
_FAR: Final = 100
"""Kilometres beyond which what is given at a distance is not gone to."""
_BY_BUS: Final = 30
"""Kilometres beyond which nobody can say from a straight line how long a bus takes."""
_AROUND: Final = 2
"""Kilometres below which the point of a town, or of a postcode, says no more than that it is nearby."""
_SPOKEN: Final = 4
"""Languages that a row names."""


@dataclass(frozen=True, slots=True)
class Row:
    id: UUID
    number: int
    href: str
    name: Text
    title: Text
    """The name with the words that were asked for marked in it."""
    organization: str
    place: str
    saying: tuple[str | Markup, ...]
    open: bool
    """Known to be open at this moment."""
    who: Text
    checked: labels.Badge | None
    """When somebody last looked whether all this holds; `attention` where that is too long ago."""
    phone: str
    """In a sentence, for paper, where nobody can follow the link."""
    alert: Text
    badge: labels.Badge | None
    point: LatLon | None
    approximate: bool
    away: float | None


def rows(
    cards: Iterable[Card], words: Vocabulary, url: Addresses, now: datetime, *, first: int = 1, said: Sequence[str] = ()
) -> list[Row]:
    """`first`: the number of the first one. `said`: folded words to be marked."""
    return [_row(number, card, words, url, now, said) for number, card in enumerate(cards, first)]


def _row(number: int, card: Card, words: Vocabulary, url: Addresses, now: datetime, said: Sequence[str]) -> Row:
    opening, open_now = card.opens(now)
    who = Text(_short(card.who.value), card.who.language) if card.who else _offers(card, words)
    return Row(
        id=card.id,
        number=number,
        href=url("service", service_id=card.id),
        name=card.name,
        title=Text(marked(card.name.value, said), card.name.language),
        organization="" if card.organization == card.name.value else card.organization,
        place=_where(card),
        saying=tuple(part for part in _saying(card, opening) if part),
        open=open_now,
        who=Text(marked(who.value, said), who.language) if who else who,
        checked=_checked(card, in_zone(now).date()),
        phone=_("Phone: %(number)s") % {"number": card.phone} if card.phone else "",
        alert=card.alert,
        badge=labels.badge(card.capacity, card.status),
        point=card.point,
        approximate=card.approximate,
        away=card.distance_km,
    )


def _where(card: Card) -> str:
    if not card.place:
        return ""
    more = card.more_places
    if more:
        return ngettext("%(place)s and %(num)d more place", "%(place)s and %(num)d more places", more) % {
            "place": card.place, "num": more,
        }  # fmt: skip
    return _("%(area)s, address not public") % {"area": card.place} if card.confidential else card.place


def _saying(card: Card, opening: str) -> Iterable[str | Markup]:
    far = "remote" in card.modes and card.distance_km is not None and card.distance_km > _FAR
    yield "" if far else _away(card)
    if far:
        yield from _comes(("remote",))
    elif card.modes and "on-site" not in card.modes:
        yield from _comes(card.modes)
    elif "remote" in card.modes:
        yield _("also at a distance")
    yield _lower(opening)
    yield labels.price(card.free, card.price_per_session, card.client_contribution, card.currency)
    yield _spoken(card.languages, current_language())


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _away(card: Card) -> str | Markup:
    if card.distance_km is None or (card.modes and "on-site" not in card.modes):
        return ""
    if card.approximate:
        return about(card.distance_km)
    told = _bold(km(card.distance_km))
    way = _way(card.distance_km)
    return told + ", " + way if way else told


def about(away: float) -> str:
    """How far a place is of which only the town or the postcode is known."""
    if away < _AROUND:
        return _("nearby, exact place not known")
    return _("about %(km)s") % {"km": km(round(away))}


def _bold(text: str) -> Markup:
    return Markup(f"<b>{escape(text)}</b>")  # noqa: S704 - a part of it that is escaped


def _way(away: float) -> str:
    if away <= _ON_FOOT:
        return _("%(time)s on foot") % {"time": minutes(travel.minutes("walk", away))}
    if away <= _BY_BUS:
        return _("%(time)s by bus or train") % {"time": minutes(travel.minutes("transit", away))}
    return ""


@lru_cache(maxsize=4096)
def _spoken(codes: tuple[str, ...], here: str) -> str:
    """Where it is more, or other, than the language of this page: `here`."""
    if not codes or set(codes) == {here}:
        return ""
    names = [language_name(code) for code in codes[:_SPOKEN]]
    more = len(codes) - _SPOKEN
    if more > 0:
        names.append(ngettext("%(num)d more language", "%(num)d more languages", more) % {"num": more})
    return _("speaks %(languages)s") % {"languages": listed(names)}


def _checked(card: Card, today: date) -> labels.Badge | None:
    if old := labels.checked(card.assured, card.check_by, today):
        return labels.Badge(old, "attention")
    return labels.Badge(_("checked %(ago)s") % {"ago": ago(card.assured, today)}, "plain") if card.assured else None


def _comes(modes: Iterable[str]) -> Iterable[Markup]:
    said = {
        "home-visit": _("comes to your home"),
        "outreach": _("comes to where you are"),
        "remote": _("at a distance"),
    }
    return (_bold(said[mode]) for mode in modes if mode in said)


def _offers(card: Card, words: Vocabulary) -> Text:
    """What it is for, where nothing says for whom: names of imported services often tell neither."""
    spoken_here = current_language()
    offered = " · ".join(words.label("need", code, spoken_here) for code in card.needs[:_OFFERED])
    return Text(typeset(offered, spoken_here), spoken_here)


def _short(text: str) -> str:
    """The first sentence, or as much of it as there is room for."""
    line = " ".join(text.split())
    if len(line) <= _WHO:
        return line
    sentence = line.split(". ")[0]
    return sentence + "." if len(sentence) < _WHO else line[:_WHO].rsplit(" ", 1)[0].rstrip(" ,;:\u00a0\u202f") + "…"


def spoken(text: Text) -> str | None:
    """The language to mark a text with: None for one in the page's own."""
    return text.language if text.language and text.language != current_language() else None
