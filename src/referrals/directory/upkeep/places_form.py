"""The one-tap answer to "is there room?": a button, and what may be said besides."""

from collections.abc import Sequence
from typing import Final, Literal

from referrals.directory import units
from referrals.directory.actions import Answer
from referrals.directory.labels import OPEN_ACCESS, span
from referrals.directory.queries.capacity import Counted
from referrals.kit import forms
from referrals.kit.i18n import gettext as _

Status = Literal["has-capacity", "waitlist", "no-capacity", "assessment-required", "as-before"]
AS_BEFORE: Final = "as-before"
"""What answers to requests have made of it is not so."""
WAITS: Final = (7, 14, 30, 60, 90, 180, 365)
"""Days that the usual answers to "how long?" mean."""
_LONGEST_NOTE: Final = 300


class PlacesForm(forms.Form):
    status: Status
    available: int | None = None
    unit: str = ""
    wait_days: int | None = None
    note: str = ""
    maximum: int | None = None
    most: int | None = None
    """The `maximum` that the page showed: only another one says something."""

    @property
    def counts_anew(self) -> bool:
        return self.maximum != self.most

    def problems(self) -> dict[str, str]:
        numbers = {"available": self.available, "wait_days": self.wait_days, "maximum": self.maximum}
        found = {
            name: _("Please give a number from 0 to 9999.") for name, value in numbers.items()
            if value is not None and not 0 <= value <= 9999
        }  # fmt: skip
        if len(self.note) > _LONGEST_NOTE:
            found["note"] = _("Please stay under 300 characters.")
        free = self.available if self.status == "has-capacity" else None
        if self.counts_anew and self.maximum is not None and free is not None and OPEN_ACCESS != free > self.maximum:
            found["maximum"] = _("More are free than there are in all.")
        return found


def settled(said: PlacesForm, before: Answer | None, rooms: Sequence[Counted]) -> Answer:
    """What a tap means. A note or a wait that only went along with another status is dropped: it may be wrong now."""
    moved = before is None or said.status != before.status
    note = said.note.replace("\x00", "")
    wait = said.wait_days
    if moved and before is not None:
        note = "" if note == before.note else note
        wait = None if wait == before.wait_days else wait
    room = counting_in(rooms, said.unit)
    free = {"has-capacity": said.available, "no-capacity": 0}.get(said.status)
    most = said.maximum if said.counts_anew else room.maximum if room else None
    if most is not None and free is not None and free > most and free != OPEN_ACCESS:
        most = None  # more free than there are in all: the old total is wrong
    return Answer(said.status, free, most, wait, note, said.unit or None)


def unit_is_known(unit: str, rooms: Sequence[Counted]) -> bool:
    """One of ours, or one that the listing has had before."""
    return unit in ("", *units.UNITS, *(units.code_of(room.unit) for room in rooms))


def counting_in(rooms: Sequence[Counted], unit: str) -> Counted | None:
    """The record in this unit; without one named, what was said last."""
    if not unit:
        return rooms[0] if rooms else None
    return next((room for room in rooms if units.code_of(room.unit) == unit), None)


def unit_options(rooms: Sequence[Counted]) -> list[tuple[str, str]]:
    codes = dict.fromkeys((*units.UNITS, *(units.code_of(room.unit) for room in rooms)))
    return [(code, units.label(code)) for code in codes]


def wait_options(present: int | None) -> list[tuple[str, str]]:
    """Days and how people say them, the present answer among them."""
    days = sorted({*WAITS, present}) if present else WAITS
    return [(str(one), span(one)) for one in days]
