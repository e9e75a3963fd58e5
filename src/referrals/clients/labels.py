"""What a file's codes are called on the screen."""

from referrals.kit.html import language_name
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _

MOBILITY = {
    "car": N_("By car"),
    "transit": N_("By bus, tram or train"),
    "bike": N_("By bicycle"),
    "walk": N_("On foot"),
    "none": N_("Cannot travel"),
}
NEED_STATUS = {
    "open": N_("Open"),
    "in_referral": N_("On its way"),
    "met": N_("Met"),
    "partly_met": N_("Partly met"),
    "unmet": N_("Unmet"),
    "withdrawn": N_("Withdrawn"),
    "met_elsewhere": N_("Met elsewhere"),
}
NEED_KIND = {"open": "attention", "in_referral": "brand", "met": "good", "partly_met": "good", "unmet": "stop"}


def mobility_options() -> list[tuple[str, str]]:
    return [(code, _(label)) for code, label in MOBILITY.items()]


def need_status(code: str) -> str:
    return _(NEED_STATUS[code])


def need_kind(code: str) -> str:
    """The colour of a status badge."""
    return NEED_KIND.get(code, "plain")


def language_options(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(code, language_name(code)) for code in codes]
