"""What opening hours are made of: what comes back every week or month, and the days that are different. Values only."""

from dataclasses import dataclass, field
from datetime import date, time
from typing import Final

from referrals.kit.i18n import N_

DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY_END: Final = time(23, 59)
"""How a span is written that lasts until midnight."""
WEEKLY: Final = "WEEKLY"
MONTHLY: Final = "MONTHLY"
REASONS: dict[str, str] = {
    "holidays": N_("holidays"), "works": N_("works"), "staff": N_("nobody to stand in"),
    "moving": N_("moving house"), "event": N_("a day of our own"),
}  # fmt: skip
"""Why a place is closed, where a word is enough; a reason may also be a text of its own."""


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """`day`: 0 is Monday. A slot that closes before it opens runs into the next day."""

    day: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From when to when on one day. One that closes before it opens runs into the next."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Rule:
    """What comes back: one schedule of HSDS. `byday` holds MO … SU, in a month also 1MO (the first) or -1FR (the last).

    `start` and `until` bound the series, `valid_from` and `valid_to` what we know of it. `more`: columns that say
    nothing about when, kept as they came.
    """

    freq: str
    span: Span
    byday: tuple[str, ...] = ()
    bymonthday: tuple[int, ...] = ()
    interval: int = 1
    start: date | None = None
    until: date | None = None
    count: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    byweekno: tuple[int, ...] = ()
    byyearday: tuple[int, ...] = ()
    wkst: str | None = None
    more: tuple[tuple[str, str], ...] = ()

    @property
    def weekly(self) -> bool:
        """Every week, on days of the week and nothing else."""
        plain = not (self.bymonthday or self.byweekno or self.byyearday or self.count)
        return self.freq == WEEKLY and self.interval == 1 and plain

    @property
    def plain(self) -> bool:
        """Every week, always, with no word beside it: nothing that a slot could not say."""
        bounds = (self.start, self.until, self.valid_from, self.valid_to)
        return self.weekly and not any(bounds) and not self.more

    @property
    def slots(self) -> tuple[Slot, ...]:
        """As days of the week; nothing for a rule that is not weekly."""
        if not self.weekly:
            return ()
        return tuple(Slot(DAYS.index(day), self.span.opens, self.span.closes) for day in self.byday)

    @property
    def anchored(self) -> bool:
        """Can be reckoned: every second week is nothing without a first one."""
        return (self.interval == 1 and self.count is None) or self.start is not None


@dataclass(frozen=True, slots=True)
class Special:
    """A day, or days from `first` to `last`, that are different: other hours, or with no `spans` closed.

    `last` None: until further notice. `yearly`: the same days every year. `temporary`: the whole place is closed for a
    while, which is more than a day off. `reason`: a code of REASONS, or words.
    """

    first: date
    last: date | None
    spans: tuple[Span, ...] = ()
    yearly: bool = False
    reason: str = ""
    temporary: bool = False

    @property
    def closed(self) -> bool:
        return not self.spans


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """What happens on public holidays. Other hours, or with no `spans` closed; `as_usual`: no difference."""

    spans: tuple[Span, ...] = ()
    as_usual: bool = False


@dataclass(frozen=True, slots=True)
class Hours:
    """Everything that is known about when. `others`: rows that nobody can reckon with, kept word for word."""

    rules: tuple[Rule, ...] = ()
    specials: tuple[Special, ...] = ()
    holidays: PublicHolidays | None = None
    """None: the listing does not say."""
    others: tuple[tuple[tuple[str, str], ...], ...] = field(default=())

    @property
    def known(self) -> bool:
        """Whether anything says when it is open."""
        return bool(self.rules) or any(special.spans for special in self.specials)

    @property
    def week(self) -> tuple[Slot, ...]:
        """All weekly slots, whatever their season."""
        return tuple(sorted({slot for rule in self.rules for slot in rule.slots}))

    @property
    def notes(self) -> tuple[str, ...]:
        """What stands beside the hours in words, as the source wrote it."""
        said = [pair for rule in self.rules for pair in rule.more] + [pair for row in self.others for pair in row]
        return tuple(dict.fromkeys(text for name, text in said if name in ("description", "notes")))

    @property
    def closure(self) -> tuple[Special, ...]:
        """The temporary closures, the earliest first."""
        return tuple(sorted((one for one in self.specials if one.temporary), key=lambda one: one.first))


def of_week(week: tuple[Slot, ...]) -> Hours:
    """Weekly slots and nothing else, days of the same hours in one rule, the earliest first."""
    days: dict[Span, list[int]] = {}
    for slot in sorted(set(week)):
        days.setdefault(Span(slot.opens, slot.closes), []).append(slot.day)
    return Hours(tuple(Rule(WEEKLY, span, tuple(DAYS[day] for day in of)) for span, of in days.items()))
