"""The answers that a page offers, and how a filled form becomes an event with its facts.

A receiver answers for itself; a case manager records the same answers as told. Both use this one form; what must be in it
is asked of the law.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from referrals.kit import forms
from referrals.kit.html import ZONE, written_day
from referrals.kit.html import day as day_in_words
from referrals.kit.i18n import N_, ngettext
from referrals.kit.i18n import gettext as _
from referrals.tracking import telling_back
from referrals.tracking.actions import missing
from referrals.tracking.appointments.clocks import NoSuchTime, instant
from referrals.tracking.calendars import Calendar, calendar
from referrals.tracking.lifecycle import By, may
from referrals.tracking.models import Referral
from referrals.tracking.outcomes import delivered
from referrals.tracking.reasons import OTHER
from referrals.tracking.said import Delivered, Fact, Party, Said
from referrals.tracking.telling_back import Telling

LONGEST = 2000
"""Characters of what somebody writes."""
LONGEST_REVIEW = timedelta(days=30)
"""Somebody on a waiting list is thought of again after a month at the latest."""


class Answer(forms.Form):
    """One answer. `key` and `seen` make it harmless to press twice and impossible to answer an old page."""

    event: str
    key: str
    seen: int
    pick: date | None = None
    """One of the days that are offered; a day that was typed counts instead."""
    day: date | None = None
    at: str = ""
    wait: int | None = None
    """One of the waits that are offered, in weeks; a number that was typed counts instead."""
    weeks: int | None = None
    reason: str = ""
    barrier: str = ""
    outcome: str = ""
    why_not: str = ""
    """Why it was not all of it."""
    first_day: date | None = None
    sessions: int | None = None
    next_step: str = ""
    goal_0: str = ""
    goal_1: str = ""
    goal_2: str = ""
    goal_3: str = ""
    level_0: str = ""
    level_1: str = ""
    level_2: str = ""
    level_3: str = ""
    words: str = ""
    told_by: str = ""
    told_on: date | None = None
    channel: str = ""

    def problems(self) -> dict[str, str]:
        found = {}
        if self.at and _clock(self.at) is None:
            found["at"] = _("Please give a time, for example 14:30.")
        if self.weeks is not None and not 0 <= self.weeks <= 260:
            found["weeks"] = _("Please give a number of weeks.")
        found |= self._of_what_was_given()
        if len(self.words) > LONGEST:
            found["words"] = _("Please keep it under 2,000 characters.")
        return found

    def _of_what_was_given(self) -> dict[str, str]:
        return delivered.problems(self.outcome, self.why_not, self.sessions, self.first_day, self.day, self.next_step)

    @property
    def on(self) -> date | None:
        return self.day or self.pick

    @property
    def long(self) -> int | None:
        return self.wait if self.weeks is None else self.weeks


class CodesAlone(Answer):
    """Where the person agreed to no more in return than yes, no and where things stand: nothing else is offered or taken."""

    def problems(self) -> dict[str, str]:
        beyond = {
            "words": self.words and self.event != telling_back.ASKS, "reason": self.reason == OTHER,
            "why_not": self.why_not, "first_day": self.first_day, "sessions": self.sessions is not None,
            "next_step": self.next_step, "barrier": self.barrier,
            "goals": self.level_0 or self.level_1 or self.level_2 or self.level_3,
        }  # fmt: skip
        return super().problems() | {name: _(NOTHING_MORE) for name, told in beyond.items() if told}

    def _of_what_was_given(self) -> dict[str, str]:
        return {}


FORM: Mapping[Telling, type[Answer]] = {Telling.EVERYTHING: Answer, Telling.CODES: CodesAlone}
NOTHING_MORE = N_(
    "They have not agreed that more is told than yes or no, and where things stand. Please leave this out."
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One big answer: what it is called by the receiver, by the case manager who was told, and what comes with it."""

    event: str
    title: str
    text: str
    told: str
    button: str
    fields: tuple[str, ...] = ()


