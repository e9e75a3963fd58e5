"""People who are helped, what they need, what they agreed to."""

from referrals.clients.models.consent import Consent, ConsentEvidence, ConsentRequest, Disclosure
from referrals.clients.models.contacting import ClientMessage
from referrals.clients.models.notice import Notice
from referrals.clients.models.person import (
    KEEP_AWAY_KINDS,
    MODELS_OF_CASE_MANAGEMENT,
    NEED_STATUSES,
    WISHES,
    Assignment,
    Client,
    ClientContact,
    ClientIdentity,
    KeepAway,
    Need,
)

__all__ = [
    "KEEP_AWAY_KINDS",
    "MODELS_OF_CASE_MANAGEMENT",
    "NEED_STATUSES",
    "WISHES",
    "Assignment",
    "Client",
    "ClientContact",
    "ClientIdentity",
    "ClientMessage",
    "Consent",
    "ConsentEvidence",
    "ConsentRequest",
    "Disclosure",
    "KeepAway",
    "Need",
    "Notice",
]
