"""A referral, its story, and what became of the need."""

from referrals.tracking.models.learned import Learned
from referrals.tracking.models.outcome import ClientVoice, Verdict
from referrals.tracking.models.referral import Referral, ReferralEvent, ReferralLink, ReferralNote

__all__ = [
    "ClientVoice",
    "Learned",
    "Referral",
    "ReferralEvent",
    "ReferralLink",
    "ReferralNote",
    "Verdict",
]
