"""What the service says and what the person says, each kept as it was said; and what follows where they differ."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.errors import Conflict, Refused
from referrals.kit.jobs import enqueue
from referrals.kit.prepared import ask
from referrals.kit.together import put
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import (
    ClientVoice,
    Dispute,
    Goal,
    GoalScore,
    Lasting,
    ProviderVoice,
    Referral,
    ReferralEvent,
    ReferralNote,
)
from referrals.tracking.outcomes.concordance import FROZEN, SETTLEMENTS, Concordance, concordance
from referrals.tracking.said import Party, Said

Received = Literal["yes", "partly", "no", "not_yet"]
Resolved = Literal["yes", "partly", "no", "unknown"]
Way = Literal["link", "account", "phone", "paper"]
Later = Literal["month", "quarter"]


@dataclass(frozen=True, slots=True)
class More:
    """What a person may add to the two taps. The service is told nothing of it unless they say so."""

    barrier: str | None = None
    respect: int | None = None
    call_back: bool | None = None
    keep_from_provider: bool = True
    ask_later: bool = False


NOTHING_MORE = More()


async def hear(
    session: AsyncSession, referral: Referral, received: Received, resolved: Resolved, now: datetime,
    *, more: More = NOTHING_MORE, way: Way = "link", told_to: Party | None = None,
) -> ClientVoice:  # fmt: skip
    """Keep what the client said. Said twice, the second is kept beside the first: the newest counts."""
    voice = ClientVoice(
        referral_id=referral.id, need_id=referral.need_id, received=received, resolved=resolved,
        told_to=told_to.id if told_to else None, channel="phone" if told_to else way, at=now,
    )  # fmt: skip
    _fill(voice, more)
    session.add(voice)
    await session.flush()
    await reconcile(session, referral, now)
    if told_to is None:
        await enqueue(session, "tracking.tell_sender", referral_id=str(referral.id))
    return voice


async def add_more(session: AsyncSession, voice: ClientVoice, more: More) -> None:
    """What they liked to add after the two taps."""
    _fill(voice, more)
    await session.flush()


async def hear_later(
    session: AsyncSession, referral: Referral, kind: Later, still: Resolved, now: datetime,
    *, way: Way = "link", told_to: Party | None = None,
) -> Lasting:  # fmt: skip
    """Whether it still is settled, a month or three later. A need that is there again waits for the case manager."""
    said = Lasting(
        referral_id=referral.id, need_id=referral.need_id, kind=kind, still=still,
        told_to=told_to.id if told_to else None, channel="phone" if told_to else way, at=now,
    )  # fmt: skip
    session.add(said)
    await session.flush()
    if told_to is None:
        await enqueue(session, "tracking.tell_sender", referral_id=str(referral.id))
    return said


async def keep_delivery(session: AsyncSession, referral: Referral, fact: ReferralEvent, said: Said, found: Any) -> None:
    """Beside a `complete` or a `fail` (`DELIVERIES`): what the service says it gave. `found`: with what `HEARD` looks for.

    The referral is ours already: `record` holds it.
    """
    told = said.delivered
    last = said.facts.get("service_date")
    sessions = said.facts.get("sessions")
    voice = ProviderVoice(
        referral_id=fact.referral_id, event_position=fact.position,
        delivery=str(said.facts.get("provider_outcome", "none")) if fact.kind == "complete" else "none",
        reason=said.reason or told.reason, first_day=told.first_day, last_day=last if isinstance(last, date) else None,
        sessions=sessions if isinstance(sessions, int) else None, next_step=told.next_step, at=fact.at,
    )  # fmt: skip
    await put(session, voice)
    if told.levels:
        own = await session.scalars(select(Goal.id).where(Goal.need_id == referral.need_id, Goal.id.in_(told.levels)))
        session.add_all(
            GoalScore(
                goal_id=goal, level=told.levels[goal], by_role="provider", by_id=fact.actor_id, referral_id=referral.id, at=fact.at
            )
            for goal in own
        )  # fmt: skip
    await _agree(session, referral, voice.delivery, found, fact.at)


DELIVERIES: Final = frozenset({"complete", "fail"})
_VOICE: Final = "(SELECT received FROM client_voice WHERE referral_id = {id} ORDER BY at DESC LIMIT 1) AS received"
_DISPUTE: Final = "(SELECT id FROM dispute WHERE referral_id = {id} AND settled_at IS NULL) AS dispute"
HEARD: Final = f"{_VOICE}, {_DISPUTE}".format(id="r.id")
"""Looks of `record`: the person's newest word, and the dispute that stands."""
_HEARD: Final = f"SELECT {_VOICE}, {_DISPUTE}".format(id="%(referral)s")


