"""Values as packages write them, turned into what our columns hold. Every reader raises ValueError with a reason."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from referrals.exchange import reasons
from referrals.exchange.hours import clock
from referrals.exchange.plain import tidy

_MARKERS = re.compile(r"\s*###\w+###")
_SCHEME = re.compile(r"([a-z][a-z0-9+-]*):", re.IGNORECASE)
_WEB = {"http", "https", "ftp", "mailto", "tel"}
_NAMES = {"urn", "doi", "info", "tag", "did", "geo"}
"""Schemes that name a thing and open nothing."""
LARGEST = 2**31 - 1
LONGEST = 200_000
"""Characters of one text."""
_NEVER = {date(1904, 1, 1), date(1970, 1, 1)}
"""The days from which programs count; as dates of a service they mean that nobody knows, as all of 1900 and before."""


class NotKnown(ValueError):
    """A value that stands for none. Nothing is lost with it."""


def text(value: Any) -> str | None:
    """Trimmed plain text: no HTML, no hidden signs, line breaks as line breaks."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        raise ValueError(reasons.NO_TEXT)
    return short(tidy(str(value)).text)


def short(said: str | None) -> str | None:
    """Raises ValueError where a text is too long to be one."""
    if said is not None and len(said) > LONGEST:
        raise ValueError(reasons.LONG_TEXT % {"limit": LONGEST})
    return said


def safe_link(said: str) -> str | None:
    """A web address that may be opened, or a name such as urn:…; None for javascript:, data:, file: and the like."""
    bare = re.sub(r"\s", "", said)
    scheme = _SCHEME.match(bare)
    if scheme is None or scheme[1].lower() in _WEB | _NAMES or re.match(r"[^:/]+:\d+(/|$)", bare):
        return f"http://{said}" if re.fullmatch(r"www\.[^\s;,]+", said) else said
    return None


def markers(value: Any) -> list[str]:
    """Codes such as ###MON### that a source keeps inside its texts."""
    return [found.strip() for found in _MARKERS.findall(value)] if isinstance(value, str) and "###" in value else []


def whole(value: Any) -> int:
    number = real(value)
    if number != int(number):
        raise ValueError(reasons.NOT_WHOLE)
    if abs(number) > LARGEST:
        raise ValueError(reasons.TOO_BIG)
    return int(number)


def real(value: Any) -> float:
    if isinstance(value, bool):
        raise ValueError(reasons.NOT_NUMBER)
    try:
        number = float(str(value).strip().replace(",", "."))
    except ValueError:
        raise ValueError(reasons.NOT_NUMBER) from None
    if not abs(number) < 1e15:  # nor is "nan"
        raise ValueError(reasons.NOT_NUMBER)
    return number


def amount(value: Any) -> Decimal:
    try:
        number = Decimal(str(value).strip().lstrip("$€£").replace(",", "."))
    except InvalidOperation:
        raise ValueError(reasons.NOT_AMOUNT) from None
    if not number.is_finite() or number.adjusted() > 12 or int(number.as_tuple().exponent) < -12:
        raise ValueError(reasons.NOT_AMOUNT)
    return number


def day(value: Any) -> date:
    """An ISO date, or the day of an ISO moment. Other orders of day and month would be a guess. Raises NotKnown too."""
    said = str(value).strip()
    try:
        found = date.fromisoformat(said[:10])
    except ValueError:
        raise ValueError(reasons.NOT_DATE) from None
    if found.year <= 1900 or found in _NEVER:
        raise NotKnown(reasons.UNKNOWN_DAY)
    return found


def moment(value: Any) -> datetime:
    """An ISO moment; without a zone it is read as UTC. Raises NotKnown too."""
    said = str(value).strip()
    try:
        found = datetime.fromisoformat(re.sub(r"(\.\d{1,6})\d*", lambda m: m.group(1).ljust(7, "0"), said))
    except ValueError:
        raise ValueError(reasons.NOT_MOMENT) from None
    if found.year <= 1900 or found.date() in _NEVER:
        raise NotKnown(reasons.UNKNOWN_DAY)
    if found.year > 9000:
        raise ValueError(reasons.NOT_MOMENT)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def at(value: Any) -> time:
    found = clock(str(value))
    if found is None:
        raise ValueError(reasons.NOT_TIME)
    return found


def identity(value: Any) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise ValueError(reasons.NOT_UUID) from None


def mapping(value: Any) -> dict[str, Any]:
    """An object, such as the translations of a record, with every text in it made plain. A table holds it as JSON."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise ValueError(reasons.NOT_OBJECT) from None
    if not isinstance(value, dict):
        raise ValueError(reasons.NOT_OBJECT)
    return {tidy(str(key)).text or "": _plain(one) for key, one in value.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return mapping(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not abs(value) < 1e300:
        return None
    return short(tidy(value).text) if isinstance(value, str) else value


READERS: dict[type, Callable[[Any], Any]] = {
    str: text, UUID: identity, int: whole, float: real, Decimal: amount, date: day, datetime: moment, time: at, dict: mapping,
}  # fmt: skip
