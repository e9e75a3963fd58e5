"""A real, migrated PostgreSQL, whose every test is rolled back; the application over it; the order of the tests."""

import gc
import inspect
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import hypothesis
import pytest
from litestar import Litestar
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from xdist.remote import Producer

from referrals.app import create_app, tools
from referrals.kit.db import SessionMaker
from referrals.kit.i18n import speak
from referrals.kit.settings import CHECKOUT, Settings
from referrals.places import load as places
from referrals.taxonomy import load as words
from tests.browser import Browser
from tests.databases import Databases
from tests.order import ByModule, longest_first

hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")
"""A machine that is busy with something else has found no fault."""
gc.set_threshold(20_000, 20, 20)
"""Our modules and tests are a million objects that stay: looking through them again and again took a sixth of the time."""

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A Monday morning: every test begins then."""
SECRET = "test" * 16


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = longest_first(items)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByModule:
    return ByModule(config, log)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def in_english(request: pytest.FixtureRequest) -> None:
    """Whatever language the test before ended in."""
    speak("en")
    if inspect.iscoroutinefunction(getattr(request, "function", None)):
        request.getfixturevalue("in_english_there")


@pytest.fixture
async def in_english_there() -> None:
    """The same in the loop, whose tests share one context."""
    speak("en")


@pytest.fixture(scope="session")
def data_home() -> Path:
    return CHECKOUT / ".local"


@pytest.fixture(scope="session")
def databases(data_home: Path, worker_id: str, request: pytest.FixtureRequest) -> Iterator[Databases]:
    run = getattr(request.config, "workerinput", {}).get("testrunuid", f"{os.getpid()}")
    made = Databases(data_home, run, worker_id)
    yield made
    made.drop()


@pytest.fixture(scope="session")
def database_url(databases: Databases) -> str:
    """A database of this test process, with the schema and nothing in it."""
    return databases.empty()


@pytest.fixture(scope="session")
def words_and_places(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncEngine:
    """A database that holds what every installation has. A module that imports much names it as its `engine`."""
    return databases.filled("words", _words_and_places, tmp_path_factory.mktemp("words"))


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


async def _words_and_places(session: AsyncSession, _: Path) -> None:
    await words.load(session, NOW)
    await places.load(session)
