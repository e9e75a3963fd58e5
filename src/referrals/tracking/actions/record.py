"""`record`: the only way a referral moves. One fact more in its story, and its summary brought up to date."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.db import Json
from referrals.kit.errors import Conflict, NotAllowed, Refused
from referrals.tracking import lifecycle
from referrals.tracking.actions import timers
from referrals.tracking.lifecycle import TERMINAL
from referrals.tracking.models import Referral, ReferralEvent, ReferralLetter, ReferralLink
from referrals.tracking.reasons import OTHER
from referrals.tracking.said import Fact, Party, Said

PROMISES = ("first_contact_by", "review_on", "resume_on")
"""Facts that name the day by which somebody will act, or will look again."""
LINK_OUTLIVES = timedelta(days=8)
"""How long a link stays good after the referral's next deadline."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The fact as it stands in the story. `again`: it stood there already, and nothing more is to be done."""

    event: ReferralEvent
    again: bool = False


async def record(
    session: AsyncSession, referral: Referral, event: str, party: Party, said: Said, now: datetime,
    *, looked_at: Collection[str] = (),
) -> Recorded:  # fmt: skip
    """Let `event` happen. The same key again gives the first answer again and changes nothing.

    `looked_at`: the conditions of the law that the caller has made sure of. Raises Conflict("already_answered") where
    somebody was quicker, Conflict("not_possible") where it does not follow from here, NotAllowed("step") where it is not
    theirs to do, and Refused("missing", fields=…) where something must be said first. The session stays usable.
    """
    if earlier := await already_said(session, referral, said.key):
        return Recorded(earlier, again=True)
    if said.seen is not None and said.seen != referral.position:
        raise Conflict("already_answered")
    target = lifecycle.after(referral.status, event)
    if not lifecycle.may(party.part, event, referral.status):
        raise NotAllowed("step")
    if lacking := missing(event, party, said, looked_at):
        raise Refused("missing", fields=lacking)
    fact = ReferralEvent(
        referral_id=referral.id, position=referral.position + 1, kind=event, from_status=referral.status,
        to_status=target, at=now, actor_id=party.id, actor_role=party.part.value, reason_code=said.reason,
        facts=_as_json(said), idempotency_key=said.key,
    )  # fmt: skip
    try:
        # Two people may press at once: the unique position lets one in, and the savepoint keeps this session usable.
        async with session.begin_nested():
            session.add(fact)
            _summarize(referral, fact, said, now)
            set_ = timers.enter(referral, fact.from_status, now, next(_days(said, PROMISES), None))
            await session.flush()
    except IntegrityError as error:
        await session.refresh(referral)
        if earlier := await already_said(session, referral, said.key):
            return Recorded(earlier, again=True)
        raise Conflict("already_answered") from error
    await timers.replace(session, referral, set_)
    await _keep_links_alive(session, referral, now)
    return Recorded(fact)


def missing(event: str, party: Party, said: Said, looked_at: Collection[str] = ()) -> list[str]:
    """What this event still lacks, as field names; empty when it may happen. Raises ValueError for a fact nobody knows."""
    asked = lifecycle.required(event, party.part)
    lacking = [name for name in asked.facts if name not in said.facts]
    lacking += [name for name, value in said.facts.items() if not _fits(name, value)]
    if asked.codes and said.reason not in asked.codes:
        lacking.append("reason")
    if (asked.words or said.reason == OTHER) and not said.words.strip():
        lacking.append("words")
    told = {"told_by"} if party.told_by.strip() else set()
    lacking += [condition for condition in asked.conditions if condition not in {*looked_at, *told}]
    return lacking


def _fits(name: str, value: Fact) -> bool:
    kind = lifecycle.FACTS.get(name)
    if kind is None:
        raise ValueError(f"{name} is no fact that an event may hold")
    if isinstance(kind, frozenset):
        return value in kind
    return isinstance(value, kind) and not (kind is date and isinstance(value, datetime))


def _as_json(said: Said) -> Json:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in said.facts.items()}


async def already_said(session: AsyncSession, referral: Referral, key: str | None) -> ReferralEvent | None:
    """The fact that this key has brought before, if it has."""
    if key is None:
        return None
    return await session.scalar(
        select(ReferralEvent).where(ReferralEvent.referral_id == referral.id, ReferralEvent.idempotency_key == key)
    )


def _summarize(referral: Referral, fact: ReferralEvent, said: Said, now: datetime) -> None:
    """The projection. Whatever is not told apart here is only in the story."""
    referral.status, referral.position = fact.to_status, fact.position
    match fact.kind:
        case "send" | "consent_granted":
            referral.sent_at = now
        case "accept" | "accept_waitlist" | "decline":
            referral.responded_at = now
        case "schedule" | "reschedule":
            referral.appointment_at = _moment(said, "appointment_at")
        case "no_show" | "appointment_cancelled":
            referral.appointment_at = None
        case "start_service":
            referral.started_on = _day(said, "started_on")
        case "complete":
            referral.completed_at = now
    if fact.to_status in TERMINAL:
        referral.closed_at = now


def _days(said: Said, names: Iterable[str]) -> Iterator[date]:
    return (day for name in names if (day := _day(said, name)))


def _day(said: Said, name: str) -> date | None:
    value = said.facts.get(name)
    return value if isinstance(value, date) else None


def _moment(said: Said, name: str) -> datetime | None:
    value = said.facts.get(name)
    return value if isinstance(value, datetime) else None


async def _keep_links_alive(session: AsyncSession, referral: Referral, now: datetime) -> None:
    """A receiver's link, or letter, that still works goes on working until eight days after the next deadline."""
    until = (referral.due_at or now) + LINK_OUTLIVES
    await session.execute(
        update(ReferralLink)
        .where(
            ReferralLink.referral_id == referral.id, ReferralLink.purpose == "receiver",
            ReferralLink.replaced_at.is_(None), ReferralLink.expires_at > now,
        )
        .values(expires_at=until)
    )  # fmt: skip
    if referral.channel == "phone":
        await session.execute(
            update(ReferralLetter)
            .where(
                ReferralLetter.referral_id == referral.id, ReferralLetter.replaced_at.is_(None),
                ReferralLetter.expires_at > now,
            )
            .values(expires_at=until)
        )  # fmt: skip
