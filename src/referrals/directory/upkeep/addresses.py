"""Who is asked about a listing: the listing's own address, else its organization's, else the accounts that keep it."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import Membership, Role, User
from referrals.directory.models import Listing, Organization, Service

MOST = 300
"""Listings on one page."""


def folded(address: str) -> str:
    """Two ways of writing one address are one address."""
    return address.strip().lower()


def to_whom(listed: str | None, editors: Sequence[str], asks: int) -> str | None:
    """`listed`: the address that the listing shows. Without one each reminder goes to the next of its editors."""
    if listed and listed.strip():
        return folded(listed)
    return folded(editors[asks % len(editors)]) if editors else None


async def editors(session: AsyncSession, organization_ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The addresses of those who keep these organizations' listings, whoever has done so longest first."""
    rows = await session.execute(
        select(Membership.organization_id, User.email)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.role == Role.PROVIDER_EDITOR, Membership.organization_id.in_(organization_ids),
            User.deactivated_at.is_(None), User.password_hash.is_not(None),
        )
        .order_by(Membership.since, User.email)
    )  # fmt: skip
    found: dict[UUID, tuple[str, ...]] = defaultdict(tuple)
    for organization_id, email in rows:
        if organization_id is not None:
            found[organization_id] += (email,)
    return dict(found)


async def on_record(session: AsyncSession, organization: Organization, service_id: UUID | None) -> str | None:
    """Where a new link for this organization, or this one listing, goes today."""
    listed = organization.email
    if service_id is not None:
        listed = await session.scalar(select(Listing.email).where(Listing.service_id == service_id)) or listed
    return to_whom(listed, (await editors(session, [organization.id])).get(organization.id, ()), 0)


async def answers_for(
    session: AsyncSession, address: str, organization_id: UUID, service_id: UUID | None = None
) -> list[UUID]:
    """The listings that whoever reads this address may answer for, by name: all of the organization's where the address is
    the organization's own or an editor's, else those that it stands on.
    """
    keeps = (
        select(Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.organization_id == Organization.id, Membership.role == Role.PROVIDER_EDITOR,
            User.deactivated_at.is_(None), _is(User.email, address),
        )
        .exists()
    )  # fmt: skip
    found = (
        select(Service.id)
        .join(Listing, Listing.service_id == Service.id)
        .join(Organization, Organization.id == Service.organization_id)
        .where(
            Organization.id == organization_id, Organization.gone_at.is_(None), Service.gone_at.is_(None),
            Listing.published, or_(_is(Service.email, address), _is(Organization.email, address), keeps),
        )
        .order_by(Service.name, Service.id)
        .limit(MOST)
    )  # fmt: skip
    if service_id is not None:
        found = found.where(Service.id == service_id)
    return list(await session.scalars(found))


async def stands_on_a_listing(session: AsyncSession, address: str) -> bool:
    """Whether a listing, or its organization, names this address."""
    listing = select(Listing.service_id).where(Listing.published, _is(Listing.email, address))
    owner = select(Organization.id).where(Organization.gone_at.is_(None), _is(Organization.email, address))
    return bool(await session.scalar(select(or_(listing.exists(), owner.exists()))))


def _is(column: ColumnElement[str | None] | object, address: str) -> ColumnElement[bool]:
    return func.lower(func.trim(column)) == folded(address)
