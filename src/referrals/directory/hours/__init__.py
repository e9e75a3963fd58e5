"""When something is open: every week, every month, on dates of its own; as HSDS has it, as people type and say it.

Pure. `of(rows)` and `to(hours)` meet HSDS, `read(text)` a person; `opening`, `open_during` and `on` answer questions on
the clock and calendar of a place (`Where`); `told` and `said` speak the language being spoken.
"""

from referrals.directory.hours.model import (
    DAY_END,
    DAYS,
    MONTHLY,
    REASONS,
    WEEKLY,
    Hours,
    PublicHolidays,
    Rule,
    Slot,
    Span,
    Special,
    of_week,
)
from referrals.directory.hours.nights import of_day
from referrals.directory.hours.rows import COLUMNS, listed, of, to, weekly
from referrals.directory.hours.sentences import (
    day_of,
    different,
    of_holidays,
    ranges,
    reason,
    regular,
    said,
    sentences,
    special,
    told,
    while_closed,
)
from referrals.directory.hours.typed import Typed, read
from referrals.directory.hours.wall import NOWHERE, Where, is_public_holiday, zone
from referrals.directory.hours.when import (
    Day,
    Opening,
    closure,
    last_day,
    next_change,
    occurs,
    on,
    open_at,
    open_during,
    opening,
)

slots = weekly
"""From a listing's `slots`."""

__all__ = [
    "COLUMNS", "DAYS", "DAY_END", "MONTHLY", "NOWHERE", "REASONS", "WEEKLY", "Day", "Hours", "Opening", "PublicHolidays",
    "Rule", "Slot", "Span", "Special", "Typed", "Where", "closure", "day_of", "different", "is_public_holiday", "last_day", "listed",
    "next_change", "occurs", "of", "of_day", "of_holidays", "of_week", "on", "open_at", "open_during", "opening", "ranges", "read",
    "reason", "regular", "said", "sentences", "slots", "special", "to", "told", "weekly", "while_closed", "zone",
]  # fmt: skip
