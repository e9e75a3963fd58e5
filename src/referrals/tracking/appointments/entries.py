"""An appointment as an entry of a calendar: one for those who work with it, one for the person's own telephone."""

from zoneinfo import ZoneInfo

from referrals.kit.i18n import gettext as _
from referrals.tracking.appointments.calendar_file import Entry
from referrals.tracking.models import Appointment


def for_staff(appointment: Appointment, address: str, place: str) -> Entry:
    """Whose it is stands behind the address: calendars of offices are read by many. `place`: as far as they may read it."""
    return _entry(appointment, _("Appointment (a request of ours)"), place, address)


def for_person(appointment: Appointment, *, place: bool) -> Entry:
    """The bare word. `place`: they wish to have it in there; a telephone may be looked at by others."""
    return _entry(appointment, _("Appointment"), appointment.place if place else "", "")


def _entry(appointment: Appointment, title: str, place: str, address: str) -> Entry:
    return Entry(
        appointment.id, appointment.sequence, appointment.starts_at, appointment.minutes, ZoneInfo(appointment.zone),
        title, changed_at=appointment.changed_at, place=place, address=address,
        cancelled=appointment.status == "cancelled",
    )  # fmt: skip