CHOICES: tuple[Choice, ...] = (
    Choice("accept", N_("Yes, I have a place"), N_("I say by when I get in touch"), N_("Yes, they have a place"), N_("Say yes"), ("pick", "day?", "at?")),
    Choice("accept_waitlist", N_("Yes, on the waiting list"), N_("I say how long"), N_("Yes, on their waiting list"), N_("Say yes, with a wait"), ("wait", "weeks?")),
    Choice("ask_info", N_("I have a question"), N_("The clock stops meanwhile"), N_("They have a question"), N_("Send the question"), ("words",)),
    Choice("decline", N_("No, not this time"), N_("Full, outside our area, another reason"), N_("No, not this time"), N_("Say no"), ("reason", "words?")),
    Choice("offer_place", N_("A place is free now"), N_("I say when we get in touch"), N_("A place is free now"), N_("Offer the place"), ("pick", "day?", "at?")),
    Choice("schedule", N_("Set an appointment"), N_("Day and time"), N_("They set an appointment"), N_("Set the appointment"), ("day", "at")),
    Choice("start_service", N_("They came, help has begun"), N_("I say since when"), N_("Help has begun"), N_("Help has begun"), ("day",)),
    Choice("complete", N_("It is done"), N_("I say how it went"), N_("It is done"), N_("It is done"), ("outcome", "delivered", "words?")),
    Choice("no_show", N_("They did not come"), N_("A new appointment can be set"), N_("They did not come"), N_("They did not come")),
    Choice("reschedule", N_("Move the appointment"), N_("Another day or time"), N_("The appointment moves"), N_("Move the appointment"), ("day", "at", "reason", "words?")),
    Choice("appointment_cancelled", N_("Call the appointment off"), N_("A new one can be set later"), N_("The appointment is called off"), N_("Call it off"), ("reason", "words?")),
    Choice("hold", N_("Put it on hold"), N_("Hospital, funding, papers"), N_("It is on hold"), N_("Put it on hold"), ("reason", "day")),
    Choice("fail", N_("It will not happen"), N_("Could not be reached, did not want it"), N_("It will not happen"), N_("End it here"), ("reason", "barrier?", "words?")),
    Choice("confirm_cancel", N_("Confirm the end"), N_("Nothing more happens"), N_("They confirm the end"), N_("Confirm the end")),
)  # fmt: skip
"""Every answer of a receiver, the likeliest first."""

LIKELIEST: Mapping[str, str] = {"in_service": "complete", "cancel_requested": "confirm_cancel"}
"""Where the order above does not say what comes next most often."""
MAIN = frozenset({"accept", "accept_waitlist", "ask_info", "decline", "offer_place", "schedule", "start_service", "complete", "no_show", "confirm_cancel"})  # fmt: skip
"""Answers that stand large on the page; the others are one press further away."""


def choices(referral: Referral, part: By) -> list[Choice]:
    """What may be answered now, the likeliest first."""
    likely = LIKELIEST.get(referral.status)
    allowed = [choice for choice in CHOICES if may(part, choice.event, referral.status)]
    return sorted(allowed, key=lambda choice: choice.event != likely)


def choice(referral: Referral, part: By, event: str, telling: Telling = Telling.EVERYTHING) -> Choice | None:
    """With the fields that may be filled in."""
    found = next((found for found in choices(referral, part) if found.event == event), None)
    if found is None or telling is Telling.EVERYTHING:
        return found
    return replace(found, fields=tuple(CODES_ALONE.get(name, name) for name in found.fields if name not in MORE))


CODES_ALONE: Mapping[str, str] = {"delivered": "day"}
"""What stays of a group of fields where codes alone are told."""
MORE = frozenset({"words?", "barrier?"})


