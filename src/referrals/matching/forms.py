"""The form with which a referral is sent."""

from datetime import datetime
from typing import ClassVar, Literal

from dateutil.relativedelta import relativedelta

from referrals.clients import evidence
from referrals.clients.consent import EndsWith
from referrals.kit import forms
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.tracking.labels import OVERRIDE as OVERRIDES

LASTS = {
    "3": N_("3 months"), "6": N_("6 months"), "12": N_("12 months"),
    "referral_closed": N_("Until this request is over"), "end_of_treatment": N_("Until the help has ended"),
}  # fmt: skip
LONGEST = 12
"""Months after which an agreement that ends with an event ends all the same."""
WITHOUT_THE_NEED = N_("Without the need itself nobody can answer. Leave it ticked, or do not send.")

__all__ = ["LASTS", "OVERRIDES", "SendForm"]


class SendForm(forms.Form):
    MISSING: ClassVar = {
        "before": WITHOUT_THE_NEED,
        "direction": N_("Please say what they may tell in return."),
        "method": N_("Please say how the agreement was given."),
    }

    key: str
    """Names one filling-in of this form: sent twice, it counts once."""
    before: list[str]
    direction: Literal["both", "out"]
    method: Literal["oral_witnessed", "e-sign", "paper_scan", "link"]
    after: list[str] = []
    sensitivity: list[str] = []
    witness: str = ""
    signature: str = ""
    """The strokes of a finger or a mouse, as JSON."""
    signed_name: str = ""
    grantor: Literal["self", "representative"] = "self"
    authority: str = ""
    lasts: Literal["3", "6", "12", "referral_closed", "end_of_treatment"] = "12"
    urgency: Literal["urgent", "routine"] = "routine"
    message: str = ""
    wrong: str = ""
    """What is wrong in the listing; goes to the directory, not to the receiver."""
    override_reason: Literal["spoken", "client_choice", "local_knowledge", "relationship", "data_wrong"] | None = None

    def problems(self) -> dict[str, str]:
        found = {}
        if "need" not in self.before:
            found["before"] = _(WITHOUT_THE_NEED)
        if self.grantor == "representative" and not self.authority:
            found["authority"] = _("Please say who agrees for them, and by what right.")
        if self.method == "oral_witnessed" and not self.witness:
            found["witness"] = _("Please write who heard them agree.")
        if self.method == "e-sign" and not self.signed_name and not evidence.strokes(self.signature):
            found["signed_name"] = _("Please let them sign in the box, or type their name.")
        if self.method == "link" and self.grantor == "representative":
            found["method"] = _(
                "By a link they answer for themselves. Somebody else agrees in front of you, or on paper."
            )
        for name in ("message", "wrong"):
            if len(getattr(self, name)) > 500:
                found[name] = _("Please stay under 500 characters.")
        return found

    @property
    def months(self) -> int:
        return int(self.lasts) if self.lasts.isdigit() else LONGEST

    @property
    def ends_with(self) -> EndsWith | None:
        match self.lasts:
            case "referral_closed" | "end_of_treatment":
                return self.lasts
        return None

    def until(self, now: datetime) -> datetime:
        return now + relativedelta(months=self.months)

    @property
    def scope(self) -> list[str]:
        return [*self.before, *self.after]
