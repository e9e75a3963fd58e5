"""A provider answers from a mail, without an account."""

from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.models import Role
from referrals.directory import units
from referrals.directory.models import (
    Listing,
    Metadata,
    Organization,
    ReaderReport,
    Service,
    ServiceCapacity,
    Unit,
    Upkeep,
    UpkeepAddress,
)
from referrals.directory.upkeep import actions, links
from referrals.kit.settings import Settings
from tests.browser import Browser, Page
from tests.conftest import NOW, Clock
from tests.directory import pages_world
from tests.directory.pages_world import Pages
from tests.directory.upkeep_room import letters, link_in, morning, work
from tests.factories import account

DESK = "desk@harbour.example.org"
"""Harbour House's own address: it answers for all of its listings."""
KNEES = "knees@harbour.example.org"
"""Stands on one listing alone."""


@pytest.fixture(scope="session")
def engine(pages_database: AsyncEngine) -> AsyncEngine:
    return pages_database


@pytest.fixture
async def pages(session: AsyncSession, tmp_path: Path) -> Pages:
    return await pages_world.load(session, tmp_path)


@pytest.fixture
async def link(session: AsyncSession, pages: Pages, settings: Settings) -> str:
    """Harbour House's link, from the mail of the morning: Backs was last checked more than a year ago."""
    await morning(session, settings, NOW)
    return link_in((await letters(session, DESK))[0])


async def test_the_mail_is_in_the_organizations_language_and_says_what_it_is_about(
    session: AsyncSession, pages: Pages, settings: Settings
) -> None:
    await morning(session, settings, NOW)
    [mail] = await letters(session)
    assert (mail.to_address, mail.language, mail.subject) == (DESK, "en", "Is your listing still right?")
    assert "- Backs (checked on 19 October 2025)" in mail.body
    assert "Knees" not in mail.body
    assert mail.stop_url == "http://relais.test" + link_in(mail, "/mails")


async def test_opening_the_link_changes_nothing_and_shows_all_listings(
    browser: Browser, link: str, session: AsyncSession
) -> None:
    page = await browser.open(link)
    assert page.status == 200
    assert "Is this still right?" in page
    assert "1 listing has not been checked for a while." in page
    assert page.text.index("Backs") < page.text.index("Knees and other hinges")
    assert "A door that opens" not in page
    assert "9:00–12:00" in page
    assert not list(await session.scalars(select(Metadata)))


async def test_one_tap_says_full_and_everybody_sees_it_at_once(
    browser: Browser, link: str, pages: Pages, session: AsyncSession
) -> None:
    await browser.open(link)
    page = await browser.submit(f"places/{pages.services['knees']}", button="no-capacity")
    assert page.status == 200
    assert "Noted for Knees and other hinges. The next search sees it." in page
    listing = await session.get_one(Listing, pages.services["knees"], populate_existing=True)
    assert (listing.capacity_status, listing.capacity_available, listing.capacity_updated) == ("no-capacity", 0, NOW)
    rows = list(await session.scalars(select(Metadata)))
    assert {(row.updated_by, row.user_id) for row in rows} == {("by link", None)}
    shown = await browser.open(f"/en{pages.service('knees')}")
    assert "Full" in shown
    assert "Mornings only." not in shown, "a note that went along with another status may be wrong now"


async def test_an_answer_that_has_aged_is_not_drawn_as_if_another_were_given(
    browser: Browser, link: str, pages: Pages, clock: Clock
) -> None:
    """A filled button is what was said; once that is unknown none is filled, "we have room" least of all."""
    await browser.open(link)
    fresh = await browser.submit(f"places/{pages.services['knees']}", button="no-capacity")
    assert "button primary" in _row(fresh, pages, "knees")
    clock.pass_(days=15)
    aged = await browser.open(link)
    assert "Last said 15 days ago: Full." in aged
    assert "button primary" not in _row(aged, pages, "knees")


def _row(page: Page, pages: Pages, name: str) -> str:
    """One listing's line, as HTML."""
    return page.html.partition(f'id="service-{pages.services[name]}"')[2].partition("</li>")[0]


