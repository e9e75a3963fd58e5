"""What agreements and acts of telling hold, in words for case managers and receivers."""

from collections.abc import Collection, Mapping
from typing import Final

from referrals.clients.models import Consent
from referrals.kit.html import listed
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _

FIELDS: Final[Mapping[str, str]] = {
    "need": N_("the need"), "age_band": N_("the age, to within ten years"), "area": N_("the town"),
    "languages": N_("the languages"), "funding": N_("who pays"), "urgency": N_("how urgent it is"),
    "need_by": N_("by when"), "answers": N_("answers to questions"), "documents": N_("papers"), "name": N_("the name"),
    "birth_date": N_("the birth date"), "phone": N_("the phone number"), "email": N_("the e-mail address"),
    "address": N_("the address"), "notes": N_("what was written about the need"),
}  # fmt: skip
METHODS: Final[Mapping[str, str]] = {
    "oral_witnessed": N_("Spoken, heard by %(name)s"), "e-sign": N_("Signed on a screen"),
    "paper_scan": N_("Signed on paper"), "sms_code": N_("By a code on their phone"),
}  # fmt: skip
PURPOSES: Final[Mapping[str, str]] = {
    "refer": N_("To be sent there"), "coordinate": N_("To work together"), "feedback": N_("To tell how it went"),
    "stats": N_("For figures"),
}  # fmt: skip
ENDS: Final[Mapping[str, str]] = {
    "referral_closed": N_("or when the request is over"), "end_of_treatment": N_("or when the help has ended"),
}  # fmt: skip
EFFECTS: Final[Mapping[str, str]] = {
    "cancelled": N_("The request was taken back before they had answered."),
    "cancel_requested": N_("They were asked to end it, and have seen nothing more since."),
    "access_cut": N_("It was done already; they have seen nothing more since."),
    "nothing": N_("Nothing was under way."),
}
CHANNELS: Final[Mapping[str, str]] = {
    "link": N_("by link"), "phone": N_("by telephone"), "letter": N_("by letter"), "view": N_("on their page"),
    "api": N_("by a program"), "export": N_("in a file"),
}  # fmt: skip


def fields(codes: Collection[str]) -> str:
    """In the order in which they are asked about."""
    return listed([_(label) for code, label in FIELDS.items() if code in codes])


def method(consent: Consent, name: str) -> str:
    return _(METHODS[consent.method]) % {"name": name or _("somebody")}
