"""Opening hours as people write them, read only where there is one way to read them."""

import re
from dataclasses import dataclass
from datetime import time
from functools import lru_cache

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NAMES = {
    "mo": 0, "mon": 0, "monday": 0, "tu": 1, "tue": 1, "tues": 1, "tuesday": 1, "we": 2, "wed": 2, "wednesday": 2,
    "th": 3, "thu": 3, "thur": 3, "thurs": 3, "thursday": 3, "fr": 4, "fri": 4, "friday": 4, "sa": 5, "sat": 5,
    "saturday": 5, "su": 6, "sun": 6, "sunday": 6,
}  # fmt: skip
_TWELVE = re.compile(r"(\d{1,2})(?::?(\d{2}))?\s*([ap])\.?(?:m\.?)?", re.IGNORECASE)
_TWENTY_FOUR = re.compile(r"(\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?")
_ALWAYS = re.compile(r"24\s*(?:hours|hrs|/)[\s,a-z]*(?:,\s*)?7(?:\s*days(?:[\s/a]*week)?)?|24\s*/\s*7", re.IGNORECASE)
LAST_MINUTE = time(23, 59)


@dataclass(frozen=True, slots=True)
class Slot:
    """Open on these days (MO … SU) from `opens` to `closes`."""

    days: tuple[str, ...]
    opens: time
    closes: time


def clock(text: str) -> time | None:
    """`8:30am`, `9am`, `830am`, `17:00`, `17:00:00+01:00`, `noon`. None for `8:00`, which may be morning or evening."""
    said = text.strip().lower()
    if said in {"noon", "midday"}:
        return time(12)
    if match := _TWENTY_FOUR.fullmatch(text.strip()):
        return _time(int(match[1]), int(match[2]))
    if match := _TWELVE.fullmatch(said):
        hour, minute = int(match[1]), int(match[2] or 0)
        if 1 <= hour <= 12:
            return _time(hour % 12 + (12 if match[3] == "p" else 0), minute)
    return None


def weekday(text: str) -> str | None:
    """A day's name in any usual length, as HSDS writes it."""
    index = _NAMES.get(text.strip().lower().rstrip("."))
    return None if index is None else DAYS[index]


@lru_cache(maxsize=4096)
def week(text: str) -> tuple[Slot, ...] | None:
    """`9:00am-5:00pm, Mon-Fri; 10:00am-2:00pm, Sat`, `MO-FR 09:00-12:00`: the slots, or None when any word of it stays unread."""
    slots: list[Slot] = []
    said = text.replace("–", "-").replace("—", "-").replace("\\n", "\n")
    for part in filter(None, (piece.strip(" \t:.,") for piece in re.split(r"[;\n]+", said))):
        found = _part(part)
        if not found:
            return None
        slots += found
    return tuple(slots) or None


def _part(part: str) -> list[Slot]:
    if _ALWAYS.fullmatch(part):
        return [Slot(DAYS, time(0), LAST_MINUTE)]
    first = re.split(r"\s*,\s*", part)
    times_first = _times(first[0])
    if times_first and len(first) > 1:
        days = _days(",".join(first[1:]))
        return [Slot(days, opens, closes) for opens, closes in times_first] if days else []
    words = re.match(r"([A-Za-z][A-Za-z,\s-]*?)[:,\s]\s*(\d.*)", part)
    if not words:
        return []
    days, pieces = _days(words[1]), [_times(piece) for piece in words[2].split(",")]
    if not days or not all(pieces):
        return []
    return [Slot(days, opens, closes) for piece in pieces for opens, closes in piece]


def _times(text: str) -> list[tuple[time, time]]:
    """`8:00am-1:00pm / 2:00pm-5:00pm`; empty when it is not that. A closing before the opening is nobody's certainty."""
    pairs = []
    for piece in re.split(r"\s*(?:/|&|\band\b)\s*", text.strip()):
        ends = re.split(r"\s*(?:-|\bto\b)\s*", piece.strip())
        if len(ends) != 2:
            return []
        opens, closes = clock(ends[0]), clock(ends[1])
        if opens is None or closes is None or opens >= closes:
            return []
        pairs.append((opens, closes))
    return pairs


def _days(text: str) -> tuple[str, ...]:
    """`Mon-Thur, Sat`; empty when any word of it is no day."""
    if text.strip().lower() in {"daily", "every day", "everyday", "7 days a week"}:
        return DAYS
    found: set[int] = set()
    for piece in re.split(r"\s*(?:,|&|\band\b)\s*", text.strip(" ,")):
        ends = [
            _NAMES.get(word.strip().lower().rstrip(".")) for word in re.split(r"\s*(?:-|\bto\b|\bthrough\b)\s*", piece)
        ]
        if len(ends) > 2 or None in ends:
            return ()
        first, last = ends[0], ends[-1]
        if first is None or last is None or last < first:
            return ()
        found.update(range(first, last + 1))
    return tuple(DAYS[index] for index in sorted(found))


def _time(hour: int, minute: int) -> time | None:
    if (hour, minute) == (24, 0):
        return LAST_MINUTE
    return time(hour, minute) if hour < 24 and minute < 60 else None
