"""What somebody wants to see of their inbox: a queue, filters, words, a place in the list. Pure: an address becomes values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from referrals.tracking.lifecycle import TERMINAL, Status

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
Whose = Literal["", "mine", "nobody"] | UUID
"""Everybody's, one's own, nobody's yet, or a colleague's."""
Only = Literal["", "urgent", "late"]


class Queue(StrEnum):
    ANSWER = "answer"
    ASKED = "asked"
    UNDER_WAY = "under-way"
    WAITING_LIST = "waiting-list"
    DONE = "done"


STATUSES: Mapping[Queue, tuple[Status, ...]] = {
    Queue.ANSWER: (Status.SENT, Status.CANCEL_REQUESTED),
    Queue.ASKED: (Status.INFO_REQUESTED,),
    Queue.UNDER_WAY: (
        Status.ACCEPTED, Status.SCHEDULED, Status.REBOOKING, Status.IN_SERVICE, Status.ON_HOLD,
    ),
    Queue.WAITING_LIST: (Status.WAITLISTED,),
    Queue.DONE: (Status.COMPLETED, *(Status(one) for one in sorted(TERMINAL - {Status.ENTERED_IN_ERROR}))),
}  # fmt: skip
"""Every status that a receiver may meet stands in one queue; what was entered by mistake stands in none."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list: just behind, or before, this row."""

    urgency: str
    sent_at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.urgency[0]}{(self.sent_at - _EPOCH) // _MICROSECOND}.{self.id.hex}"


@dataclass(frozen=True, slots=True)
class Ask:
    queue: Queue = Queue.ANSWER
    service_id: UUID | None = None
    whose: Whose = ""
    only: Only = ""
    words: str = ""
    after: Cursor | None = None
    before: Cursor | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.service_id or self.whose or self.only or self.words)

    def query(self, **changed: object) -> dict[str, object]:
        """As it stands in an address; what is usual is left out."""
        asked: dict[str, object] = {
            "queue": "" if self.queue is Queue.ANSWER else self.queue.value, "service": self.service_id or "",
            "whose": self.whose, "only": self.only, "q": self.words,
        }  # fmt: skip
        return {**asked, **changed}

    def at(self, queue: Queue) -> "Ask":
        return replace(self, queue=queue, after=None, before=None)


def read(typed: Mapping[str, str]) -> Ask:
    """Whatever is typed into an address by hand and makes no sense is left out: looking breaks nothing."""
    whose = typed.get("whose", "")
    only = typed.get("only", "")
    queue = typed.get("queue", "")
    return Ask(
        queue=Queue(queue) if queue in list(Queue) else Queue.ANSWER,
        service_id=_id(typed.get("service", "")),
        whose="mine" if whose == "mine" else "nobody" if whose == "nobody" else _id(whose) or "",
        only="urgent" if only == "urgent" else "late" if only == "late" else "",
        words=typed.get("q", "").strip()[:80],
        after=_cursor(typed.get("after", "")),
        before=_cursor(typed.get("before", "")),
    )


def _cursor(text: str) -> Cursor | None:
    at, _dot, id = text[1:].rpartition(".")
    try:
        moment = _EPOCH + int(at) * _MICROSECOND
        found = UUID(id)
    except (ValueError, OverflowError):
        return None
    return Cursor("urgent" if text[0] == "u" else "routine", moment, found)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
