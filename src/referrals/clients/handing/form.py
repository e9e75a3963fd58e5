"""The one form by which people are handed over."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from referrals.clients.handing.dealing import LONGEST, Period, period
from referrals.kit import forms
from referrals.kit.i18n import gettext as _


class HandForm(forms.Form):
    people: list[str] = []
    to: list[str] = []
    how: str = ""
    first: date | None = None
    last: date | None = None

    def problems(self) -> Mapping[str, str]:
        found = {}
        if not self.people:
            found["people"] = _("Please choose at least one person.")
        if not self.to:
            found["to"] = _("Please choose who takes over.")
        if self.how not in ("time", "good"):
            found["how"] = _("Please say for how long.")
        if self.how == "time":
            found.update(self._days())
        return found

    def ids(self) -> list[UUID]:
        return [UUID(one) for one in self.people]

    def colleagues(self) -> list[UUID]:
        return [UUID(one) for one in self.to]

    def period(self) -> Period | None:
        """None: for good."""
        return period(self.first, self.last) if self.how == "time" and self.first and self.last else None

    def refuse_past(self, today: date) -> dict[str, str]:
        """What only somebody who knows the day can say."""
        if self.how == "time" and self.first is not None and self.first < today:
            return {"first": _("Please choose a day from today on.")}
        return {}

    def _days(self) -> dict[str, str]:
        if self.first is None:
            return {"first": _("Please choose the first day.")}
        if self.last is None:
            return {"last": _("Please choose the last day.")}
        if self.last < self.first:
            return {"last": _("The last day comes before the first.")}
        if self.last - self.first > LONGEST:
            return {"last": _("A year at most. For longer, hand them over for good.")}
        return {}
