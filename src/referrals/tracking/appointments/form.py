"""The form of up to three times, with where and how."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from typing import Literal

from referrals.kit import forms
from referrals.kit.html import day as day_in_words
from referrals.kit.i18n import gettext as _
from referrals.tracking.appointments.clocks import NoSuchTime, instant
from referrals.tracking.appointments.details import Details

PLACES = ("1", "2", "3")
LONGEST = 200
"""Characters of a place."""


class TimesForm(forms.Form):
    """`agreed`: it was agreed on already, and stands at once."""

    day1: date | None = None
    at1: str = ""
    day2: date | None = None
    at2: str = ""
    day3: date | None = None
    at3: str = ""
    mode: Literal["in_person", "phone", "video", "home"] = "in_person"
    place: str = ""
    minutes: int = 60
    agreed: bool = False

    def problems(self) -> dict[str, str]:
        found = {}
        for number in PLACES:
            day, at = self.pair(number)
            if at and clock(at) is None:
                found[f"at{number}"] = _("Please give a time, for example 14:30.")
            elif day and not at:
                found[f"at{number}"] = _("Please give the time too.")
            elif at and not day:
                found[f"day{number}"] = _("Please give the day too.")
        if not any(self.pair(number) != (None, "") for number in PLACES):
            found["day1"] = _("Please propose at least one time.")
        if not 5 <= self.minutes <= 600:
            found["minutes"] = _("Between 5 minutes and 10 hours, please.")
        if len(self.place) > LONGEST:
            found["place"] = _("In %(most)d characters, please.") % {"most": LONGEST}
        return found

    def pair(self, number: str) -> tuple[date | None, str]:
        return getattr(self, f"day{number}"), getattr(self, f"at{number}")


def blank(usual: Details) -> forms.Filled[TimesForm]:
    return forms.blank(TimesForm, mode=usual.mode, place=usual.place, minutes=usual.minutes)


def read(form: forms.Filled[TimesForm], usual: Details, now: datetime) -> tuple[list[datetime], Details]:
    """The times in UTC, on the clock of the place, and what goes with them. What is wrong goes into the form."""
    said = form.ok
    times = [at for at in _times(form, said, usual, now) if at is not None]
    if said.agreed and len(times) > 1:
        form.refuse("agreed", _("Only one time can be agreed on. Please give one, or untick this."))
    return times, replace(usual, mode=said.mode, place=said.place, minutes=said.minutes)


def _times(form: forms.Filled[TimesForm], said: TimesForm, usual: Details, now: datetime) -> Iterator[datetime | None]:
    for number in PLACES:
        day, text = said.pair(number)
        at = clock(text)
        if day is None or at is None:
            continue
        try:
            moment = instant(day, at, usual.zone)
        except NoSuchTime:
            gap = _("On %(day)s the clocks go forward, and %(time)s does not exist. Please choose another time.")
            form.refuse(f"at{number}", gap % {"day": day_in_words(day), "time": text})
            continue
        if moment <= now:
            form.refuse(f"day{number}", _("This is past. Please give a time to come."))
        yield moment


def clock(text: str) -> time | None:
    """`14:30`, and `14h30` or `14 h` as people write in French."""
    hour, _colon, minute = "".join(text.lower().split()).replace("h", ":").partition(":")
    try:
        return time(int(hour), int(minute or 0))
    except ValueError:
        return None
