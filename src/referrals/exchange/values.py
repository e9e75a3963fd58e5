"""Values as packages write them, turned into what our columns hold. Every reader raises ValueError with a reason in words."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from referrals.exchange.hours import clock

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MARKERS = re.compile(r"\s*###\w+###")
# UTF-8 read as code page 437 and then squeezed into Latin-1: seen in exports of old directory software.
_MANGLED = {
    "GÇÖ": "’", "GÇÿ": "‘", "GÇ£": "“", "GÇ¥": "”", "GÇô": "–", "GÇö": "—", "GÇæ": "-", "GÇï": "", "GÇª": "…", "GÇó": "•",
}  # fmt: skip
_BROKEN = re.compile("|".join(_MANGLED))


def text(value: Any) -> str | None:
    """Trimmed; written-out line breaks become line breaks, mangled quotation marks become what they were."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        raise ValueError("holds a list or an object where a text belongs")
    said = str(value)
    if "\\" in said:
        said = said.replace("\\r", "").replace("\\n", "\n").replace("\\t", " ")
    if "GÇ" in said:
        said = _BROKEN.sub(lambda match: _MANGLED[match.group()], said)
    if "###" in said:
        said = _MARKERS.sub("", said)
    return _CONTROL.sub("", said).strip() or None


def markers(value: Any) -> list[str]:
    """Codes such as ###MON### that a source keeps inside its texts."""
    return [found.strip() for found in _MARKERS.findall(value)] if isinstance(value, str) and "###" in value else []


def whole(value: Any) -> int:
    number = real(value)
    if number != int(number):
        raise ValueError("is not a whole number")
    return int(number)


def real(value: Any) -> float:
    if isinstance(value, bool):
        raise ValueError("is not a number")
    try:
        number = float(str(value).strip().replace(",", "."))
    except ValueError:
        raise ValueError("is not a number") from None
    if not abs(number) < 1e15:  # nor is "nan"
        raise ValueError("is not a number")
    return number


def amount(value: Any) -> Decimal:
    try:
        number = Decimal(str(value).strip().lstrip("$€£").replace(",", "."))
    except InvalidOperation:
        raise ValueError("is not an amount") from None
    if not number.is_finite():
        raise ValueError("is not an amount")
    return number


def day(value: Any) -> date:
    """An ISO date, or the day of an ISO moment. Other orders of day and month would be a guess."""
    said = str(value).strip()
    try:
        return date.fromisoformat(said[:10])
    except ValueError:
        raise ValueError("is not a date like 2027-01-15") from None


def moment(value: Any) -> datetime:
    """An ISO moment; without a zone it is read as UTC."""
    said = str(value).strip()
    try:
        found = datetime.fromisoformat(re.sub(r"(\.\d{1,6})\d*", lambda m: m.group(1).ljust(7, "0"), said))
    except ValueError:
        raise ValueError("is not a moment like 2027-01-15T09:00:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def at(value: Any) -> time:
    found = clock(str(value))
    if found is None:
        raise ValueError("is not a time like 09:00")
    return found


def identity(value: Any) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise ValueError("is not a UUID") from None


def mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("is not an object")
    return value


READERS: dict[type, Callable[[Any], Any]] = {
    str: text, UUID: identity, int: whole, float: real, Decimal: amount, date: day, datetime: moment, time: at, dict: mapping,
}  # fmt: skip
