"""What a person agreed to, and the check before every act of telling."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Client, Consent, ConsentEvidence, Disclosure
from referrals.kit.errors import Refused
from referrals.kit.together import put
from referrals.taxonomy.sensitivity import CODES

LASTS = timedelta(days=365)
"""How long an agreement holds when nothing else was said."""
TO_BE_ASKED = ("need", "age_band", "area")
"""Tier T0: without these nobody can say anything."""
TO_DECIDE = ("languages", "funding", "urgency", "need_by")
"""Tier T1: what decides whether somebody can be taken; a service may say which of these it needs."""
LATER = ("answers", "documents")
"""What is told only when the receiver asks for it."""
BEFORE_ACCEPTANCE = (*TO_BE_ASKED, *TO_DECIDE, *LATER)
"""What a receiver may be told before it says whether there is a place: nothing that says who it is."""
AFTER_ACCEPTANCE = ("name", "birth_date", "phone", "email", "address", "notes")
"""What may follow once the receiver has accepted (tier T2): each field only if the person agreed to it."""

RecipientType = Literal["service", "organization", "named_list", "class"]
Purpose = Literal["refer", "coordinate", "feedback", "stats"]
EndsWith = Literal["referral_closed", "end_of_treatment"]
Effect = Literal["cancelled", "cancel_requested", "access_cut", "nothing"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who would be told: a service, its organization, and the needs that it answers."""

    service_id: UUID
    organization_id: UUID | None = None
    needs: frozenset[str] = frozenset()
    one_with: frozenset[UUID] = frozenset()
    """Records that were merged with it and are in the same hands: what was agreed to for one of them holds for all."""


class Agreement(Protocol):
    """What is asked of an agreement before something is told: a `Consent`, or as much of its row."""

    @property
    def id(self) -> UUID: ...

    @property
    def client_id(self) -> UUID: ...

    @property
    def recipient_type(self) -> str: ...

    @property
    def recipient_ids(self) -> Sequence[str]: ...

    @property
    def purpose(self) -> str: ...

    @property
    def scope(self) -> Sequence[str]: ...

    @property
    def sensitivity_allowed(self) -> Sequence[str]: ...

    @property
    def direction(self) -> str: ...

    @property
    def expires_at(self) -> datetime | None: ...

    @property
    def ends_with(self) -> str | None: ...

    @property
    def revoked_at(self) -> datetime | None: ...


A = TypeVar("A", bound=Agreement)


async def grant(
    session: AsyncSession, client: Client, *, recipients: Sequence[UUID | str], scope: Collection[str], method: str,
    text: str, language: str, direction: str, recorded_by: UUID, now: datetime, grantor: str = "self",
    authority: str | None = None, expires_at: datetime | None = None, recipient_type: RecipientType = "service",
    sensitivity: Collection[str] = (), evidence: ConsentEvidence | None = None, ends_with: EndsWith | None = None,
    purpose: Purpose = "refer", form_id: UUID | None = None,
) -> Consent:  # fmt: skip
    """Record an agreement. `text` is the very text that was read or shown; `scope` the fields it lets out.

    `recipients`: in the order in which they may be asked, for a named list; codes of needs, for a class. `form_id` ties
    together what was signed at once. Raises Refused("scope") for a field or a sensitivity that we do not know, so that a
    consent never says more than it can mean.
    """
    unknown = (set(scope) - set(BEFORE_ACCEPTANCE) - set(AFTER_ACCEPTANCE)) | (set(sensitivity) - set(CODES))
    if unknown:
        raise Refused("scope", fields=sorted(unknown))
    ids = [str(id) for id in recipients]
    consent = Consent(
        client_id=client.id, version=await _version(session, client.id, ids), form_id=form_id, grantor=grantor,
        authority=authority, method=method, evidence_id=evidence.id if evidence else None, language_shown=language,
        text=text, text_hash=hashlib.sha256(text.encode()).hexdigest(),
        discloser_organization_id=client.organization_id, recipient_type=recipient_type, recipient_ids=ids,
        purpose=purpose, scope=sorted(scope), sensitivity_allowed=sorted(sensitivity), direction=direction,
        granted_at=now, expires_at=expires_at or now + LASTS, ends_with=ends_with, recorded_by=recorded_by,
    )  # fmt: skip
    session.add(consent)
    await session.flush()
    return consent


async def hold(session: AsyncSession, consent_id: UUID | None) -> Consent | None:
    """The agreement, read anew and held still until this transaction ends."""
    if consent_id is None:
        return None
    return await session.get(Consent, consent_id, populate_existing=True, with_for_update={"key_share": True})


def check(
    consent: A | None, *, client_id: UUID, recipient_id: UUID | Recipient, fields: Collection[str], now: datetime,
    sensitivity: Collection[str] = (), ended: Collection[str] = (),
) -> A:  # fmt: skip
    """The consent, if it lets these fields out to this recipient now. Raises Refused("no_consent").

    `sensitivity`: what telling them gives away; `ended`: the events of `ends_with` that have come for this referral.
    """
    if consent is None or (why := _fault(consent, client_id, recipient_id, fields, now, sensitivity, ended)):
        raise Refused("no_consent", why=why if consent else "none")
    return consent


