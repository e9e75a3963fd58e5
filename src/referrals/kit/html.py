"""Templates: one Jinja environment, the filters that turn values into what people read, the addresses of assets."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from typing import Any, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, get_currency_symbol
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from referrals.kit import i18n
from referrals.kit.i18n import current_language, gettext, ngettext
from referrals.kit.naming import fields_named
from referrals.kit.settings import frontend_home
from referrals.kit.typography import typeset

Jinja = Environment
LOCALES = {"fr": "fr_FR", "en": "en_GB"}
ZONE = ZoneInfo("Europe/Paris")
"""Until an organization can say where it is, times are shown as in Paris."""


def environment(routes: Mapping[str, str] | None = None) -> Jinja:
    """The environment of this process. `routes`: name -> path with `{parameters}`, without the language."""
    home = frontend_home()
    env = Environment(
        loader=FileSystemLoader(home / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        i18n.gettext, i18n.ngettext, newstyle=True, pgettext=i18n.pgettext, npgettext=i18n.npgettext
    )
    env.globals["asset"], env.globals["svg"] = asset, svg
    env.globals["url"] = Addresses(routes or {})
    env.filters |= {
        "km": km, "minutes": minutes, "day": day, "month": month, "short_day": short_day, "clock": clock, "moment": moment,
        "money": money, "number": number, "language_name": language_name, "listed": listed, "ago": ago, "in_zone": in_zone, "inside": inside,
        "run_on": run_on, "unbroken": unbroken, "typeset": as_set, "fields_named": fields_named,
    }  # fmt: skip
    return env


def render_text(env: Jinja, template: str, language: str, **facts: object) -> str:
    """A plain text (a mail, a script to read out) in this language, whatever the page around it speaks."""
    before = current_language()
    i18n.speak(language)
    try:
        return env.get_template(template).render(lang=language, **facts)
    finally:
        i18n.speak(before)


class Addresses:
    """`url('service', id=…)` in templates and routes: the address of a page in the language being spoken."""

    def __init__(self, routes: Mapping[str, str]) -> None:
        self.routes = routes

    def __call__(
        self, name: str, *, lang: str | None = None, query: Mapping[str, object] | None = None, **params: object
    ) -> str:
        path = self.routes[name].format_map({key: str(value) for key, value in params.items()})
        address = f"/{lang or current_language()}{path}"
        if query:
            kept = {k: v for k, v in query.items() if v not in (None, "", [], False)}
            address += f"?{urlencode(kept, doseq=True)}" if kept else ""
        return address


def addresses(env: Jinja) -> Addresses:
    """The same, for routes and jobs."""
    return cast("Addresses", env.globals["url"])


def asset(name: str) -> str:
    """The address of a built asset, its content's hash in its name."""
    return f"/static/{_manifest().get(name, name)}"


@lru_cache(maxsize=1024)
def svg(name: str, label: str | None = None) -> Markup:
    """An icon; without a label only for the eye. A page of results draws dozens."""
    told = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon" focusable="false" {}><use href="{}#{}"></use></svg>').format(
        told, asset("icons.svg"), name
    )


@cache
def _manifest() -> dict[str, str]:
    path = frontend_home() / "static" / "dist" / "manifest.json"
    return cast("dict[str, str]", json.loads(path.read_text())) if path.exists() else {}


def locale() -> Locale:
    return _locale(current_language())


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES[language])


def km(value: float | None) -> str:
    """`650 m`, `3,4 km`, `38 km`: no precision that nobody needs."""
    if value is None:
        return ""
    if value < 0.95:
        return f"{max(50, round(value * 20) * 50)} m"
    return f"{number(round(value, 1) if value < 10 else round(value))} km"


def minutes(value: float | None) -> str:
    if value is None:
        return ""
    whole = round(value)
    if whole < 100:
        return f"{whole} min"
    hours, rest = divmod(5 * round(whole / 5), 60)
    return f"{hours} h {rest:02}" if rest else f"{hours} h"


def in_zone(value: datetime) -> datetime:
    return value.astimezone(ZONE)


def day(value: date | datetime | None) -> str:
    """`15 janvier 2027` / `15 January 2027`."""
    return "" if value is None else written_day(_date(value), "d MMMM y")


def written_day(value: date, pattern: str) -> str:
    """A pattern of Babel's with one `d` for the day: the first of a month is `1er` in French, every other day a bare number."""
    first = value.day == 1 and current_language() == "fr"
    return str(format_date(value, pattern.replace("d", "d'er'") if first else pattern, locale=locale()))


def month(value: date | None) -> str:
    """`mars 2025` / `March 2025`."""
    return "" if value is None else format_date(_date(value), "MMMM y", locale=locale())


