"""Numbers for when it cannot wait: above the answers, on the first page, and all of them on a page of their own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Template

from referrals.accounts.guards import PUBLIC
from referrals.directory.search.crisis import help_for
from referrals.directory.search.helplines import Danger, HelpLine, HelpLines, books, lines_of
from referrals.kit.html import locale
from referrals.kit.i18n import current_language
from referrals.kit.pages import Deployment, Req, page
from referrals.kit.typography import typeset

_FIRST: Final[tuple[Danger, ...]] = ("life", "suicide", "violence", "night")
"""What the first page has numbers for, when nobody has said anything yet."""
_SHOWN: Final = 3
"""Lines in sight; the others wait behind a tap."""
_NIGHT: Final[Danger] = "night"
"""One number says all; the answers below it are what somebody without a bed came for."""
_DANGERS: Final[dict[str, Danger]] = {
    "emergency-shelter": "night", "domestic-violence": "violence", "domestic-violence-refuge": "violence",
    "sexual-violence-counselling": "sexual-violence", "crisis-line": "suicide",
}  # fmt: skip
"""Needs that cannot wait, however somebody came to them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One number in the language being read. `tel` and `sms` are what links dial."""

    name: str
    what: str
    open: str
    silent: str
    call: str
    tel: str
    text: str
    sms: str
    say: str
    chat: str


@dataclass(frozen=True, slots=True)
class Help:
    """`first` in sight, `more` behind a tap. `checked`: when somebody last compared the oldest with its source."""

    country: str
    first: tuple[Line, ...]
    more: tuple[Line, ...]
    checked: date


@get("/help-lines", name="help-lines", opt=PUBLIC)
async def help_lines(request: Req, settings: Deployment) -> Template:
    """Every line of every country, that of this house first."""
    countries = sorted(books(), key=lambda code: (code != settings.country, _named(code)))
    found = [_help(lines, shown=len(lines.lines)) for code in countries if (lines := lines_of(code))]
    return page(request, "directory/help-lines.html", countries=found)


routes: list[HTTPRouteHandler] = [help_lines]


def urgent(text: str, needs: Iterable[str], country: str | None, usual: str) -> Help | None:
    """For what somebody typed or chose. `country`: of the place that they named, if any; `usual`: of this house."""
    there = country if country is not None and country in books() else usual
    dangers = tuple(dict.fromkeys(_DANGERS[code] for code in needs if code in _DANGERS))
    lines = help_for(text, there)
    if lines is None and dangers and (book := books().get(there)):
        lines = book.against(dangers)
    if lines is None:
        return None
    return _help(lines, shown=1 if lines.dangers == (_NIGHT,) else _SHOWN)


def always(usual: str) -> Help | None:
    """The first number for each of the things that happen most."""
    book = books().get(usual)
    return _help(book.against(_FIRST), shown=len(_FIRST)) if book else None


def _help(lines: HelpLines, *, shown: int) -> Help:
    spoken = [_spoken(line) for line in lines.lines]
    return Help(_named(lines.country), tuple(spoken[:shown]), tuple(spoken[shown:]), lines.checked)


def _spoken(line: HelpLine) -> Line:
    language = current_language()

    def told(text: Mapping[str, str]) -> str:
        return typeset(text.get(language, ""), language)

    return Line(
        told(line.name), told(line.what), told(line.open), told(line.silent),
        line.call or "", line.tel or "", line.text or "", line.sms or "", line.say or "", line.chat or "",
    )  # fmt: skip


def _named(country: str) -> str:
    return str(locale().territories.get(country, country))