def lets(consent: Agreement, recipient: Recipient) -> bool:
    """Whether this agreement speaks of this recipient."""
    match consent.recipient_type:
        case "organization":
            return _named(consent.recipient_ids, recipient.organization_id, recipient)
        case "class":
            return bool(recipient.needs & set(consent.recipient_ids))
    return _named(consent.recipient_ids, recipient.service_id, recipient)


def _named(named: Collection[str], id: UUID | None, recipient: Recipient) -> bool:
    return any(str(one) in named for one in (id, *recipient.one_with))


def tells_back(consent: Consent) -> bool:
    """Whether the receiver may tell how it goes and how it ended: that has a tick of its own."""
    return consent.direction in ("back", "both")


async def disclose(
    session: AsyncSession, consent: Agreement, *, recipient_id: UUID | Recipient, referral_id: UUID | None,
    fields: Collection[str], channel: str, now: datetime, sensitivity: Collection[str] = (),
    ended: Collection[str] = (), notices: Collection[UUID] = (), viewed: Literal["yes", "no"] = "no",
    same_within: timedelta | None = None,
) -> None:  # fmt: skip
    """Check, then write down that these fields went to this recipient. Raises Refused("no_consent").

    `consent`: held as `hold` does, so that one that is being taken back at this moment lets nothing out. `same_within`: what
    tells no more than a line of the same way, referral, receiver and agreement that is younger than that is told by that line.
    """
    check(
        consent, client_id=consent.client_id, recipient_id=recipient_id, fields=fields, now=now,
        sensitivity=sensitivity, ended=ended,
    )  # fmt: skip
    told = Disclosure(
        client_id=consent.client_id, consent_id=consent.id, recipient_id=_recipient(recipient_id).service_id,
        referral_id=referral_id, fields=sorted(fields), sensitivity=sorted(sensitivity), purpose=consent.purpose,
        channel=channel, notice_ids=sorted(str(id) for id in notices), viewed=viewed == "yes", at=now,
    )  # fmt: skip
    if same_within is None:
        await put(session, told)
    else:
        await put(session, told, unless=_SAME, since=now - same_within)


_SAME: Final = """
    SELECT FROM disclosure WHERE referral_id = %(referral_id)s AND consent_id = %(consent_id)s AND recipient_id = %(recipient_id)s
    AND channel = %(channel)s AND viewed = %(viewed)s AND at > %(since)s AND fields @> %(fields)s::varchar[]
    AND sensitivity @> %(sensitivity)s::varchar[] AND notice_ids @> %(notice_ids)s::varchar[]
"""


async def revoke(
    session: AsyncSession, consent: Consent, *, by: UUID | None, now: datetime, role: str = "client",
    effect: Effect = "nothing",
) -> None:  # fmt: skip
    """From now on nothing more goes out under it; what is shown because of it disappears at once."""
    consent.revoked_at, consent.revoked_by = now, by
    consent.revoked_role, consent.revoke_effect = role, effect
    await session.flush()


async def of_client(session: AsyncSession, client_id: UUID) -> Sequence[Consent]:
    """Everything that somebody agreed to, whoever asks having the right to know; the newest first."""
    rows = await session.scalars(
        select(Consent).where(Consent.client_id == client_id).order_by(Consent.granted_at.desc(), Consent.id)
    )
    return rows.all()


def holds(consent: Consent, now: datetime) -> bool:
    """Neither taken back nor run out. Whether an event has ended it is a question about one referral."""
    return consent.revoked_at is None and (consent.expires_at is None or consent.expires_at > now)


def _fault(
    consent: Agreement, client_id: UUID, recipient_id: UUID | Recipient, fields: Collection[str], now: datetime,
    sensitivity: Collection[str], ended: Collection[str],
) -> str:  # fmt: skip
    rules = {
        "other_person": consent.client_id == client_id,
        "revoked": consent.revoked_at is None,
        "expired": consent.expires_at is None or consent.expires_at > now,
        "ended": consent.ends_with not in ended,
        "recipient": lets(consent, _recipient(recipient_id)),
        "scope": set(fields) <= set(consent.scope),
        "sensitivity": set(sensitivity) <= set(consent.sensitivity_allowed),
        "direction": consent.direction in ("out", "both"),
    }
    return next((name for name, kept in rules.items() if not kept), "")


def _recipient(recipient: UUID | Recipient) -> Recipient:
    return recipient if isinstance(recipient, Recipient) else Recipient(recipient)


async def _version(session: AsyncSession, client_id: UUID, recipients: Sequence[str]) -> int:
    same: ColumnElement[bool] = Consent.recipient_ids == list(recipients)
    before = await session.scalar(select(func.count()).where(Consent.client_id == client_id, same))
    return (before or 0) + 1
