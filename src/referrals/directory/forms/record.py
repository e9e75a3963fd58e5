"""The record before somebody: who may change it, what its page needs to know, what it is called."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.directory import hours
from referrals.directory.changes import Record, record_of
from referrals.directory.changes.fields import own_language
from referrals.directory.changes.places import Named, places_of
from referrals.directory.changes.submit import organization_of
from referrals.directory.changes.write import services_of
from referrals.directory.forms.sheet import Sheet
from referrals.directory.models import Listing, Organization, Service
from referrals.kit.errors import NotFound
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.queries import vocabulary


@dataclass(frozen=True, slots=True)
class Kept:
    """`name` is in `language`; `trusted`: changes are live at once."""

    record: Record
    sheet: Sheet
    organization_id: UUID
    name: str
    language: str
    trusted: bool
    every_place: Mapping[str, str]
    """Of the organization, those that are gone too: a history names them."""


async def kept(session: AsyncSession, actor: Actor, entity: str, id: UUID, today: date) -> Kept:
    """Locked until the transaction ends. Raises NotFound for somebody else's: it is not there for them."""
    record = await record_of(session, entity, id)
    owner = await organization_of(session, record)
    if not actor.edits(owner):
        raise NotFound(entity)
    own = own_language(record)
    named = await places_of(session, owner, current_language())
    name = record.text("name", current_language()) or _("A place without a name")
    sheet = Sheet(
        entity, own, await vocabulary(session), today, places={id: one.name for id, one in named.items() if one.there},
        elsewhere=await _elsewhere(session, record, today), country=_country(one for one in named.values() if one.there),
    )  # fmt: skip
    spoken = current_language() if record.translations.get(current_language(), {}).get("name") else own
    every = {id: one.name for id, one in named.items()}
    return Kept(record, sheet, owner, name, spoken, actor.is_trusted(owner), every)


def _country(places: Iterable[Named]) -> str | None:
    """Where most of the places lie."""
    counted = Counter(one.country for one in places if one.country)
    return counted.most_common(1)[0][0] if counted else None


async def others(session: AsyncSession, of: Kept) -> list[tuple[str, UUID, str]]:
    """What hangs together with this record: its organization, its services, its places, as (kind, id, name)."""
    language = current_language()
    found: list[tuple[str, UUID, str]] = []
    organization = await session.get(Organization, of.organization_id)
    if organization and not isinstance(of.record, Organization):
        found.append(("organization", organization.id, organization.text("name", language)))
    if isinstance(of.record, Service):
        return found
    services = select(Service).where(Service.gone_at.is_(None)).order_by(Service.name).limit(60)
    if isinstance(of.record, Organization):
        services = services.where(Service.organization_id == of.organization_id)
    else:
        services = services.where(Service.id.in_(await services_of(session, of.record)))
    rows = await session.scalars(services)
    return found + [("service", one.id, one.text("name", language)) for one in rows]


async def _elsewhere(session: AsyncSession, record: Record, today: date) -> tuple[str, ...]:
    if not isinstance(record, Service):
        return ()
    listing = await session.get(Listing, record.id)
    return tuple(hours.told(hours.listed(listing.slots, listing.schedule), today)) if listing else ()
