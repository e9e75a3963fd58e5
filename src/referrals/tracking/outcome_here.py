"""What a referral's own page says of its outcome: a dispute, whether it lasted, what is still to be asked."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.html import day
from referrals.kit.i18n import gettext as _
from referrals.tracking import labels
from referrals.tracking.actions.voices import newest_voice
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import Referral
from referrals.tracking.queries import outcomes


@dataclass(frozen=True, slots=True)
class OutcomeHere:
    dispute_id: UUID | None
    disputed: str
    """What they differ about; empty where nothing is open."""
    settled: str
    lasted: tuple[tuple[str, str], ...]
    """(when, what they said)."""
    not_lasting_id: UUID | None
    ask_later: bool
    wants_call: bool
    """They said that they would like a call about it."""
    askable: bool
    """The person may be asked, and what they say written down."""
    firsts: list[tuple[str, str]]
    seconds: list[tuple[str, str]]
    heard: bool
    """The person has spoken."""


async def outcome_here(session: AsyncSession, referral: Referral) -> OutcomeHere:
    dispute = await outcomes.standing_dispute(session, referral.id)
    said = await outcomes.lasting(session, referral.id)
    kind = await outcomes.asked_now(session, referral)
    voice = await newest_voice(session, referral.id)
    bad = next((one for one in said if one.still in outcomes.NOT_SETTLED and one.looked_after_at is None), None)
    open_one = dispute is not None and dispute.settled_at is None
    return OutcomeHere(
        dispute.id if dispute else None, _(labels.CONCORDANCE[dispute.kind]) if dispute and open_one else "",
        _(labels.SETTLED[dispute.settled_as]) if dispute and dispute.settled_as else "",
        tuple((day(one.at), _(labels.STILL[one.still])) for one in said), bad.id if bad else None,
        kind in outcomes.LATER, bool(voice and voice.call_back), referral.status in (Status.COMPLETED, Status.CLOSED, Status.NOT_COMPLETED),
        labels.options(labels.RECEIVED), labels.options(labels.RESOLVED), voice is not None,
    )  # fmt: skip


def lead(referral: Referral, outcome: OutcomeHere) -> str:
    """How the page begins once both have spoken; empty where the story itself says it."""
    if outcome.disputed:
        return _("The two tell it differently. Find out how it was, then close the need.")
    if referral.status == Status.COMPLETED and outcome.heard:
        return _("Both have spoken. You can close the need.")
    return ""
