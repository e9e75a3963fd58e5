"""The listings that somebody keeps: what they say, how old that is, what is missing, who changed them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import User
from referrals.directory import hours
from referrals.directory.changes.fields import own_language
from referrals.directory.changes.undo import can_undo
from referrals.directory.models import Listing, Metadata, Organization, Service, Upkeep
from referrals.directory.queries.capacity import Capacity, Counted, capacity, counted
from referrals.directory.queries.in_answers import moments_of_answers
from referrals.directory.queries.texts import Text, text
from referrals.directory.upkeep.usual import usual
from referrals.kit.settings import LANGUAGES

SHOWN = 60
HISTORY = 40


@dataclass(frozen=True, slots=True)
class Kept:
    """A listing in the list of whoever keeps it. `missing`: hours, cost, who, languages, or the language of a text."""

    id: UUID
    name: Text
    organization_id: UUID
    organization: str
    status: str
    capacity: Capacity
    rooms: tuple[Counted, ...]
    """What was said of places in each unit, the newest first; it may be too old to count."""
    said: str | None
    """The last answer about room, whatever its age."""
    wait_days: int | None
    assured: date | None
    check_by: date | None
    months: int
    places_days: int | None
    hours: tuple[str, ...]
    """As sentences."""
    phone: str | None
    missing: tuple[str, ...]
    from_answers: bool
    """It says full because requests were declined for lack of room."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that became another. `who`: None for an account that is gone. `undoable`: the id, where it can be undone."""

    at: datetime
    who: str | None
    entity: str
    field: str
    before: str | None
    after: str | None
    undoable: UUID | None


async def kept(
    session: AsyncSession, organizations: Sequence[UUID] | None, language: str, today: date, *, words: str = "",
    only: Sequence[UUID] | None = None,
) -> list[Kept]:  # fmt: skip
    """The listings of these organizations, those said longest ago first. `organizations` None: of all."""
    asked = (
        select(Service, Listing, Organization, Upkeep, moments_of_answers(Service.id))
        .join(Listing, Listing.service_id == Service.id)
        .join(Organization, Organization.id == Service.organization_id)
        .outerjoin(Upkeep, Upkeep.service_id == Service.id)
        .where(Service.gone_at.is_(None))
        .order_by(Listing.capacity_updated.nulls_first(), Service.name, Service.id)
    )
    if only is None:
        asked = asked.limit(SHOWN)
    if organizations is not None:
        asked = asked.where(Service.organization_id.in_(organizations))
    if only is not None:
        asked = asked.where(Service.id.in_(only))
    if words:
        like = f"%{words.replace('%', '').replace('_', ' ')}%"
        asked = asked.where(or_(Service.name.ilike(like), Organization.name.ilike(like)))
    rows = (await session.execute(asked)).all()
    rooms = await counted(session, [row[0].id for row in rows])
    every = usual(session)
    return [
        _kept(service, listing, owner, upkeep, answered or (), rooms.get(service.id, ()), every, language, today)
        for service, listing, owner, upkeep, answered in rows
    ]


async def history(session: AsyncSession, id: UUID) -> list[Change]:
    """The newest first. Only the latest change of a field can be taken back."""
    rows = await session.execute(
        select(Metadata, User.name)
        .outerjoin(User, User.id == Metadata.user_id)
        .where(Metadata.resource_id == id, Metadata.last_action_type != "check")
        .order_by(Metadata.last_action_date.desc(), Metadata.field_name)
        .limit(HISTORY)
    )
    changes, seen = [], set()
    for row, name in rows:
        undoable = row.id if can_undo(row) and row.field_name not in seen else None
        seen.add(row.field_name)
        changes.append(
            Change(
                row.last_action_date, name, row.resource_type, row.field_name, row.previous_value,
                row.replacement_value, undoable,
            )
        )  # fmt: skip
    return changes


async def how_many(session: AsyncSession, organizations: Sequence[UUID] | None) -> int:
    count = select(func.count()).select_from(Service).where(Service.gone_at.is_(None))
    return (
        await session.scalar(
            count if organizations is None else count.where(Service.organization_id.in_(organizations))
        )
        or 0
    )


def _kept(
    service: Service, listing: Listing, organization: Organization, upkeep: Upkeep | None, answered: Collection[str],
    rooms: tuple[Counted, ...], every: int, language: str, today: date,
) -> Kept:  # fmt: skip
    updated = listing.capacity_updated
    return Kept(
        from_answers=updated is not None and updated.isoformat() in answered,
        id=service.id,
        name=text(service, "name", language),
        organization_id=organization.id,
        organization=text(organization, "name", language).value,
        status=service.status,
        capacity=capacity(listing, today),
        rooms=rooms,
        said=listing.capacity_status,
        wait_days=listing.wait_days,
        assured=service.assured_date,
        check_by=listing.check_by,
        months=(upkeep and upkeep.months) or every,
        places_days=upkeep.places_days if upkeep else None,
        hours=tuple(hours.told(hours.listed(listing.slots, listing.schedule), today)),
        phone=listing.phone,
        missing=tuple(_missing(service, listing)),
    )


def _missing(service: Service, listing: Listing) -> list[str]:
    silent = {
        "hours": not listing.slots,
        "cost": listing.free is None and not service.fees_description and not service.fees,
        "who": not service.eligibility_description and listing.min_age is None and listing.max_age is None,
        "languages": not listing.languages,
    }
    unwritten = [
        language for language in LANGUAGES
        if language != own_language(service) and not service.translations.get(language, {}).get("description")
    ]  # fmt: skip
    return [name for name, missing in silent.items() if missing] + unwritten
