"""Looking at outcomes: what is asked of a person now, what service and person say, where they differ, what a service is told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients import identity
from referrals.clients.models import Client, Need
from referrals.clients.queries import caseload
from referrals.directory.models import Service
from referrals.directory.queries.called import Called, names
from referrals.directory.queries.redirects import stands_for
from referrals.kit.errors import NotFound
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import (
    Asking,
    ClientVoice,
    Dispute,
    Heard,
    Lasting,
    ProviderVoice,
    Referral,
    ReferralNote,
)
from referrals.tracking.outcomes.heard import Figures
from referrals.tracking.queries.visible import get

LATER: Final = ("month", "quarter")
NOT_SETTLED: Final = ("no", "partly")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the case manager's day that comes from what was said afterwards. `what`: dispute, not_lasting, to_ask."""

    what: str
    id: UUID
    name: str
    need: Need
    referral_id: UUID
    service: Called
    code: str
    since: datetime


@dataclass(frozen=True, slots=True)
class BothVoices:
    """A dispute with all that speaks for the one and for the other."""

    dispute: Dispute
    referral: Referral
    told: ProviderVoice | None
    heard: ClientVoice | None
    words: str
    """What the service wrote with it."""
    settlement: str


async def asked_now(session: AsyncSession, referral: Referral) -> str:
    """What a person is asked of this referral: `first`, or `month` or `quarter` once that question was put."""
    answered = select(Lasting.id).where(Lasting.referral_id == referral.id, Lasting.kind == Asking.kind).exists()
    kind = await session.scalar(
        select(Asking.kind)
        .where(
            Asking.referral_id == referral.id, Asking.kind.in_(LATER), Asking.result.in_(("asked", "no_way")), ~answered,
        )
        .order_by(Asking.due_at.desc()).limit(1)
    )  # fmt: skip
    return kind or "first"


async def asked_since(session: AsyncSession, referral: Referral, at: datetime) -> bool:
    """Whether the question was put once more after this answer: then it stands on their page again."""
    later = select(Asking.id).where(
        Asking.referral_id == referral.id, Asking.result == "asked", Asking.kind.not_in(LATER), Asking.done_at > at
    )
    return await session.scalar(later.limit(1)) is not None


async def get_dispute(session: AsyncSession, actor: Actor, dispute_id: UUID) -> BothVoices:
    """Raises NotFound for one that is not there and for one of somebody else's caseload."""
    dispute = await session.get(Dispute, dispute_id)
    if dispute is None:
        raise NotFound("dispute")
    referral = await get(session, actor, dispute.referral_id, Role.CASE_MANAGER)
    if referral.status == Status.ENTERED_IN_ERROR:
        raise NotFound("dispute")
    told = await session.scalar(
        select(ProviderVoice).where(ProviderVoice.referral_id == referral.id)
        .order_by(ProviderVoice.event_position.desc()).limit(1)
    )  # fmt: skip
    heard = await session.scalar(
        select(ClientVoice).where(ClientVoice.referral_id == referral.id).order_by(ClientVoice.at.desc()).limit(1)
    )
    notes = {
        note.kind: note.text
        for note in await session.scalars(
            select(ReferralNote)
            .where(
                ReferralNote.referral_id == referral.id, ReferralNote.visible_to.contains(["sender"]),
                (ReferralNote.kind == "settlement") | (ReferralNote.event_position == (told.event_position if told else -1)),
            )
            .order_by(ReferralNote.at)
        )
    }  # fmt: skip
    words = next((text for kind, text in notes.items() if kind not in ("settlement", "told_by")), "")
    return BothVoices(dispute, referral, told, heard, words, notes.get("settlement", ""))


async def standing_dispute(session: AsyncSession, referral_id: UUID) -> Dispute | None:
    """The open one, else the one that was settled last."""
    return await session.scalar(
        select(Dispute).where(Dispute.referral_id == referral_id)
        .order_by(Dispute.settled_at.desc().nulls_first()).limit(1)
    )  # fmt: skip


async def get_lasting(session: AsyncSession, actor: Actor, lasting_id: UUID) -> tuple[Lasting, Referral]:
    """Raises NotFound."""
    said = await session.get(Lasting, lasting_id)
    if said is None:
        raise NotFound("lasting")
    return said, await get(session, actor, said.referral_id, Role.CASE_MANAGER)


async def lasting(session: AsyncSession, referral_id: UUID) -> list[Lasting]:
    """What was said a month and three months later, the oldest first."""
    found = await session.scalars(select(Lasting).where(Lasting.referral_id == referral_id).order_by(Lasting.at))
    return list(found)


async def after_the_end(session: AsyncSession, actor: Actor) -> list[Outcome]:
    """What waits for the case manager because of what was said afterwards. Three statements, whatever the caseload."""
    rows: list[tuple[str, Any]] = []
    rows += [("dispute", row) for row in await session.execute(_disputes(actor))]
    rows += [("not_lasting", row) for row in await session.execute(_not_lasting(actor))]
    rows += [("to_ask", row) for row in await session.execute(_to_ask(actor))]
    if not rows:
        return []
    people = await identity.told_apart(session, {row.Need.client_id for _, row in rows})
    called = await names(session)
    return [
        Outcome(
            what, row.id, people[row.Need.client_id], row.Need, row.referral_id, called.service(row.Service), row.code, row.since
        )
        for what, row in rows
    ]  # fmt: skip


async def heard_of(session: AsyncSession, service_ids: Collection[UUID]) -> Mapping[UUID, Figures]:
    """What these services are told of what people say: in fives, and nothing for one of which too few have spoken."""
    rows = await session.scalars(select(Heard).where(Heard.service_id.in_(service_ids)))
    return {row.service_id: Figures(**row.figures) for row in rows}


def _disputes(actor: Actor) -> Select[Any]:
    return _mine(actor, Dispute, Dispute.kind, Dispute.opened_at).where(Dispute.settled_at.is_(None))


def _not_lasting(actor: Actor) -> Select[Any]:
    found = _mine(actor, Lasting, Lasting.still, Lasting.at)
    return found.where(Lasting.still.in_(NOT_SETTLED), Lasting.looked_after_at.is_(None))


def _to_ask(actor: Actor) -> Select[Any]:
    answered = select(Lasting.id).where(Lasting.referral_id == Asking.referral_id, Lasting.kind == Asking.kind).exists()
    found = _mine(actor, Asking, Asking.kind, Asking.done_at)
    return found.where(Asking.kind.in_(LATER), Asking.result == "no_way", ~answered)


def _mine(actor: Actor, model: type[Dispute] | type[Lasting] | type[Asking], code: Any, since: Any) -> Select[Any]:
    mine = caseload(actor).where(Client.archived_at.is_(None)).with_only_columns(Client.id).scalar_subquery()
    return (
        select(model.id, model.referral_id, code.label("code"), since.label("since"), Need, Service)
        .join(Referral, Referral.id == model.referral_id)
        .join(Need, Need.id == Referral.need_id)
        .join(Service, Service.id == stands_for(Referral.service_id))
        .where(Referral.client_id.in_(mine), Referral.status != Status.ENTERED_IN_ERROR)
        .order_by(since)
    )
