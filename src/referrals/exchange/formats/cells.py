"""One cell of somebody's table, read as what its column holds."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal

from babel import Locale

from referrals.directory import hours
from referrals.exchange import tongues
from referrals.exchange.formats import marks, timetable
from referrals.exchange.plain import tidy
from referrals.exchange.reasons import (
    HOURS_IN_WORDS,
    NOT_AMOUNT,
    NOT_DATE,
    NOT_LANGUAGE,
    NOT_NUMBER,
    NOT_WHOLE,
    UNSAFE_LINK,
)  # fmt: skip
from referrals.exchange.values import safe_link
from referrals.kit.i18n import current_language
from referrals.kit.text import fold
from referrals.taxonomy.vocabulary import Vocabulary

NUMBERS = ("age", "whole", "amount", "degree")
_SEPARATORS = (";", "|", "\n", ",", "/")
_SLASHED = re.compile(r"(\d{1,4})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{1,4})(?:[T\s].*)?")
_YES = {
    "yes",
    "oui",
    "true",
    "vrai",
    "1",
    "x",
    "active",
    "actif",
    "active do not refer",
    "ouvert",
    "open",
    "en service",
}
_FREE = {"gratuit", "gratuite", "gratuits", "gratuites", "free", "free of charge", "no charge", "sans frais"}
_NO = {"no", "non", "false", "faux", "0", "inactive", "inactif", "closed", "ferme", "archive", "supprime"}


@dataclass(frozen=True, slots=True)
class Value:
    """`kept` is what goes on its way; `shown` how a preview writes it; `note` a reason to look, though nothing is wrong."""

    kept: object
    shown: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A word from a list of terms: one of ours, or (without `taxonomy`) the source's own."""

    taxonomy: str
    code: str
    said: str


def read(kind: str, said: str, dates: str, decimal: str, words: Vocabulary) -> Value:
    """Raises ValueError with a reason."""
    if kind.startswith("term:"):
        return _term(kind.removeprefix("term:"), said, words)
    if kind == "date":
        day = _day(said, dates)
        return Value(day.isoformat(), day.isoformat())
    if kind in NUMBERS:
        return _number(kind, said, decimal)
    return _READERS.get(kind, _plain)(said)


def separator(said: Sequence[str]) -> str:
    """What parts the values of these cells; empty where each seems to be one."""
    counts = {sign: sum(sign in one for one in said) for sign in _SEPARATORS}
    best = max(_SEPARATORS, key=lambda sign: counts[sign])
    return best if counts[best] else ";"


def date_order(said: Sequence[str]) -> Literal["ymd", "dmy", "mdy"]:
    """The order of day, month and year that most of these allow; the European one where they leave it open."""
    found = [match for one in said if (match := _SLASHED.fullmatch(one.strip()))]
    written = [match for match in found if len(match[1]) < 4]
    if not written:
        return "ymd"
    american = sum(int(match[1]) <= 12 < int(match[2]) for match in written)
    european = sum(int(match[2]) <= 12 < int(match[1]) for match in written)
    return "mdy" if american > european else "dmy"


def decimal_sign(said: Sequence[str]) -> Literal[".", ","]:
    """A comma where numbers such as 4,85 are written."""
    return "," if any(re.fullmatch(r"\s*-?\d+,\d+\s*€?\s*", one) for one in said) else "."


def _plain(said: str) -> Value:
    kept = tidy(said).text or ""
    return Value(kept, kept)


def _line(said: str) -> Value:
    kept = " ".join((tidy(said).text or "").split())
    return Value(kept, kept)


def _link(said: str) -> Value:
    link = safe_link(said)
    if link is None:
        raise ValueError(UNSAFE_LINK)
    return Value(link, link)


def _number(kind: str, said: str, decimal: str) -> Value:
    if kind == "amount" and fold(said) in _FREE:
        return Value("0", "0")
    plain = re.sub(r"[\s\u00a0\u202f]|€|\$|£|eur(?:os?)?|ans?$|years?$", "", said.strip().lower())
    if decimal == ",":
        plain = plain.replace(".", "").replace(",", ".") if "," in plain else plain
    else:
        plain = plain.replace(",", "") if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", plain) else plain
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise ValueError(NOT_AMOUNT if kind == "amount" else NOT_NUMBER) from None
    if not number.is_finite() or abs(number) > 10**9:
        raise ValueError(NOT_AMOUNT if kind == "amount" else NOT_NUMBER)
    if kind == "whole" and number != int(number):
        raise ValueError(NOT_WHOLE)
    shown = format(number.normalize(), "f")
    return Value(shown, shown)


def _day(said: str, dates: str) -> date:
    match = _SLASHED.fullmatch(said.strip())
    if match is None:
        raise ValueError(NOT_DATE)
    first, second, third = match[1], match[2], match[3]
    # Four figures are the year, wherever they stand.
    order = "ymd" if len(first) == 4 else dates if dates != "ymd" else "dmy"
    year, month, day = {"ymd": (first, second, third), "dmy": (third, second, first), "mdy": (third, first, second)}[
        order
    ]
    full = int(year) + 2000 if len(year) == 2 else int(year)
    try:
        return date(full, int(month), int(day))
    except ValueError:
        raise ValueError(NOT_DATE) from None


def _term(taxonomy: str, said: str, words: Vocabulary) -> Value:
    term = marks.known(words, taxonomy, said) or marks.by_data_inclusion(words, taxonomy, said.strip())
    if term is not None:
        return Value(Word(taxonomy, term.code, said), term.label(current_language()))
    return Value(Word("", fold(said).replace(" ", "-")[:80] or "term", said), said)


def _language(said: str) -> Value:
    spoken = tongues.spoken(said)
    if not spoken or all(one.code is None and not tongues.INTERPRETERS.search(one.name or "") for one in spoken):
        raise ValueError(NOT_LANGUAGE)
    return Value(spoken, ", ".join(one.code or one.name or "" for one in spoken))


def _hours(said: str) -> Value:
    """The slots where every word is understood; else the words themselves, and nothing is claimed."""
    slots = timetable.slots(said)
    if not slots:
        return Value(said, said, HOURS_IN_WORDS)
    week = hours.weekly(
        {"days": slot.days, "opens": slot.opens.isoformat(), "closes": slot.closes.isoformat()} for slot in slots
    )
    return Value(said, " · ".join(hours.sentences(week)))


def _status(said: str) -> Value:
    folded = fold(said)
    kept = "active" if folded in _YES else "inactive" if folded in _NO else said.strip().lower()
    return Value(kept, kept)


def _country(said: str) -> Value:
    """The two letters of a country that is written out in French or English."""
    if re.fullmatch(r"[A-Za-z]{2}", said.strip()):
        return Value(said.strip().upper(), said.strip().upper())
    folded = fold(said)
    also = {"usa": "US", "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "angleterre": "GB"}
    for tag in ("fr", "en"):
        also |= {fold(name): code for code, name in Locale(tag).territories.items() if len(code) == 2}
    kept = also.get(folded, said.strip())
    return Value(kept, kept)


_READERS: dict[str, Callable[[str], Value]] = {
    "line": _line, "id": _line, "email": _line, "link": _link, "language": _language, "hours": _hours,
    "status": _status, "country": _country,
}  # fmt: skip
