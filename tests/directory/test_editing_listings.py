"""Providers keep their own listings right, and the next search sees it."""

from datetime import date, time
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from referrals.accounts.models import Role
from referrals.directory.models import Attribute, Listing, Metadata, Schedule, Service, ServiceCapacity
from referrals.exchange.actions import import_directory
from tests.browser import Browser, Page
from tests.conftest import NOW
from tests.directory import pages_world
from tests.directory.pages_world import EDITOR, Pages, counted
from tests.factories import account


@pytest.fixture
async def pages(session: AsyncSession, tmp_path: Path) -> Pages:
    return await pages_world.load(session, tmp_path)


@pytest.fixture
async def editor(browser: Browser, pages: Pages, session: AsyncSession) -> Browser:
    """Morwenna, who keeps Harbour House's listings, signed in."""
    await pages_world.editor(session, pages)
    await browser.sign_in(EDITOR)
    return browser


async def test_my_services_say_how_old_they_are_and_what_is_missing(editor: Browser, pages: Pages) -> None:
    page = await editor.open("/en/my-services")
    assert "1 service waits for a word from you" in page
    assert page.text.index("Backs") < page.text.index("Knees and other hinges")
    assert "Harbour House · Said 2 months ago. Last checked 1 year ago." in page
    assert "Still missing: opening hours, what it costs, who may come, languages spoken and the French text." in page
    assert "A door that opens" not in page


async def test_one_tap_says_whether_there_is_room(editor: Browser, pages: Pages, session: AsyncSession) -> None:
    await editor.open("/en/my-services")
    page = await editor.submit(f"{pages.services['backs']}/places", button="has-capacity", available="4")
    assert "Noted for Backs. The next search sees it." in page
    found = await editor.open("/en/services?need=physiotherapy")
    assert "4 places free" in found
    listing = await session.get_one(Listing, pages.services["backs"])
    assert (listing.capacity_status, listing.capacity_available, listing.capacity_updated) == ("has-capacity", 4, NOW)
    await editor.open("/en/my-services")
    await editor.submit(f"{pages.services['backs']}/places", button="no-capacity")
    assert "Full" in await editor.open(f"/en{pages.service('backs')}")


