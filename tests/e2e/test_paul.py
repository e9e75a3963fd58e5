"""Paul's story in a real browser: from a need to a closed loop. `test_the_loop` tells its own in French; LOOP_SCREENS: both in both."""

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from referrals.app import utc_now
from referrals.kit.html import in_zone
from tests.e2e import hands
from tests.e2e.running import RunningDemo

NEEDS = {
    "en": ("Neuropsychology", "PTSD counselling", "Physiotherapy"),
    "fr": ("Neuropsychologie", "Psychothérapie du stress post-traumatique", "Kinésithérapie"),
}
GIVEN = {"en": "Jory", "fr": "Loïc"}


@pytest.fixture(params=["fr", "en"] if os.environ.get("LOOP_SCREENS") else ["en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def manager(chromium: Browser, demo: RunningDemo, language: str) -> Iterator[Page]:
    """Claire, signed in."""
    context = chromium.new_context(base_url=demo.base, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    hands.sign_in(page, language, "claire@relais.example.org")
    yield page
    context.close()


@pytest.fixture
def receiver(chromium: Browser, demo: RunningDemo) -> Iterator[Page]:
    """Somebody with a link and a telephone, and no account."""
    context = chromium.new_context(base_url=demo.base, viewport={"width": 360, "height": 780})
    yield context.new_page()
    context.close()


def test_from_three_needs_to_a_closed_loop(manager: Page, receiver: Page, demo: RunningDemo, language: str) -> None:
    hands.open_a_file(manager, language, GIVEN[language], "Pellow", f"{language}.pellow@example.org")
    needs = [hands.add_a_need(manager, language, GIVEN[language], term) for term in NEEDS[language]]
    neuro, trauma, physio = [hands.send_to_the_best(manager, language, need) for need in needs]

    # One says yes and gives a day; its page shows no name before the yes.
    link = hands.link(demo, neuro, "receiver")
    receiver.goto(link)
    expect(receiver.locator("body")).not_to_contain_text(GIVEN[language])
    today = in_zone(utc_now()).date()  # the pages' own day, wherever this machine is
    soon = today + timedelta(days=9)
    hands.answer(receiver, "accept", day=soon.isoformat(), at="10:30")
    hands.show_who_it_is(receiver, demo, neuro)
    expect(receiver.locator("body")).to_contain_text(GIVEN[language])

    # One cannot: with a reason, and nothing else asked.
    receiver.goto(hands.link(demo, trauma, "receiver"))
    hands.answer(receiver, "decline", reason="no_capacity")
    assert hands.status(demo, trauma) == "declined"

    # One asks first, and says yes once it knows.
    receiver.goto(hands.link(demo, physio, "receiver"))
    hands.answer(receiver, "ask_info", words="Can he climb two flights of stairs?")
    manager.goto(f"/{language}/referrals/{physio}")
    manager.fill("textarea[name=words]", "Yes, slowly.")
    hands.press(manager.locator("form:has(textarea[name=words]) button[type=submit]").first)
    assert hands.status(demo, physio) == "sent"
    receiver.goto(hands.link(demo, physio, "receiver"))
    hands.answer(receiver, "accept", day=soon.isoformat())

    # The refused need is open again, and asks the next service: one that has said it is full is not proposed first.
    hands.at_rest(demo)
    again = hands.send_to_the_best(manager, language, needs[1])
    assert hands.service(demo, again) != hands.service(demo, trauma)

    # It takes place, and it helped.
    receiver.goto(link)
    hands.answer(receiver, "start_service", day=today.isoformat())
    receiver.goto(link)
    hands.answer(receiver, "complete", outcome="full", day=today.isoformat())
    assert hands.status(demo, neuro) == "completed"
    receiver.goto(hands.link(demo, neuro, "client"))
    expect(receiver.locator("h1")).to_be_visible()
    hands.press(receiver.locator("a[href*='received=yes']"))
    hands.press(receiver.locator("button[name=resolved][value=yes]"))

    # The case manager closes the need with a verdict, and the story can be read from end to end.
    manager.goto(f"/{language}/needs/{needs[0]}/close")
    manager.check("[name=verdict][value=met]")
    manager.check("[name=verified_by][value=client]")
    hands.press(manager.locator("main form button[type=submit]").last)
    assert hands.status(demo, neuro) == "closed"
    manager.goto(f"/{language}/referrals/{neuro}")
    told = manager.locator("main").inner_text()
    for event in {"en": ["Sent with their agreement", "Appointment set"], "fr": ["Envoyée avec son accord"]}[language]:
        assert event in told
    assert hands.story(demo, neuro) == ["send", "accept", "schedule", "start_service", "complete", "close"]
