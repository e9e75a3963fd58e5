"""What an import did, in numbers and in words."""

from collections import Counter
from dataclasses import dataclass, field

from referrals.exchange.ids import key_of
from referrals.exchange.reasons import NO_PLACE

LISTED = 500
"""Of repairs that are all alike, so many are listed with their places; the others are only counted."""
NAMES = 2000
"""So many different fields without a place are told apart."""


@dataclass(frozen=True, slots=True)
class Where:
    """A place in the package: a file, and the line on which a record begins (from 1; 0 when it has none)."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Rejection:
    """One record that was not taken, or one value of a record that was (then `field` names it)."""

    file: str
    line: int
    entity: str
    id: str | None
    reason: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """How the terms of this source stand: `services` counts services that no linked term and no need of ours reaches."""

    linked: int = 0
    proposed: int = 0
    nothing_fits: int = 0
    open: int = 0
    services: int = 0


@dataclass(frozen=True, slots=True)
class Unshown:
    """A service that is not shown, because its organization is gone from the source."""

    id: str
    name: str
    organization: str


@dataclass(slots=True)
class Report:
    """Counts of all kinds of record added up; `kinds` has them apart."""

    source: str
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    unreadable: list[Rejection] = field(default_factory=list)
    """Values that could not be read; their records were taken without them, and they count as lost."""
    lost: Counter[str] = field(default_factory=Counter)
    """`table.field` -> how often it held something that has no place here; `losses` has the first of each with their places."""
    losses: list[Rejection] = field(default_factory=list)
    empty: Counter[str] = field(default_factory=Counter)
    """Rows that say nothing."""
    repaired: Counter[str] = field(default_factory=Counter)
    """What was put right, and how often; `repairs` has the first of each kind with their places."""
    repairs: list[Rejection] = field(default_factory=list)
    unshown: list[Unshown] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    """Files of the package that hold no records."""
    kinds: dict[str, dict[str, int]] = field(default_factory=dict)
    listings: int = 0
    terms: Terms = field(default_factory=Terms)
    seconds: float = 0.0
    spans: dict[str, float] = field(default_factory=dict)
    """Seconds that each phase took: read, check, write, list."""
    conflicts: int = 0
    """Fields that were edited here and that the source now says otherwise: newly found by this import."""
    format: str = ""
    seen_texts: set[str] = field(default_factory=set, repr=False)
    """Texts about opening hours that have been kept once already."""

    def lose(self, where: Where, entity: str, id: str | None, name: str, reason: str = NO_PLACE) -> None:
        """Something that has no place here; `name` as the source has it, `table.field`."""
        name = key_of(name)  # the names of fields are as strange as their sources
        if name not in self.lost and len(self.lost) >= NAMES:
            name = f"{name.partition('.')[0]}.…"
        self.lost[name] += 1
        if self.lost[name] <= LISTED:
            self.losses.append(Rejection(where.file, where.line, entity, id, reason, name))

    def reject(self, where: Where, entity: str, id: str | None, reason: str) -> None:
        self.rejected.append(Rejection(where.file, where.line, entity, key_of(id) or None, reason))

    def mend(self, where: Where, entity: str, id: str | None, reason: str, field: str | None = None) -> None:
        """A value, or a file, that was put right: counted always, listed while there are few of its kind."""
        kind = f"{entity}.{field}: {reason}" if field else f"{entity}: {reason}"
        self.repaired[kind] += 1
        if self.repaired[kind] <= LISTED:
            self.repairs.append(Rejection(where.file, where.line, entity, key_of(id) or None, reason, field))

    def count(self, entity: str, *, created: int, changed: int, unchanged: int, gone: int) -> None:
        if created or changed or unchanged or gone:
            self.kinds[entity] = {"created": created, "changed": changed, "unchanged": unchanged, "gone": gone}
        self.created += created
        self.changed += changed
        self.unchanged += unchanged
        self.gone += gone
