"""One record takes in another.

The kept record says what was chosen; the other is marked as gone and leads to it from now on. What hung on it moves: the
services and places of an organization, what readers said of a service, the editors of an organization. Referrals are
not touched: they were made to the service that they name, and whoever reads them follows the redirect.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Membership, Role
from referrals.directory import listings
from referrals.directory.actions.history import Editor
from referrals.directory.changes import Record, Value, change, record_of
from referrals.directory.changes.fields import kind
from referrals.directory.changes.write import services_of
from referrals.directory.duplicates.jobs import ask_for_doubles
from referrals.directory.duplicates.merging import images
from referrals.directory.duplicates.merging.sides import DROPPED, KEPT, TOGETHER, sides
from referrals.directory.duplicates.records import Entity
from referrals.directory.models import (
    Attribute,
    Claim,
    Drift,
    DuplicatePair,
    Location,
    Merge,
    MergedInto,
    Metadata,
    Organization,
    Program,
    Proposal,
    ReaderReport,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
    UpkeepLink,
)
from referrals.kit.errors import NotAllowed, Refused

CHOICES = (KEPT, DROPPED, TOGETHER)


async def merge(
    session: AsyncSession, entity: Entity, kept_id: UUID, dropped_id: UUID, choices: Mapping[str, str], actor: Actor,
    now: datetime,
) -> Merge:  # fmt: skip
    """`choices`: field -> kept, dropped or both; for a field left out what `sides` proposes.

    Raises NotAllowed for anybody but a curator, NotFound where one is gone by now, Refused("changes_wait") while a change
    of either waits for somebody's yes, Refused("part_of_the_other") for an organization and the one above it.
    """
    if not actor.may(Role.CURATOR):
        raise NotAllowed("role")
    first, second = sorted((kept_id, dropped_id))  # two curators at once lock in one order
    locked = {id: await record_of(session, entity.value, id) for id in (first, second)}
    kept, dropped = locked[kept_id], locked[dropped_id]
    await _may_be_merged(session, kept, dropped)
    before = await images.state(session, entity, [kept_id, dropped_id])
    affected = [*await services_of(session, kept), *await services_of(session, dropped)]
    editor = Editor(actor.id, Role.CURATOR.value)
    made = Merge(id=uuid4(), entity=entity.value, kept_id=kept_id, dropped_id=dropped_id, at=now, by_id=actor.id,
                 choices=dict(choices), images=[])  # fmt: skip
    session.add(made)
    await session.flush()
    await change(session, kept, await _wanted(session, kept, dropped, choices), editor, now, action="merge")
    await _take_over_terms(session, kept, dropped)
    await (
        _take_over_service(session, kept, dropped)
        if entity is Entity.SERVICE
        else _take_over_body(session, kept, dropped)
    )
    dropped.gone_at = now
    _remember(session, dropped, kept, editor, now)
    await _lead_on(session, made)
    await _settle_pairs(session, made, now)
    made.images = [
        one.as_json() for one in images.images(before, await images.state(session, entity, [kept_id, dropped_id]))
    ]
    await session.flush()
    await listings.refresh(session, affected, now)
    await ask_for_doubles(session, [id for id in affected if id != dropped_id])
    return made


async def _may_be_merged(session: AsyncSession, kept: Record, dropped: Record) -> None:
    both = [kept.id, dropped.id]
    waiting = select(Proposal.id).where(Proposal.resource_id.in_(both), Proposal.state == "waiting").limit(1)
    if await session.scalar(waiting) is not None:
        raise Refused("changes_wait")
    above = {one.id: one.parent_organization_id for one in (kept, dropped) if isinstance(one, Organization)}
    if above.get(kept.id) == dropped.id or above.get(dropped.id) == kept.id:
        raise Refused("part_of_the_other")


async def _wanted(session: AsyncSession, kept: Record, dropped: Record, choices: Mapping[str, str]) -> dict[str, Value]:
    wanted: dict[str, Value] = {}
    for side in await sides(session, kept, dropped):
        choice = choices.get(side.field, side.choice)
        if choice not in CHOICES or (choice == TOGETHER and not side.together):
            raise Refused("choice", field=side.field)
        if choice != KEPT:
            wanted[side.field] = side.chosen(choice)
    places = wanted.get("service_at_locations")
    if isinstance(places, list):
        known = await session.execute(
            select(ServiceAtLocation.location_id, ServiceAtLocation.id).where(ServiceAtLocation.service_id == kept.id)
        )
        ids = {
            str(place): str(id) for place, id in known
        }  # also of one that left: a place is taken up again, not doubled
        wanted["service_at_locations"] = [
            row | ({"id": ids[row["location_id"]]} if row["location_id"] in ids else {}) for row in places
        ]
    return wanted


async def _take_over_terms(session: AsyncSession, kept: Record, dropped: Record) -> None:
    """Terms of other taxonomies, which no form shows: whatever only the other carries."""
    there = {
        one.taxonomy_term_id
        for one in await session.scalars(
            select(Attribute).where(Attribute.link_id == kept.id, Attribute.gone_at.is_(None))
        )
    }
    ours = text("SELECT t.id FROM taxonomy_term t JOIN taxonomy x ON x.id = t.taxonomy_id WHERE x.source = 'relais'")
    own = {row[0] for row in await session.execute(ours)}
    for one in await session.scalars(
        select(Attribute).where(Attribute.link_id == dropped.id, Attribute.gone_at.is_(None)).order_by(Attribute.id)
    ):
        if one.taxonomy_term_id not in there and one.taxonomy_term_id not in own:
            there.add(one.taxonomy_term_id)
            session.add(
                Attribute(
                    link_id=kept.id, link_entity=kind(kept), link_type=one.link_type, value=one.value, label=one.label,
                    taxonomy_term_id=one.taxonomy_term_id,
                )
            )  # fmt: skip


async def _take_over_service(session: AsyncSession, kept: Record, dropped: Record) -> None:
    """How many places there are is said by one of the two, never added up; what readers wrote goes along."""
    rooms = (
        await session.scalars(
            select(ServiceCapacity).where(ServiceCapacity.service_id == kept.id, ServiceCapacity.gone_at.is_(None))
        )
    ).all()
    if not rooms:
        for one in await session.scalars(
            select(ServiceCapacity).where(ServiceCapacity.service_id == dropped.id, ServiceCapacity.gone_at.is_(None))
        ):
            session.add(
                ServiceCapacity(
                    service_id=kept.id, unit_id=one.unit_id, available=one.available, maximum=one.maximum,
                    description=one.description, updated=one.updated,
                )
            )  # fmt: skip
    for table in (ReaderReport, UpkeepLink):
        await session.execute(update(table).where(table.service_id == dropped.id).values(service_id=kept.id))


async def _take_over_body(session: AsyncSession, kept: Record, dropped: Record) -> None:
    """Everything that belonged to the other belongs to the kept one; whoever kept its listings keeps them on."""
    for table in (Service, Location, Program, Claim, Drift, Proposal, UpkeepLink):
        await session.execute(update(table).where(table.organization_id == dropped.id).values(organization_id=kept.id))
    await session.execute(
        update(Organization)
        .where(Organization.parent_organization_id == dropped.id)
        .values(parent_organization_id=kept.id)
    )
    held = {
        (one.user_id, one.role)
        for one in await session.scalars(select(Membership).where(Membership.organization_id == kept.id))
    }
    for one in await session.scalars(select(Membership).where(Membership.organization_id == dropped.id)):
        if (one.user_id, one.role) not in held:
            session.add(
                Membership(
                    user_id=one.user_id,
                    organization_id=kept.id,
                    role=one.role,
                    trusted=one.trusted,
                    manages=one.manages,
                )
            )


def _remember(session: AsyncSession, dropped: Record, kept: Record, editor: Editor, now: datetime) -> None:
    session.add(
        Metadata(
            resource_id=dropped.id, resource_type=kind(dropped), last_action_date=now, last_action_type="merge",
            field_name="id", previous_value=str(dropped.id), replacement_value=str(kept.id), updated_by=editor.by,
            user_id=editor.id,
        )
    )  # fmt: skip


async def _lead_on(session: AsyncSession, made: Merge) -> None:
    """The old address leads to the kept record, and so do those that led to the old one."""
    await session.execute(update(MergedInto).where(MergedInto.kept_id == made.dropped_id).values(kept_id=made.kept_id))
    session.add(MergedInto(old_id=made.dropped_id, entity=made.entity, kept_id=made.kept_id, merge_id=made.id))
    await session.flush()


async def _settle_pairs(session: AsyncSession, made: Merge, now: datetime) -> None:
    """This pair is decided; others with the record that went are open no more."""
    pair = DuplicatePair
    a, b = sorted((made.kept_id, made.dropped_id))
    await session.execute(
        update(pair).where(pair.entity == made.entity, pair.a_id == a, pair.b_id == b)
        .values(decision="same", decided_by=made.by_id, decided_at=now)
    )  # fmt: skip
    await session.execute(
        delete(pair).where(
            pair.entity == made.entity, pair.decision.is_(None),
            or_(pair.a_id == made.dropped_id, pair.b_id == made.dropped_id),
        )
    )  # fmt: skip
