"""Who is in the stories of this room: a case manager, somebody who drives, and what they need."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.clients.models import Client, Need
from tests.browser import Browser
from tests.factories import PASSWORD, case_manager, client, need
from tests.matching.scene import drives


@pytest.fixture
async def claire(session: AsyncSession) -> Actor:
    return await case_manager(session)


@pytest.fixture
async def paul(session: AsyncSession, claire: Actor) -> Client:
    found = await client(session, claire)
    await drives(session, found)
    return found


@pytest.fixture
async def physio(session: AsyncSession, paul: Client) -> Need:
    return await need(session, paul)


@pytest.fixture
async def signed_in(browser: Browser, claire: Actor) -> Browser:
    await browser.sign_in(claire.email, PASSWORD)
    return browser
