"""Tags: codes for the single things that a listing says and a seeker may ask for. Pure.

`free`, `room` and the like stand alone; `lang:ar` belongs to the group before its colon. Of one group any will do, of
several groups all must hold. What a listing does not say has no tag, and so is found by no wish for it: only an age that
nobody stated keeps nobody out, and is told as unknown (`UNSAID_AGE`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

FREE: Final = "free"
ROOM: Final = "room"
"""Said lately that there is room."""
WALK_IN: Final = "walk-in"
"""One may simply come."""
BY_ONESELF: Final = "self"
"""No letter of anybody's is needed."""
INTERPRETER: Final = "interpreter"
ACCESSIBLE: Final = (
    "step-free", "adapted-toilet", "hearing-loop", "sign-language", "easy-read", "quiet-space", "dogs-accepted",
    "children-accepted",
)  # fmt: skip
"""Codes of `accessibility`, each a tag of its own."""
ALONE: Final = (FREE, ROOM, WALK_IN, BY_ONESELF, INTERPRETER, *ACCESSIBLE)
CHEAP: Final = "cheap"
"""A wish for a small price: no tag of any listing, and no filter. It says what goes first."""
MODE, LANGUAGE, FOR, AGE, FORMAT, PAYS, BY = "mode", "lang", "for", "age", "format", "pays", "by"
"""Groups: how it is given, languages, audiences, ages, alone or in a group, who pays, by a woman or a man."""
GROUPS: Final = (MODE, LANGUAGE, FOR, AGE, FORMAT, PAYS, BY)
MINOR, ADULT, SENIOR = "age:minor", "age:adult", "age:senior"
UNSAID_AGE: Final = "age:unsaid"
"""Fulfils every wish for an age. Asked for by nobody, and never offered."""
_ADULT_FROM: Final = 18
_SENIOR_FROM: Final = 60
_MOST: Final = 20
"""Tags that one question may hold."""
_TAG: Final = re.compile(r"([a-z]+):([a-z0-9][a-z0-9-]{0,60})")


@dataclass(frozen=True, slots=True)
class Told:
    """What tags follow from, as listings have it. `only_for`: audiences of a hard rule; `accessible`: what is there."""

    free: bool | None = None
    room: bool | None = None
    walk_in: bool | None = None
    routes: Sequence[str] = ()
    interpreter: str | None = None
    accessible: Sequence[str] = ()
    modes: Sequence[str] = ()
    languages: Sequence[str] = ()
    welcomes: Sequence[str] = ()
    only_for: Sequence[str] = ()
    min_age: float | None = None
    max_age: float | None = None
    formats: Sequence[str] = ()
    funding: Sequence[str] = ()
    practitioner: str | None = None


def tags_of(told: Told) -> tuple[str, ...]:
    """In an order of their own, each once."""
    alone = {
        FREE: told.free,
        ROOM: told.room,
        WALK_IN: told.walk_in,
        BY_ONESELF: "self" in told.routes,
        INTERPRETER: told.interpreter == "interpreter-available",
        **{code: code in told.accessible for code in ACCESSIBLE},
    }
    grouped = {
        MODE: told.modes,
        LANGUAGE: [code.lower() for code in told.languages],
        FOR: [code for code in (*told.welcomes, *told.only_for) if code != "everyone"],
        FORMAT: told.formats,
        PAYS: [code for code in told.funding if code != FREE],
        BY: [told.practitioner] if told.practitioner else [],
    }
    found = [tag for tag, holds in alone.items() if holds]
    found += [tag for group, codes in grouped.items() for code in codes if known(tag := f"{group}:{code}")]
    return tuple(dict.fromkeys([*found, *_ages(told.min_age, told.max_age)]))


def known(tag: str) -> bool:
    """Whether this could be a tag at all; one that no service has is still one."""
    if tag in ALONE:
        return True
    parts = _TAG.fullmatch(tag)
    return parts is not None and parts[1] in GROUPS


def read(texts: Iterable[str]) -> tuple[str, ...]:
    """Tags as addresses hold them: what is none is left out, and so is whatever is too much."""
    asked = (text.strip().lower() for text in texts)
    return tuple(dict.fromkeys(tag for tag in asked if known(tag) and tag != UNSAID_AGE))[:_MOST]


def group_of(tag: str) -> str:
    """What comes before the colon; a tag that stands alone is a group of its own."""
    return tag.partition(":")[0]


def groups(tags: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """What must hold: of each of these, one. A listing that says no age fulfils every age."""
    found: dict[str, dict[str, None]] = {}
    for tag in tags:
        found.setdefault(group_of(tag), {})[tag] = None
    if AGE in found:
        found[AGE][UNSAID_AGE] = None
    return tuple(tuple(of) for of in found.values())


def fits(tags: Iterable[str], asked: Iterable[str]) -> bool:
    """Whether a service with these tags answers a question that holds those."""
    there = set(tags)
    return all(there.intersection(one_of) for one_of in groups(asked))


def offered(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts as they are shown: an age that is not stated counts for each, and nothing that leads nowhere."""
    unsaid = counts.get(UNSAID_AGE, 0)
    shown = {tag: count for tag, count in counts.items() if tag != UNSAID_AGE}
    for age in (MINOR, ADULT, SENIOR) if unsaid else ():
        shown[age] = shown.get(age, 0) + unsaid
    return {tag: count for tag, count in shown.items() if count > 0}


def audiences(rule: Mapping[str, object] | None) -> tuple[str, ...]:
    """Those that a hard rule is about: a tree of `all`, `any` and `term`. What stands under `not` is about others."""
    if not isinstance(rule, Mapping):
        return ()
    if isinstance(term := rule.get("term"), str):
        return (term,)
    branches = [part for key in ("all", "any") if isinstance(parts := rule.get(key), list) for part in parts]
    return tuple(dict.fromkeys(code for branch in branches for code in audiences(branch)))


def _ages(low: float | None, high: float | None) -> list[str]:
    if low is None and high is None:
        return [UNSAID_AGE]
    youngest, oldest = low or 0, high if high is not None else 200
    reaches = {
        MINOR: youngest < _ADULT_FROM,
        ADULT: youngest < _SENIOR_FROM and oldest >= _ADULT_FROM,
        SENIOR: oldest >= _SENIOR_FROM,
    }
    return [age for age, holds in reaches.items() if holds]
