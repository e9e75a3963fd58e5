"""What goes on for long, on a line of the day and on a referral's page: is it still so, and when to ask again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from referrals.kit.html import day
from referrals.kit.i18n import N_, ngettext
from referrals.kit.i18n import gettext as _
from referrals.tracking.actions import reviewing
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import Referral


@dataclass(frozen=True, slots=True)
class ReviewHere:
    """`due`: it is time to look. `other_way`: while they wait, somebody else may have room. `seen`: the position of the story that this was read from. `back`: where one came from."""

    referral_id: UUID
    due: bool
    question: str
    since: datetime
    other_way: bool
    weeks: tuple[tuple[str, str], ...]
    usual: int
    seen: int
    back: str


def review_here(referral: Referral, now: datetime, *, to: str, back: str = "") -> ReviewHere | None:
    """None where nothing is looked at again. `to`: the service's name."""
    weeks = reviewing.weeks(referral.status, referral.urgency)
    if not weeks:
        return None
    since = referral.entered_at or referral.created_at
    return ReviewHere(
        referral.id, referral.due_at is not None and referral.due_at <= now,
        _(QUESTION[referral.status]) % {"service": to, "day": day(since)}, since, referral.status == Status.WAITLISTED, tuple((str(one), _in(one)) for one in weeks),
        reviewing.usual(referral.status, referral.urgency), referral.position, back,
    )  # fmt: skip


QUESTION: Mapping[str, str] = {
    Status.WAITLISTED: N_(
        "On the waiting list of %(service)s since %(day)s. Is it still needed, and is there another way?"
    ),
    Status.IN_SERVICE: N_("%(service)s has been helping since %(day)s. How is it going?"),
    Status.ON_HOLD: N_("On hold at %(service)s since %(day)s. Can it go on now?"),
}


def _in(weeks: int) -> str:
    return ngettext("ask again in %(num)d week", "ask again in %(num)d weeks", weeks) % {"num": weeks}
