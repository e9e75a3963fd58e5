"""Searching and reading referrals with a key: always from what its organization sent or was sent, a page at a time by the
moment of the last change, so that whoever asks again from there misses nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement

from referrals.accounts.programs import Program
from referrals.clients.models import Consent, Need
from referrals.exchange.fhir import referred, seeing
from referrals.exchange.fhir.parameters import Asked, after_moment, mark
from referrals.exchange.fhir.seeing import RESOLVED, Glimpse
from referrals.exchange.fhir.shapes import Resource
from referrals.exchange.fhir.statuses import FACES, behind_business, behind_request, behind_task
from referrals.kit.errors import NotAllowed, NotFound
from referrals.taxonomy.queries import vocabulary
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import Referral, ReferralEvent
from referrals.tracking.queries.of_organization import of_organization, sent_by
from referrals.tracking.reasons import CANCEL, Side

_UNSENT: Final = [name for name, face in FACES.items() if face.task is None]
_TAKEN_BACK: Final = [code for code, side in CANCEL.items() if side == Side.CLIENT]


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource of an answer; `version` of those that have one. `matched`: found, or only included."""

    resource: Resource
    version: str | None = None
    matched: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    entries: list[Entry]
    following: str = ""
    total: int | None = None


async def search(session: AsyncSession, program: Program, kind: str, asked: Asked, now: datetime) -> Found:
    last, done = aliased(ReferralEvent), aliased(ReferralEvent)
    chosen = _chosen(program, kind, last, done)
    for condition in _conditions(program, kind, asked, last, done, now):
        chosen = chosen.where(condition)
    total = None
    if asked.accurate:
        total = await session.scalar(select(func.count()).select_from(chosen.with_only_columns(Referral.id).subquery()))
    moment = func.coalesce(last.at, Referral.created_at)
    if asked.page:
        at, id = after_moment(asked.page)
        chosen = chosen.where(or_(moment > at, and_(moment == at, Referral.id > id)))
    rows = (
        await session.execute(chosen.add_columns(moment).order_by(moment, Referral.id).limit(asked.count + 1))
    ).all()
    page = rows[: asked.count]
    following = mark(page[-1][1].isoformat(), str(page[-1][0].id)) if len(rows) > asked.count else ""
    entries = await _told(session, program, kind, [row[0] for row in page], now)
    if asked.include:
        extra = await _told(session, program, "ServiceRequest", [row[0] for row in page], now)
        entries += [Entry(one.resource, one.version, matched=False) for one in extra]
    return Found(entries, following, total)


async def one(session: AsyncSession, program: Program, kind: str, id: UUID, now: datetime) -> Entry:
    """Raises NotFound for what is not there, and for what is not this program's."""
    referral = await get(session, program, kind, id)
    found = await _told(session, program, kind, [referral], now)
    if not found:
        raise NotFound(kind)
    return found[0]


async def get(session: AsyncSession, program: Program, kind: str, id: UUID) -> Referral:
    """Raises NotFound."""
    last, done = aliased(ReferralEvent), aliased(ReferralEvent)
    found: Referral | None = await session.scalar(_chosen(program, kind, last, done).where(Referral.id == id))
    if found is None:
        raise NotFound(kind)
    return found


async def task(session: AsyncSession, program: Program, referral: Referral, now: datetime) -> Entry:
    """As it stands now."""
    return (await _told(session, program, "Task", [referral], now))[0]


def _chosen(program: Program, kind: str, last: Any, done: Any) -> Any:
    """The base of every question: this organization's referrals that have a resource of this kind."""
    if program.organization_id is None:
        raise NotAllowed("no_organization")
    there: dict[str, ColumnElement[bool]] = {
        "Task": Referral.status.not_in(_UNSENT),
        "ServiceRequest": true(),
        "Consent": and_(Referral.consent_id.is_not(None), Referral.status.not_in(_UNSENT)),
        "Procedure": and_(
            Referral.completed_at.is_not(None), Referral.status != Status.ENTERED_IN_ERROR, done.id.is_not(None)
        ),
    }
    found = of_organization(program.organization_id).outerjoin(
        last, (last.referral_id == Referral.id) & (last.position == Referral.position)
    )
    if kind == "Procedure":
        found = found.outerjoin(done, (done.referral_id == Referral.id) & (done.kind == "complete"))
    return found.where(there[kind])


