"""The index follows the listings."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.directory.jobs import JOBS, ask_for_index, ask_for_reindex
from referrals.directory.models import Listing
from referrals.directory.search.embedded import Embedded
from referrals.directory.search.port import Query
from referrals.taxonomy.vocabulary import Vocabulary
from tests.directory.search_world import service


async def found(engine: Embedded, words: str) -> list[UUID]:
    return [hit.id for hit in (await engine.find(Query(words=(words,)))).items]


async def test_indexing_adds_what_is_published_and_takes_out_what_is_not(
    session: AsyncSession, embedded: Embedded, words: Vocabulary
) -> None:
    made = await service(session, words, "Ficelle")
    await JOBS["directory.index"](session, service_ids=[str(made.id)], engine=embedded)
    assert await found(embedded, "ficelle") == [made.id]

    listing = await session.get_one(Listing, made.id)
    listing.published = False
    await session.flush()
    await JOBS["directory.index"](session, service_ids=[str(made.id)], engine=embedded)
    assert await found(embedded, "ficelle") == []


async def test_the_first_service_brings_all_the_others(
    session: AsyncSession, embedded: Embedded, words: Vocabulary
) -> None:
    other = await service(session, words, "Fournil")
    made = await service(session, words, "Ficelle")
    await JOBS["directory.index"](session, service_ids=[str(made.id)], engine=embedded)
    assert await found(embedded, "fournil") == [other.id]


async def test_reindexing_has_every_published_service(
    session: AsyncSession, embedded: Embedded, words: Vocabulary
) -> None:
    for name in ("Ficelle", "Fournil"):
        await service(session, words, name)
    await service(session, words, "Retiré", published=False)
    await JOBS["directory.reindex"](session, engine=embedded)
    assert (await embedded.find(Query(words=("ficelle",)))).total == 1
    assert (await embedded.find(Query(words=("retire",)))).total == 0


async def test_nobody_else_writes_meanwhile(
    session: AsyncSession, engine: AsyncEngine, embedded: Embedded, words: Vocabulary
) -> None:
    await JOBS["directory.index"](session, service_ids=[], engine=embedded)
    async with engine.connect() as other:
        free = await other.scalar(
            text(
                "SELECT pg_try_advisory_lock(objid::bigint) FROM pg_locks WHERE locktype = 'advisory' "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        )
    assert free is False


async def test_asking_writes_jobs_of_ids_and_one_reindex_waits(session: AsyncSession, words: Vocabulary) -> None:
    made = await service(session, words, "Ficelle")
    await ask_for_index(session, [made.id])
    await ask_for_reindex(session)
    await ask_for_reindex(session)
    rows = await session.execute(text("SELECT task_name, args FROM procrastinate_jobs ORDER BY id"))
    assert [tuple(row) for row in rows] == [
        ("directory.index", {"service_ids": [str(made.id)]}), ("directory.reindex", {}),
    ]  # fmt: skip
