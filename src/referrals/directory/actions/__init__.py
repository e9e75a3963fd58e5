"""Keeping one's own listings right: whoever runs a service says whether there is room, when, how, and in which words.

Every change of a field leaves one fact more in the history, and the listing that search and match read follows in the
same transaction.
"""

from referrals.directory.actions.capacity import Answer, say_capacity
from referrals.directory.actions.history import Editor
from referrals.directory.actions.lock import lock

__all__ = ["Answer", "Editor", "lock", "say_capacity"]
