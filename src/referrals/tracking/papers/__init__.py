"""Papers that a service asks for: what they are, who may see them, where they lie and when they go."""

from referrals.tracking.papers.agreed import FIELD, opened
from referrals.tracking.papers.kept import LIE_THERE, MOST, add, asked_for, content, drop, forget, of, visible
from referrals.tracking.papers.kinds import ENDINGS, LARGEST, MEDIA
from referrals.tracking.papers.refused import NotOurs

__all__ = [
    "ENDINGS", "FIELD", "LARGEST", "LIE_THERE", "MEDIA", "MOST", "NotOurs", "add", "asked_for", "content", "drop", "forget", "of",
    "opened", "visible",
]  # fmt: skip
