"""`record`: the only way a referral moves. One fact more in its story, and its summary brought up to date."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import uuid4

from psycopg import IntegrityError
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from referrals.kit.db import Json
from referrals.kit.errors import Conflict, NotAllowed, Refused
from referrals.kit.prepared import ask
from referrals.kit.together import says
from referrals.tracking import lifecycle
from referrals.tracking.actions import timers
from referrals.tracking.actions.timers import LINK_OUTLIVES
from referrals.tracking.lifecycle import TERMINAL
from referrals.tracking.models import Referral, ReferralEvent, ReferralLetter
from referrals.tracking.reasons import OTHER
from referrals.tracking.said import Fact, Party, Said
from referrals.tracking.timers import Timer

PROMISES = ("first_contact_by", "review_on", "resume_on")
"""Facts that name the day by which somebody will act, or will look again."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The fact as it stands in the story. `again`: it stood there already, and nothing more is to be done.

    `found`: what was asked for with `looks`, each by its name.
    """

    event: ReferralEvent
    again: bool = False
    found: Any = None


async def record(
    session: AsyncSession, referral: Referral, event: str, party: Party, said: Said, now: datetime,
    *, looked_at: Collection[str] = (), looks: tuple[str, ...] = (),
) -> Recorded:  # fmt: skip
    """Let `event` happen. The same key again gives the first answer again and changes nothing.

    `looked_at`: the conditions of the law that the caller has made sure of. `looks`: what is to be found beside it, as columns
    in terms of a referral `r` that is ours. Raises Conflict("already_answered") where
    somebody was quicker, Conflict("not_possible") where it does not follow from here, NotAllowed("step") where it is not
    theirs to do, and Refused("missing", fields=…) where something must be said first. The session stays usable.
    """
    if earlier := await _take(session, referral, said.key):
        return Recorded(earlier, again=True)
    if said.seen is not None and said.seen != referral.position:
        raise Conflict("already_answered")
    target = lifecycle.after(referral.status, event)
    if not lifecycle.may(party.part, event, referral.status):
        raise NotAllowed("step")
    if lacking := missing(event, party, said, looked_at):
        raise Refused("missing", fields=lacking)
    fact = ReferralEvent(
        id=uuid4(), referral_id=referral.id, position=referral.position + 1, kind=event, from_status=referral.status,
        to_status=target, at=now, actor_id=party.id, actor_role=party.part.value, reason_code=said.reason,
        facts=_as_json(said), idempotency_key=said.key,
    )  # fmt: skip
    says(session, referral, _summary(fact, said, now))
    set_ = timers.enter(referral, fact.from_status, now, next(_days(said, PROMISES), None), say=set_committed_value)
    recorded = Recorded(fact, found=await _write(session, referral, fact, set_, now, looks))
    await _keep_letters_alive(session, referral, now)
    return recorded


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


async def _take(session: AsyncSession, referral: Referral, key: str | None) -> ReferralEvent | None:
    """The story is ours until this transaction ends; the fact that this key has brought before, if it has.

    Two people may press at once: the second waits here, and finds that the story has moved on: Conflict("already_answered").
    """
    (row,) = await ask(session, _TAKE, {"referral": referral.id, "key": key})
    if row.position != referral.position:
        await session.refresh(referral)
        # What was written while we waited is seen by the next look only.
        if earlier := await already_said(session, referral, key):
            return earlier
        raise Conflict("already_answered")
    return await session.get(ReferralEvent, row.same) if row.same is not None else None


_TAKE: Final = """
    SELECT position, (SELECT id FROM referral_event WHERE referral_id = r.id AND idempotency_key = %(key)s) AS same
    FROM referral AS r WHERE id = %(referral)s FOR NO KEY UPDATE OF r
