"""The index follows the listings."""

import gc
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from anyio import run_process
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.directory import listings, turning
from referrals.directory.jobs import JOBS, ask_for_index, ask_for_reindex
from referrals.directory.models import IndexDue, Listing
from referrals.directory.search.embedded import Embedded
from referrals.directory.search.port import Batches, Document, Query, SearchUnavailable
from referrals.taxonomy.vocabulary import Vocabulary
from referrals.worker import begin
from tests.conftest import NOW
from tests.directory.search_world import service
from tests.directory.test_search_adapters import BAKERY, SHELTER

LATER = datetime(2026, 11, 30, 9, tzinfo=UTC)


async def found(engine: Embedded, words: str) -> list[UUID]:
    return [hit.id for hit in (await engine.find(Query(words=(words,)))).items]


async def run(session: AsyncSession, engine: Embedded) -> None:
    await JOBS["directory.index"](session, engine=engine, now=NOW)


async def waiting(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(IndexDue)) or 0


async def test_indexing_adds_what_is_published_and_takes_out_what_is_not(
    session: AsyncSession, embedded: Embedded, words: Vocabulary
) -> None:
    made = await service(session, words, "Ficelle")
    await ask_for_index(session, [made.id])
    await run(session, embedded)
    assert await found(embedded, "ficelle") == [made.id]

    listing = await session.get_one(Listing, made.id)
    listing.published = False
    await session.flush()
    await ask_for_index(session, [made.id])
    await run(session, embedded)
    assert await found(embedded, "ficelle") == []


async def test_the_first_service_brings_all_the_others(
    session: AsyncSession, embedded: Embedded, words: Vocabulary
) -> None:
    other = await service(session, words, "Fournil")
    made = await service(session, words, "Ficelle")
    await ask_for_index(session, [made.id])
    await run(session, embedded)
    assert await found(embedded, "fournil") == [other.id]


async def test_a_job_of_an_older_version_names_its_services_itself(
    session: AsyncSession, embedded: Embedded, words: Vocabulary
) -> None:
    await embedded.put([])
    made = await service(session, words, "Ficelle")
    await JOBS["directory.index"](session, service_ids=[str(made.id)], engine=embedded, now=NOW)
    assert await found(embedded, "ficelle") == [made.id]


