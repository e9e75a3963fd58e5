"""One small town for all of these tests: its directory, a sender, a receiver and a stranger with their keys."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from referrals.accounts import keys
from referrals.accounts.actor import Actor
from referrals.clients import notices
from referrals.directory.models import Listing, Service
from referrals.tracking import actions
from referrals.tracking.models import Referral
from referrals.tracking.said import RECEIVER, Fact, Said
from tests.conftest import NOW
from tests.factories import world

SECRECY = "Ce que vous lisez ici est couvert par le secret."


@dataclass
class Town:
    """What was loaded, and the headers of whoever asks."""

    connection: AsyncConnection
    sender: Actor
    sender_id: UUID
    receiver_id: UUID
    physio: Service
    keys: dict[str, str] = field(default_factory=dict)

    def headers(self, who: str, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[who]}", **more}


@pytest.fixture(scope="session")
def engine(small_directory: AsyncEngine) -> AsyncEngine:
    return small_directory


@pytest.fixture(scope="module")
async def town(engine: AsyncEngine) -> AsyncIterator[Town]:
    async with engine.connect() as connection:
        outer = await connection.begin()
        async with AsyncSession(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            made = await _loaded(connection, session)
            await session.commit()
        yield made
        await outer.rollback()


@pytest.fixture
async def connection(town: Town) -> AsyncIterator[AsyncConnection]:
    """Whatever a test does to the town is taken back after it."""
    before = await town.connection.begin_nested()
    yield town.connection
    await before.rollback()


async def _loaded(connection: AsyncConnection, session: AsyncSession) -> Town:
    physio = (await session.scalars(select(Service).where(Service.source_key == "heron-kine"))).one()
    listing = await session.get_one(Listing, physio.id)
    listing.email = "desk@heron.example.org"
    sender = await world.case_manager(session)
    own = next(iter(sender.organizations.values()))[0]
    await notices.write(session, "secrecy_fr", "fr", SECRECY, NOW, None)
    town = Town(connection, sender, own, physio.organization_id, physio)
    everything = list(keys.OF_AN_ORGANIZATION)
    anonymous = [scope for scope in everything if scope != keys.scope("Patient", "read")]
    stranger = await world.organization(session, "Somebody else")
    for who, organization, scopes in (
        ("sender", own, everything), ("receiver", physio.organization_id, everything),
        ("receiver-anonymous", physio.organization_id, anonymous), ("stranger", stranger.id, everything),
        ("reader", physio.organization_id, [keys.scope("Task", "read")]), ("nobody", None, everything),
    ):  # fmt: skip
        town.keys[who] = await keys.make(session, who, scopes, 10_000, organization, None, NOW)
    return town


async def sent(session: AsyncSession, town: Town, **how: Any) -> world.World:
    """Paul is sent to the physiotherapist of the town."""
    return await world.sent(session, sender=town.sender, to=town.physio, **how)


async def step(session: AsyncSession, referral: Referral, event: str, reason: str | None = None, **facts: Fact) -> None:
    """The receiver does something on its page."""
    await actions.act(session, referral, event, RECEIVER, Said(reason=reason, facts=facts), NOW)
    await session.flush()


async def read(client: httpx.AsyncClient, town: Town, who: str, path: str) -> Any:
    answer = await client.get(f"/fhir/{path}", headers=town.headers(who))
    assert answer.status_code == 200, answer.text
    return answer.json()
