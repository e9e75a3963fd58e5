"""The form with which a referral is sent."""

from datetime import datetime, timedelta
from typing import Literal

from referrals.kit import forms
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _

OVERRIDES = {
    "spoken": N_("I have spoken with them: they will take this person"),
    "client_choice": N_("They want this one"),
    "local_knowledge": N_("I know this service: it will work"),
    "relationship": N_("They know somebody there already"),
    "data_wrong": N_("The listing is wrong"),
}
LASTS = {"3": N_("3 months"), "6": N_("6 months"), "12": N_("12 months")}


class SendForm(forms.Form):
    key: str
    """Names one filling-in of this form: sent twice, it counts once."""
    before: list[str]
    direction: Literal["both", "out"]
    method: Literal["oral_witnessed", "e-sign", "paper_scan"]
    after: list[str] = []
    grantor: Literal["self", "representative"] = "self"
    authority: str = ""
    lasts: Literal["3", "6", "12"] = "12"
    urgency: Literal["urgent", "routine"] = "routine"
    message: str = ""
    wrong: str = ""
    """What is wrong in the listing; goes to the directory, not to the receiver."""
    override_reason: Literal["spoken", "client_choice", "local_knowledge", "relationship", "data_wrong"] | None = None

    def problems(self) -> dict[str, str]:
        found = {}
        if "need" not in self.before:
            found["before"] = _("Without the need itself nobody can answer. Leave it ticked, or do not send.")
        if self.grantor == "representative" and not self.authority:
            found["authority"] = _("Please say who agrees for them, and by what right.")
        for name in ("message", "wrong"):
            if len(getattr(self, name)) > 500:
                found[name] = _("Please stay under 500 characters.")
        return found

    def until(self, now: datetime) -> datetime:
        return now + timedelta(days=int(self.lasts) * 30)

    @property
    def scope(self) -> list[str]:
        return [*self.before, *self.after]
