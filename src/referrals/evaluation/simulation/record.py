"""What is written down of what happened, and what is learned of it as every night: by the rules of `tracking`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal
from uuid import UUID

from referrals.tracking.evidence import Evidence, Learnt, Tally, aged, evidence_from, learn_days, learn_shares

Measure = Literal["quality", "acceptance", "answer_days", "wait_days"]
Tallies = dict[tuple[str, UUID], Tally]
_LEARN: Final[Mapping[Measure, Callable[[Mapping[tuple[str, UUID], Tally]], Iterator[Learnt]]]] = {
    "quality": learn_shares, "acceptance": learn_shares, "answer_days": learn_days, "wait_days": learn_days,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    measure: Measure
    need: str
    service_id: UUID
    value: float
    known: date
    """The day from which anybody can know it."""
    at: date
    """The day of which it speaks; it ages from there."""
    sure: float = 1.0


@dataclass(slots=True)
class Record:
    entries: list[Entry] = field(default_factory=list)

    def write(
        self, measure: Measure, need: str, service_id: UUID, value: float, *, known: date, at: date | None = None, sure: float = 1.0
    ) -> None:  # fmt: skip
        self.entries.append(Entry(measure, need, service_id, value, known, at or known, sure))

    def learned(self, today: date) -> Mapping[str, Evidence]:
        """By need, from what is known by this day."""
        tallies: dict[Measure, Tallies] = {measure: {} for measure in _LEARN}
        for one in self.entries:
            if one.known <= today:
                weight = one.sure * aged((today - one.at).days)
                seen = tallies[one.measure]
                key = one.need, one.service_id
                seen[key] = seen.get(key, Tally()) + Tally(1, weight, weight * one.value)
        return evidence_from({measure: list(settle(tallies[measure])) for measure, settle in _LEARN.items()})
