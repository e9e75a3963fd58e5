"""The page on which a case manager writes down how somebody may be reached: what is typed, and what it means."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from litestar.datastructures import FormMultiDict

from referrals.clients import free_hours
from referrals.clients.contacting.deciding import KINDS, Channel, Kind, verify_by
from referrals.clients.contacting.editing import Way
from referrals.clients.models import Client
from referrals.kit import forms
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _

Typed = forms.Filled["ReachForm"]
LEAVE: Final[Mapping[str, str]] = {
    "none": N_("No message"),
    "vague": N_("Only that somebody called, no name"),
    "ok": N_("A name and a number"),
}
TITLES: Final[Mapping[Kind, str]] = {"email": N_("E-mail"), "phone": N_("Calls"), "sms": N_("Short messages")}
SHOWN: Final[tuple[Kind, ...]] = ("email", "phone", "sms")
PLACES: Final[Mapping[str, str]] = {
    "Europe/Paris": N_("Paris"), "Europe/London": N_("London"), "America/Toronto": N_("Toronto, Montréal"),
    "America/Halifax": N_("Halifax"), "America/Winnipeg": N_("Winnipeg"), "America/Edmonton": N_("Edmonton"),
    "America/Vancouver": N_("Vancouver"), "America/New_York": N_("New York"), "America/Martinique": N_("Martinique, Guadeloupe"),
    "America/Cayenne": N_("Guyane"), "Indian/Reunion": N_("La Réunion"), "Indian/Mayotte": N_("Mayotte"),
}  # fmt: skip
Leave = Literal["none", "vague", "ok"]


class ReachForm(forms.Form):
    no_contact: bool = False
    email: str = ""
    email_safe: bool = False
    email_again: bool = False
    email_answered_by: str = ""
    phone: str = ""
    phone_safe: bool = False
    phone_again: bool = False
    phone_answered_by: str = ""
    phone_ask_for: str = ""
    phone_leave: Leave = "none"
    sms: str = ""
    sms_safe: bool = False
    sms_again: bool = False
    sms_answered_by: str = ""
    reach_first: Literal["email", "sms", "phone"] | None = None
    sender_shown: str = ""
    zone: str = ""

    def problems(self) -> dict[str, str]:
        found = {}
        if self.email and not forms.is_email(self.email):
            found["email"] = _("This does not look like an e-mail address.")
        for kind in KINDS:
            if getattr(self, f"{kind}_safe") and not getattr(self, kind):
                found[kind] = _("Safe to use, but nothing is written here: which one?")
            if kind != "email" and sum(char.isdigit() for char in getattr(self, kind)) not in (0, *range(6, 16)):
                found[kind] = _("This does not look like a telephone number.")
        if self.reach_first and not getattr(self, f"{self.reach_first}_safe"):
            found["reach_first"] = _("What they like best must be safe too.")
        if self.zone and self.zone not in PLACES:
            found["zone"] = _("This is not one of the choices.")
        if len(self.sender_shown) > 60:
            found["sender_shown"] = _("Please stay under 60 characters.")
        return found

    def way(self, kind: Kind, windows: list[dict[str, object]]) -> Way:
        return Way(
            getattr(self, kind), getattr(self, f"{kind}_safe"), self.phone_leave if kind == "phone" else "none",
            tuple(windows), getattr(self, f"{kind}_answered_by"), self.phone_ask_for if kind == "phone" else "",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A way as the page heads it: whether it may be used, since when that is known, and until when it holds."""

    kind: Kind
    title: str
    safe: bool
    asked_at: datetime | None
    ask_by: datetime | None
    late: bool


def shown(client: Client, ways: Mapping[str, Way]) -> Typed:
    told: dict[str, object] = {}
    for kind, row in ways.items():
        told |= {kind: row.value, f"{kind}_safe": row.safe, f"{kind}_answered_by": row.answered_by}
    if phone := ways.get("phone"):
        told |= {"phone_leave": phone.leave_message, "phone_ask_for": phone.ask_for}
    told.setdefault("phone_leave", "none")
    form = forms.blank(
        ReachForm, **told, no_contact=client.no_contact, reach_first=client.reach_first,
        sender_shown=client.sender_shown, zone=client.zone,
    )  # fmt: skip
    form.raw["rows"] = {kind: free_hours.shown(ways[kind].windows if kind in ways else []) for kind in SHOWN}
    return form


def read(data: FormMultiDict) -> Typed:
    """What was typed, with its hours: `form.raw["windows"]` by way."""
    form = forms.parse(ReachForm, data)
    form.raw["rows"] = {kind: free_hours.typed(data, kind) for kind in SHOWN}
    form.raw["windows"] = {kind: free_hours.read(form.raw["rows"][kind], form.errors, kind) for kind in SHOWN}
    if form.errors:
        form.value = None
    return form


def headings(ways: Mapping[str, Way], now: datetime, *, violence: bool) -> list[Asked]:
    return [_heading(kind, ways.get(kind), now, violence=violence) for kind in SHOWN]


def _heading(kind: Kind, row: Way | None, now: datetime, *, violence: bool) -> Asked:
    safe = row is not None and row.safe
    asked_at = row.verified_at if row else None
    until = verify_by(Channel(kind, safe, (), asked_at, violence)) if safe else None
    return Asked(kind, _(TITLES[kind]), safe, asked_at, until, until is not None and until <= now)
