"""How much each key has asked for in the present minute, counted in this process's memory.

Several processes count each for themselves, so that a key may ask so much of every one of them.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Left:
    """`granted` or not, what is left of the minute's allowance, and the seconds until it begins anew."""

    granted: bool
    most: int
    remaining: int
    seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """For the program, whether it was granted or not."""
        told = {
            "RateLimit-Limit": str(self.most), "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.seconds),
        }  # fmt: skip
        return told if self.granted else {**told, "Retry-After": str(self.seconds)}


@dataclass(slots=True)
class Allowances:
    _minute: datetime | None = None
    _spent: dict[UUID, int] = field(default_factory=dict)

    def spend(self, key: UUID, most: int, wanted: int, now: datetime) -> Left:
        """Takes `wanted` from this minute's allowance, or nothing where so much is not left."""
        minute = now.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute, self._spent = minute, {}
        spent = self._spent.get(key, 0)
        granted = spent + wanted <= most
        self._spent[key] = spent + wanted if granted else spent
        seconds = max(1, round((minute + timedelta(minutes=1) - now).total_seconds()))
        return Left(granted, most, most - self._spent[key], seconds)