async def test_a_waiting_list_is_asked_how_long_it_is(
    browser: Browser, link: str, pages: Pages, session: AsyncSession
) -> None:
    await browser.open(link)
    page = await browser.submit(f"places/{pages.services['backs']}", button="waitlist")
    assert "How long is the wait?" in page
    page = await browser.submit(f"places/{pages.services['backs']}", button="90")
    assert "How long is the wait?" not in page
    assert "Wait: 3 months" in page
    listing = await session.get_one(Listing, pages.services["backs"], populate_existing=True)
    assert (listing.capacity_status, listing.wait_days) == ("waitlist", 90)


async def test_a_number_has_a_unit_and_a_note(browser: Browser, link: str, pages: Pages, session: AsyncSession) -> None:
    await browser.open(link)
    page = await browser.submit(
        f"places/{pages.services['backs']}", button="has-capacity", available="2", unit="bed", note="From Monday."
    )
    assert "2 beds free" in page
    shown = await browser.open(f"/fr{pages.service('backs')}")
    assert "2 lits libres" in shown
    assert "From Monday." in shown
    listing = await session.get_one(Listing, pages.services["backs"], populate_existing=True)
    assert listing.capacity_unit == "bed"


async def test_what_an_import_counts_in_other_units_is_not_lost(
    browser: Browser, link: str, pages: Pages, session: AsyncSession
) -> None:
    hours = Unit(name="Hours", source="elsewhere")
    session.add(hours)
    await session.flush()
    session.add(
        ServiceCapacity(
            service_id=pages.services["knees"], unit_id=hours.id, available=4, maximum=40, source="elsewhere",
            updated=NOW - timedelta(days=5),
        )
    )  # fmt: skip
    await session.flush()
    page = await browser.open(link)
    assert "Also said: 4 hours (5 days ago)." in page
    await browser.submit(f"places/{pages.services['knees']}", button="has-capacity", available="7", unit="bed")
    rooms = await session.execute(
        select(Unit.name, ServiceCapacity.available, ServiceCapacity.maximum)
        .join(Unit, Unit.id == ServiceCapacity.unit_id)
        .where(ServiceCapacity.service_id == pages.services["knees"], ServiceCapacity.gone_at.is_(None))
    )
    assert sorted(map(tuple, rooms)) == [("Hours", 4, 40), ("bed", 7, None), ("place", 3, 10)]
    shown = await browser.open(f"/en{pages.service('knees')}")
    assert "7 beds free" in shown
    assert "4 hours free" in shown


async def test_nothing_has_changed_answers_for_all_in_one_click(
    browser: Browser, link: str, pages: Pages, session: AsyncSession
) -> None:
    await browser.open(link)
    page = await browser.submit(link, button="Nothing has changed")
    assert "Thank you. 2 listings are checked." in page
    assert "All of it is checked until 23 May 2027." in page
    for key, places in (("knees", NOW), ("backs", NOW - timedelta(days=60))):
        service = await session.get_one(Service, pages.services[key], populate_existing=True)
        listing = await session.get_one(Listing, pages.services[key], populate_existing=True)
        assert service.assured_date == NOW.date()
        assert listing.capacity_updated is not None
        assert listing.capacity_updated.date() == places.date(), "places said two months ago are not said again unseen"
    told = await session.scalars(select(Metadata).where(Metadata.field_name == "assured_date"))
    assert {(row.resource_id, row.updated_by) for row in told} == {
        (pages.services["knees"], "by link"), (pages.services["backs"], "by link"),
    }  # fmt: skip
    assert "not checked since" not in (await browser.open("/en/services?need=physiotherapy"))


async def test_a_listing_that_came_since_was_not_read_and_is_not_checked(
    browser: Browser, link: str, pages: Pages, session: AsyncSession
) -> None:
    page = await browser.open(link)
    page.form(link).fields["shown"] = [str(pages.services["backs"]), str(pages.services["refuge"])]
    await browser.submit(link, button="Nothing has changed")
    for key, checked in (("backs", True), ("knees", False), ("refuge", False)):
        service = await session.get_one(Service, pages.services[key], populate_existing=True)
        assert (service.assured_date == NOW.date()) is checked


