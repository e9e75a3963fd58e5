"""What a rule found: a verdict, and everything needed to say it in a sentence and to show what decided it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache

Fact = str | int | float | tuple[str, ...] | None


class Verdict(StrEnum):
    MEETS = "meets"
    FAILS = "fails"
    UNKNOWN = "unknown"


class Class(StrEnum):
    """What may be done about a failure."""

    ABSOLUTE = "A"
    OVERRIDABLE = "O"
    """By the case manager, with a reason that is kept."""
    FIXABLE = "F"
    """Never excludes: something to bring or to arrange."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` and `facts` make the sentence (matching.sentences); dates among the facts are ISO strings."""

    id: str
    verdict: Verdict
    cls: Class
    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    datum: str = ""
    """What decided: `listing.…` or `person.…`."""
    dated: date | None = None
    """When that was said."""

    @property
    def excludes(self) -> bool:
        return self.verdict is Verdict.FAILS

    @property
    def to_fix(self) -> bool:
        return self.cls is Class.FIXABLE and self.verdict is not Verdict.MEETS

    @property
    def to_check(self) -> bool:
        return self.verdict is Verdict.UNKNOWN and self.cls is not Class.FIXABLE

    @property
    def about_person(self) -> bool:
        """The gap is in the person's file, not in the listing."""
        return self.datum.startswith("person.")


def meets(id: str, code: str, datum: str = "", dated: date | None = None, /, **facts: Fact) -> Finding:
    if not facts and dated is None:
        return _plainly(id, code, datum)
    return Finding(id, Verdict.MEETS, Class.OVERRIDABLE, code, facts, datum, dated)


@cache
def _plainly(id: str, code: str, datum: str) -> Finding:
    """Most findings of most services are one of a few dozen that say no more than this; they are made once."""
    return Finding(id, Verdict.MEETS, Class.OVERRIDABLE, code, {}, datum)


def unknown(id: str, code: str, datum: str, dated: date | None = None, /, **facts: Fact) -> Finding:
    return Finding(id, Verdict.UNKNOWN, Class.OVERRIDABLE, code, facts, datum, dated)


def blocked(id: str, code: str, datum: str, dated: date | None = None, /, **facts: Fact) -> Finding:
    """Fails, and nobody may wave it through."""
    return Finding(id, Verdict.FAILS, Class.ABSOLUTE, code, facts, datum, dated)


def hindered(id: str, code: str, datum: str, dated: date | None = None, /, **facts: Fact) -> Finding:
    """Fails, unless a case manager knows better and says why."""
    return Finding(id, Verdict.FAILS, Class.OVERRIDABLE, code, facts, datum, dated)


def fix(id: str, code: str, datum: str, **facts: Fact) -> Finding:
    return Finding(id, Verdict.UNKNOWN, Class.FIXABLE, code, facts, datum)