async def test_one_tap_with_htmx_answers_with_the_row_alone(
    editor: Browser, pages: Pages, client: httpx.AsyncClient
) -> None:
    page = await editor.open("/en/my-services")
    token = page.form(f"{pages.services['backs']}/places").fields["_csrf_token"][0]
    address = f"/en/my-services/{pages.services['backs']}/places"
    sent = {"_csrf_token": token, "status": "waitlist", "available": ""}
    row = Page(await client.post(address, data=sent, headers={"HX-Request": "true"}))
    assert row.status == 200
    assert "<html" not in row.html
    assert "Waiting list" in row
    assert "Said today." in row
    wrong = await client.post(address, data=sent | {"available": "many"}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422
    assert "Please give a number" in wrong.text


async def test_an_edited_listing_is_what_the_next_search_finds(
    editor: Browser, pages: Pages, session: AsyncSession
) -> None:
    await editor.open(f"/en{pages.edit('knees')}")
    page = await editor.submit(
        pages.edit("knees"), name_en="Knees, hips and hinges", name_fr="Genoux, hanches et charnières",
        status="waitlist", wait_days="21", available="", phone="01632 960099",
        fees_description_fr="Gratuit pour tout le monde.", alert_en="Closed on Friday.",
    )  # fmt: skip
    assert "Saved. The next search and the next match see it." in page
    found = await editor.open("/en/services?q=hips")
    assert "Knees, hips and hinges" in found
    assert "Wait: 3 weeks" in found
    assert "Closed on Friday." in found
    shown = await editor.open(f"/fr{pages.service('knees')}")
    for words in (
        "Genoux, hanches et charnières",
        "01632 960099",
        "Gratuit pour tout le monde.",
        "Attente : 3 semaines",
    ):
        assert words in shown, words
    waiting = await session.scalar(
        text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'directory.index' AND args::text LIKE :id"),
        {"id": f"%{pages.services['knees']}%"},
    )
    assert waiting


async def test_hours_are_rows_that_can_be_changed_added_and_emptied(
    editor: Browser, pages: Pages, session: AsyncSession
) -> None:
    page = await editor.open(f"/en{pages.edit('knees')}")
    form = page.form(pages.edit("knees"))
    assert form.fields["h0_days"] == ["MO", "TU", "WE", "TH", "FR"]
    assert (form.fields["h1_opens"], form.fields["h1_closes"]) == (["14:00"], ["17:00"])
    assert form.fields["h2_opens"] == [""]
    await editor.submit(
        pages.edit("knees"), h0_days=["MO", "TU"], h0_closes="12h30", h1_days=[], h1_opens="", h1_closes="",
        h2_days=["SA"], h2_opens="22", h2_closes="24:00",
    )  # fmt: skip
    listing = await session.get_one(Listing, pages.services["knees"], populate_existing=True)
    assert listing.slots == [
        {"days": ["MO", "TU"], "opens": "09:00", "closes": "12:30"},
        {"days": ["SA"], "opens": "22:00", "closes": "23:59"},
    ]
    kept = await session.scalars(select(Schedule).where(Schedule.service_id == pages.services["knees"]))
    assert sorted((row.gone_at is None, row.opens_at) for row in kept) == [
        (False, time(9)), (False, time(14)), (True, time(9)), (True, time(22)),
    ]  # fmt: skip


async def test_saving_without_a_change_changes_nothing(editor: Browser, pages: Pages, session: AsyncSession) -> None:
    before = (await session.get_one(Listing, pages.services["knees"])).digest
    await editor.open(f"/en{pages.edit('knees')}")
    page = await editor.submit(pages.edit("knees"))
    assert page.status == 200
    assert not (await session.scalars(select(Metadata))).all()
    after = await session.get_one(Listing, pages.services["knees"], populate_existing=True)
    assert after.digest == before


async def test_who_changed_what_and_when_is_kept_and_shown(
    editor: Browser, pages: Pages, session: AsyncSession
) -> None:
    page = await editor.open(f"/en{pages.edit('knees')}")
    form = page.form(pages.edit("knees"))
    form.fields["all_checked"] = ["on"]
    await editor.showing(page).submit(pages.edit("knees"), name_fr="Genoux", available="2")
    rows = (await session.scalars(select(Metadata).order_by(Metadata.field_name))).all()
    assert [(row.field_name, row.previous_value, row.replacement_value) for row in rows] == [
        ("assured_date", "2026-11-03", "2026-11-23"),
        ("capacities.available", "3", "2"),
        ("translations.fr.name", "Genoux et autres charnières", "Genoux"),
    ]
    assert {(row.resource_type, row.last_action_date, row.updated_by) for row in rows} == {
        ("service", NOW, "provider_editor")
    }
    history = await editor.open(f"/en{pages.edit('knees')}")
    assert "Name · français before: Genoux et autres charnières now: Genoux Morwenna Pascoe" in history
    service = await session.get_one(Service, pages.services["knees"], populate_existing=True)
    assert service.assured_date == date(2026, 11, 23)


async def test_bad_input_is_said_at_the_field_and_everything_typed_is_kept(editor: Browser, pages: Pages) -> None:
    await editor.open(f"/en{pages.edit('knees')}")
    page = await editor.submit(
        pages.edit("knees"), name_en="", available="12", email="nobody", phone="call me", description_en="Half a thought",
        h0_opens="soon", h2_opens="10:00",
    )  # fmt: skip
    assert page.status == 422
    for sentence in (
        "There cannot be more places free than there are.", "This does not look like an e-mail address.",
        "This does not look like a phone number.", "Please fill this in.", "From when? For example 9:00.",
        "Which days? Tick at least one.",
    ):  # fmt: skip
        assert sentence in page, sentence
    kept = page.form(pages.edit("knees")).fields
    assert kept["description_en"] == ["Half a thought"]
    assert kept["h0_opens"] == ["soon"]
    assert kept["h2_opens"] == ["10:00"]
    assert "Exercises by the window." in await editor.open(f"/en{pages.service('knees')}")


async def test_whoever_comes_second_sees_what_stands_now_and_loses_nothing(editor: Browser, pages: Pages) -> None:
    opened = await editor.open(f"/en{pages.edit('knees')}")
    await editor.submit(pages.edit("knees"), name_en="First")
    second = await editor.showing(opened).submit(pages.edit("knees"), name_en="Second", alert_en="Mine")
    assert second.status == 409
    assert "Somebody changed this listing while you were writing" in second
    assert "Name · English First" in second
    assert second.form(pages.edit("knees")).fields["name_en"] == ["Second"]
    assert "First" in await editor.open(f"/en{pages.service('knees')}")
    page = await editor.showing(second).submit(pages.edit("knees"))
    assert page.status == 200
    assert "Second" in await editor.open(f"/en{pages.service('knees')}")


async def test_nobody_else_may_edit(browser: Browser, pages: Pages, session: AsyncSession) -> None:
    address = f"/en{pages.edit('knees')}"
    assert (await browser.open(address)).path == "/en/sign-in"
    await pages_world.editor(session, pages, of="lantern", email="lantern@example.org")
    await browser.sign_in("lantern@example.org")
    assert (await browser.open(address)).status == 404
    assert "Knees" not in await browser.open("/en/my-services")
    own = await browser.open(f"/en{pages.edit('refuge')}")
    own.form(pages.edit("refuge")).action = address
    own.forms[-1].action = address
    assert (await browser.showing(own).submit(address, name_en="Stolen")).status == 404
    await account(session, Role.CASE_MANAGER, email="claire@example.org")
    await browser.open("/en/account")
    await browser.submit("sign-out")
    await browser.sign_in("claire@example.org")
    assert (await browser.open(address)).status == 403


async def test_a_curator_keeps_every_listing(browser: Browser, pages: Pages, session: AsyncSession) -> None:
    await account(session, Role.CURATOR, email="yann@example.org")
    await browser.sign_in("yann@example.org")
    page = await browser.open("/en/my-services")
    assert "Knees and other hinges" in page
    assert "A door that opens" in page
    assert (await browser.open(f"/en{pages.edit('refuge')}")).status == 200


async def test_what_an_editor_wrote_survives_the_next_import(
    editor: Browser, pages: Pages, session: AsyncSession, tmp_path: Path
) -> None:
    await editor.open(f"/en{pages.edit('knees')}")
    await editor.submit(pages.edit("knees"), name_en="Ours", status="no-capacity", h1_opens="15:00", phone="")
    await import_directory(session, tmp_path, NOW)
    listing = await session.get_one(Listing, pages.services["knees"], populate_existing=True)
    assert listing.capacity_status == "no-capacity"
    assert [slot["opens"] for slot in listing.slots] == ["09:00", "15:00"]
    assert "Ours" in await editor.open(f"/en{pages.service('knees')}")


async def test_a_service_never_has_two_answers_about_room(editor: Browser, pages: Pages, session: AsyncSession) -> None:
    for status in ("no-capacity", "waitlist", "has-capacity", "no-capacity"):
        await editor.open("/en/my-services")
        await editor.submit(f"{pages.services['knees']}/places", button=status, available="")
    marks = await session.scalars(
        select(Attribute).where(
            Attribute.link_id == pages.services["knees"], Attribute.link_type == "capacity-status",
            Attribute.gone_at.is_(None),
        )
    )  # fmt: skip
    assert len(marks.all()) == 1
    rooms = await session.scalars(select(ServiceCapacity).where(ServiceCapacity.service_id == pages.services["knees"]))
    assert [room.maximum for room in rooms] == [10]


async def test_my_services_cost_a_bounded_number_of_statements(
    editor: Browser, pages: Pages, connection: AsyncConnection, client: httpx.AsyncClient
) -> None:
    async with counted(connection) as said:
        await client.get("/en/my-services")
    assert len(said) <= 4, "\n".join(said)
