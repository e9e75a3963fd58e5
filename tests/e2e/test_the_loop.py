"""The whole loop, three people at once: a case manager at a desk, a service and a person each with a link and a phone.

Both languages and a picture of each step:

    LOOP_SCREENS=screens pytest tests/e2e/test_the_loop.py

as `make screens` does.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from referrals.app import utc_now
from referrals.kit.html import in_zone
from tests.e2e import hands
from tests.e2e.running import RunningDemo

FOLDER = os.environ.get("LOOP_SCREENS")
LANGUAGES = ("fr", "en") if FOLDER else ("fr",)
GIVEN = {"fr": "Maël", "en": "Perran"}
FAMILY = "Trewin"
NEEDS = {
    "fr": ("Neuropsychologie", "Kinésithérapie"),
    "en": ("Neuropsychology", "Physiotherapy"),
}
SECRETS = (FAMILY, "neuro", "Neuro", "kiné", "physio", "Truro")
"""What no message to a person may say."""


@dataclass
class Eyes:
    """One of the three, with what they have before them."""

    page: Page
    language: str
    width: int
    seen: list[str] = field(default_factory=list)

    def look(self, name: str, *, dark: bool = False) -> str:
        """The page's text; nothing on it lies beside the screen, and `name` is its picture where pictures are wanted."""
        self.page.wait_for_load_state()
        beside = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beside == 0, f"{name} scrolls sideways by {beside} px"
        if FOLDER:
            self._photograph(name, "light")
            if dark:
                self.page.emulate_media(color_scheme="dark")
                self._photograph(name, "dark")
                self.page.emulate_media(color_scheme="light")
        return self.page.locator("main").inner_text()

    def _photograph(self, name: str, theme: str) -> None:
        self.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        Path(FOLDER or "").mkdir(exist_ok=True)
        file = Path(FOLDER or "") / f"loop-{name}-{self.language}-{self.width}-{theme}.png"
        self.page.screenshot(path=file, full_page=True)


@dataclass
class Three:
    manager: Eyes
    service: Eyes
    person: Eyes
    demo: RunningDemo
    language: str

    @property
    def given(self) -> str:
        return GIVEN[self.language]

    @property
    def address(self) -> str:
        return f"loop.{self.language}@example.org"

    def open(self, who: Eyes, path: str) -> None:
        """In the language of this telling: a link comes in that of its reader."""
        who.page.goto(re.sub(r"^/(fr|en)/", f"/{self.language}/", path))


@pytest.fixture(params=LANGUAGES)
def three(request: pytest.FixtureRequest, chromium: Browser, demo: RunningDemo) -> Iterator[Three]:
    language = str(request.param)
    desk = chromium.new_context(base_url=demo.base, viewport={"width": 1280, "height": 900})
    phones = [_phone(chromium, demo) for _ in range(2)]
    yield Three(
        Eyes(desk.new_page(), language, 1280),
        Eyes(phones[0].new_page(), language, 320),
        Eyes(phones[1].new_page(), language, 320),
        demo,
        language,
    )
    for context in (desk, *phones):
        context.close()


def _phone(chromium: Browser, demo: RunningDemo) -> BrowserContext:
    return chromium.new_context(
        base_url=demo.base, viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True
    )


def test_the_loop_is_closed_on_the_need(three: Three) -> None:
    demo, language, desk = three.demo, three.language, three.manager.page
    hands.sign_in(desk, language, "claire@relais.example.org")
    hands.open_a_file(desk, language, three.given, FAMILY, three.address)
    need, other = (hands.add_a_need(desk, language, three.given, term) for term in NEEDS[language])

    referral = _sent_asked_and_taken(three, need)
    _met_and_reminded(three, referral)
    _done_says_one_and_no_says_the_other(three, referral)
    _settled_and_closed(three, need, referral)
    assert hands.story(demo, referral) == [
        "send", "ask_info", "provide_info", "accept", "schedule", "start_service", "complete", "close",
    ]  # fmt: skip

    attempts = _full_becomes_the_next_in_two_clicks(three, other)
    _three_attempts_on_one_page(three, other, attempts)


