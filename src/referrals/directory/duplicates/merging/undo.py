"""Making two of one again: exactly what was before, or a list of reasons why not."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.directory import listings
from referrals.directory.duplicates.jobs import ask_for_doubles
from referrals.directory.duplicates.likeness import TABLES
from referrals.directory.duplicates.merging import images
from referrals.directory.duplicates.merging.images import Image
from referrals.directory.duplicates.records import Entity
from referrals.directory.models import Merge, MergedInto, Metadata, Service
from referrals.kit.errors import Conflict, NotAllowed, NotFound, Refused

MERGED_ON = "merged_on"
CHANGED = "changed"
_MINE = {"redirect", "duplicate_pair"}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """`merged_on`: the kept record was itself merged later; `changed`: `field` of a `table` is not as the merge left it."""

    code: str
    table: str = ""
    field: str = ""


async def obstacles(session: AsyncSession, made: Merge) -> list[Obstacle]:
    """Nothing: it can be undone."""
    table = TABLES[Entity(made.entity)]
    there = await session.scalar(select(table.id).where(table.id == made.kept_id, table.gone_at.is_(None)))
    leads = await session.scalar(select(MergedInto.merge_id).where(MergedInto.old_id == made.dropped_id))
    if there is None or leads != made.id:
        return [Obstacle(MERGED_ON)]
    found: dict[tuple[str, str], Obstacle] = {}
    for image in images.read(made.images):
        if image.table in _MINE:
            continue
        for column in await images.changed_since(session, image):
            found[image.table, column] = Obstacle(CHANGED, image.table, column)
    return list(found.values())


async def undo(session: AsyncSession, merge_id: UUID, actor: Actor, now: datetime) -> Merge:
    """Raises NotFound, NotAllowed, Conflict("already_undone"), Refused("merge_stays") where something stands against it."""
    if not actor.may(Role.CURATOR):
        raise NotAllowed("role")
    made = await session.get(Merge, merge_id, with_for_update=True, populate_existing=True)
    if made is None:
        raise NotFound("merge")
    if made.undone_at is not None:
        raise Conflict("already_undone")
    entity = Entity(made.entity)
    both = sorted((made.kept_id, made.dropped_id))
    await session.execute(select(TABLES[entity].id).where(TABLES[entity].id.in_(both)).order_by(TABLES[entity].id).with_for_update())  # fmt: skip
    if await obstacles(session, made):
        raise Refused("merge_stays")
    kept = images.read(made.images)
    now_there = await images.state(session, entity, both)
    await images.put_back(session, [one for one in kept if _still(one, now_there)])
    session.expire_all()
    await session.refresh(made)
    made.undone_at, made.undone_by = now, actor.id
    _remember(session, made, kept, actor, now)
    services = await _services(session, entity, both)
    await listings.refresh(session, services, now)
    await ask_for_doubles(session, services)
    return made


def _still(image: Image, now_there: images.State) -> bool:
    """Pairs come and go with every reading: one that is there again is not put in a second time."""
    if image.table != "duplicate_pair" or image.after is not None:
        return True
    wanted = image.before or {}
    return not any(
        table == "duplicate_pair" and (row["a_id"], row["b_id"]) == (wanted.get("a_id"), wanted.get("b_id"))
        for (table, _), row in now_there.items()
    )


def _remember(session: AsyncSession, made: Merge, kept: list[Image], actor: Actor, now: datetime) -> None:
    """History is added to, never rewritten: the step back is a step of its own."""
    session.add(
        Metadata(
            id=uuid4(), resource_id=made.dropped_id, resource_type=made.entity, last_action_date=now,
            last_action_type="undo", field_name="id", previous_value=str(made.kept_id),
            replacement_value=str(made.dropped_id), updated_by=Role.CURATOR.value, user_id=actor.id,
        )
    )  # fmt: skip


async def _services(session: AsyncSession, entity: Entity, both: list[UUID]) -> list[UUID]:
    if entity is Entity.SERVICE:
        return both
    return list(await session.scalars(select(Service.id).where(Service.organization_id.in_(both))))