def _conditions(
    program: Program, kind: str, asked: Asked, last: Any, done: Any, now: datetime
) -> Sequence[ColumnElement[bool]]:
    moment = func.coalesce(last.at, Referral.created_at)
    found: list[Any] = [moment >= at if order == ">=" else moment < at for order, at in asked.updated]
    if asked.ids is not None:
        found.append(Referral.id.in_(asked.ids))
    if asked.patient is not None:
        found.append(_person(program, asked.patient))
    if asked.status:
        found.append(or_(false(), *(_STATUS[kind](program, code, last, done, now) for code in asked.status)))
    if asked.business:
        found.append(or_(false(), *(_business(code, last) for code in asked.business)))
    return found


def _person(program: Program, ids: Sequence[UUID]) -> ColumnElement[bool]:
    """A sender knows the person, a receiver a name of this one referral."""
    assert program.organization_id is not None
    own = sent_by(program.organization_id)
    return or_(and_(own, Referral.client_id.in_(ids)), and_(~own, Referral.id.in_(ids)))


def _task(program: Program, code: str, last: Any, done: Any, now: datetime) -> ColumnElement[bool]:
    return Referral.status.in_(behind_task(code))


def _business(code: str, last: Any) -> ColumnElement[bool]:
    if code not in FACES[Status.REBOOKING].business:
        return Referral.status.in_(behind_business(code))
    called_off: ColumnElement[bool] = last.kind == "appointment_cancelled"
    second = FACES[Status.REBOOKING].business.index(code) == 1
    return and_(Referral.status == Status.REBOOKING, called_off if second else ~called_off)


def _request(program: Program, code: str, last: Any, done: Any, now: datetime) -> ColumnElement[bool]:
    """As `statuses.request_status` says it, for this side."""
    assert program.organization_id is not None
    only_one = [name for name in behind_request(code) if len(FACES[name].request) == 1]
    ways: list[Any] = [Referral.status.in_(only_one)]
    resolved = Referral.need_id.in_(select(Need.id).where(Need.status.in_(RESOLVED)))
    settled = or_(~sent_by(program.organization_id), resolved)
    taken_back = func.coalesce(last.reason_code.in_(_TAKEN_BACK), False)
    if code == "completed":
        ways.append(and_(Referral.status == Status.CLOSED, settled))
    if code == "revoked":
        ways.append(and_(Referral.status == Status.CANCELLED, taken_back))
    if code == "active":
        ways += [
            and_(Referral.status == Status.CLOSED, ~settled), and_(Referral.status == Status.CANCELLED, ~taken_back),
        ]  # fmt: skip
    return or_(*ways)


def _consent(program: Program, code: str, last: Any, done: Any, now: datetime) -> ColumnElement[bool]:
    stands = select(Consent.id).where(
        Consent.revoked_at.is_(None), or_(Consent.expires_at.is_(None), Consent.expires_at > now)
    )
    holds = Referral.consent_id.in_(stands)
    return holds if code == "active" else ~holds


def _procedure(program: Program, code: str, last: Any, done: Any, now: datetime) -> ColumnElement[bool]:
    nothing: ColumnElement[bool] = done.facts["provider_outcome"].astext == "none"
    return nothing if code == "not-done" else ~nothing


_STATUS: Final = {"Task": _task, "ServiceRequest": _request, "Consent": _consent, "Procedure": _procedure}


async def _told(
    session: AsyncSession, program: Program, kind: str, referrals: Sequence[Referral], now: datetime
) -> list[Entry]:
    """As resources; what a receiver is told of a person is written down with it."""
    seen = await seeing.glimpses(session, program, referrals, now)
    if kind == "Task":
        return [Entry(referred.task(one), referred.version(one)) for one in seen]
    if kind == "Consent":
        return await _consents(session, seen, now)
    if kind == "Procedure":
        seen = [one for one in seen if referred.completed(one)]
    words = await vocabulary(session)
    told = []
    for sight in await seeing.sights(session, program, seen, now):
        resource, fields = (referred.service_request if kind == "ServiceRequest" else referred.procedure)(sight, words)
        if sight.need is not None:
            await seeing.disclosed(session, sight, fields, now)
        told.append(Entry(resource, referred.version(sight.glimpse)))
    return told


async def _consents(session: AsyncSession, seen: Sequence[Glimpse], now: datetime) -> list[Entry]:
    ids = {one.referral.consent_id for one in seen if one.referral.consent_id}
    agreed = {one.id: one for one in await session.scalars(select(Consent).where(Consent.id.in_(ids)))}
    return [
        Entry(referred.consent(one, agreed[one.referral.consent_id], now))
        for one in seen if one.referral.consent_id in agreed
    ]  # fmt: skip