def _sent_asked_and_taken(three: Three, need: str) -> str:
    demo, desk = three.demo, three.manager.page
    hands.choose_the_best(desk, three.language, need)
    three.manager.look("01-agreement")
    referral = hands.send(desk)
    three.manager.look("02-sent")

    link = hands.link(demo, referral, "receiver")
    three.open(three.service, link)
    told = three.service.look("03-asked", dark=True)
    assert three.given not in told
    assert FAMILY not in told
    hands.begin_answer(three.service.page, "ask_info", words="Can he climb two flights of stairs?")
    three.service.look("04-question")
    hands.press(three.service.page.locator("main form button[type=submit]").last)
    three.service.look("05-question-sent")
    assert hands.status(demo, referral) == "info_requested"

    desk.goto(f"/{three.language}/referrals/{referral}")
    first = desk.locator("main section, main .notice").first
    expect(first).to_contain_text("two flights of stairs")
    three.manager.look("06-their-question", dark=True)
    desk.fill("textarea[name=words]", "Yes, slowly.")
    hands.press(desk.locator("form:has(textarea[name=words]) button[type=submit]").first)
    three.manager.look("07-replied")

    three.open(three.service, hands.link(demo, referral, "receiver"))
    assert "Yes, slowly." in three.service.look("08-reply-read")
    hands.begin_answer(three.service.page, "accept")
    three.service.look("09-yes")
    hands.press(three.service.page.locator("main form button[type=submit]").last)
    told = three.service.look("10-yes-said")
    assert three.given not in told, "a name needs the code"
    hands.show_who_it_is(three.service.page, demo, referral)
    assert three.given in three.service.look("11-who-it-is", dark=True)
    return referral


def _met_and_reminded(three: Three, referral: str) -> None:
    demo, phone = three.demo, three.service.page
    day = in_zone(utc_now()).date() + timedelta(days=9)
    hands.press(phone.locator("a[href$='/times']").first)
    for number, (ahead, at) in enumerate(((0, "10:30"), (1, "14:00"), (2, "09:15")), 1):
        phone.fill(f"[name=day{number}]", (day + timedelta(days=ahead)).isoformat())
        phone.fill(f"[name=at{number}]", at)
    three.service.look("12-times")
    hands.press(phone.locator("main form button[type=submit]").last)
    three.service.look("13-times-proposed")
    desk = three.manager.page
    desk.goto(f"/{three.language}/referrals/{referral}")
    three.manager.look("14-times-wait")

    three.open(three.person, _page_in(hands.written_to(demo, three.address, "client_asks")))
    three.person.look("15-which-time", dark=True)
    hands.press(three.person.page.locator("button[name=number]").nth(1))
    assert "14" in three.person.look("16-chosen")
    assert hands.status(demo, referral) == "scheduled"
    desk.goto(f"/{three.language}/referrals/{referral}")
    three.manager.look("17-appointment")

    hands.two_days_before(demo, referral)
    three.open(three.person, _page_in(hands.written_to(demo, three.address, "client_reminder")))
    assert "14" in three.person.look("18-reminded")


def _page_in(message: tuple[str, str]) -> str:
    """The link to their own page, out of a message that says nothing else."""
    text = " ".join(message)
    assert not [word for word in SECRETS if word in text]
    found = re.search(r"https?://[^/]+(/\w\w/c/\S+)", text)
    assert found
    return found[1]


def _done_says_one_and_no_says_the_other(three: Three, referral: str) -> None:
    demo = three.demo
    three.open(three.service, hands.link(demo, referral, "receiver"))
    three.service.look("19-before-it")
    hands.answer(three.service.page, "start_service")
    three.service.look("20-begun")
    hands.begin_answer(three.service.page, "complete", outcome="full")
    three.service.look("21-minute")
    hands.press(three.service.page.locator("main form button[type=submit]").last)
    three.service.look("22-done")
    assert hands.status(demo, referral) == "completed"

    three.open(three.person, hands.link(demo, referral, "client"))
    three.person.look("23-first-tap")
    hands.press(three.person.page.locator("a[href$='received=no']"))
    three.person.look("24-second-tap", dark=True)
    hands.press(three.person.page.locator("button[name=resolved][value=no]"))
    three.person.look("25-thanks")