async def test_one_listing_alone_may_be_right(browser: Browser, link: str, pages: Pages, session: AsyncSession) -> None:
    page = await browser.open(link)
    [form] = [one for one in page.forms if one.fields.get("shown") == [str(pages.services["backs"])]]
    answer = await browser.client.post(
        form.action, data={name: values[0] for name, values in form.fields.items()}, follow_redirects=True
    )
    assert "1 listing is checked" in Page(answer)
    knees = await session.get_one(Service, pages.services["knees"], populate_existing=True)
    assert knees.assured_date != NOW.date()


async def test_a_listings_own_address_answers_for_that_listing_alone(
    browser: Browser, pages: Pages, session: AsyncSession, settings: Settings
) -> None:
    harbour = await session.get_one(Organization, pages.organizations["harbour"])
    await links.send(session, harbour, None, KNEES, NOW)
    await work(session, settings, NOW)
    own = link_in((await letters(session, KNEES))[0])
    page = await browser.open(own)
    assert "Knees and other hinges" in page
    assert "Backs" not in page
    form = page.form(f"places/{pages.services['knees']}")
    stolen = form.action.replace(str(pages.services["knees"]), str(pages.services["backs"]))
    data = {"_csrf_token": form.fields["_csrf_token"][0], "status": "no-capacity"}
    assert (await browser.client.post(stolen, data=data)).status_code == 404


async def test_a_link_ends_when_its_address_is_no_longer_on_record(
    browser: Browser, link: str, pages: Pages, session: AsyncSession, settings: Settings
) -> None:
    opened = await browser.open(link)
    harbour = await session.get_one(Organization, pages.organizations["harbour"])
    harbour.email = "new@harbour.example.org"
    await session.flush()
    page = await browser.showing(opened).submit(f"places/{pages.services['backs']}", button="no-capacity")
    assert page.status == 410
    assert "This link opens nothing any more" in page
    await browser.submit("renew")
    await work(session, settings, NOW)
    assert len(await letters(session, "new@harbour.example.org")) == 1


async def test_a_link_that_ran_out_has_one_button_that_mails_a_new_one(
    browser: Browser, link: str, session: AsyncSession, settings: Settings, clock: Clock
) -> None:
    clock.pass_(days=61)
    page = await browser.open(link)
    assert page.status == 410
    assert [button["text"] for form in page.forms for button in form.buttons if "renew" in form.action] == [
        "Send me a new link"
    ]
    for _ in range(3):
        await browser.open(link)
        page = await browser.submit("renew")
        assert page.status == 410
        assert "A new link is on its way, to the address on record." in page
    await work(session, settings, clock.now)
    [renewed] = [letter for letter in await letters(session, DESK) if letter.purpose == "upkeep_link"]
    assert (await browser.open(link_in(renewed))).status == 200


async def test_a_forged_link_is_not_there(browser: Browser, link: str) -> None:
    assert (await browser.open(link[:-1] + ("0" if link[-1] != "0" else "1"))).status == 404
    assert (await browser.open("/en/u/nothing")).status == 404


