"""What a service is told of what people say about it: in fives, so that nobody can be counted out.

Every number is rounded down to a multiple of five, the whole as well as each part. A part under five is not told; nor can
it be had by subtracting, for the rest of a whole that is rounded down is not known either. New figures come only when at
least five people have said something new. So whatever two looks a service puts beside each other, they differ by nothing or
by fives, and never at the moment at which one known person spoke.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

FIVE: Final = 5
GOOD: Final = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's last word on one referral, without who it was."""

    received: str
    resolved: str
    respect: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """`answers` and all counts are "at least so many"; a code that is missing was said by fewer than five, or nobody."""

    answers: int
    received: Mapping[str, int]
    resolved: Mapping[str, int]
    respectful: int
    """People who gave them four or five of five for being respectful and clear; 0: fewer than five."""


def figures(answers: Sequence[Answer]) -> Figures | None:
    """What may be told; None where it is too little."""
    if len(answers) < FIVE:
        return None
    return Figures(
        _fives(len(answers)), _counted([answer.received for answer in answers]),
        _counted([answer.resolved for answer in answers]),
        _fives(sum(answer.respect is not None and answer.respect >= GOOD for answer in answers)),
    )  # fmt: skip


def news(answers: Sequence[Answer], told_at: datetime | None) -> Figures | None:
    """Figures to tell now; None while fewer than five people have said something since the last ones."""
    fresh = [answer for answer in answers if told_at is None or answer.at > told_at]
    return figures(answers) if len(fresh) >= FIVE else None


def _counted(said: Sequence[str]) -> dict[str, int]:
    return {code: _fives(count) for code, count in sorted(Counter(said).items()) if count >= FIVE}


def _fives(count: int) -> int:
    return count - count % FIVE
