"""A row of results: can I go, when, what does it cost, who may come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from referrals.directory import labels
from referrals.directory.queries import Card
from referrals.directory.queries.texts import Text
from referrals.kit.geo import LatLon
from referrals.kit.html import Addresses, in_zone, km
from referrals.kit.i18n import current_language, ngettext
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.vocabulary import Vocabulary

_OFFERED = 3
_WHO = 120
"""Letters of "who may come" that a row has room for."""


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    href: str
    name: Text
    organization: str
    place: str
    saying: tuple[str | Markup, ...]
    who: Text
    alert: Text
    badge: labels.Badge | None
    point: LatLon | None
    approximate: bool
    away: float | None


def rows(cards: Iterable[Card], words: Vocabulary, url: Addresses, now: datetime, *, first: int = 1) -> list[Row]:
    """`first`: the number of the first one."""
    return [_row(number, card, words, url, now) for number, card in enumerate(cards, first)]


def _row(number: int, card: Card, words: Vocabulary, url: Addresses, now: datetime) -> Row:
    return Row(
        number=number,
        href=url("service", service_id=card.id),
        name=card.name,
        organization="" if card.organization == card.name.value else card.organization,
        place=_where(card),
        saying=tuple(part for part in _saying(card, now) if part),
        who=Text(_short(card.who.value), card.who.language) if card.who else _offers(card, words),
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


def _saying(card: Card, now: datetime) -> Iterable[str | Markup]:
    yield _away(card)
    if card.modes and "on-site" not in card.modes:
        yield from _comes(card.modes)
    elif "remote" in card.modes:
        yield _("also at a distance")
    yield _lower(card.opening(now))
    yield labels.price(card.free, card.price_per_session, card.client_contribution, card.currency)
    yield labels.checked(card.assured, card.check_by, in_zone(now).date())


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _away(card: Card) -> str | Markup:
    if card.distance_km is None or (card.modes and "on-site" not in card.modes):
        return ""
    told = Markup("<b>{}</b>").format(km(card.distance_km))
    return Markup(_("about %(km)s")) % {"km": told} if card.approximate else told  # noqa: S704 - our own sentence


def _comes(modes: Iterable[str]) -> Iterable[Markup]:
    said = {
        "home-visit": _("comes to your home"),
        "outreach": _("comes to where you are"),
        "remote": _("at a distance"),
    }
    return (Markup("<b>{}</b>").format(said[mode]) for mode in modes if mode in said)


def _offers(card: Card, words: Vocabulary) -> Text:
    """What it is for, where nothing says for whom: names of imported services often tell neither."""
    spoken_here = current_language()
    return Text(" · ".join(words.label("need", code, spoken_here) for code in card.needs[:_OFFERED]), spoken_here)


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