"""


async def _write(
    session: AsyncSession, referral: Referral, fact: ReferralEvent, set_: Sequence[Timer], now: datetime,
    looks: tuple[str, ...],
) -> Any:  # fmt: skip
    """The fact, the summary, and what waits from now on: one statement. A receiver's living link lives on with them.

    What follows from the fact finds what it must know of in the same answer. Nobody else may change the referral meanwhile.
    """
    values = {name: getattr(referral, name) for name in SUMMARY}
    happened = {name: getattr(fact, name) for name in FACT} | {"facts": json.dumps(fact.facts)}
    waits = timers.values(referral, set_, now)
    try:
        (found,) = await ask(
            session, _step(looks), {**values, **{f"fact_{name}": value for name, value in happened.items()}, **waits}
        )
    except IntegrityError as error:
        raise Conflict("already_answered") from error
    return found


SUMMARY: Final = (
    "status", "position", "due_at", "entered_at", "clock_spent", "sent_at", "responded_at", "appointment_at", "started_on",
    "completed_at", "closed_at",
)  # fmt: skip
"""What a referral says of its own story."""
FACT: Final = (
    "id", "referral_id", "position", "kind", "from_status", "to_status", "at", "actor_id", "actor_role", "reason_code",
    "facts", "idempotency_key",
)  # fmt: skip
_COLUMNS: Final = ", ".join(FACT)
_TOLD: Final = ", ".join(f"%(fact_{name})s" for name in FACT)
_MOVED: Final = ", ".join(f"{name} = %({name})s" for name in SUMMARY)


@lru_cache
def _step(looks: tuple[str, ...]) -> str:
    return (
        f"WITH {timers.CHANGES}, told AS (INSERT INTO referral_event ({_COLUMNS}) VALUES ({_TOLD})) "  # noqa: S608 - our own names
        f"UPDATE referral AS r SET {_MOVED} WHERE id = %(referral)s RETURNING {', '.join(looks or ('id',))}"
    )


async def already_said(session: AsyncSession, referral: Referral, key: str | None) -> ReferralEvent | None:
    """The fact that this key has brought before, if it has."""
    if key is None:
        return None
    return await session.scalar(
        select(ReferralEvent).where(ReferralEvent.referral_id == referral.id, ReferralEvent.idempotency_key == key)
    )


def _summary(fact: ReferralEvent, said: Said, now: datetime) -> dict[str, object]:
    """The projection. Whatever is not told apart here is only in the story."""
    changes: dict[str, object] = {"status": fact.to_status, "position": fact.position}
    match fact.kind:
        case "send" | "consent_granted":
            changes["sent_at"] = now
        case "accept" | "accept_waitlist" | "decline":
            changes["responded_at"] = now
        case "schedule" | "reschedule":
            changes["appointment_at"] = _moment(said, "appointment_at")
        case "no_show" | "appointment_cancelled":
            changes["appointment_at"] = None
        case "start_service":
            changes["started_on"] = _day(said, "started_on")
        case "complete":
            changes["completed_at"] = now
    if fact.to_status in TERMINAL:
        changes["closed_at"] = now
    return changes


def _days(said: Said, names: Iterable[str]) -> Iterator[date]:
    return (day for name in names if (day := _day(said, name)))


def _day(said: Said, name: str) -> date | None:
    value = said.facts.get(name)
    return value if isinstance(value, date) else None


def _moment(said: Said, name: str) -> datetime | None:
    value = said.facts.get(name)
    return value if isinstance(value, datetime) else None


async def _keep_letters_alive(session: AsyncSession, referral: Referral, now: datetime) -> None:
    """A receiver's letter that still works goes on working as long as a link would."""
    if referral.channel == "phone":
        await session.execute(
            update(ReferralLetter)
            .where(
                ReferralLetter.referral_id == referral.id, ReferralLetter.replaced_at.is_(None),
                ReferralLetter.expires_at > now,
            )
            .values(expires_at=(referral.due_at or now) + LINK_OUTLIVES)
        )  # fmt: skip
