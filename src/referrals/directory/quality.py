"""How well a listing tells what somebody has to know: the mean of ten questions, those of data·inclusion's quality score.

For whoever keeps a listing, never for ranking: a poorly written listing may be the right place for somebody.
Pure; `directory.queries.quality` gathers the facts.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from referrals.kit.i18n import N_

FRESH = timedelta(days=183)
"""Up to six months after somebody looked at it, a listing is as good as new; at two years it counts for nothing."""
STALE = timedelta(days=730)
SHORTEST, LONGEST = 200, 2000
"""Characters of a description that tells enough and is still read."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a listing says, as far as the questions go. `remote_only`: it has no place, so that nobody asks for one."""

    address: bool
    way_in: bool
    """How somebody comes in: a referral route, or the process in words."""
    audience: bool
    need: bool
    person: bool
    """Somebody to ask for, by name."""
    fees: bool
    description: int
    """Characters of the description in the language in which it is longest."""
    phone: bool
    mail: bool
    looked_at: date | None
    """When somebody last checked or changed it."""
    remote_only: bool = False


@dataclass(frozen=True, slots=True)
class Criterion:
    """`points` from 0 to 1. `code` names it for programs, `part` is the page of the editor that raises it."""

    code: str
    points: float
    part: str

    @property
    def raised_by(self) -> str:
        """What would raise it, untranslated."""
        return RAISES[self.code]


@dataclass(frozen=True, slots=True)
class Quality:
    """`score` from 0 to 1."""

    score: float
    criteria: tuple[Criterion, ...]

    @property
    def percent(self) -> int:
        return round(self.score * 100)

    @property
    def lacking(self) -> tuple[Criterion, ...]:
        """What would raise it, the most first."""
        return tuple(sorted((one for one in self.criteria if one.points < 1), key=lambda one: one.points))


PARTS: dict[str, str] = {
    "address": "where", "way_in": "texts", "audience": "who", "need": "needs", "person": "contact", "freshness": "",
    "fees": "costs", "description": "texts", "phone": "contact", "mail": "contact",
}  # fmt: skip
"""Criterion -> the page of the editor on which it is raised; empty: the overview."""
RAISES: dict[str, str] = {
    "address": N_("Say where it is: street, postcode and town."),
    "way_in": N_("Say how to come: by telephone, by letter, just walk in."),
    "audience": N_("Say for whom it is."),
    "need": N_("Say which need it answers."),
    "person": N_("Name somebody to ask for."),
    "freshness": N_("Read it through and say that it is still right."),
    "fees": N_("Say what it costs, or that it is free."),
    "description": N_("Describe it in 200 to 2000 characters."),
    "phone": N_("Give a telephone number."),
    "mail": N_("Give an e-mail address."),
}
"""What would raise each, as a sentence to whoever keeps the listing."""


def quality(told: Told, today: date) -> Quality:
    """The mean over the questions that apply."""
    points = {
        "address": float(told.address),
        "way_in": float(told.way_in),
        "audience": float(told.audience),
        "need": float(told.need),
        "person": float(told.person),
        "freshness": freshness(told.looked_at, today),
        "fees": float(told.fees),
        "description": float(SHORTEST <= told.description <= LONGEST),
        "phone": float(told.phone),
        "mail": float(told.mail),
    }
    if told.remote_only:
        del points["address"]
    criteria = tuple(Criterion(code, value, PARTS[code]) for code, value in points.items())
    return Quality(sum(points.values()) / len(points), criteria)


def freshness(looked_at: date | None, today: date) -> float:
    """1 for six months, then evenly down to 0 at two years. Nobody knows when: 0."""
    if looked_at is None:
        return 0.0
    age = today - looked_at
    return 1.0 if age <= FRESH else max(0.0, 1 - (age - FRESH) / (STALE - FRESH))
