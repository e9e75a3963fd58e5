"""Paul's file is filled in by keyboard, page by page, as somebody does it: hands and first reading together take less than four minutes."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.e2e.hands import sign_in
from tests.e2e.klm import Hands
from tests.e2e.running import RunningDemo

FOUR_MINUTES = 240.0
NEEDS = (("neuropsychology", "tbi"), ("PTSD counselling", "ptsd"), ("physiotherapy", "fracture"))


def test_a_whole_file_takes_the_hands_less_than_four_minutes(chromium: Browser, demo: RunningDemo) -> None:
    context = chromium.new_context(base_url=demo.base, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    sign_in(page, "en", "claire@relais.example.org")
    hands = fill_in(page)
    assert hands.first_time < FOUR_MINUTES, hands.told()
    assert sum(leg.hands for leg in hands.legs[:2]) < 60, "a file that is hardly begun, and the first list of services"
    context.close()


def fill_in(page: Page, family: str = "Tregear") -> Hands:
    """Everything that is known of Paul, of which a match can make use, and his three needs."""
    hands = Hands(page)
    page.goto("/en/people/new")
    hands.arrive("new")
    hands.write("given_name", "Perran")
    hands.write("family_name", family)
    hands.write("age", "34")
    hands.write("place", "Truro TR1")
    hands.send()
    expect(page).to_have_url(re.compile("/needs/new$"))
    file = page.url.removesuffix("/needs/new") + "/edit"
    for number, (term, specialism) in enumerate(NEEDS, start=1):
        page.goto(file.removesuffix("/edit") + "/needs/new")
        hands.arrive(f"need {number}")
        hands.write("term", term)
        hands.tick("specialisms", specialism)
        hands.send()
    page.goto(f"{file}/where")
    hands.arrive("where")
    hands.write("postcode", "TR1")
    hands.choose("mobility", "car")
    hands.write("max_minutes", "45")
    hands.send()
    hands.arrive("fit")
    hands.tick("languages", "en")
    hands.choose("interpreter_ok", "yes")
    hands.choose("gender", "male")
    hands.tick("audience", "brain-injury")
    hands.send()
    hands.arrive("money")
    hands.tick("funding", "nhs", "self-pay")
    hands.write("ceiling_per_session", "70")
    hands.send()
    hands.arrive("wishes")
    hands.tick("affinities", "climbing")
    hands.send()
    return hands
