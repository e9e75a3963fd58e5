"""The addresses that a page keeps from the public, for those who need them to bring somebody there."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.directory.hiding import keepers
from referrals.directory.models import Address, ListingPlace, Location, Phone
from referrals.directory.queries.texts import Text, text

TRUSTED = (Role.CASE_MANAGER, Role.SUPERVISOR, Role.CURATOR)


@dataclass(frozen=True, slots=True)
class HiddenPlace:
    """All that the page of a service keeps back of one confidential place."""

    name: Text
    address: tuple[str, ...]
    how_to_get_there: Text
    description: Text
    phones: tuple[str, ...]


async def hidden_places_of(
    session: AsyncSession, actor: Actor | None, service_id: UUID, language: str
) -> tuple[HiddenPlace, ...]:
    """Those that this person may know. An editor knows the places that their own organization keeps, not its neighbours'."""
    if actor is None or not (actor.may(*TRUSTED) or actor.organizations.get(Role.PROVIDER_EDITOR)):
        return ()
    rows = (
        await session.execute(
            select(Location, Address)
            .join(ListingPlace, ListingPlace.location_id == Location.id)
            .outerjoin(Address, (Address.location_id == Location.id) & Address.gone_at.is_(None))
            .where(ListingPlace.service_id == service_id, ListingPlace.confidential, ListingPlace.kind != "virtual")
            .order_by(Location.id, Address.address_type, Address.id)
        )
    ).all()
    first = {location.id: (location, address) for location, address in reversed(rows)}
    if not actor.may(*TRUSTED):
        owners = await keepers(session, first)
        first = {id: row for id, row in first.items() if id in owners and actor.edits(owners[id])}
    numbers = await _phones(session, list(first))
    return tuple(
        HiddenPlace(
            name=text(location, "name", language),
            address=_lines(address),
            how_to_get_there=text(location, "transportation", language),
            description=text(location, "description", language),
            phones=tuple(numbers.get(id, ())),
        )
        for id, (location, address) in first.items()
    )


async def _phones(session: AsyncSession, location_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    rows = await session.execute(
        select(Phone.location_id, Phone.number)
        .where(Phone.location_id.in_(location_ids), Phone.gone_at.is_(None))
        .order_by(Phone.number)
    )
    for location_id, number in rows:
        if location_id is not None:
            found.setdefault(location_id, []).append(number)
    return found


def _lines(address: Address | None) -> tuple[str, ...]:
    if address is None:
        return ()
    town = " ".join(part for part in (address.postal_code, address.city) if part)
    return tuple(line for line in (address.attention, address.address_1, address.address_2, town) if line)
