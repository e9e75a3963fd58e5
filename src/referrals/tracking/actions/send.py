"""Drafting a referral and sending it: with the person's agreement, to one receiver, by link or by telephone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients.consent import BEFORE_ACCEPTANCE, LATER
from referrals.clients.models import Client, Consent, Need
from referrals.directory.models import Listing, Service
from referrals.directory.queries.redirects import once
from referrals.kit.errors import Conflict, NotFound, Refused
from referrals.kit.jobs import enqueue
from referrals.kit.settings import LANGUAGES
from referrals.tracking import disclosing
from referrals.tracking.actions import links, pace, timers
from referrals.tracking.actions.act import act
from referrals.tracking.actions.record import Recorded
from referrals.tracking.lifecycle import OPEN, Status
from referrals.tracking.models import Referral
from referrals.tracking.said import Fact, Said, Snapshot, case_manager

_SENDING = ("valid_consent", "need", "priority", "match_snapshot", "hard_constraints_ok_or_override_reason")


async def draft(
    session: AsyncSession, sender: Actor, client: Client, need: Need, service_id: UUID, now: datetime
) -> Referral:
    """A referral that nobody has seen yet. Raises Conflict("already_open") where this service is being asked already.

    Whoever drafts has read client and need through `caseload`. A service without e-mail is reached by telephone.
    """
    listing, service = await _receiver(session, service_id)
    if await _open_one(session, need.id, service_id):
        raise Conflict("already_open")
    terms = await pace.terms(session, listing, client, need.urgency)
    referral = Referral(
        client_id=client.id, need_id=need.id, service_id=service_id, organization_id=listing.organization_id,
        sender_id=sender.id, sender_organization_id=sender.organization(Role.CASE_MANAGER) or client.organization_id,
        status=Status.DRAFT, position=0, urgency=need.urgency, attempt=await _attempt(session, need.id),
        channel="link" if listing.email else "phone", receiver_email=listing.email, receiver_phone=listing.phone,
        receiver_language=service.language if service.language in LANGUAGES else sender.language, snapshot={},
        created_at=now, calendar=terms.calendar, sender_calendar=terms.sender_calendar, pace=terms.pace, clock_spent=0,
    )  # fmt: skip
    set_ = timers.enter(referral, "", now)
    try:
        async with session.begin_nested():
            session.add(referral)
            await session.flush()
    except IntegrityError as error:
        raise Conflict("already_open") from error
    await timers.replace(session, referral, set_, now)
    return referral


async def send(
    session: AsyncSession, referral: Referral, sender: Actor, consent: Consent | None, snapshot: Snapshot, now: datetime,
    *, key: str | None = None, words: str = "",
) -> Recorded:  # fmt: skip
    """Send it, tell what may be told before a yes, and have the receiver's mail written. `words`: a message to the receiver.

    Raises Refused("no_consent"), Refused("notice") while a notice that must go with it has no wording, and
    Refused("constraints", failed=…) where something does not fit and nobody said why it is sent all the same.
    """
    if consent is None:
        raise Refused("no_consent", why="none")
    referral.consent_id = consent.id
    agreed = await disclosing.covered(session, referral, {"need"}, now)
    if snapshot.failed and snapshot.override_reason is None:
        raise Refused("constraints", failed=list(snapshot.failed))
    referral.snapshot = snapshot.as_json()
    facts: dict[str, Fact] = {"override_reason": snapshot.override_reason} if snapshot.override_reason else {}
    said = Said(facts=facts, words=words, key=key)
    recorded = await act(session, referral, "send", case_manager(sender), said, now, looked_at=_SENDING)
    if recorded.again:
        return recorded
    await goes_out(session, referral, agreed, now)
    return recorded


async def goes_out(session: AsyncSession, referral: Referral, agreed: Consent, now: datetime) -> None:
    """What may be told before a yes is told, and the receiver's mail is written."""
    await disclosing.tell(session, referral, (set(BEFORE_ACCEPTANCE) - set(LATER)) & set(agreed.scope), now)
    if referral.receiver_email:
        link = await links.create(
            session, referral, "receiver", referral.receiver_email, referral.receiver_language, now
        )
        await enqueue(session, "tracking.tell_receiver", link_id=str(link.id), template="referral_new")


async def _receiver(session: AsyncSession, service_id: UUID) -> tuple[Listing, Service]:
    row = (
        await session.execute(
            select(Listing, Service)
            .join(Service, Service.id == Listing.service_id)
            .where(Listing.service_id == service_id, Listing.published)
        )
    ).first()
    if row is None:
        raise NotFound("service")
    return row[0], row[1]


async def _open_one(session: AsyncSession, need_id: UUID, service_id: UUID) -> bool:
    """Asked already, under this id or under one that was merged into it."""
    found = select(Referral.id).where(
        Referral.need_id == need_id, Referral.service_id.in_(await once(session, service_id)), Referral.status.in_(OPEN)
    )
    return await session.scalar(found.limit(1)) is not None


async def _attempt(session: AsyncSession, need_id: UUID) -> int:
    """Which try for this need it is; what was entered by mistake does not count."""
    before = select(func.count()).select_from(Referral).where(
        Referral.need_id == need_id, Referral.status != Status.ENTERED_IN_ERROR
    )  # fmt: skip
    return (await session.scalar(before) or 0) + 1