def short_day(value: date | datetime | None) -> str:
    """`15 janv.` / `15 Jan`."""
    return "" if value is None else written_day(_date(value), "d MMM")


def clock(value: time | datetime | None) -> str:
    """`9 h`, `14 h 30` in French, `9:00`, `14:30` in English."""
    if value is None:
        return ""
    at = value.astimezone(ZONE).time() if isinstance(value, datetime) else value
    if current_language() == "fr":
        return f"{at.hour}\u00a0h" + (f"\u00a0{at.minute:02}" if at.minute else "")
    return f"{at.hour}:{at.minute:02}"


def moment(value: datetime | None, zone: ZoneInfo = ZONE) -> str:
    """`15 janv. à 14 h 30` / `15 Jan at 14:30`. `zone`: the reader's clock, where it is known."""
    if value is None:
        return ""
    there = value.astimezone(zone)
    return gettext("%(day)s at %(time)s") % {"day": short_day(there.date()), "time": clock(there.time())}


def ago(value: date | datetime | None, today: date) -> str:
    """How long ago, in the largest unit that is still honest: `today`, `3 days ago`, `2 months ago`."""
    if value is None:
        return ""
    days = (today - _date(value)).days
    if days <= 0:
        return gettext("today")
    if days == 1:
        return gettext("yesterday")
    if days < 31:
        return ngettext("%(num)d day ago", "%(num)d days ago", days) % {"num": days}
    if days < 365:
        months = days // 30
        return ngettext("%(num)d month ago", "%(num)d months ago", months) % {"num": months}
    years = days // 365
    return ngettext("%(num)d year ago", "%(num)d years ago", years) % {"num": years}


def money(amount: float | None, currency: str | None) -> str:
    """`25 €`, `95 £`, `£95`: the short sign of the currency, and pence only where there are some."""
    if amount is None:
        return ""
    return _money(amount, (currency or "EUR").upper(), current_language())


@lru_cache(maxsize=4096)
def _money(amount: float, code: str, _spoken: str) -> str:
    whole = amount == int(amount)
    written = format_currency(
        amount, code, locale=locale(), format=_no_cents() if whole else None, currency_digits=not whole
    )
    return written.replace(get_currency_symbol(code, locale=locale()), _SIGNS.get(code, code))


_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "CAD": "$"}
"""Without a country: whoever reads a price is in that country, or sees it in the address beside it."""


def _no_cents() -> str:
    return "#,##0\xa0¤" if current_language() == "fr" else "¤#,##0"


def number(value: float) -> str:
    return _number(value, current_language())


@lru_cache(maxsize=4096)
def _number(value: float, _spoken: str) -> str:
    return format_decimal(value, locale=locale())


def language_name(code: str) -> str:
    """A language's name in the language being spoken; French Sign Language has a code of its own in HSDS."""
    signs = {
        "fsl": gettext("French Sign Language"),
        "bfi": gettext("British Sign Language"),
        "ase": gettext("American Sign Language"),
    }
    return signs.get(code) or locale().languages.get(code) or code


def listed(values: list[str], style: str = "standard") -> str:
    """`français, anglais et arabe`."""
    return format_list(values, style=cast("Any", style), locale=locale())


def unbroken(text: str) -> Markup:
    """`avez-vous` stays on one line; only for what has no long compounds."""
    return Markup(re.sub(r"\w+(?:-\w+)+", r'<span class="nowrap">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped before


def as_set(text: str) -> str:
    """Words of ours or of a listing as the language of the page sets them."""
    return text if isinstance(text, Markup) else typeset(text, current_language())


def inside(label: str) -> str:
    """A label in the middle of a sentence: `knee`, `à la charge`, but `NHS`, `PTSD`, and `French …` as English writes it."""
    keeps = not (label[1:2].islower() or label[1:2] in _ENDS_A_WORD) or label.partition(" ")[0] in _NEVER_SMALL
    return label if keeps else label[:1].lower() + label[1:]


_ENDS_A_WORD = frozenset({" ", "\u00a0", "’"})
_NEVER_SMALL = frozenset({"French", "British", "English", "Canadian", "Parkinson's", "Parkinson", "Alzheimer"})
"""Words that are never written small: of countries in English, and names."""


def run_on(labels: list[str]) -> str:
    """`NHS et à la charge de la personne`: labels that stand by themselves as one; only the first begins as it does alone."""
    return listed([*labels[:1], *(inside(label) for label in labels[1:])])


def _date(value: date | datetime) -> date:
    return value.astimezone(ZONE).date() if isinstance(value, datetime) and value.tzinfo else (
        value.replace(tzinfo=UTC).date() if isinstance(value, datetime) else value)  # fmt: skip
