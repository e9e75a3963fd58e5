"""A referral's story in order, with the words that belong to it; and what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.carrying import acted_for, history
from referrals.tracking.lifecycle import FACTS, By, Status
from referrals.tracking.models import ClientVoice, Referral, ReferralEvent, ReferralNote, Review
from referrals.tracking.said import Fact
from referrals.tracking.timers import looked_at_again


@dataclass(frozen=True, slots=True)
class Happening:
    """One fact of the story, or what the client said. `kind` is the event's name, `seen`, `client_voice`, `still_so` or `called`."""

    kind: str
    at: datetime
    position: int
    part: str = By.SYSTEM
    actor_id: UUID | None = None
    reason: str | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    """Kind of note -> text, as far as this reader may see it."""
    for_id: UUID | None = None
    """For whom a case manager acted who stood in; none for whoever carried the file."""

    @property
    def told(self) -> bool:
        return self.part == By.ON_BEHALF


async def timeline(session: AsyncSession, referral: Referral, reader: str = "sender") -> list[Happening]:
    """The newest first, in four statements, and one more for what goes on for long.

    `reader`: sender, receiver or client; each sees only the words meant for them.
    """
    found = await session.scalars(
        select(ReferralEvent).where(ReferralEvent.referral_id == referral.id).order_by(ReferralEvent.position)
    )
    events = found.all()
    notes = await session.scalars(
        select(ReferralNote)
        .where(ReferralNote.referral_id == referral.id, ReferralNote.visible_to.contains([reader]))
        .order_by(ReferralNote.at)
    )
    words: dict[int, dict[str, str]] = {}
    for note in notes:
        words.setdefault(note.event_position or 0, {})[note.kind] = note.text
    story = [_happening(event, words.get(event.position, {})) for event in events]
    if reader == "sender":
        again = referral.channel == "phone" or any(looked_at_again(one.to_status) for one in events)
        story += await _reviews(session, referral, events) if again else []
        carried = await history(session, referral.client_id)
        story = [
            replace(one, for_id=acted_for(carried, one.actor_id, one.at) if one.actor_id else None) for one in story
        ]
    if referral.seen_at is not None:
        story.append(Happening("seen", referral.seen_at, 1, By.PROVIDER))
    if reader == "sender":
        story += [_voice(voice, referral) for voice in await voices(session, referral)]
    return sorted(story, key=lambda one: (one.at, one.position), reverse=True)


async def _reviews(session: AsyncSession, referral: Referral, events: Sequence[ReferralEvent]) -> list[Happening]:
    """Somebody of ours looked, and found it still so; or called a service that had not answered yet, in vain."""
    called = {one.position for one in events if one.to_status == Status.SENT}
    found = await session.scalars(select(Review).where(Review.referral_id == referral.id))
    return [
        Happening(
            "called" if one.position in called else "still_so",
            one.at,
            one.position,
            By.CASE_MANAGER,
            one.by_id,
            facts={"ask_again_on": one.ask_again_on},
        )
        for one in found
    ]


async def voices(session: AsyncSession, referral: Referral) -> Sequence[ClientVoice]:
    """What the client said about it, oldest first."""
    found = await session.scalars(
        select(ClientVoice).where(ClientVoice.referral_id == referral.id).order_by(ClientVoice.at)
    )
    return found.all()


def typed(facts: Mapping[str, object]) -> dict[str, Fact]:
    """Facts as they were said: the dates are dates again."""
    return {name: _typed(name, value) for name, value in facts.items()}


def _typed(name: str, value: object) -> Fact:
    kind = FACTS.get(name)
    if kind is datetime:
        return datetime.fromisoformat(str(value))
    if kind is date:
        return date.fromisoformat(str(value))
    return value if isinstance(value, int) else str(value)


def _happening(event: ReferralEvent, words: Mapping[str, str]) -> Happening:
    return Happening(
        event.kind,
        event.at,
        event.position,
        event.actor_role,
        event.actor_id,
        event.reason_code,
        typed(event.facts),
        words,
    )


def _voice(voice: ClientVoice, referral: Referral) -> Happening:
    return Happening(
        "client_voice", voice.at, referral.position, By.ON_BEHALF if voice.told_to else By.CLIENT, voice.told_to,
        facts={"received": voice.received, "resolved": voice.resolved},
    )  # fmt: skip