async def reconcile(session: AsyncSession, referral: Referral, now: datetime) -> None:
    """Where the two newest voices cannot both be so, a dispute is open; where they can, none is."""
    await session.execute(select(Referral.id).where(Referral.id == referral.id).with_for_update(key_share=True))
    told = await delivery(session, referral.id)
    (last,) = await ask(session, _HEARD, {"referral": referral.id})
    await _agree(session, referral, told.delivery if told else None, last, now)


async def _agree(session: AsyncSession, referral: Referral, told: str | None, last: Any, now: datetime) -> None:
    """`told`: the newest word of the service; `last`: what `HEARD` finds. Nobody else may hear either of them meanwhile."""
    found = concordance(told, last.received)
    standing = await session.get_one(Dispute, last.dispute) if last.dispute else None
    if standing is not None and standing.kind != found:
        standing.settled_at, standing.settled_as = now, "agreed"
        await session.flush()
        standing = None
    if found in FROZEN and standing is None and referral.status != Status.ENTERED_IN_ERROR:
        session.add(Dispute(referral_id=referral.id, need_id=referral.need_id, kind=found.value, opened_at=now))
        await session.flush()


async def settle(
    session: AsyncSession, dispute: Dispute, settled_as: str, by: Party, now: datetime, *, words: str = ""
) -> Dispute:
    """How it was, as far as the case manager could find out. A second press of the same button changes nothing.

    Raises Refused("settlement") for an end that this kind of dispute cannot have, Conflict("already_settled") where
    somebody else settled it otherwise.
    """
    await session.refresh(dispute, with_for_update={"key_share": True})
    if settled_as not in SETTLEMENTS[Concordance(dispute.kind)]:
        raise Refused("settlement")
    if dispute.settled_at is not None:
        if dispute.settled_as == settled_as:
            return dispute
        raise Conflict("already_settled")
    dispute.settled_at, dispute.settled_as, dispute.settled_by = now, settled_as, by.id
    if words.strip():
        session.add(ReferralNote(
            referral_id=dispute.referral_id, event_position=None, kind="settlement", text=words.strip(), author_id=by.id,
            author_role=by.part.value, visible_to=["sender"], at=now,
        ))  # fmt: skip
    await session.flush()
    return dispute


async def look_after(session: AsyncSession, said: Lasting, now: datetime) -> None:
    """The case manager has seen that it did not last."""
    said.looked_after_at = said.looked_after_at or now
    await session.flush()


async def delivery(session: AsyncSession, referral_id: UUID) -> ProviderVoice | None:
    """What the service said last."""
    return await session.scalar(
        select(ProviderVoice).where(ProviderVoice.referral_id == referral_id)
        .order_by(ProviderVoice.event_position.desc()).limit(1)
    )  # fmt: skip


async def newest_voice(session: AsyncSession, referral_id: UUID) -> ClientVoice | None:
    return await session.scalar(
        select(ClientVoice).where(ClientVoice.referral_id == referral_id).order_by(ClientVoice.at.desc()).limit(1)
    )


async def open_dispute(session: AsyncSession, referral_id: UUID) -> Dispute | None:
    return await session.scalar(select(Dispute).where(Dispute.referral_id == referral_id, Dispute.settled_at.is_(None)))


def _fill(voice: ClientVoice, more: More) -> None:
    voice.barrier, voice.respect, voice.call_back = more.barrier, more.respect, more.call_back
    voice.keep_from_provider, voice.ask_later = more.keep_from_provider, more.ask_later
