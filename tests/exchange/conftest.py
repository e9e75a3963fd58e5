"""Worlds that many tests here look at: made once, cloned or shared."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from referrals.app import create_app
from referrals.kit import cluster, database
from referrals.kit.settings import Settings
from tests.conftest import NOW
from tests.exchange.export_world import bring


@pytest.fixture(scope="session")
def small_directory(
    database_url: str, data_home: Path, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AsyncEngine]:
    """A database of its own that holds the small directory. A module that wants it says `engine = small_directory`."""
    server = cluster.ensure(data_home, durable=False)
    name = f"test_small_{worker_id}_{os.getpid()}"
    cluster.drop_database(server, name)
    cluster.ensure_database(server, name, template=f"template_{database.fingerprint()}")
    engine = create_async_engine(server.url(name), poolclass=NullPool)
    asyncio.run(_fill(engine, tmp_path_factory.mktemp("small")))
    yield engine
    cluster.drop_database(server, name)


@pytest.fixture(scope="module")
async def reader(engine: AsyncEngine, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """One application for all tests of a module that only read; what any of them writes is rolled back at the end."""
    settings = Settings(
        data_home=tmp_path_factory.mktemp("reader"),
        database_url=None,
        secret="test" * 16,
        base_url="http://relais.test",
    )
    async with engine.connect() as connection:
        outer = await connection.begin()
        sessions = async_sessionmaker(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
        app = create_app(settings, sessions, now=lambda: NOW)
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]  # Litestar spells ASGI's types its own way
        async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url=settings.base_url) as client:
            yield client
        await outer.rollback()


async def _fill(engine: AsyncEngine, home: Path) -> None:
    async with AsyncSession(engine, expire_on_commit=False) as session:
        await bring(session, home)
        await session.commit()