def _settled_and_closed(three: Three, need: str, referral: str) -> None:
    desk = three.manager.page
    desk.goto(f"/{three.language}/today")
    three.manager.look("26-today")
    desk.goto(f"/{three.language}/referrals/{referral}")
    three.manager.look("27-dispute", dark=True)
    hands.press(desk.locator("main a[href*='/disputes/']").first)
    desk.check("[name=settled_as][value=in_part]", force=True)
    desk.fill("[name=words]", "Two of five sessions took place.")
    three.manager.look("28-two-voices")
    hands.press(desk.locator("main form button[type=submit]").last)
    three.manager.look("29-settled")
    desk.goto(f"/{three.language}/needs/{need}/close")
    desk.check("[name=verdict][value=partly]", force=True)
    desk.check("[name=verified_by][value=client]", force=True)
    three.manager.look("30-verdict")
    hands.press(desk.locator("main form button[type=submit]").last)
    three.manager.look("31-after-the-verdict")
    assert hands.status(three.demo, referral) == "closed"
    desk.goto(f"/{three.language}/referrals/{referral}")
    three.manager.look("32-closed")


def _full_becomes_the_next_in_two_clicks(three: Three, need: str) -> list[str]:
    """Three were agreed to by name; the case manager wants to choose herself when it goes on."""
    demo, desk, language = three.demo, three.manager.page, three.language
    desk.goto(f"/{language}/needs/{need}/in-turn")
    for place, select in enumerate(desk.locator("main select[name^='p-']").all()[:3], 1):
        select.select_option(str(place))
    three.manager.look("33-order")
    hands.press(desk.locator("main form button[type=submit]").last)
    hands.agree_aloud(desk)
    three.manager.look("34-agreement-for-three")
    hands.press(desk.locator("main form button[type=submit]").last)
    expect(desk).to_have_url(re.compile("/people/[0-9a-f-]+$"))
    three.manager.look("35-person")
    desk.goto(f"/{language}/needs/{need}/in-turn")
    hands.press(desk.locator("form[action$='/in-turn/stop'] button"))

    attempts = [_newest(three, need)]
    three.open(three.service, hands.link(demo, attempts[0], "receiver"))
    hands.begin_answer(three.service.page, "decline", reason="no_capacity")
    three.service.look("36-no")
    hands.press(three.service.page.locator("main form button[type=submit]").last)
    three.service.look("37-no-said")

    desk.goto(f"/{language}/today")
    hands.press(desk.locator("main .line a, main .lines a").filter(has_text=three.given).first)
    expect(desk).to_have_url(re.compile(attempts[0]))
    three.manager.look("38-next-best", dark=True)
    hands.press(desk.locator("form[action*='/next/'] button").first)
    expect(desk).to_have_url(re.compile("/referrals/[0-9a-f-]+$"))
    three.manager.look("39-asked-next")
    attempts.append(desk.url.split("/")[-1])
    assert attempts[1] != attempts[0]
    assert hands.status(demo, attempts[1]) == "sent", "two clicks: the line of the day, and its button"
    return attempts


def _newest(three: Three, need: str) -> str:
    three.manager.page.goto(f"/{three.language}/needs/{need}/story")
    href = three.manager.page.locator("main a[href*='/referrals/']").first.get_attribute("href")
    assert href
    return href.split("/")[-1]


def _three_attempts_on_one_page(three: Three, need: str, attempts: list[str]) -> None:
    demo, desk, language = three.demo, three.manager.page, three.language
    three.open(three.service, hands.link(demo, attempts[1], "receiver"))
    hands.answer(three.service.page, "decline", reason="no_capacity")
    desk.goto(f"/{language}/referrals/{attempts[1]}")
    hands.press(desk.locator("form[action*='/next/'] button").first)
    expect(desk).to_have_url(re.compile("/referrals/[0-9a-f-]+$"))
    desk.goto(f"/{language}/needs/{need}/story")
    three.manager.look("40-three-attempts", dark=True)
    expect(desk.locator(".lanes > li")).to_have_count(3)
    desk.goto(f"/{language}/people")
    hands.press(desk.locator("main a", has_text=three.given).first)
    three.manager.look("41-person")
    three.open(three.person, _page_in(hands.written_to(demo, three.address, "client_reminder")))
    three.person.look("42-own-page")
