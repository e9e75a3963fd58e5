"""A real, migrated PostgreSQL: a template made once, a clone for each test process, each test rolled back."""

import os
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psycopg
import pytest
from litestar import Litestar
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from referrals.app import create_app, tools
from referrals.kit import cluster, database
from referrals.kit.db import SessionMaker
from referrals.kit.settings import CHECKOUT, Settings
from tests.browser import Browser

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A Monday morning: every test begins then."""
SECRET = "test" * 16


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def data_home() -> Path:
    return CHECKOUT / ".local"


@pytest.fixture(scope="session")
def database_url(data_home: Path, worker_id: str) -> Iterator[str]:
    """A database of this test process, cloned from the template that this schema's migrations make."""
    server = cluster.ensure(data_home, durable=False)
    template = f"template_{database.fingerprint()}"
    if cluster.ensure_database(server, f"making_{template}"):
        database.migrate(server.url(f"making_{template}"))
        cluster.ensure_database(server, template, template=f"making_{template}")
    else:
        _wait_for(server, template)
    name = f"test_{worker_id}_{os.getpid()}"  # two runs at once do not take each other's
    cluster.drop_database(server, name)
    cluster.ensure_database(server, name, template=template)
    yield server.url(name)
    cluster.drop_database(server, name)


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """Which of xdist's processes this is, or `alone`."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "alone"))


@pytest.fixture(scope="session")
def engine(database_url: str) -> AsyncEngine:
    return create_async_engine(database_url, poolclass=NullPool)


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One connection whose outer transaction is rolled back: whatever commits inside is a savepoint."""
    async with engine.connect() as connection:
        outer = await connection.begin()
        yield connection
        await outer.rollback()


@pytest.fixture
def sessions(connection: AsyncConnection) -> SessionMaker:
    return async_sessionmaker(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")


@pytest.fixture
async def session(sessions: SessionMaker) -> AsyncIterator[AsyncSession]:
    """For arranging and looking. Flush what the application shall see."""
    async with sessions() as session:
        yield session


class Clock:
    """The test's time, moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_home=tmp_path, database_url=None, secret=SECRET, base_url="http://relais.test", demo=True)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Litestar:
    """The application, wired once: that takes longer than most tests."""
    settings = Settings(
        data_home=tmp_path_factory.mktemp("house"), database_url=None, secret=SECRET, base_url="http://relais.test",
        demo=True,
    )  # fmt: skip
    return create_app(settings, async_sessionmaker())


@pytest.fixture
def app(house: Litestar, settings: Settings, sessions: SessionMaker, clock: Clock) -> Litestar:
    """With this test's own folder, connection and time."""
    house.state.update(tools(settings, sessions, clock))
    return house


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """HTTP straight into the application, in the test's own loop."""
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]  # Litestar spells ASGI's types its own way
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://relais.test") as client:
        yield client


@pytest.fixture
async def browser(client: httpx.AsyncClient) -> Browser:
    """A person without JavaScript: reads pages, fills forms, follows redirects."""
    return Browser(client)


def _wait_for(server: cluster.Cluster, name: str) -> None:
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        for _ in range(600):
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return
            time.sleep(0.1)
    raise TimeoutError(f"the template {name} was begun by another process and never finished; drop making_{name}")
