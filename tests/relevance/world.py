"""The two directories that are searched, each loaded once into a database of its own and indexed anew for each run."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from referrals.directory import jobs
from referrals.directory.search.embedded import Embedded
from referrals.exchange.actions import import_directory
from referrals.kit import cluster, database
from referrals.kit.settings import CHECKOUT, seed_home
from referrals.places import load as places
from referrals.taxonomy import load as words

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MIAMI_FILES = CHECKOUT.parent / "shared" / "data" / "miami-211-hsds"
DIRECTORIES: dict[str, Path] = {"demo": seed_home() / "directory", "miami": MIAMI_FILES}


@dataclass(frozen=True, slots=True)
class World:
    """One directory in its database, with an index of its own."""

    name: str
    session: AsyncSession
    index: Embedded


@asynccontextmanager
async def world(name: str, home: Path, *, fresh: bool = True) -> AsyncIterator[World]:
    """The directory called `name`; not `fresh`: as an earlier run of this schema loaded it, where there was one."""
    url = loaded_database(name, home, fresh=fresh)
    engine = create_async_engine(url, poolclass=NullPool)
    async with AsyncSession(engine) as session:
        if not await session.scalar(text("SELECT EXISTS (SELECT FROM listing)")):
            await words.load(session, NOW)
            await places.load(session)
            await import_directory(session, DIRECTORIES[name], NOW)
            await session.commit()
        there = await indexed(name, session, home)
        await session.rollback()  # the one writer's lock
        yield there
    await engine.dispose()


async def indexed(name: str, session: AsyncSession, home: Path) -> World:
    """What this session sees, put into a new index in the folder `home`."""
    index = Embedded(home / f"relevance-{name}")
    await jobs.reindex(session, engine=index)
    return World(name, session, index)


def loaded_database(name: str, home: Path, *, fresh: bool) -> str:
    """The address of its database, made and migrated where there is none yet."""
    server = cluster.ensure(home, durable=False)
    called = f"relevance_{name}_{database.fingerprint()}"
    if fresh:
        cluster.drop_database(server, called)
    cluster.ensure_database(server, called)
    database.migrate(server.url(called))
    return server.url(called)


async def source_keys(session: AsyncSession) -> dict[str, str]:
    """The key by which its source knows each service, by our id; keys stay when a directory is loaded again."""
    rows = await session.execute(text("SELECT id, source_key FROM service"))
    return {str(id): key for id, key in rows if key}
