"""Looking at referrals. Every read of one begins with `visible_to`."""

from referrals.tracking.queries.inbox import Inbox, Received, received
from referrals.tracking.queries.lists import Try, attempts, requests
from referrals.tracking.queries.receiver import Shown, shown
from referrals.tracking.queries.team import Colleague, team
from referrals.tracking.queries.timeline import Happening, timeline, voices
from referrals.tracking.queries.today import Day, Task, Times, Waiting, today, what_waits
from referrals.tracking.queries.visible import get, visible_to

__all__ = [
    "Colleague", "Day", "Happening", "Inbox", "Received", "Shown", "Task", "Times", "Try", "Waiting", "attempts", "get",
    "received", "requests",
    "shown", "team", "timeline", "today", "visible_to", "voices", "what_waits",
]  # fmt: skip
