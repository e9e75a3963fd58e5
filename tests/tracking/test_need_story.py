"""A need with three attempts: one story, the newest first, and a picture of who was asked when."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.tracking.actions import act, draft, send
from referrals.tracking.need_story import WIDTH, Bar, bar
from referrals.tracking.said import RECEIVER, SYSTEM, Said, Snapshot
from tests.browser import Browser
from tests.conftest import NOW, Clock
from tests.factories import PASSWORD, case_manager, consent, sent, service

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("asked", "ended", "drawn"),
    [
        (0, 10, Bar(0, 100)),
        (5, 10, Bar(50, 50)),
        (2, 2, Bar(20, 6)),
        (10, 10, Bar(94, 6)),
        (-3, 5, Bar(0, 80)),
    ],
)
def test_a_bar_lies_where_the_days_lie(asked: float, ended: float, drawn: Bar) -> None:
    found = bar(NOW + asked * DAY, NOW + ended * DAY, NOW, NOW + 10 * DAY)
    assert found == drawn
    assert found.x + found.width <= WIDTH


async def test_three_attempts_are_one_story(session: AsyncSession, browser: Browser, clock: Clock) -> None:
    world = await sent(session)
    by, words = world.sender, ("no_capacity", "no_response")
    at, referral = NOW, world.referral
    for number, name in enumerate(("Second clinic", "Third clinic")):
        at += 2 * DAY
        said = Said(reason=words[number])
        await act(
            session, referral, "decline" if number == 0 else "expire", RECEIVER if number == 0 else SYSTEM, said, at
        )
        there = await service(session, name)
        agreed = await consent(session, world.client, there, by, now=at)
        referral = await draft(session, by, world.client, world.need, there.id, at)
        await send(session, referral, by, agreed, Snapshot(rules="test"), at)
    await session.flush()
    clock.now = at + DAY
    await browser.sign_in(by.email, PASSWORD)
    page = await browser.open(f"/en/needs/{world.need.id}/story")
    assert "3 attempts so far, the newest first." in page
    places = [page.text.index(f"Attempt {n}: ") for n in (3, 2, 1)]
    assert places == sorted(places)
    assert page.text.index("Need opened") > places[-1]
    assert "Declined · Full" in page
    assert page.html.count('<rect class="lane"') == 3
    yann = await case_manager(session, email="yann@example.org", name="Yann")
    await browser.submit("sign-out")
    await browser.sign_in(yann.email, PASSWORD)
    assert (await browser.open(f"/en/needs/{world.need.id}/story")).status == 404
