"""Keeping the folded forms in step with the records, some hundred at a time."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from psycopg import AsyncConnection, sql
from sqlalchemy import delete, exists, select
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
        known: dict[UUID, str] = dict(
            (await session.execute(
                select(Likeness.record_id, Likeness.digest)
                .where(Likeness.entity == entity.value, Likeness.record_id.in_(batch))
            )).all()
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
    await _copy(
        session, "likeness", ("entity", "record_id", "name", "gist", "words", "localities", "digest"),
        (
            (entity.value, id, one.name, one.gist, list(one.words), list(one.localities), one.digest)
            for id, one in forms.items()
        ),
    )  # fmt: skip
    await _copy(
        session, "likeness_key", ("entity", "kind", "value", "record_id", "point"),
        (
            (entity.value, key.kind, key.value, id,
             f"SRID=4326;POINT({key.longitude} {key.latitude})" if key.longitude is not None else None)
            for id, one in forms.items() for key in one.keys
        ),
    )  # fmt: skip


async def _copy(
    session: AsyncSession, table: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]
) -> None:
    """Some ten rows for each record: COPY takes a fifth of the time of INSERT."""
    connection = (await (await session.connection()).get_raw_connection()).driver_connection
    assert isinstance(connection, AsyncConnection)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            await copy.write_row(row)
