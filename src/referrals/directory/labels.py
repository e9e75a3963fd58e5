"""What rows and pages say of a service in a few words: is there room, what does it cost, how long is it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from referrals.directory import units
from referrals.directory.queries.capacity import Capacity, Counted
from referrals.directory.upkeep.rhythm import is_overdue
from referrals.kit.html import listed, money, month, number
from referrals.kit.i18n import N_, ngettext
from referrals.kit.i18n import gettext as _

OPEN_ACCESS = 99
"""A listing's way of saying that places are not counted."""
STATUSES = {"has-capacity": "good", "waitlist": "attention", "no-capacity": "stop", "assessment-required": "plain"}
ANSWERS: dict[str, str] = {
    "has-capacity": N_("Places free"),
    "waitlist": N_("Waiting list"),
    "no-capacity": N_("Full"),
    "assessment-required": N_("Ask us first"),
}
"""The four answers to "is there room?", as a provider gives them."""
CLOSED: dict[str, str] = {
    "inactive": N_("Closed for now"),
    "temporarily closed": N_("Closed for now"),
    "defunct": N_("Withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Badge:
    """`kind`: as in `ui.badge`."""

    text: str
    kind: str


def badge(capacity: Capacity, status: str) -> Badge | None:
    """Is there room? None where nobody ever said."""
    if status in CLOSED:
        return Badge(_(CLOSED[status]), "stop")
    if capacity.status not in STATUSES:
        return Badge(_("Places: not said lately"), "plain") if capacity.age_days is not None else None
    return Badge(room(capacity), STATUSES[capacity.status])


def room(capacity: Capacity) -> str:
    """`3 places free`, `Wait: 3 weeks`, `Full`."""
    return _room(capacity.status, capacity.available, capacity.unit, capacity.wait_days)


def room_said(status: str, counted: Counted | None, wait_days: int | None) -> str:
    """The same of an answer that may be too old to count."""
    return _room(status, counted.available if counted else None, counted.unit if counted else None, wait_days)


def _room(status: str, free: int | None, unit: str | None, wait_days: int | None) -> str:
    if status == "has-capacity" and free and free != OPEN_ACCESS:
        return units.free(free, unit)
    if status == "waitlist" and wait_days:
        return _("Wait: %(time)s") % {"time": span(wait_days)}
    return _(ANSWERS[status])


def span(days: int) -> str:
    """`10 days`, `3 weeks`, `5 months`."""
    if days < 14:
        return ngettext("%(num)d day", "%(num)d days", days) % {"num": days}
    if days < 60:
        return ngettext("%(num)d week", "%(num)d weeks", round(days / 7)) % {"num": round(days / 7)}
    return ngettext("%(num)d month", "%(num)d months", round(days / 30)) % {"num": round(days / 30)}


def price(free: bool | None, per_session: float | None, contribution: float | None, currency: str | None) -> str:
    """What it costs in two words; empty where the listing does not say."""
    if free:
        return _("free")
    if contribution:
        return _("%(amount)s to pay yourself") % {"amount": money(contribution, currency)}
    if per_session:
        return _("%(amount)s a session") % {"amount": money(per_session, currency)}
    return ""


def checked(assured: date | None, check_by: date | None, today: date) -> str:
    """`not checked since March 2025`, only of what is past its date."""
    if not is_overdue(check_by, today):
        return ""
    return _("not checked since %(month)s") % {"month": month(assured)} if assured else _("not checked in a long time")


def area(postcodes: Sequence[str], countries: Sequence[str]) -> str:
    """For whom by address, in a sentence."""
    names = {"FR": _("France"), "GB": _("the United Kingdom"), "CA": _("Canada"), "US": _("the United States")}
    if postcodes:
        return _("Only for people whose postcode begins with %(postcodes)s.") % {
            "postcodes": listed(list(postcodes), "or")
        }
    return (
        _("For people anywhere in %(countries)s.") % {"countries": listed([names.get(c, c) for c in countries])}
        if countries
        else ""
    )


def count(total: int, more: bool) -> str:
    """`14 services`, `More than 200 services`."""
    if more:
        return _("More than %(num)s services") % {"num": number(total)}
    return ngettext("%(num)d service", "%(num)d services", total) % {"num": total}
