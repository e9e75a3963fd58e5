"""The short line under a title: how far, how soon, at what price."""

from collections.abc import Iterator
from datetime import date

from markupsafe import Markup

from referrals.kit import html
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.matching.scoring import NO_DAILY_WAY, Match
from referrals.matching.sentences import duration
from referrals.taxonomy.vocabulary import Vocabulary

_WAYS = {
    "car": N_("<b>%(time)s</b> by car"),
    "transit": N_("<b>%(time)s</b> by bus or train"),
    "bike": N_("<b>%(time)s</b> by bicycle"),
    "walk": N_("<b>%(time)s</b> on foot"),
}
_AWAY = N_("<b>%(time)s</b> away")


def saying(match: Match, words: Vocabulary) -> Iterator[Markup]:
    """How far, how soon, at what price, and how old the listing is where it is old; what is not known stays silent, for it stands among the things to check."""
    for phrase in (_way(match), _wait(match), _price(match, words), _unchecked(match)):
        if phrase:
            yield phrase


def _way(match: Match) -> Markup | None:
    found = match.finding("H5")
    if found.code in {"remote", "no_way_to_go"}:
        return _marked(N_("<b>by phone or video</b>"))
    if found.code == "comes_to_them":
        return _marked(N_("<b>comes to them</b>"))
    minutes, mode = found.facts.get("minutes"), found.facts.get("mode")
    if isinstance(minutes, int | float) and (match.km or 0) <= NO_DAILY_WAY:
        taken = _marked(_WAYS.get(str(mode), _AWAY), time=html.minutes(minutes))
        return _marked(N_("about %(way)s"), way=taken) if "precision" in found.facts else taken
    if match.km is not None:
        away = N_("about <b>%(way)s</b> away") if "precision" in found.facts else N_("<b>%(way)s</b> away")
        return _marked(away, way=html.km(match.km))
    return _marked(N_("address not given"))


def _wait(match: Match) -> Markup | None:
    if isinstance(begins := match.finding("H2").facts.get("begins"), str):
        return _marked(N_("from <b>%(day)s</b>"), day=html.day(date.fromisoformat(begins)))
    found = match.finding("H11")
    days, available = found.facts.get("days"), found.facts.get("available")
    if found.code in ("place_within", "too_late") and isinstance(days, int):
        if days <= 1:
            return _marked(N_("a place <b>at once</b>"))
        return _marked(N_("a place within <b>%(time)s</b>"), time=duration(days))
    if found.code == "has_places":
        open_to_all = isinstance(available, int) and available >= 99
        return _marked(N_("<b>no need to book</b>")) if open_to_all else _marked(N_("<b>places free</b>"))
    return None


def _price(match: Match, words: Vocabulary) -> Markup | None:
    found, offer = match.finding("H8"), match.offer
    if found.code == "free" or (offer.price == 0 and not offer.contribution):
        return _marked(N_("<b>free</b>"))
    if found.code == "covered":
        payer = html.inside(words.label("funding", str(found.facts["payer"]), current_language()))
        return _marked(N_("<b>no cost</b>, %(payer)s"), payer=payer)
    if found.code.startswith("contribution") and offer.contribution is not None:
        return _marked(N_("<b>%(amount)s</b> left to pay"), amount=html.money(offer.contribution, offer.currency))
    if offer.price is not None:
        return _marked(N_("<b>%(amount)s</b> a session"), amount=html.money(offer.price, offer.currency))
    return None


def _unchecked(match: Match) -> Markup | None:
    since = match.unchecked_since
    return _marked(N_("not checked since %(month)s"), month=html.month(since)) if since else None


def _marked(sentence: str, **facts: str) -> Markup:
    """The catalogs' own marks stay, whatever is filled in is escaped."""
    return Markup(_(sentence)) % facts  # noqa: S704 - the sentence comes from our catalogs alone
