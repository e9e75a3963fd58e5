"""Worlds that many tests here look at: made once, cloned or shared."""

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from referrals.app import create_app
from referrals.kit.settings import Settings
from tests.conftest import NOW
from tests.databases import Databases
from tests.exchange.export_world import bring


@pytest.fixture(scope="session")
def small_directory(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncEngine:
    """A database of its own that holds the small directory. A module that wants it says `engine = small_directory`."""
    return databases.filled("small", bring, tmp_path_factory.mktemp("small"))


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
