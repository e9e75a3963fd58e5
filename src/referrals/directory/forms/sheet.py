"""What every page of the form works with: whose record it is, what stands, what was typed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Any, ClassVar, Protocol

from litestar.datastructures import FormMultiDict

from referrals.directory.changes import Value, Values
from referrals.directory.changes.fields import written
from referrals.taxonomy.vocabulary import Vocabulary

LONGEST = 20_000
"""Letters of one field; more is a mistake, or worse."""
_BARE_URL = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}(?:[/?#]\S*)?")
_CLOCK = re.compile(r"(\d{1,2})(?:\s*[:hH.]\s*(\d{2})?)?(?:\s*([aApP])\.?[mM]\.?)?")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One record before somebody. `own`: the language its columns speak; `places`: location id -> name."""

    entity: str
    own: str
    words: Vocabulary
    today: date
    country: str | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    elsewhere: tuple[str, ...] = ()
    """Hours that its places give it while it has none of its own, as sentences."""


@dataclass(slots=True)
class Entered:
    """A page as filled in. `again`: a button that only changes the form was pressed; `focus`: where to go on."""

    raw: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    again: bool = False
    focus: str = ""
    said: str = ""
    """A word about what the button did, read aloud."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.raw.get(name, "")


class Item(Protocol):
    """A question, or several that belong together. `kind` names the block of the template that draws it."""

    kind: ClassVar[str]

    def fields(self, sheet: Sheet) -> tuple[str, ...]:
        """The fields of the record that it is about."""

    def show(self, sheet: Sheet, present: Values, into: Entered) -> None:
        """What stands, as the form's strings."""

    def enter(self, sheet: Sheet, data: FormMultiDict, present: Values, into: Entered) -> None:
        """What was typed, as it was, with what is wrong about it, and as values."""


@dataclass(frozen=True, slots=True)
class Page:
    """One short page. `title`: what it is about; `lead`: a word on how to fill it in."""

    code: str
    title: str
    lead: str
    items: tuple[Item, ...]

    def fields(self, sheet: Sheet) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for item in self.items for name in item.fields(sheet)))

    def shown(self, sheet: Sheet, present: Values) -> Entered:
        entered = Entered()
        for item in self.items:
            item.show(sheet, present, entered)
        entered.raw["version"] = version(present)
        return entered

    def entered(self, sheet: Sheet, data: FormMultiDict, present: Values) -> Entered:
        entered = Entered(raw={"version": one(data, "version")})
        for item in self.items:
            item.enter(sheet, data, present, entered)
        return entered


def version(present: Values) -> str:
    """Changes whenever anything that the page shows does: a page that was opened before is then out of date."""
    said = repr(sorted((name, written(value)) for name, value in present.items()))
    return blake2b(said.encode(), digest_size=12).hexdigest()


def one(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value.replace("\x00", "").replace("\r\n", "\n").strip()[:LONGEST] if isinstance(value, str) else ""


def many(data: FormMultiDict, name: str) -> list[str]:
    return [value for value in data.getall(name, []) if isinstance(value, str) and value]


def pressed(data: Mapping[str, Any], what: str) -> list[str]:
    """The parts of the button's value behind `what`: `remove:phones:2` asked for `remove` is `phones`, `2`."""
    parts = one(data, "do").split(":")
    return parts[1:] if parts[0] == what else []


def tidied(input: str, text: str) -> str:
    """`www.example.org` as people write it is a web address too."""
    return f"https://{text}" if input == "url" and _BARE_URL.fullmatch(text) else text


def day(text: str) -> date | None:
    """`2027-01-15`, `15/01/2027`, `15.1.2027`."""
    if match := re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", text):
        text = f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


def clock(text: str) -> time | None:
    """`9`, `9h`, `9 h 30`, `09:30`, `24:00`, `2:30 pm`."""
    match = _CLOCK.fullmatch(text.strip())
    if not match:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[3].lower() == "p" else 0)
    if (hour, minute) == (24, 0):
        return time(0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def closing(text: str, opens: time | None) -> time | None:
    """As `clock`; the bare `5` of somebody who writes `9` to `5` is the afternoon."""
    found = clock(text)
    if (
        found
        and opens
        and re.fullmatch(r"[1-9]|1[01]", text.strip())
        and found <= opens < found.replace(found.hour + 12)
    ):
        return found.replace(found.hour + 12)
    return found


def amount(text: str) -> Decimal | None:
    try:
        found = Decimal(re.sub(r"[\s€£$]", "", text).replace(",", "."))
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 <= found < 1_000_000 else None
