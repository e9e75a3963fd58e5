"""What was safe long ago may not be safe today: the day and the file say whom to ask again, and what is closed until then."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.contacting.again import to_ask
from referrals.clients.contacting.violence import violence_known
from referrals.clients.models import ClientContact
from tests.browser import Browser
from tests.conftest import NOW
from tests.factories import case_manager, client


async def test_who_is_to_be_asked_again(browser: Browser, session: AsyncSession) -> None:
    by = await case_manager(session)
    asked, old, near, kept_off, unknown = [
        await client(session, by, given_name=name) for name in ("Anna", "Bruno", "Chloe", "Dora", "Emil")
    ]
    others = await client(session, await case_manager(session, email="other@example.org"), given_name="Farid")
    near.audience = ["domestic-violence-survivor"]
    kept_off.no_contact = True
    for whom, days in ((asked, 100), (old, 200), (near, 31), (kept_off, 400), (others, 400)):
        await session.execute(
            update(ClientContact).where(ClientContact.client_id == whom.id)
            .values(verified_at=NOW - timedelta(days=days))
        )  # fmt: skip
    await session.execute(update(ClientContact).where(ClientContact.client_id == unknown.id).values(verified_at=None))
    assert await violence_known(session, near)
    assert not await violence_known(session, old)
    found = [(one.name[:4], one.closed) for one in await to_ask(session, by, NOW)]
    assert found == [("Chlo", True), ("Emil", False), ("Brun", False)]
    assert [one.client_id for one in await to_ask(session, by, NOW, old.id)] == [old.id]
    await browser.sign_in(by.email)
    page = await browser.open("/en/today")
    assert "Ask 3 people again whether it is safe" in page
    page = await browser.open(f"/en/people/{near.id}")
    assert "Nothing goes out until you have asked." in page
    assert "Last asked on 23 October 2026." in page
    page = await browser.open(f"/en/people/{asked.id}")
    assert "Ask again" not in page
