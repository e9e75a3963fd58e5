"""Everything that a person's own page tells them: of each need, of their appointments, of what they agreed to and who knows what.

Nothing that a service or a case manager wrote for one another is read here: of notes, those meant for the person alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.clients import identity
from referrals.clients.carrying import helper
from referrals.clients.contacting.deciding import zone_of
from referrals.clients.models import Client, Consent, Disclosure, Need
from referrals.clients.queries import needs_of
from referrals.tracking.appointments.details import FOR_CLIENT
from referrals.tracking.appointments.showing import Visits, visits
from referrals.tracking.lifecycle import OPEN, UNSENT, By, Status, may
from referrals.tracking.models import ClientVoice, Referral, ReferralNote
from referrals.tracking.queries.known_as import Known, known_as


@dataclass(frozen=True, slots=True)
class Asked:
    """One service that was asked for one need."""

    referral: Referral
    service: str
    organization: str
    need_term: str
    visits: Visits
    heard: bool
    """They have said how it went."""

    @property
    def over(self) -> bool:
        return self.referral.status not in OPEN

    @property
    def stoppable(self) -> bool:
        return any(may(By.CLIENT, event, self.referral.status) for event in ("cancel", "request_cancel"))

    @property
    def writable(self) -> bool:
        return self.referral.status in OPEN - UNSENT

    @property
    def waits_for_answer(self) -> bool:
        return self.referral.status == Status.COMPLETED and not self.heard


@dataclass(frozen=True, slots=True)
class NeedTold:
    need: Need
    asked: tuple[Asked, ...]
    """What moves first, then the newest."""


@dataclass(frozen=True, slots=True)
class Letter:
    """Words meant for the person."""

    by: str
    text: str
    at: datetime
    own: bool = False


@dataclass(frozen=True, slots=True)
class Agreed:
    """One agreement: with whom, of what."""

    consent: Consent
    recipients: tuple[str, ...]
    active: bool


@dataclass(frozen=True, slots=True)
class ToldOn:
    """What went to one receiver at one time."""

    at: datetime
    to: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """Their own answer."""

    need: Need
    service: str
    voice: ClientVoice


@dataclass(frozen=True, slots=True)
class OwnPage:
    given_name: str
    zone: ZoneInfo
    helper: str
    """Who accompanies them."""
    needs: tuple[NeedTold, ...]
    letters: tuple[Letter, ...]
    agreements: tuple[Agreed, ...]
    told: tuple[ToldOn, ...]
    answers: tuple[Heard, ...]

    @property
    def asked(self) -> list[Asked]:
        return [one for need in self.needs for one in need.asked]

    @property
    def active(self) -> list[Agreed]:
        return [one for one in self.agreements if one.active]


async def own_page(session: AsyncSession, clients: Sequence[Client], now: datetime) -> OwnPage:
    """`clients`: the files of one person, mostly one. A constant number of statements, however much there is."""
    ids = [client.id for client in clients]
    who = await identity.of(session, ids)
    zone = next((zone_of(client.zone, client.country) for client in clients), zone_of(None, None))
    referrals = await _referrals(session, ids)
    consents = list(
        await session.scalars(
            select(Consent).where(Consent.client_id.in_(ids)).order_by(Consent.granted_at.desc(), Consent.id)
        )
    )
    disclosures = list(
        await session.scalars(
            select(Disclosure).where(Disclosure.client_id.in_(ids)).order_by(Disclosure.at.desc(), Disclosure.id)
        )
    )
    called = await _called(session, referrals, consents, disclosures)
    shown = await visits(session, referrals, now, reader=zone, modes=FOR_CLIENT)
    voices = await _voices(session, referrals)
    needs = {need.id: need for need in await needs_of(session, ids)}
    by_id = {referral.id: referral for referral in referrals}
    helper_now = await helper(session, referrals[0].client_id, referrals[0].sender_id) if referrals else None
    notes = await _notes(session, by_id)
    people = {note.author_id for note in notes} | {helper_now}
    writers = await accounts.names(session, [id for id in people if id])
    heard = {voice.referral_id for voice in voices}
    asked = [
        Asked(
            one,
            _now(called, one.service_id),
            _now(called, one.organization_id),
            needs[one.need_id].term if one.need_id in needs else "",
            shown[one.id],
            one.id in heard,
        )
        for one in referrals
    ]
    return OwnPage(
        next((one.given_name for one in who.values() if one.given_name), ""), zone,
        writers.get(helper_now, "") if helper_now else "",
        tuple(
            NeedTold(need, tuple(sorted((one for one in asked if one.referral.need_id == need.id), key=_moving_first)))
            for need in needs.values()
        ),
        tuple(_letter(note, by_id[note.referral_id], writers, called) for note in notes),
        tuple(_agreed(one, called, now) for one in consents),
        tuple(
            ToldOn(one.at, _then(called, one.recipient_id), tuple(one.fields)) for one in disclosures if one.fields
        ),
        tuple(
            Heard(needs[voice.need_id], _now(called, by_id[voice.referral_id].service_id), voice)
            for voice in voices if voice.need_id in needs
        ),
    )  # fmt: skip


async def _referrals(session: AsyncSession, client_ids: Collection[UUID]) -> list[Referral]:
    """What was sent; a draft is nothing yet, and what was entered by mistake concerned somebody else."""
    found = await session.scalars(
        select(Referral)
        .where(
            Referral.client_id.in_(client_ids),
            Referral.status.not_in(UNSENT | {Status.ENTERED_IN_ERROR}),
            Referral.sent_at.is_not(None),
        )
        .order_by(Referral.sent_at.desc(), Referral.id)
    )
    return list(found)


def _moving_first(one: Asked) -> tuple[bool, float]:
    return one.over, -(one.referral.sent_at.timestamp() if one.referral.sent_at else 0)


async def _called(
    session: AsyncSession, referrals: Sequence[Referral], consents: Sequence[Consent], told: Sequence[Disclosure]
) -> Mapping[UUID, Known]:
    """Everybody who is named."""
    ids = {id for one in referrals for id in (one.service_id, one.organization_id)}
    ids |= {UUID(id) for one in consents if one.recipient_type != "class" for id in one.recipient_ids}
    ids |= {one.recipient_id for one in told}
    return await known_as(session, ids)


async def _voices(session: AsyncSession, referrals: Sequence[Referral]) -> list[ClientVoice]:
    found = await session.scalars(
        select(ClientVoice).where(ClientVoice.referral_id.in_([one.id for one in referrals]))
        .order_by(ClientVoice.at.desc())
    )  # fmt: skip
    return list(found)


async def _notes(session: AsyncSession, referral_ids: Collection[UUID]) -> list[ReferralNote]:
    found = await session.scalars(
        select(ReferralNote)
        .where(ReferralNote.referral_id.in_(referral_ids), ReferralNote.visible_to.contains(["client"]))
        .order_by(ReferralNote.at.desc(), ReferralNote.id)
    )
    return list(found)


def _letter(note: ReferralNote, about: Referral, writers: dict[UUID, str], called: Mapping[UUID, Known]) -> Letter:
    """`by` is empty for their own words. What a receiver told on the telephone is the receiver's."""
    match note.author_role:
        case By.CLIENT:
            by = ""
        case By.CASE_MANAGER if note.author_id is not None:
            by = writers.get(note.author_id, "")
        case _:
            by = _now(called, about.service_id)
    return Letter(by, note.text, note.at, own=note.author_role == By.CLIENT)


def _agreed(one: Consent, called: Mapping[UUID, Known], now: datetime) -> Agreed:
    named = [] if one.recipient_type == "class" else [_then(called, UUID(id)) for id in one.recipient_ids]
    active = one.revoked_at is None and (one.expires_at is None or one.expires_at > now)
    return Agreed(one, tuple(name for name in named if name), active)


def _now(called: Mapping[UUID, Known], id: UUID) -> str:
    return called[id].now if id in called else ""


def _then(called: Mapping[UUID, Known], id: UUID) -> str:
    return called[id].then if id in called else ""
