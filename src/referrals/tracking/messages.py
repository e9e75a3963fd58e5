"""The words between the sides of a referral. Each reads what is meant for it; a message outside a question moves nothing.

A question and its answer are events (`ask_info`, `provide_info`) and stop the clock; what is written here is a note alone.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Consent
from referrals.kit.errors import Conflict, Refused, TooMany
from referrals.kit.jobs import enqueue
from referrals.tracking import disclosing, telling_back
from referrals.tracking.lifecycle import OPEN, UNSENT, By
from referrals.tracking.models import Referral, ReferralNote
from referrals.tracking.said import Party

Side = Literal["sender", "receiver", "client"]
KINDS: Final = ("question", "answer", "message")
LONGEST: Final = 2000
AN_HOUR: Final = 20
"""Messages of one side: nobody's mailbox is filled by a link."""
ANSWERS: Final = "answers"
"""What a person agrees to when the service may be told more about this need."""
SIDE_OF: Final[dict[str, Side]] = {
    By.CASE_MANAGER: "sender", By.ON_BEHALF: "receiver", By.PROVIDER: "receiver", By.CLIENT: "client",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was said. `by`: whose words they are; `read_by`: the sides that see them."""

    kind: str
    by: Side
    text: str
    at: datetime
    read_by: frozenset[str]
    told: bool
    """The case manager wrote down what the receiver told them."""


async def thread(
    session: AsyncSession, referral: Referral, reader: Side, *, identified: Literal["yes", "no"] = "yes"
) -> list[Line]:
    """What this side may read, the first on top.

    `identified="no"`: a receiver who has not proven once more who they are reads nothing that was written after their yes,
    for it may name the person.
    """
    found = select(ReferralNote).where(
        ReferralNote.referral_id == referral.id, ReferralNote.kind.in_(KINDS),
        ReferralNote.visible_to.contains([reader]),
    )  # fmt: skip
    notes = list(await session.scalars(found.order_by(ReferralNote.at, ReferralNote.id)))
    if reader == "receiver" and any(note.sensitivity for note in notes):
        consent = await session.get(Consent, referral.consent_id) if referral.consent_id else None
        allowed = set(consent.sensitivity_allowed) if consent else set()
        notes = [note for note in notes if set(note.sensitivity) <= allowed]
    lines = [_line(note) for note in notes]
    if identified == "yes":
        return lines
    yes = referral.responded_at
    return [line for line in lines if line.by == reader or yes is None or line.at <= yes]


async def write(
    session: AsyncSession, referral: Referral, party: Party, text: str, to: Collection[Side], key: str, now: datetime,
    *, sensitivity: Collection[str] = (),
) -> bool:  # fmt: skip
    """Add it, and have a mail without a word of it written to whoever is to read it. False: it stood there already.

    `to` never opens one receiver's words to another: a thread belongs to one referral. Raises Conflict("not_possible")
    where nobody is there to read it any more, and Refused where the person has not agreed that the service is told more,
    or tells more itself, and TooMany.
    `sensitivity`: what the words give away beyond the request itself.
    """
    if referral.status not in OPEN - UNSENT:
        raise Conflict("not_possible")
    own = SIDE_OF[party.part]
    if await _lately(session, referral, party, now) >= AN_HOUR:
        raise TooMany("messages")
    tells = own == "sender" and "receiver" in to
    if own == "receiver" and await telling_back.agreed(session, referral, now) is telling_back.Telling.CODES:
        raise Refused(telling_back.REFUSED, fields=["words"])
    if tells:
        await disclosing.covered(session, referral, {ANSWERS}, now, sensitivity=sensitivity)
    added = await session.scalar(
        insert(ReferralNote)
        .values(
            id=note_id(referral.id, key), referral_id=referral.id, event_position=None, kind="message",
            text=text.strip()[:LONGEST], author_id=party.id, author_role=party.part.value,
            visible_to=sorted({own, *to}), sensitivity=sorted(sensitivity), at=now,
        )
        .on_conflict_do_nothing(index_elements=[ReferralNote.id])
        .returning(ReferralNote.id)
    )  # fmt: skip
    if added is None:
        return False
    if tells:
        await disclosing.tell(session, referral, {ANSWERS}, now, sensitivity=sensitivity)
    for side in sorted({*to} - {own}):
        await _tell(session, referral, side)
    return True


async def _lately(session: AsyncSession, referral: Referral, party: Party, now: datetime) -> int:
    written = select(func.count()).select_from(ReferralNote).where(
        ReferralNote.referral_id == referral.id, ReferralNote.kind == "message",
        ReferralNote.author_role == party.part.value, ReferralNote.at > now - timedelta(hours=1),
    )  # fmt: skip
    return await session.scalar(written) or 0


async def _tell(session: AsyncSession, referral: Referral, side: Side) -> None:
    """That there is something to read; what, stands on their page alone."""
    id = str(referral.id)
    if side == "sender":
        await enqueue(session, "tracking.tell_sender", referral_id=id)
    elif side == "receiver":
        await enqueue(session, "tracking.message_for_receiver", referral_id=id)
    else:
        await enqueue(session, "tracking.tell_client_news", referral_id=id, code="client_message")


def note_id(referral_id: UUID, key: str) -> UUID:
    """The same form pressed twice is the same note."""
    return uuid5(referral_id, key)


def _line(note: ReferralNote) -> Line:
    return Line(
        note.kind, SIDE_OF.get(note.author_role, "sender"), note.text, note.at, frozenset(note.visible_to),
        note.author_role == By.ON_BEHALF,
    )  # fmt: skip
