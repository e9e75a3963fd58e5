"""Miami, which takes a minute to come in: imported once for all tests that look at it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.exchange.actions import import_directory
from referrals.kit.settings import CHECKOUT
from referrals.places import load as places
from referrals.taxonomy import load as words
from tests.conftest import NOW
from tests.databases import Databases


@pytest.fixture(scope="session")
def miami_engine(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncEngine:
    """A database of its own with our words, the places and Miami."""
    return databases.filled("miami", _fill, tmp_path_factory.mktemp("miami"))


@pytest.fixture
async def miami(miami_engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """Miami as it came in; whatever a test does to it is rolled back."""
    async with miami_engine.connect() as connection:
        outer = await connection.begin()
        async with AsyncSession(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        await outer.rollback()


async def _fill(session: AsyncSession, _: Path) -> None:
    await words.load(session, NOW)
    await places.load(session)
    await import_directory(session, CHECKOUT.parent / "shared" / "data" / "miami-211-hsds", NOW)
