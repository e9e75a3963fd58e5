"""Somebody says: this organization is ours. A curator looks, and then its listings are theirs to keep."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import actions as accounts
from referrals.accounts import queries as people
from referrals.accounts.actor import Actor
from referrals.accounts.models import Role, User
from referrals.directory.models import Claim, Organization, Phone, Service
from referrals.kit.errors import Conflict, NotAllowed, NotFound, TooMany

A_DAY: Final = 20
"""Claims that one organization may get in a day: more is somebody playing."""
SHOWN: Final = 50
NUMBERS: Final = 3
"""Telephone numbers beside a claim."""
FOR_ANYBODY: Final = frozenset((
    "aliceadsl", "aol", "att", "bbox", "blueyonder", "bluewin", "bluemail", "btinternet", "btopenworld",
    "club-internet", "comcast", "cox", "email", "fastmail", "free", "gmail", "gmx", "googlemail", "hey", "hotmail",
    "icloud", "inbox", "laposte", "libertysurf", "live", "mac", "mail", "mailo", "me", "msn", "neuf", "noos",
    "ntlworld", "numericable", "orange", "outlook", "pm", "posteo", "proton", "protonmail", "riseup", "rocketmail",
    "sbcglobal", "sfr", "sky", "skynet", "sympatico", "talktalk", "telenet", "tiscali", "tutanota", "verizon",
    "videotron", "virgin", "virginmedia", "wanadoo", "web", "windowslive", "yahoo", "yandex", "ymail", "zoho",
))  # fmt: skip
"""Mail services at which anybody may have an address, by the name before the country's ending: they prove nothing."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A claim in the curator's list. `same_domain`: the address is one of the organization's own mail or web domain."""

    claim: Claim
    organization: Organization
    same_domain: bool
    keepers: tuple[str, ...]
    """Who keeps these listings already, by name."""
    numbers: tuple[str, ...]
    """To ring and ask: the organization's own first, then those of its services."""


async def claim(
    session: AsyncSession, organization_id: UUID, *, name: str, email: str, language: str, words: str, now: datetime
) -> Claim:
    """The same address asking again is the same claim. Raises NotFound, TooMany."""
    await organization(session, organization_id)
    mine = await session.scalar(
        select(Claim).where(
            Claim.organization_id == organization_id, func.lower(Claim.email) == email.lower(), Claim.state == "waiting"
        )
    )
    if mine is None:
        today = Claim.at > now - timedelta(days=1)
        count = select(func.count()).select_from(Claim).where(Claim.organization_id == organization_id, today)
        if (await session.scalar(count) or 0) >= A_DAY:
            raise TooMany("claims")
        mine = Claim(organization_id=organization_id, name=name, email=email, language=language, words=words, at=now)
        session.add(mine)
    mine.name, mine.words = name, words
    await session.flush()
    return mine


async def accept(
    session: AsyncSession, claim_id: UUID, actor: Actor, now: datetime, *, trusted: bool
) -> tuple[Claim, User]:
    """They manage the organization from now on, with an account of theirs or a new one.

    Raises NotAllowed where their account is closed.
    """
    found = await _decide(session, claim_id, "accepted", None, actor, now)
    user = await people.by_email(session, found.email)
    if user is not None and user.deactivated_at is not None:
        raise NotAllowed("account_closed")
    if user is None:
        user = await accounts.create_user(session, email=found.email, name=found.name, language=found.language)
    await accounts.grant(
        session, user.id, Role.PROVIDER_EDITOR, found.organization_id, trusted=trusted, manages=True
    )  # fmt: skip
    return found, user


async def refuse(session: AsyncSession, claim_id: UUID, why: str, actor: Actor, now: datetime) -> Claim:
    """`why` is told to whoever asked."""
    return await _decide(session, claim_id, "refused", why, actor, now)


async def waiting(session: AsyncSession, first: int = 0, most: int = SHOWN) -> list[Waiting]:
    """The oldest first."""
    rows = await session.execute(
        select(Claim, Organization)
        .join(Organization, Organization.id == Claim.organization_id)
        .where(Claim.state == "waiting", Organization.gone_at.is_(None))
        .order_by(Claim.at, Claim.id)
        .offset(first)
        .limit(most)
    )
    found = [(claim, owner) for claim, owner in rows]
    keepers: dict[UUID, list[str]] = defaultdict(list)
    for user, held in await people.editors(session, {owner.id for _, owner in found}):
        if held.organization_id is not None:
            keepers[held.organization_id].append(user.name)
    numbers = await _numbers(session, {owner.id for _, owner in found})
    return [
        Waiting(
            claim, owner, same_domain(claim.email, owner.email, owner.website), tuple(keepers[owner.id]),
            tuple(numbers[owner.id][:NUMBERS]),
        )
        for claim, owner in found
    ]  # fmt: skip


async def how_many_wait(session: AsyncSession) -> tuple[int, datetime | None]:
    """How many, and since when the oldest waits."""
    row = await session.execute(
        select(func.count(), func.min(Claim.at))
        .join(Organization, Organization.id == Claim.organization_id)
        .where(Claim.state == "waiting", Organization.gone_at.is_(None))
    )
    count, oldest = row.one()
    return count, oldest


async def organization(session: AsyncSession, id: UUID) -> Organization:
    """Raises NotFound for one that is gone."""
    found = await session.get(Organization, id)
    if found is None or found.gone_at is not None:
        raise NotFound("organization")
    return found


def same_domain(email: str, address: str | None, website: str | None) -> bool:
    """Whether `email` is the organization's own `address`, or lies in the domain of that or of its website."""
    if address and email.lower() == address.lower():
        return True
    web = urlsplit(website or "").hostname or ""
    ours = {(address or "").rpartition("@")[2].lower(), web.removeprefix("www.")} - {""}
    domain = email.rpartition("@")[2].lower()
    return any(domain == one or domain.endswith(f".{one}") for one in ours if one.partition(".")[0] not in FOR_ANYBODY)


async def _numbers(session: AsyncSession, ids: set[UUID]) -> dict[UUID, list[str]]:
    owner = func.coalesce(Phone.organization_id, Service.organization_id)
    rows = await session.execute(
        select(owner, Phone.number)
        .outerjoin(Service, (Service.id == Phone.service_id) & Service.gone_at.is_(None))
        .where(owner.in_(ids), Phone.gone_at.is_(None))
        .order_by(Phone.organization_id.is_(None), Phone.number)
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for organization_id, number in rows:
        if number not in found[organization_id]:
            found[organization_id].append(number)
    return found


async def _decide(session: AsyncSession, id: UUID, state: str, why: str | None, actor: Actor, now: datetime) -> Claim:
    found = await session.get(Claim, id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("claim")
    if found.state != "waiting":
        raise Conflict("already_decided")
    found.state, found.why, found.decided_by_id, found.decided_at = state, why, actor.id, now
    return found
