"""Fields of a JSON object that somebody else wrote: each is read as what it must be, and what is wrong is noted. Pure.

Nothing here raises: a value that cannot be read counts as not given, and the note names the field by its path.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import Final
from uuid import UUID

LONGEST: Final = 200
"""Signs of a text that is looked at."""
MOST: Final = 60
"""Values in a list."""
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Said:
    """Something to be said about the field at `where`: `code` names a sentence of `asked_problems`, `facts` fill it."""

    where: str
    code: str
    facts: Mapping[str, str | float] = field(default_factory=dict)


@dataclass(slots=True)
class Notes:
    """`problems` keep it from being answered, `remarks` are said beside the answer, `ignored` are keys nobody knows."""

    problems: list[Said] = field(default_factory=list)
    remarks: list[Said] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


class Fields:
    """One object at `path`."""

    def __init__(self, raw: Mapping[str, object], path: str, notes: Notes) -> None:
        self.raw, self.path, self.notes = raw, path, notes

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        """Given, and not as null."""
        return self.raw.get(name) is not None

    def knows(self, *names: str) -> None:
        """Notes every key that is none of these."""
        self.notes.ignored += [self.at(shown(name)) for name in self.raw if name not in names]

    def wrong(self, name: str, code: str, **facts: str | float) -> None:
        self.notes.problems.append(Said(self.at(name), code, facts))

    def remark(self, name: str, code: str, **facts: str | float) -> None:
        self.notes.remarks.append(Said(self.at(name), code, facts))

    def text(self, name: str, longest: int = LONGEST) -> str | None:
        value = self.raw.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self.wrong(name, "not_text")
        elif len(value) > longest:
            self.wrong(name, "too_long", most=longest)
        else:
            return value.strip() or None
        return None

    def choice(self, name: str, choices: Sequence[str], otherwise: str | None = None) -> str | None:
        value = self.raw.get(name)
        if value is None or (isinstance(value, str) and value in choices):
            return otherwise if value is None else value
        self.wrong(name, "not_a_choice", choices=", ".join(choices), value=shown(value))
        return otherwise

    def flag(self, name: str) -> bool | None:
        value = self.raw.get(name)
        if value is None or isinstance(value, bool):
            return value
        self.wrong(name, "not_a_flag", value=shown(value))
        return None

    def number(self, name: str, low: float, high: float) -> float | None:
        value = self.raw.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            self.wrong(name, "not_a_number", value=shown(value))
        elif not low <= value <= high:
            self.wrong(name, "out_of_bounds", low=low, high=high, value=shown(value))
        else:
            return float(value)
        return None

    def whole(self, name: str, low: int, high: int) -> int | None:
        value = self.number(name, low, high)
        if value is None or value.is_integer():
            return None if value is None else int(value)
        self.wrong(name, "not_whole", value=shown(self.raw[name]))
        return None

    def day(self, name: str) -> date | None:
        value = self.raw.get(name)
        if value is None:
            return None
        try:
            return date.fromisoformat(value if isinstance(value, str) and len(value) == len("2027-01-15") else "")
        except ValueError:
            self.wrong(name, "not_a_day", value=shown(value))
            return None

    def uuid(self, name: str) -> UUID | None:
        value = self.raw.get(name)
        if value is None or (isinstance(value, str) and _UUID.fullmatch(value)):
            return None if value is None else UUID(str(value))
        self.wrong(name, "not_a_uuid", value=shown(value))
        return None

    def texts(self, name: str) -> tuple[str, ...]:
        """Each once, in the order given."""
        found: list[str] = []
        for number, value in self._listed(name):
            if isinstance(value, str) and 0 < len(value) <= LONGEST:
                found.append(value)
            else:
                self.wrong(f"{name}[{number}]", "not_text")
        return tuple(dict.fromkeys(found))

    def inner(self, name: str) -> "Fields | None":
        value = self.raw.get(name)
        if value is None or isinstance(value, Mapping):
            return None if value is None else Fields(value, self.at(name), self.notes)
        self.wrong(name, "not_an_object")
        return None

    def inners(self, name: str, most: int = MOST) -> Iterator["Fields"]:
        for number, value in self._listed(name, most):
            if isinstance(value, Mapping):
                yield Fields(value, self.at(f"{name}[{number}]"), self.notes)
            else:
                self.wrong(f"{name}[{number}]", "not_an_object")

    def _listed(self, name: str, most: int = MOST) -> Iterator[tuple[int, object]]:
        value = self.raw.get(name)
        if value is None:
            return
        if not isinstance(value, list | tuple):
            self.wrong(name, "not_a_list")
        elif len(value) > most:
            self.wrong(name, "too_many", most=most, number=len(value))
        else:
            yield from enumerate(value)


def shown(value: object) -> str:
    """What was given, short enough to be repeated."""
    text = value if isinstance(value, str) else repr(value) if isinstance(value, int | float) else type(value).__name__
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
