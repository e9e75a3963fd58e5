"""The one door through which anything about a person goes to the receiver of a referral: what it gives away, whether it
was agreed to at this moment, which notice goes with it, and a line that says it was told.
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast
from uuid import UUID

from sqlalchemy import bindparam, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients import notices
from referrals.clients.consent import A, Agreement, Recipient, check, disclose
from referrals.clients.identity import birth_and_country
from referrals.clients.models import Consent, Disclosure, Need, Notice
from referrals.clients.queries import age_and_country, years_old
from referrals.clients.sensitivity import Told, of_going_there, of_need
from referrals.directory.models import Listing, ListingPlace, Service
from referrals.directory.queries.redirects import one_with, stands_for
from referrals.kit.errors import Refused
from referrals.kit.prepared import AnyRow, AnySelect, rows
from referrals.kit.settings import LANGUAGES
from referrals.tracking.lifecycle import TERMINAL, Status
from referrals.tracking.models import Referral, ServiceAsks


@dataclass(frozen=True, slots=True)
class Receiver:
    """To whom a referral goes, and what going there gives away."""

    recipient: Recipient
    country: str | None
    sensitivity: frozenset[str]
    """What its being sent there tells: by the need, by the service's own kind, by the person's age."""


async def receiver(session: AsyncSession, referral: Referral, now: datetime) -> Receiver:
    """Two statements."""
    found = await rows(session, _offer_and_need, None, service=referral.service_id, need=referral.need_id)
    need = AskedFor(found[0].term, tuple(found[0].sensitivity)) if found and found[0].term else None
    offer = found[0] if found and found[0].needs is not None else None
    return await _receiver(session, referral.client_id, need, referral.service_id, referral.organization_id, offer, now)


async def receiving(
    session: AsyncSession, client_id: UUID, need: Need | None, service_id: UUID, organization_id: UUID | None,
    now: datetime,
) -> Receiver:  # fmt: skip
    """The same before there is a referral."""
    found = await rows(session, _offer, None, service=service_id)
    return await _receiver(session, client_id, need, service_id, organization_id, found[0] if found else None, now)


async def _receiver(
    session: AsyncSession, client_id: UUID, need: Told | None, service_id: UUID, organization_id: UUID | None,
    listing: AnyRow | None, now: datetime,
) -> Receiver:  # fmt: skip
    offered = listing.needs if listing else []
    age, home = await age_and_country(session, client_id, now.date())
    area = listing.area_countries[0] if listing and listing.area_countries else None
    country = (listing.country if listing else None) or area or home
    one = (listing.one_with if listing else None) or ()
    return known(service_id, organization_id, need, offered, age, country, one)


def known(
    service_id: UUID, organization_id: UUID | None, need: Told | None, offered: Collection[str], age: int | None,
    country: str | None = None, one_with: Collection[UUID] = (),
) -> Receiver:  # fmt: skip
    """The same of what a list has read already, for many at once. `offered`: the needs of the service's listing. Pure."""
    given = (of_need(need, age) if need else frozenset()) | of_going_there(offered, age)
    to = Recipient(service_id, organization_id, frozenset(offered), frozenset(one_with))
    return Receiver(to, country, given)


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A need, as far as it gives something away."""

    term: str
    sensitivity: tuple[str, ...]


def _offer(_: None) -> AnySelect:
    """Of the service that stands for it now."""
    there = stands_for(bindparam("service"))
    country = (
        select(ListingPlace.country)
        .where(ListingPlace.service_id == there, ListingPlace.country.is_not(None))
        .order_by(ListingPlace.kind, ListingPlace.id).limit(1).scalar_subquery()
    )  # fmt: skip
    same = one_with(bindparam("service"))
    return select(Listing.needs, Listing.area_countries, country.label("country"), same.label("one_with")).where(
        Listing.service_id == there
    )


def _offer_and_need(_: None) -> AnySelect:
    """One row where there is either of them."""
    offer = _offer(None).subquery()
    need = select(Need.term, Need.sensitivity).where(Need.id == bindparam("need")).subquery()
    return select(offer, need).select_from(offer).join(need, true(), full=True)


async def language_of(session: AsyncSession, service_id: UUID, otherwise: str) -> str:
    """The language in which a service is written to."""
    spoken = await session.scalar(select(Service.language).where(Service.id == service_id))
    return spoken if spoken in LANGUAGES else otherwise


async def asks(session: AsyncSession, service_id: UUID) -> tuple[str, ...] | None:
    """The fields without which it cannot answer or begin; None where it has not said."""
    said = await session.get(ServiceAsks, service_id)
    return tuple(said.fields) if said else None


def ended(referral: Referral) -> frozenset[str]:
    """The events at which an agreement may end that have come for this referral."""
    over = referral.status in TERMINAL
    treated = over or referral.status == Status.COMPLETED
    return frozenset(({"referral_closed"} if over else set()) | ({"end_of_treatment"} if treated else set()))


async def covered(
    session: AsyncSession, referral: Referral, fields: Collection[str], now: datetime, *,
    sensitivity: Collection[str] = (), to: Receiver | None = None,
) -> Consent:  # fmt: skip
    """The agreement that lets these fields out at this moment. Raises Refused("no_consent").

    `sensitivity`: what a note or a paper gives away beyond the referral itself.
    """
    there = to or await receiver(session, referral, now)
    consent = await session.get(Consent, referral.consent_id) if referral.consent_id else None
    return _checked(consent, referral, fields, now, sensitivity=sensitivity, to=there)


def lets_out(consent: Consent | None, referral: Referral, fields: Collection[str], to: Receiver, now: datetime) -> bool:
    """What `covered` decides, where the agreement and the receiver are before us. Pure."""
    try:
        _checked(consent, referral, fields, now, sensitivity=(), to=to)
    except Refused:
        return False
    return True


def _checked(
    consent: A | None, referral: Referral, fields: Collection[str], now: datetime, *,
    sensitivity: Collection[str], to: Receiver,
) -> A:  # fmt: skip
    return check(
        consent, client_id=referral.client_id, recipient_id=to.recipient, fields=fields, now=now,
        sensitivity=to.sensitivity | set(sensitivity), ended=ended(referral),
    )  # fmt: skip


async def tell(
    session: AsyncSession, referral: Referral, fields: Collection[str], now: datetime, *, channel: str = "",
    sensitivity: Collection[str] = (), same_within: timedelta | None = None,
) -> None:  # fmt: skip
    """Whatever is sent, answered, attached, exported: checked, and written down with the notices that go with it.

    `same_within`: see `clients.consent.disclose`. Raises Refused("no_consent"), and Refused("notice") while a notice that
    applies has no wording.
    """
    consent, there = await _held(session, referral, now)
    await _tell(session, referral, consent, there, fields, now, channel, sensitivity, same_within)


async def tell_agreed(
    session: AsyncSession, referral: Referral, among: Collection[str], now: datetime, *, channel: str = ""
) -> None:
    """Those of these fields that were agreed to, as `tell` does; nothing where none was."""
    consent, there = await _held(session, referral, now)
    if consent is not None and (fields := set(consent.scope) & set(among)):
        await _tell(session, referral, consent, there, fields, now, channel)


async def _tell(
    session: AsyncSession, referral: Referral, consent: Agreement | None, there: Receiver, fields: Collection[str],
    now: datetime, channel: str, sensitivity: Collection[str] = (), same_within: timedelta | None = None,
) -> None:  # fmt: skip
    agreed = _checked(consent, referral, fields, now, sensitivity=sensitivity, to=there)
    given = there.sensitivity | set(sensitivity)
    worded = await notices.wordings(session, notices.which(given, there.country), referral.receiver_language)
    await _write(session, referral, agreed, there, fields, now, channel, given, worded, "no", same_within)


async def _held(session: AsyncSession, referral: Referral, now: datetime) -> tuple[Agreement | None, Receiver]:
    """The agreement, held still until this transaction ends, and the receiver; one statement where there is one."""
    found = await rows(
        session, _all_of_it, None, consent=referral.consent_id, service=referral.service_id, need=referral.need_id,
        client=referral.client_id,
    ) if referral.consent_id else ()  # fmt: skip
    if not found:
        return None, await receiver(session, referral, now)
    row = found[0]
    need = AskedFor(row.term, tuple(row.sensitivity)) if row.term else None
    age = years_old(row.birth_year, row.birth_date, now.date())
    area = row.area_countries[0] if row.area_countries else None
    country = row.country or area or row.home
    one = row.one_with or ()
    there = known(referral.service_id, referral.organization_id, need, row.needs or (), age, country, one)
    return cast("Agreement", row), there


def _all_of_it(_: None) -> AnySelect:
    offer, home = _offer(None).subquery(), birth_and_country(None).subquery()
    need = select(Need.term, Need.sensitivity).where(Need.id == bindparam("need")).subquery()
    agreement = (
        Consent.id, Consent.client_id, Consent.recipient_type, Consent.recipient_ids, Consent.purpose, Consent.scope,
        Consent.sensitivity_allowed, Consent.direction, Consent.expires_at, Consent.ends_with, Consent.revoked_at,
    )  # fmt: skip
    return (
        select(*agreement, *offer.c, *need.c, home.c.birth_year, home.c.birth_date, home.c.country.label("home"))
        .select_from(Consent).outerjoin(offer, true()).outerjoin(need, true()).outerjoin(home, true())
        .where(Consent.id == bindparam("consent")).with_for_update(key_share=True, of=Consent)
    )  # fmt: skip


async def unseen(session: AsyncSession, referral: Referral, fields: Collection[str]) -> bool:
    """Whether the receiver has these before its eyes for the first time."""
    before = select(Disclosure.id).where(
        Disclosure.referral_id == referral.id, Disclosure.viewed.is_(True), Disclosure.fields == sorted(fields)
    )
    return bool(fields) and await session.scalar(before.limit(1)) is None


async def viewed(session: AsyncSession, referral: Referral, fields: Collection[str], now: datetime) -> None:
    """Told by the visible page: written down once before the receiver's answer, and once after a yes.

    `fields`: what the page has shown. Nothing where the agreement has ended meanwhile.
    """
    if not await unseen(session, referral, fields):
        return
    held, there = await _held(session, referral, now)
    with suppress(Refused):
        consent = _checked(held, referral, fields, now, sensitivity=(), to=there)
        shown = await applying(session, referral, there)
        await _write(session, referral, consent, there, fields, now, "view", there.sensitivity, shown, "yes")


async def applying(session: AsyncSession, referral: Referral, to: Receiver) -> list[Notice]:
    """What the receiver reads beside it: the notices that have a wording."""
    found = [
        await notices.current(session, code, referral.receiver_language)
        for code in notices.which(to.sensitivity, to.country)
    ]
    return [notice for notice in found if notice and notice.text]


async def unwritten(session: AsyncSession, to: Receiver, language: str) -> list[str]:
    """The notices that would have to go with it and that nobody has written in this language."""
    codes = notices.which(to.sensitivity, to.country)
    found = [(code, await notices.current(session, code, language)) for code in codes]
    return [code for code, notice in found if notice is None or not notice.text]


async def _write(
    session: AsyncSession, referral: Referral, consent: Agreement, there: Receiver, fields: Collection[str],
    now: datetime, channel: str, given: Collection[str], worded: Collection[Notice], seen: Literal["yes", "no"],
    same_within: timedelta | None = None,
) -> None:  # fmt: skip
    await disclose(
        session, consent, recipient_id=there.recipient, referral_id=referral.id, fields=fields,
        channel=channel or referral.channel, now=now, sensitivity=given, ended=ended(referral),
        notices=[notice.id for notice in worded], viewed=seen, same_within=same_within,
    )  # fmt: skip
