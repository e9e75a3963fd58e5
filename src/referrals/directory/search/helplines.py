"""Numbers for when it cannot wait: of each country, from `seed/crisis`, dated and with their sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

import yaml

from referrals.kit.settings import LANGUAGES, seed_home

Danger = Literal["life", "suicide", "violence", "sexual-violence", "child", "overdose", "trafficking", "night"]
DANGERS: Final[tuple[Danger, ...]] = get_args(Danger)
"""`night`: nowhere to sleep."""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One number. `call` is dialled, `text` takes messages (beginning with `say`, if there is one), `chat` is a page."""

    key: str
    name: Mapping[str, str]
    what: Mapping[str, str]
    """What it is for, by language."""
    open: Mapping[str, str]
    """When somebody answers, in words; empty where no source tells."""
    silent: Mapping[str, str]
    """How to get help without speaking."""
    call: str | None
    text: str | None
    say: str | None
    chat: str | None
    source: str
    checked: date

    @property
    def tel(self) -> str | None:
        """For a link that calls: `tel:` and this."""
        return _digits(self.call)

    @property
    def sms(self) -> str | None:
        """For a link that writes: `sms:` and this."""
        return _digits(self.text)


@dataclass(frozen=True, slots=True)
class HelpLines:
    """What to show, in this order. `checked`: the day on which somebody last compared the oldest of them."""

    country: str
    dangers: tuple[Danger, ...]
    lines: tuple[HelpLine, ...]

    @property
    def checked(self) -> date:
        return min(line.checked for line in self.lines)


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that is known of one country. `first`: for a danger, the keys of its lines in their order."""

    country: str
    lines: Mapping[str, HelpLine]
    first: Mapping[Danger, tuple[str, ...]]

    def against(self, dangers: tuple[Danger, ...]) -> HelpLines:
        """The first line of each danger first, then the second ones; each line once."""
        keys = [self.first[danger] for danger in dangers]
        longest = max(map(len, keys), default=0)
        mixed = dict.fromkeys(own[place] for place in range(longest) for own in keys if place < len(own))
        return HelpLines(self.country, dangers, tuple(self.lines[key] for key in mixed))

    def dialled(self, number: str) -> HelpLines | None:
        """The line of this number, with the dangers that it is for."""
        line = next((line for line in self.lines.values() if number in (line.tel, line.sms)), None)
        if line is None:
            return None
        return HelpLines(self.country, tuple(danger for danger in DANGERS if line.key in self.first[danger]), (line,))

    def all(self) -> HelpLines:
        return HelpLines(self.country, DANGERS, tuple(self.lines.values()))

    def stale(self, today: date) -> tuple[HelpLine, ...]:
        """Lines that nobody has compared with their source for twelve months."""
        return tuple(line for line in self.lines.values() if _a_year_after(line.checked) < today)


@lru_cache(maxsize=1)
def books() -> Mapping[str, Book]:
    """By ISO code of the country. Raises ValueError where a file is not as it must be."""
    return {path.stem: _book(path) for path in sorted((seed_home() / "crisis").glob("[A-Z][A-Z].yaml"))}


def lines_of(country: str) -> HelpLines | None:
    """Every line of a country, for a page that lists them."""
    book = books().get(country)
    return book.all() if book else None


def _book(path: Path) -> Book:
    read = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    lines = {key: _line(key, own, read["checked"]) for key, own in read["lines"].items()}
    first = {danger: tuple(keys) for danger, keys in read["first"].items()}
    unknown = {key for keys in first.values() for key in keys} - lines.keys() | first.keys() ^ set(DANGERS)
    if unknown:
        raise ValueError(f"{path.name}: {sorted(unknown)} must be both among `first` and among what is known")
    return Book(path.stem, lines, first)


def _line(key: str, own: Mapping[str, Any], checked: date) -> HelpLine:
    texts = {field: own.get(field) or {} for field in ("name", "what", "open", "silent")}
    for field, said in texts.items():
        if said and set(said) != set(LANGUAGES):
            raise ValueError(f"{key}: {field} must be said in {LANGUAGES}")
    if not (own.get("call") or own.get("text")) or not texts["name"] or not texts["what"]:
        raise ValueError(f"{key}: no number, no name, or nothing that it is for")
    return HelpLine(
        key, texts["name"], texts["what"], texts["open"], texts["silent"], own.get("call"), own.get("text"),
        own.get("say"), own.get("chat"), own["source"], own.get("checked") or checked,
    )  # fmt: skip


def _digits(number: str | None) -> str | None:
    return "".join(sign for sign in number if sign.isdigit() or sign == "+") if number else None


def _a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # the 29th of February
        return date(day.year + 1, 3, 1)
