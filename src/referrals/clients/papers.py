"""Papers that people hold and services ask for, by code. Any other paper is known by its own words."""

from collections.abc import Mapping

from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _

PAPERS: Mapping[str, str] = {
    "identity": N_("Identity card or passport"),
    "address": N_("Proof of address"),
    "health-card": N_("Health insurance card"),
    "income": N_("Proof of income"),
    "payslips": N_("Payslips"),
    "rent": N_("Rent receipts"),
    "tax-notice": N_("Tax notice"),
    "bank-details": N_("Bank details"),
    "doctors-letter": N_("Letter from the doctor"),
    "medical-certificate": N_("Medical certificate"),
    "hospital-report": N_("Hospital report"),
    "disability-decision": N_("Disability decision (MDPH)"),
    "disabled-worker": N_("Disabled worker recognition (RQTH)"),
    "care-allowance": N_("Care allowance decision (APA)"),
    "asylum-claim": N_("Asylum claim certificate"),
    "student-card": N_("Student card"),
    "release-slip": N_("Prison release slip"),
}


def paper_options() -> list[tuple[str, str]]:
    return [(code, _(label)) for code, label in PAPERS.items()]


def paper_label(code: str) -> str:
    """What it is called; another paper's own words stay as they are."""
    return _(PAPERS[code]) if code in PAPERS else code