def blank(referral: Referral, key: str, event: str, now: datetime) -> forms.Filled[Answer]:
    """The form before anybody typed. What has happened is most often of today; a yes is most often kept within the time. Which
    day it is, say the clocks of the service: else, around midnight, no day that is offered would be the usual one.
    """
    past, there = event in ("start_service", "complete"), calendar(referral.calendar)
    today = now.astimezone(there.zone).date()
    return forms.blank(
        Answer,
        event=event,
        key=key,
        seen=referral.position,
        pick=_working_days(SOON[referral.urgency == "urgent"][-1], today, there),
        day=today if past else None,
        told_on=today,
        channel="phone",
    )


SOON: Mapping[bool, tuple[int, ...]] = {True: (0, 1), False: (1, 3, 5)}
"""Working days from today that are offered for the first contact, urgent or not; the last one is what is usual."""
WAITS = (2, 4, 8, 12, 26)
"""Weeks that are offered."""


def days_ahead(urgency: str, today: date, there: Calendar) -> list[tuple[str, str]]:
    """(day, label) of the days that a receiver may tap for the first contact: those that are worked there."""
    days = dict.fromkeys(_working_days(ahead, today, there) for ahead in SOON[urgency == "urgent"])
    return [(day.isoformat(), _weekday(day)) for day in days]


def waits() -> list[tuple[str, str]]:
    return [(str(weeks), ngettext("%(num)d week", "%(num)d weeks", weeks) % {"num": weeks}) for weeks in WAITS]


def _working_days(ahead: int, today: date, there: Calendar) -> date:
    """So many working days after the first of them from today on: only offered, and any other day can be typed."""
    day = today
    while not there.works(day):
        day += timedelta(days=1)
    while ahead:
        day += timedelta(days=1)
        ahead -= there.works(day)
    return day


def _weekday(day: date) -> str:
    """`mardi 24 novembre` / `Tuesday 24 November`."""
    return written_day(day, "EEEE d MMMM")


def read(
    form: forms.Filled[Answer], referral: Referral, party: Party, now: datetime, zone: ZoneInfo = ZONE
) -> list[tuple[str, Said]]:
    """The events that this answer means, each with what it must bring; complaints go into the form.

    A yes with a time of day is a yes and an appointment. `zone`: the clock on the wall where it takes place.
    """
    answer, now = form.ok, now.astimezone(zone)
    if (gap := _gap(answer, zone)) is not None:
        form.refuse("at", gap)
        return []
    said = replace(_said(answer, referral, now), facts={**_said(answer, referral, now).facts, **_told(answer, party)})
    steps = [(answer.event, said)]
    if answer.event in ("accept", "offer_place") and (appointment := _appointment(answer, zone)):
        booked = Said(
            facts={"appointment_at": appointment, **_told(answer, party)}, key=f"{answer.key}+", seen=answer.seen + 1
        )
        steps.append(("schedule", booked))
    for event, what in steps:
        for name in missing(event, party, what):
            for field in _empty(name, answer):
                form.refuse(field, _complaint(name))
    if answer.on and answer.event in FUTURE and answer.on < now.date():
        form.refuse("day", _("Please choose a day from today on."))
    if answer.day and answer.event in ("start_service", "complete") and answer.day > now.date():
        form.refuse("day", _("Please choose a day up to today."))
    return steps


def _empty(name: str, answer: Answer) -> list[str]:
    """The fields of the form in which this fact is missing: an appointment is a day and a time."""
    if name == "appointment_at":
        return [field for field, typed in (("day", answer.on), ("at", answer.at)) if not typed] or ["at"]
    return [FIELD_OF.get(name, name)]


FUTURE = frozenset({"accept", "offer_place", "schedule", "reschedule", "hold"})
FIELD_OF: Mapping[str, str] = {
    "first_contact_by": "pick", "started_on": "day", "service_date": "day", "resume_on": "day", "appointment_at": "at",
    "estimated_wait_days": "wait", "review_on": "wait", "provider_outcome": "outcome", "told_at": "told_on",
}  # fmt: skip
"""Which field of the form holds which fact."""


def _said(answer: Answer, referral: Referral, now: datetime) -> Said:
    facts = FACTS_OF.get(answer.event, _no_facts)(answer, referral, now)
    if answer.barrier and answer.reason == "access_barrier":
        facts["barrier"] = answer.barrier
    return Said(answer.reason or None, facts, answer.words, answer.key, answer.seen, _delivered(answer))


