"""Keeping the folded forms in step with the records, some hundred at a time."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.duplicates.keys import Alike, alike
from referrals.directory.duplicates.records import Entity, batches, compared
from referrals.directory.models import Likeness, LikenessKey, Organization, Service

BATCH = 500
TABLES: dict[Entity, type[Organization] | type[Service]] = {
    Entity.ORGANIZATION: Organization,
    Entity.SERVICE: Service,
}


async def refresh(session: AsyncSession, entity: Entity, ids: Sequence[UUID]) -> int:
    """Fold these records anew; what is gone is forgotten. Returns how many read differently than before."""
    changed = 0
    for batch in batches(ids, BATCH):
        found = {record.id: alike(record) for record in await compared(session, entity, batch)}
        known = dict(
            (await session.execute(
                select(Likeness.record_id, Likeness.digest)
                .where(Likeness.entity == entity.value, Likeness.record_id.in_(batch))
            )).tuples().all()
        )  # fmt: skip
        fresh = {id: one for id, one in found.items() if known.get(id) != one.digest}
        await _forget(session, entity, [*fresh, *(id for id in known if id not in found)])
        await _write(session, entity, fresh)
        changed += len(fresh)
    return changed


async def forget_the_gone(session: AsyncSession, entity: Entity) -> None:
    """Drop the forms of records that are there no more."""
    table = TABLES[entity]
    there = exists().where(table.id == Likeness.record_id, table.gone_at.is_(None))
    gone = await session.scalars(select(Likeness.record_id).where(Likeness.entity == entity.value, ~there))
    for batch in batches(list(gone), BATCH):
        await _forget(session, entity, batch)


async def _forget(session: AsyncSession, entity: Entity, ids: Sequence[UUID]) -> None:
    if not ids:
        return
    for table in (Likeness, LikenessKey):
        await session.execute(
            delete(table).where(table.entity == entity.value, table.record_id.in_(ids)),
            execution_options={"synchronize_session": False},
        )


async def _write(session: AsyncSession, entity: Entity, forms: dict[UUID, Alike]) -> None:
    if not forms:
        return
    connection = await session.connection()
    await connection.execute(
        insert(Likeness),
        [
            {
                "entity": entity.value, "record_id": id, "name": one.name, "gist": one.gist, "words": list(one.words),
                "localities": list(one.localities), "digest": one.digest,
            }
            for id, one in forms.items()
        ],
    )  # fmt: skip
    await connection.execute(
        insert(LikenessKey),
        [
            {
                "entity": entity.value, "kind": key.kind, "value": key.value, "record_id": id,
                "point": f"SRID=4326;POINT({key.longitude} {key.latitude})" if key.longitude is not None else None,
            }
            for id, one in forms.items() for key in one.keys
        ],
    )  # fmt: skip
