"""What changes a referral. Everything that moves its status goes through `act`, and `act` through `record`."""

from referrals.tracking.actions.act import act
from referrals.tracking.actions.consenting import request_consent, revoke_consent
from referrals.tracking.actions.links import Opened, opened, renew
from referrals.tracking.actions.record import Recorded, already_said, missing, record
from referrals.tracking.actions.send import draft, send
from referrals.tracking.actions.verdict import close_need, withdraw
from referrals.tracking.actions.voices import hear

__all__ = [
    "Opened", "Recorded", "act", "already_said", "close_need", "draft", "hear", "missing", "opened", "record", "renew",
    "request_consent", "revoke_consent", "send", "withdraw",
]  # fmt: skip
