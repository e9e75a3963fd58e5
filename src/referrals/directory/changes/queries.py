"""Changes that wait, and what became of those that somebody proposed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import User
from referrals.directory.changes import read
from referrals.directory.changes.fields import Value, own_language
from referrals.directory.changes.places import places_of
from referrals.directory.changes.submit import stale_fields
from referrals.directory.models import Drift, Location, Organization, Proposal, Service
from referrals.directory.queries.texts import Text, spoken
from referrals.kit.errors import NotFound

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Proposed:
    """One proposal in a list. `name`: of the record it is about; `own_language`: in which that record is written."""

    id: UUID
    resource_type: str
    resource_id: UUID
    name: Text
    own_language: str
    organization_id: UUID
    organization: str
    who: str | None
    at: datetime
    state: str
    fields: tuple[str, ...]
    wanted: dict[str, Value]
    refused: tuple[str, ...]
    why: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A proposal as a curator weighs it. `meanwhile`: fields that somebody has changed since it was written."""

    proposal: Proposed
    own_language: str
    before: dict[str, Value]
    wanted: dict[str, Value]
    meanwhile: tuple[str, ...]
    places: dict[str, str]


async def waiting(session: AsyncSession, language: str, *, limit: int = SHOWN) -> list[Proposed]:
    """The oldest first."""
    found = _listed(Proposal.state == "waiting").order_by(Proposal.at, Proposal.id).limit(limit)
    return [_proposed(row, language) for row in await session.execute(found)]


async def how_many_wait(session: AsyncSession) -> tuple[int, datetime | None]:
    """How many, and since when the oldest waits."""
    row = await session.execute(select(func.count(), func.min(Proposal.at)).where(Proposal.state == "waiting"))
    count, oldest = row.one()
    return count, oldest


async def proposed_by(session: AsyncSession, user_id: UUID, language: str) -> list[Proposed]:
    """One editor's own, the newest first."""
    found = _listed(Proposal.by_id == user_id).order_by(Proposal.at.desc(), Proposal.id).limit(SHOWN)
    return [_proposed(row, language) for row in await session.execute(found)]


async def weigh(session: AsyncSession, id: UUID, language: str) -> Weighed:
    """Raises NotFound."""
    row = (await session.execute(_listed(Proposal.id == id))).one_or_none()
    if row is None:
        raise NotFound("proposal")
    proposal: Proposal = row[0]
    record = await read.record_of(session, proposal.resource_type, proposal.resource_id)
    there = await read.present(session, record, set(proposal.wanted))
    named = await places_of(session, proposal.organization_id, language)
    return Weighed(
        proposal=_proposed(row, language),
        own_language=own_language(record),
        before=there if proposal.state == "waiting" else dict(proposal.before),
        wanted=dict(proposal.wanted),
        meanwhile=tuple(stale_fields(proposal, there)) if proposal.state == "waiting" else (),
        places={id: one.name for id, one in named.items()},
    )


async def drifted(
    session: AsyncSession, organizations: Sequence[UUID] | None = None, *, limit: int = SHOWN
) -> list[Drift]:
    """Texts whose other language changed since, the longest ago first. `organizations` None: of all."""
    found = select(Drift).order_by(Drift.since, Drift.resource_id).limit(limit)
    if organizations is not None:
        found = found.where(Drift.organization_id.in_(organizations))
    return list(await session.scalars(found))


async def drift_of(session: AsyncSession, resource_id: UUID) -> list[Drift]:
    """What has drifted in one record."""
    found = select(Drift).where(Drift.resource_id == resource_id).order_by(Drift.field_name, Drift.language)
    return list(await session.scalars(found))


def _listed(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    def of(model: type[Service | Location | Organization]) -> ColumnElement[bool]:
        return and_(Proposal.resource_type == model.__tablename__, model.id == Proposal.resource_id)

    owner = Organization.__table__.alias("owner")
    return (
        select(Proposal, Service, Location, Organization, owner.c.name, User.name)
        .outerjoin(Service, of(Service))
        .outerjoin(Location, of(Location))
        .outerjoin(Organization, of(Organization))
        .join(owner, owner.c.id == Proposal.organization_id)
        .outerjoin(User, User.id == Proposal.by_id)
        .where(condition, or_(Service.id.is_not(None), Location.id.is_not(None), Organization.id.is_not(None)))
    )


def _proposed(row: Any, language: str) -> Proposed:
    proposal, service, location, organization, owner, who = row
    record = service or location or organization
    return Proposed(
        id=proposal.id, resource_type=proposal.resource_type, resource_id=proposal.resource_id,
        name=spoken(record.name, record.language, record.translations, "name", language),
        own_language=own_language(record), organization_id=proposal.organization_id, organization=owner, who=who, at=proposal.at, state=proposal.state,
        fields=tuple(sorted(proposal.wanted)), wanted=dict(proposal.wanted), refused=tuple(proposal.refused), why=proposal.why,
        decided_at=proposal.decided_at,
    )  # fmt: skip