async def test_one_tap_with_htmx_answers_with_the_row_alone(link: str, pages: Pages, client: httpx.AsyncClient) -> None:
    page = Page(await client.get(link))
    form = page.form(f"places/{pages.services['backs']}")
    data = {"_csrf_token": form.fields["_csrf_token"][0], "status": "assessment-required", "available": ""}
    row = Page(await client.post(form.action, data=data, headers={"HX-Request": "true"}))
    assert (row.status, "<html" in row.html) == (200, False)
    assert "Ask us first" in row
    wrong = await client.post(form.action, data=data | {"available": "-3"}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422
    assert "Please give a number from 0 to 9999." in wrong.text
    assert 'value="-3"' in wrong.text, "what was typed stays"
    whole = Page(await client.post(form.action, data=data | {"available": "2x", "note": "Soon."}))
    assert whole.status == 422, "and without a script too, on the page with everything else"
    assert "Free: Please give a number. Nothing is saved yet." in whole
    assert ('value="2x"' in whole.html, 'value="Soon."' in whole.html) == (True, True)
    assert len([one for one in whole.forms if "/places/" in one.action]) == 2
    unit = await client.post(form.action, data=data | {"unit": "elephants"}, headers={"HX-Request": "true"})
    assert unit.status_code == 422


async def test_the_mails_can_be_slowed_and_stopped_from_the_mail_itself(
    browser: Browser, link: str, pages: Pages, session: AsyncSession
) -> None:
    page = await browser.open(link)
    page = await browser.open(page.link("Fewer of these mails"))
    assert page.form("mails").fields["choice"] == ["6"]
    page = await browser.submit("mails", choice="12")
    assert "Noted. This is how often we ask from now on." in page
    assert page.form("mails").fields["choice"] == ["12"]
    knees = await session.get_one(Listing, pages.services["knees"], populate_existing=True)
    assert knees.check_by == date(2027, 11, 3)
    page = await browser.submit("mails", choice="stop")
    assert "You get no mails from us about your listings." in page
    known = await session.scalar(select(UpkeepAddress).where(UpkeepAddress.address == DESK))
    assert known is not None
    assert known.stopped_at == NOW
    await browser.submit("mails", choice="3", places="14")
    again = select(UpkeepAddress.stopped_at).where(UpkeepAddress.address == DESK)
    assert await session.scalar(again) is None
    page = await browser.submit("mails", choice="often")
    assert page.status == 422
    await actions.choose_rhythm(session, [pages.services["knees"]], 12, None, NOW)
    page = await browser.open(link + "/mails")
    assert (page.form("mails").fields["choice"], page.form("mails").fields["places"]) == (["as-now"], ["as-now"])
    await browser.submit("mails")
    kept = {row.service_id: (row.months, row.places_days) for row in await session.scalars(select(Upkeep))}
    assert kept == {pages.services["knees"]: (12, None), pages.services["backs"]: (3, 14)}


async def test_what_else_is_different_goes_to_the_curators(
    browser: Browser, link: str, pages: Pages, session: AsyncSession
) -> None:
    await browser.open(link)
    page = await browser.submit("report", service=str(pages.services["backs"]), words="")
    assert page.status == 422
    page = await browser.submit("report", service=str(pages.services["backs"]), words="We moved to 7 Quay Street.")
    assert "A curator of the directory puts it in" in page
    [told] = await session.scalars(select(ReaderReport))
    assert (told.service_id, told.words, told.email) == (pages.services["backs"], "We moved to 7 Quay Street.", DESK)
    await account(session, Role.CURATOR, email="yann@example.org")
    await browser.sign_in("yann@example.org")
    listed = await browser.open("/en/curation/reports")
    assert "Somebody who waits for the answer at an address of this listing says" in listed
    assert "most likely those who run it" in await browser.open(f"/en/curation/report/{told.id}")
    told.email = "reader@example.org"
    await session.flush()
    assert "A reader says: something else." in await browser.open("/en/curation/reports")


async def test_a_listing_past_its_date_says_so_on_its_page_and_its_card(browser: Browser, pages: Pages) -> None:
    shown = await browser.open(f"/en{pages.service('backs')}")
    assert "Not checked since October 2025" in shown
    found = await browser.open("/fr/services?need=physiotherapy")
    assert "pas vérifié depuis octobre 2025" in found
    assert found.text.count("pas vérifié") == 1


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("place", "place"),
        ("Beds", "bed"),
        ("lits", "bed"),
        ("Bed nights", "Bed nights"),
        (None, "place"),
        ("  Hours ", "hour"),
    ],
)
def test_units_are_known_by_many_names(name: str | None, code: str) -> None:
    assert units.code_of(name) == code