class Counting(Embedded):
    """Counts what it writes, and may be cut off while it does."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.writes = 0
        self.dies = ""

    async def change(self, documents: Sequence[Document], ids: Sequence[UUID]) -> None:
        self.writes += 1
        if self.dies == "before":
            raise ConnectionError
        await super().change(documents, ids)
        if self.dies == "after":
            raise ConnectionError


async def test_many_changes_are_one_write(session: AsyncSession, tmp_path: Path, words: Vocabulary) -> None:
    engine = Counting(tmp_path)
    await engine.put([])
    for number in range(6):
        await ask_for_index(session, [(await service(session, words, f"Ficelle {number}")).id])
    for _ in range(6):
        await run(session, engine)
    assert engine.writes == 1
    assert len(await found(engine, "ficelle")) == 6


@pytest.mark.parametrize("dies", ["before", "after"])
async def test_a_job_that_is_cut_off_loses_nothing(
    session: AsyncSession, tmp_path: Path, words: Vocabulary, dies: str
) -> None:
    engine = Counting(tmp_path)
    await engine.put([])
    made = await service(session, words, "Ficelle")
    await ask_for_index(session, [made.id])
    engine.dies = dies
    with pytest.raises(ConnectionError):
        async with session.begin_nested():  # what the worker does around each job
            await run(session, engine)
    assert await waiting(session) == 1
    engine.dies = ""
    await run(session, engine)
    assert await found(engine, "ficelle") == [made.id]
    assert await waiting(session) == 0


async def test_what_was_rolled_back_is_not_due(session: AsyncSession, words: Vocabulary) -> None:
    made = await service(session, words, "Ficelle")
    inner = await session.begin_nested()
    await ask_for_index(session, [made.id])
    await inner.rollback()
    assert await waiting(session) == 0


KILLED = """
import os, sys
from pathlib import Path
from referrals.directory.search import embedded
from tests.directory.test_search_adapters import SHELTER
home = Path(sys.argv[1])
name = (home / "current").read_text()
writer = embedded._index(home / name).writer(64_000_000, 1)
embedded._add(writer, [SHELTER])
os.kill(os.getpid(), 9)
"""


async def test_a_writer_that_is_killed_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    engine = Embedded(tmp_path)
    await engine.put([BAKERY])
    died = await run_process([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert died.returncode == -9
    assert await found(engine, "fournil") == [BAKERY.id]
    await engine.put([SHELTER])
    assert await found(engine, "halte") == [SHELTER.id]
    assert await found(engine, "fournil") == [BAKERY.id]


async def test_reindexing_has_every_published_service(
    session: AsyncSession, embedded: Embedded, words: Vocabulary
) -> None:
    for name in ("Ficelle", "Fournil"):
        await service(session, words, name)
    await service(session, words, "Retiré", published=False)
    await JOBS["directory.reindex"](session, engine=embedded)
    assert (await embedded.find(Query(words=("ficelle",)))).total == 1
    assert (await embedded.find(Query(words=("retire",)))).total == 0


class Swept(Embedded):
    """Knows how seldom sweeps were while it was told all there is; `broken`: and fails then."""

    def __init__(self, home: Path, broken: bool) -> None:
        super().__init__(home)
        self.broken, self.seldom = broken, 0

    async def rebuild(self, batches: Batches) -> int:
        self.seldom = gc.get_threshold()[0]
        if self.broken:
            raise SearchUnavailable("no room on the disk")
        return await super().rebuild(batches)


@pytest.mark.parametrize("broken", [False, True])
async def test_sweeps_are_seldom_while_all_is_indexed_and_as_before_afterwards(
    session: AsyncSession, tmp_path: Path, words: Vocabulary, broken: bool
) -> None:
    await service(session, words, "Fournil")
    before, engine = gc.get_threshold(), Swept(tmp_path, broken)
    with pytest.raises(SearchUnavailable) if broken else nullcontext():
        await JOBS["directory.reindex"](session, engine=engine)
    assert engine.seldom > before[0]
    assert gc.get_threshold() == before


async def test_while_another_writes_a_job_waits_and_keeps_its_services(
    session: AsyncSession, engine: AsyncEngine, embedded: Embedded, words: Vocabulary
) -> None:
    await embedded.put([])
    made = await service(session, words, "Ficelle")
    await ask_for_index(session, [made.id])
    async with engine.connect() as other:
        await JOBS["directory.reindex"](AsyncSession(other), engine=Embedded(embedded.home / "another"))
        await run(session, embedded)
        await other.rollback()
    assert await waiting(session) == 1
    later = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'directory.index' AND scheduled_at > :now"
    assert await session.scalar(text(later), {"now": NOW}) == 1
    await run(session, embedded)
    assert await found(embedded, "ficelle") == [made.id]


async def test_asking_writes_what_is_due_and_one_reindex_waits(session: AsyncSession, words: Vocabulary) -> None:
    made = await service(session, words, "Ficelle")
    await ask_for_index(session, [made.id])
    await ask_for_reindex(session)
    await ask_for_reindex(session)
    rows = await session.execute(text("SELECT task_name, args FROM procrastinate_jobs ORDER BY id"))
    assert [tuple(row) for row in rows] == [("directory.index", {}), ("directory.reindex", {})]
    assert list(await session.scalars(select(IndexDue.service_id))) == [made.id]


async def test_a_worker_that_begins_looks_after_the_index_at_once(session: AsyncSession) -> None:
    await begin(session)
    await begin(session)
    rows = await session.execute(
        text("SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'directory.index'")
    )
    assert list(rows.scalars()) == [None]


async def test_room_that_was_said_long_ago_is_offered_to_wishes_no_more(
    session: AsyncSession, words: Vocabulary
) -> None:
    made = await service(
        session, words, "Halte",
        listed={"capacity_status": "has-capacity", "capacity_updated": NOW - timedelta(days=10)},
    )  # fmt: skip
    listing = await session.get_one(Listing, made.id)
    assert "room" in listing.tags
    await turning.turn(session, now=NOW)
    await session.refresh(listing)
    assert "room" in listing.tags
    await turning.turn(session, now=LATER)
    await session.refresh(listing)
    assert "room" not in listing.tags


async def test_listings_from_before_are_derived_anew_and_no_reader_is_told_of_a_change(
    session: AsyncSession, words: Vocabulary
) -> None:
    made = await service(session, words, "Halte", minimum_age=18.0)
    await listings.refresh(session, [made.id], NOW)
    listing = await session.get_one(Listing, made.id)
    listing.tags, listing.search_digest = [], ""
    await session.flush()
    await listings.derive_all(session, now=LATER)
    await session.refresh(listing)
    assert "age:adult" in listing.tags
    assert listing.updated_at == NOW
    assert await waiting(session) == 2
