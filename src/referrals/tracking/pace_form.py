"""A service's own times, as a form asks for them and as a page tells what they change. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, get_args

from referrals.kit import forms
from referrals.kit.i18n import N_, ngettext
from referrals.kit.i18n import gettext as _
from referrals.tracking.lifecycle import Status
from referrals.tracking.timers import RULES, Span, Stage

LONGEST: Final = 90
"""Days."""
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
URGENCIES: Final = ("routine", "urgent")
FIRST: Final = ("answer", "contact")
"""What is asked of everybody; the others are one press away."""
_STATUS: Final[Mapping[str, Status]] = {
    "answer": Status.SENT, "contact": Status.ACCEPTED, "booking": Status.REBOOKING, "review": Status.WAITLISTED,
    "progress": Status.IN_SERVICE,
}  # fmt: skip
LABELS: Final[Mapping[str, str]] = {
    "answer": N_("We usually answer within … working days"),
    "contact": N_("After a yes, we get in touch within … working days"),
    "booking": N_("After a missed appointment, we set a new one within … working days"),
    "review": N_("Whoever is on our waiting list is thought of again every … days"),
    "progress": N_("While we help, the sender asks how it goes every … days"),
}
HINTS: Final[Mapping[str, str]] = {
    "contact": N_("It counts where you name no day yourselves."),
}


class PaceForm(forms.Form):
    """Days; empty for what is usual."""

    routine_answer: int | None = None
    routine_contact: int | None = None
    routine_booking: int | None = None
    routine_review: int | None = None
    routine_progress: int | None = None
    urgent_answer: int | None = None
    urgent_contact: int | None = None
    urgent_booking: int | None = None
    urgent_review: int | None = None
    urgent_progress: int | None = None

    def problems(self) -> dict[str, str]:
        wrong = _("Between 1 and %(most)d days, please, or nothing for what is usual.") % {"most": LONGEST}
        return {
            name: wrong for urgency in URGENCIES for stage in STAGES
            if (days := getattr(self, name := f"{urgency}_{stage}")) is not None and not 1 <= days <= LONGEST
        }  # fmt: skip

    def days(self, urgency: str) -> dict[str, int]:
        """Stage -> days, of those that were given."""
        given = {stage: getattr(self, f"{urgency}_{stage}") for stage in STAGES}
        return {stage: days for stage, days in given.items() if days is not None}


@dataclass(frozen=True, slots=True)
class Field:
    """`usual`: how long it is where nothing is said."""

    name: str
    label: str
    hint: str
    usual: int


def fields(urgency: str, *, first: bool) -> list[Field]:
    return [
        Field(f"{urgency}_{stage}", _(LABELS[stage]), _hint(stage, urgency), usual(stage, urgency))
        for stage in STAGES if (stage in FIRST) is first
    ]  # fmt: skip


def usual(stage: str, urgency: str) -> int:
    """Days, where a service has not said its own: the last timer of that wait."""
    span = _span(stage, urgency)
    return round((span.working or span.days) + span.hours / 24)


def answering(days: int | None, urgency: str) -> str:
    """What follows from a time to answer, in a sentence. `days`: working days; None for what is usual."""
    over = days or usual("answer", urgency)
    reminders = [
        max(1, round(share * over)) for rule in RULES[Status.SENT] if (share := rule.share) < 1
        and not (urgency == "urgent" and (rule.urgent is None or rule.urgent.hours))
    ]  # fmt: skip
    said = {"over": _working(over), "first": _working(reminders[0]), "second": _working(reminders[-1])}
    if over == 1:
        return _("A request lapses after one working day without an answer.")
    if len(reminders) < 2 or reminders[0] == reminders[-1]:
        return _("You are reminded after %(first)s; after %(over)s without an answer a request lapses.") % said
    return (
        _("You are reminded after %(first)s and after %(second)s; after %(over)s without an answer a request lapses.")
        % said
    )


def _working(days: int) -> str:
    return ngettext("%(num)d working day", "%(num)d working days", days) % {"num": days}


def _hint(stage: str, urgency: str) -> str:
    most = usual(stage, urgency)
    said = ngettext("Usually %(num)d day.", "Usually %(num)d days.", most) % {"num": most}
    return f"{said} {_(HINTS[stage])}" if stage in HINTS else said


def _span(stage: str, urgency: str) -> Span:
    spans = [
        rule.urgent if urgency == "urgent" else rule.routine for rule in RULES[_STATUS[stage]] if rule.stage == stage
    ]  # fmt: skip
    return max((one for one in spans if one), key=lambda one: one.length or timedelta())
