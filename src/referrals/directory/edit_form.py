"""The form in which a listing is kept: strings to values and back, with the weekly hours as rows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time
from hashlib import blake2b
from typing import Any, Literal

from litestar.datastructures import FormMultiDict

from referrals.directory import hours
from referrals.directory.actions import Answer, Edited
from referrals.directory.actions.edit import TEXTS
from referrals.kit import forms
from referrals.kit.i18n import gettext as _
from referrals.kit.settings import LANGUAGES

Status = Literal["has-capacity", "waitlist", "no-capacity", "assessment-required"]
MOST_ROWS = 30
_CLOCK = re.compile(r"(\d{1,2})(?:\s*[:hH.]\s*(\d{2})?)?")
_PHONE = re.compile(r"\+?[\d\s().\-/]{2,24}")


class PlacesForm(forms.Form):
    """The one-tap answer: a button, and a number for "we have room"."""

    status: Status
    available: int | None = None

    def problems(self) -> dict[str, str]:
        return _number_problems({"available": self.available})


class EditForm(forms.Form):
    name_fr: str = ""
    name_en: str = ""
    description_fr: str = ""
    description_en: str = ""
    eligibility_description_fr: str = ""
    eligibility_description_en: str = ""
    application_process_fr: str = ""
    application_process_en: str = ""
    fees_description_fr: str = ""
    fees_description_en: str = ""
    alert_fr: str = ""
    alert_en: str = ""
    status: Status | None = None
    available: int | None = None
    maximum: int | None = None
    wait_days: int | None = None
    note: str = ""
    phone: str = ""
    email: str = ""
    all_checked: bool = False
    version: str = ""

    def problems(self) -> dict[str, str]:
        found = _number_problems({"available": self.available, "maximum": self.maximum, "wait_days": self.wait_days})
        if self.available is not None and self.maximum is not None and self.available > self.maximum:
            found["available"] = _("There cannot be more places free than there are.")
        if self.status is None and (self.available is not None or self.wait_days is not None):
            found["status"] = _("Say first whether there is room.")
        if self.email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", self.email):
            found["email"] = _("This does not look like an e-mail address.")
        if self.phone and not _PHONE.fullmatch(self.phone):
            found["phone"] = _("This does not look like a phone number.")
        return found


@dataclass(slots=True)
class Row:
    """Some days with the same hours, as typed."""

    days: list[str] = field(default_factory=list)
    opens: str = ""
    closes: str = ""

    @property
    def blank(self) -> bool:
        return not (self.days or self.opens or self.closes)


def filled(present: Edited) -> forms.Filled[EditForm]:
    """The form with what stands now."""
    texts = {f"{field}_{language}": present.texts[language][field] for language in LANGUAGES for field in TEXTS}
    places = present.places
    told = {
        "status": places.status, "available": places.available, "maximum": places.maximum,
        "wait_days": places.wait_days, "note": places.note,
    } if places else {}  # fmt: skip
    form = forms.blank(EditForm, phone=present.phone, email=present.email, version=version(present), **texts, **told)
    form.raw["hours"] = [*rows_of(present), Row()]
    return form


def read(data: FormMultiDict, original: str) -> tuple[forms.Filled[EditForm], tuple[hours.Slot, ...]]:
    """The form as typed, with the rows of hours beside it. `original`: the language the name must be given in."""
    form = forms.parse(EditForm, data)
    typed = list(_typed_rows(data))
    form.raw["hours"] = [*typed, Row()]
    if not form.raw[f"name_{original}"]:
        form.refuse(f"name_{original}", _("Please fill this in."))
    week, problems = _week(typed)
    for name, sentence in problems.items():
        form.refuse(name, sentence)
    return form, week


def edited(form: EditForm, week: tuple[hours.Slot, ...]) -> Edited:
    texts = {language: {field: _text(form, field, language) for field in TEXTS} for language in LANGUAGES}
    places = Answer(form.status, form.available, form.maximum, form.wait_days, form.note) if form.status else None
    return Edited(texts, week, form.phone, form.email, places, form.all_checked)


def version(present: Edited) -> str:
    """Changes whenever anything that the form shows does: a form that was opened before is then out of date."""
    return blake2b(
        repr((present.texts, present.week, present.phone, present.email, present.places)).encode(), digest_size=12
    ).hexdigest()


def rows_of(present: Edited) -> list[Row]:
    """Days of the same hours together, the earliest day first."""
    rows: dict[tuple[time, time], Row] = {}
    for slot in present.week:
        row = rows.setdefault((slot.opens, slot.closes), Row([], f"{slot.opens:%H:%M}", _shown_end(slot.closes)))
        row.days.append(hours.DAYS[slot.day])
    return list(rows.values())


def _typed_rows(data: Mapping[str, Any]) -> Iterator[Row]:
    for at in range(MOST_ROWS):
        days = [day for day in getattr(data, "getall", _nothing)(f"h{at}_days", []) if day in hours.DAYS]
        row = Row(days, _one(data, f"h{at}_opens"), _one(data, f"h{at}_closes"))
        if not row.blank:
            yield row


def _week(rows: list[Row]) -> tuple[tuple[hours.Slot, ...], dict[str, str]]:
    slots: set[hours.Slot] = set()
    problems: dict[str, str] = {}
    for at, row in enumerate(rows):
        opens, closes = _clock(row.opens), _clock(row.closes)
        if not row.days:
            problems[f"h{at}_days"] = _("Which days? Tick at least one.")
        elif opens is None:
            problems[f"h{at}_opens"] = _("From when? For example 9:00.")
        elif closes is None or (closes == opens):
            problems[f"h{at}_closes"] = _("Until when? For example 17:00.")
        else:
            end = hours.DAY_END if closes == time(0) else closes
            slots |= {hours.Slot(hours.DAYS.index(day), opens, end) for day in row.days}
    return tuple(sorted(slots)), problems


def _clock(text: str) -> time | None:
    """`9`, `9h`, `9 h 30`, `09:30`, `24:00`."""
    match = _CLOCK.fullmatch(text.strip())
    if not match:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if (hour, minute) == (24, 0):
        return time(0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _shown_end(closes: time) -> str:
    return "00:00" if closes == hours.DAY_END else f"{closes:%H:%M}"


def _number_problems(numbers: Mapping[str, int | None]) -> dict[str, str]:
    wrong = _("Please give a number from 0 to 9999.")
    return {name: wrong for name, value in numbers.items() if value is not None and not 0 <= value <= 9999}


def _text(form: EditForm, field: str, language: str) -> str:
    value: str = getattr(form, f"{field}_{language}")
    return value.replace("\r\n", "\n").replace("\x00", "").strip()


def _one(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value.strip() if isinstance(value, str) else ""


def _nothing(name: str, default: list[str]) -> list[str]:
    return default
