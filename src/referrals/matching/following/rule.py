"""When another service is looked for, and which ones are not named again. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from referrals.tracking.lifecycle import OPEN, UNSENT, Status
from referrals.tracking.reasons import Side

TRANSIENT: Final = frozenset({"no_capacity"})
"""Reasons that pass by themselves."""
UNANSWERED: Final = "info_not_provided"
"""They had asked, and we did not answer: the next try may be with them."""
PASSES_AFTER: Final = timedelta(days=14)
MOST_ATTEMPTS: Final = 3
"""After so many that led nowhere, finding somebody is no longer one case manager's task alone."""
BEST: Final = 3
"""Kept ready."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One referral for a need, as far as the next step depends on it."""

    referral_id: UUID
    service_id: UUID
    number: int
    status: str
    position: int
    reason: str | None = None
    side: Side | None = None
    ended_at: datetime | None = None
    place_from: date | None = None
    """When the waiting list is expected to end, for one that stands on it."""

    @property
    def led_nowhere(self) -> bool:
        """It ended, and neither the person nor their case manager wanted it so."""
        if self.status in (Status.DECLINED, Status.EXPIRED):
            return True
        return self.status == Status.NOT_COMPLETED and self.side in (Side.PROVIDER, Side.SYSTEM)


def calls_for_another(attempts: Sequence[Attempt], need_by: date | None, today: date) -> Attempt | None:
    """The attempt after which another service is to be found; None while one is on its way, or somebody chose to stop.

    `attempts` in the order of their numbers. A place that comes after the day by which it is needed is no place yet: it
    is kept, and another is looked for beside it.
    """
    living = [one for one in attempts if one.status in OPEN]
    if living:
        late = [one for one in living if too_late(one, need_by, today)]
        sent = [one for one in living if one.status not in UNSENT]
        return late[-1] if late and len(late) == len(sent) else None
    ended = attempts[-1] if attempts else None
    return ended if ended is not None and ended.led_nowhere else None


def too_late(attempt: Attempt, need_by: date | None, today: date) -> bool:
    """On a waiting list past the day by which it is needed."""
    if attempt.status != Status.WAITLISTED or need_by is None:
        return False
    return need_by < max(today, attempt.place_from or today)


def tried(attempts: Sequence[Attempt], now: datetime) -> frozenset[UUID]:
    """Services that are not named again for this need: all that were asked, unless what stood in the way has passed."""
    return frozenset(one.service_id for one in attempts) - _passed(attempts, now)


def _passed(attempts: Sequence[Attempt], now: datetime) -> frozenset[UUID]:
    """Each service's last attempt decides."""
    last: Mapping[UUID, Attempt] = {one.service_id: one for one in attempts}
    return frozenset(id for id, one in last.items() if _has_passed(one, TRANSIENT, now))


def _has_passed(one: Attempt, reasons: Collection[str], now: datetime) -> bool:
    if one.status == Status.EXPIRED and one.reason == UNANSWERED:
        return True
    ended = one.status == Status.DECLINED and one.ended_at is not None and one.reason in reasons
    return ended and one.ended_at is not None and now - one.ended_at > PASSES_AFTER


def failures(attempts: Sequence[Attempt]) -> int:
    return sum(1 for one in attempts if one.led_nowhere)