def _delivered(answer: Answer) -> Delivered:
    levels = delivered.levels({
        answer.goal_0: answer.level_0, answer.goal_1: answer.level_1, answer.goal_2: answer.level_2,
        answer.goal_3: answer.level_3,
    })  # fmt: skip
    return Delivered(
        None if answer.outcome == "full" else answer.why_not or None, answer.first_day, answer.next_step or None, levels
    )


def _told(answer: Answer, party: Party) -> dict[str, Fact]:
    if party.part != By.ON_BEHALF:
        return {}
    told: dict[str, Fact] = {"channel": answer.channel} if answer.channel else {}
    return told | ({"told_at": datetime.combine(answer.told_on, time(12), UTC)} if answer.told_on else {})


def _no_facts(answer: Answer, referral: Referral, now: datetime) -> dict[str, Fact]:
    return {}


def _on(name: str) -> Callable[[Answer, Referral, datetime], dict[str, Fact]]:
    def facts(answer: Answer, referral: Referral, now: datetime) -> dict[str, Fact]:
        return {name: answer.on} if answer.on else {}

    return facts


def _at(answer: Answer, referral: Referral, now: datetime) -> dict[str, Fact]:
    assert isinstance(now.tzinfo, ZoneInfo)
    appointment = _appointment(answer, now.tzinfo)
    return {"appointment_at": appointment} if appointment else {}


def _wait(answer: Answer, referral: Referral, now: datetime) -> dict[str, Fact]:
    if answer.long is None:
        return {}
    wait = timedelta(weeks=answer.long)
    return {
        "estimated_wait_days": wait.days,
        "review_on": (now + min(max(wait, timedelta(days=7)), LONGEST_REVIEW)).date(),
    }


def _missed(answer: Answer, referral: Referral, now: datetime) -> dict[str, Fact]:
    return {"missed_at": referral.appointment_at or now}


def _outcome(answer: Answer, referral: Referral, now: datetime) -> dict[str, Fact]:
    sessions: dict[str, Fact] = {} if answer.sessions is None else {"sessions": answer.sessions}
    return {"provider_outcome": answer.outcome, **sessions, **_on("service_date")(answer, referral, now)}


FACTS_OF: Mapping[str, Callable[[Answer, Referral, datetime], dict[str, Fact]]] = {
    "accept": _on("first_contact_by"), "offer_place": _on("first_contact_by"), "accept_waitlist": _wait, "schedule": _at,
    "reschedule": _at, "no_show": _missed, "start_service": _on("started_on"), "hold": _on("resume_on"),
    "complete": _outcome,
}  # fmt: skip


def _appointment(answer: Answer, zone: ZoneInfo) -> datetime | None:
    clock = _clock(answer.at)
    return instant(answer.on, clock, zone) if answer.on is not None and clock is not None else None


def _gap(answer: Answer, zone: ZoneInfo) -> str | None:
    """What is wrong with a time over which the clocks go forward."""
    try:
        _appointment(answer, zone)
    except NoSuchTime:
        gap = _("On %(day)s the clocks go forward, and %(time)s does not exist. Please choose another time.")
        return gap % {"day": day_in_words(answer.on), "time": answer.at}
    return None


def _clock(text: str) -> time | None:
    """`14:30`, and `14h30` or `14 h` as people write in French."""
    hour, _colon, minute = text.lower().replace("h", ":").replace(" ", "").partition(":")
    try:
        return time(int(hour), int(minute or 0))
    except ValueError:
        return None


def _complaint(name: str) -> str:
    match name:
        case "reason":
            return _("Please choose a reason.")
        case "words":
            return _("Please write a few words.")
        case "told_by":
            return _("Please write who told you.")
        case "provider_outcome" | "channel" | "barrier":
            return _("Please choose one.")
    return _("Please fill this in.")
