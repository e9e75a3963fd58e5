"""A referral, its story, and what became of the need."""

from referrals.tracking.models.appointment import Appointment, AppointmentProposal, ClientLink
from referrals.tracking.models.asks import ServiceAsks
from referrals.tracking.models.disposition import Disposition
from referrals.tracking.models.goal import Goal, GoalScore, InstrumentScore
from referrals.tracking.models.in_hand import InHand
from referrals.tracking.models.learned import Learned
from referrals.tracking.models.listening import Listener
from referrals.tracking.models.outcome import (
    Asking,
    ClientVoice,
    Dispute,
    Heard,
    Lasting,
    PaperCode,
    ProviderVoice,
    Verdict,
)
from referrals.tracking.models.receiving import ReceiverCode, ReceiverWish, ReferralFile, ReferralLetter
from referrals.tracking.models.referral import Referral, ReferralEvent, ReferralLink, ReferralNote
from referrals.tracking.models.review import Review
from referrals.tracking.models.timer import ReferralTimer, ServicePace

__all__ = [
    "Appointment",
    "AppointmentProposal",
    "Asking",
    "ClientLink",
    "ClientVoice",
    "Disposition",
    "Dispute",
    "Goal",
    "GoalScore",
    "Heard",
    "InHand",
    "InstrumentScore",
    "Lasting",
    "Learned",
    "Listener",
    "PaperCode",
    "ProviderVoice",
    "ReceiverCode",
    "ReceiverWish",
    "Referral",
    "ReferralEvent",
    "ReferralFile",
    "ReferralLetter",
    "ReferralLink",
    "ReferralNote",
    "ReferralTimer",
    "Review",
    "ServiceAsks",
    "ServicePace",
    "Verdict",
]
