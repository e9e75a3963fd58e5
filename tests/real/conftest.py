"""Miami, which takes a minute to come in: imported once for all tests that look at it."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from referrals.exchange.actions import import_directory
from referrals.kit import cluster, database
from referrals.kit.settings import CHECKOUT
from referrals.places import load as places
from referrals.taxonomy import load as words
from tests.conftest import NOW


@pytest.fixture(scope="session")
def miami_engine(database_url: str, data_home: Path, worker_id: str) -> Iterator[AsyncEngine]:
    """A database of its own with our words, the places and Miami."""
    server = cluster.ensure(data_home, durable=False)
    name = f"test_miami_{worker_id}_{os.getpid()}"
    cluster.drop_database(server, name)
    cluster.ensure_database(server, name, template=f"template_{database.fingerprint()}")
    engine = create_async_engine(server.url(name), poolclass=NullPool)
    asyncio.run(_fill(engine))
    yield engine
    cluster.drop_database(server, name)


@pytest.fixture
async def miami(miami_engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """Miami as it came in; whatever a test does to it is rolled back."""
    async with miami_engine.connect() as connection:
        outer = await connection.begin()
        async with AsyncSession(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        await outer.rollback()


async def _fill(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session:
        await words.load(session, NOW)
        await places.load(session)
        await import_directory(session, CHECKOUT.parent / "shared" / "data" / "miami-211-hsds", NOW)
        await session.commit()
