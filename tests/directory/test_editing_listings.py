"""Providers keep their own listings right, and the next search sees it."""

from datetime import date, time
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from referrals.accounts.models import Role
from referrals.directory.forms.pages import PAGES
from referrals.directory.models import (
    Attribute,
    Listing,
    Metadata,
    Schedule,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
)
from referrals.directory.turning import turn
from referrals.exchange.actions import import_directory
from tests.browser import Browser, Page
from tests.conftest import NOW, Clock
from tests.directory import pages_world
from tests.directory.pages_world import EDITOR, Pages
from tests.factories import account
from tests.statements import counted


@pytest.fixture(scope="session")
def engine(pages_database: AsyncEngine) -> AsyncEngine:
    return pages_database


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
    assert "Harbour House · Said 2 months ago." in page
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
    await editor.open(f"/en{pages.edit('knees')}/edit/texts")
    page = await editor.submit(
        "/edit/texts", name_en="Knees, hips and hinges", name_fr="Genoux, hanches et charnières",
        alert_en="Closed on Friday.",
    )  # fmt: skip
    assert "Saved. The next search and the next match see it." in page
    found = await editor.open("/en/services?q=hips")
    assert "Knees, hips and hinges" in found
    assert "Closed on Friday." in found
    assert "Genoux, hanches et charnières" in await editor.open(f"/fr{pages.service('knees')}")
    waiting = await session.scalar(
        text("SELECT count(*) FROM index_due WHERE service_id = :id"), {"id": pages.services["knees"]}
    )
    assert waiting


async def test_the_overview_says_what_the_listing_says(editor: Browser, pages: Pages) -> None:
    page = await editor.open(f"/en{pages.edit('knees')}")
    for words in (
        "Monday to Friday, 9:00–12:00 and 14:00–17:00", "Anybody over twelve.", "A letter", "English", "Physiotherapy",
        "You are open as usual.", "Harbour House",
    ):  # fmt: skip
        assert words in page, words


async def test_hours_are_rows_that_can_be_changed_added_and_emptied(
    editor: Browser, pages: Pages, session: AsyncSession
) -> None:
    page = await editor.open(f"/en{pages.edit('knees')}/edit/hours")
    form = page.form("/edit/hours")
    assert form.fields["h0_days"] == ["MO", "TU", "WE", "TH", "FR"]
    assert [form.fields[f"h0_{name}"] for name in ("opens", "closes", "opens2", "closes2")] == [
        ["09:00"], ["12:00"], ["14:00"], ["17:00"],
    ]  # fmt: skip
    more = await editor.submit(
        "/edit/hours", button="copy:h:0", h0_days=["MO", "TU"], h0_closes="12h30", h0_opens2="", h0_closes2=""
    )
    assert "The same hours again in row 2: tick its days." in more
    assert more.form("/edit/hours").fields["h1_closes"] == ["12h30"]
    more = await editor.submit("/edit/hours", button="add:h", h1_days=["WE"])
    await editor.submit("/edit/hours", button="remove:h:1")
    await editor.submit("/edit/hours", h1_days=["SA"], h1_opens="22", h1_closes="24:00")
    listing = await session.get_one(Listing, pages.services["knees"], populate_existing=True)
    assert listing.slots == [
        {"days": ["MO", "TU"], "opens": "09:00", "closes": "12:30"},
        {"days": ["SA"], "opens": "22:00", "closes": "23:59"},
    ]
    kept = await session.scalars(select(Schedule).where(Schedule.service_id == pages.services["knees"]))
    assert sorted((row.gone_at is None, row.opens_at) for row in kept) == [
        (False, time(9)), (False, time(14)), (True, time(9)), (True, time(22)),
    ]  # fmt: skip


async def test_hours_can_be_typed_in_one_line_and_are_shown_before_they_are_saved(
    editor: Browser, pages: Pages, session: AsyncSession
) -> None:
    await editor.open(f"/fr{pages.edit('knees')}/edit/hours")
    page = await editor.submit("/edit/hours", typed="lundi 9–12, 14–17; mercredi 9-12; 1er samedi du mois 10-12")
    for line in ("Lundi, 9 h–12 h et 14 h–17 h", "Mercredi, 9 h–12 h", "Le premier samedi du mois, 10 h–12 h"):
        assert line in page, line
    listing = await session.get_one(Listing, pages.services["knees"], populate_existing=True)
    assert listing.slots[0]["days"] == ["MO", "TU", "WE", "TH", "FR"], "nothing is saved yet"
    await editor.submit("/edit/hours")
    listing = await session.get_one(Listing, pages.services["knees"], populate_existing=True)
    assert [slot["days"] for slot in listing.slots] == [["MO", "WE"], ["MO"]]
    assert "Le premier samedi du mois, 10 h–12 h" in await editor.open(f"/fr{pages.service('knees')}")
    await editor.open(f"/en{pages.edit('knees')}/edit/hours")
    page = await editor.submit("/edit/hours", typed="Monday banana")
    assert page.status == 422
    assert "We could not read: “Monday banana”." in page
    assert page.form("/edit/hours").fields["typed"] == ["Monday banana"]


async def test_days_that_are_different_and_public_holidays(
    editor: Browser, pages: Pages, session: AsyncSession
) -> None:
    await editor.open(f"/en{pages.edit('knees')}/edit/hours")
    await editor.submit("/edit/hours", button="add:s", holidays="closed")
    page = await editor.submit(
        "/edit/hours", s0_first="2026-12-24", s0_last="2027-01-02", s0_how="closed", s0_reason="Congés"
    )
    assert "Closed from 24 December to 2 January (holidays)" in page
    assert "Closed on public holidays" in page
    rows = await session.scalars(
        select(Schedule).where(Schedule.service_id == pages.services["knees"], Schedule.byday.is_(None))
    )
    assert sorted((row.description, row.dtstart, row.until) for row in rows if row.description) == [
        ("Closed on public holidays", None, None), ("Closed: holidays", date(2026, 12, 24), date(2027, 1, 2)),
    ]  # fmt: skip
    assert "Fermé du 24 décembre au 2 janvier (congés)." in await editor.open(f"/fr{pages.service('knees')}")


async def test_closed_for_a_while_opens_again_by_itself(
    editor: Browser, pages: Pages, session: AsyncSession, clock: Clock
) -> None:
    await editor.open(f"/en{pages.edit('knees')}/edit/closure")
    page = await editor.submit(
        "/edit/closure", closed="yes", closed_first="2026-11-20", closed_last="2026-12-04", closed_reason="works"
    )
    assert "Closed from 20 November to 4 December (works)" in page
    shown = await editor.open(f"/en{pages.service('knees')}")
    assert "Closed until 7 December (works)" in shown
    assert "Closed for now" in shown
    listing = await session.get_one(Listing, pages.services["knees"], populate_existing=True)
    assert listing.status == "temporarily closed"
    assert (await session.get_one(Service, pages.services["knees"])).status == "active"
    clock.pass_(days=12)
    await turn(session, now=clock())
    listing = await session.get_one(Listing, pages.services["knees"], populate_existing=True)
    assert listing.status == "active"


async def test_days_of_a_closure_without_its_yes_are_asked_about_and_kept(editor: Browser, pages: Pages) -> None:
    await editor.open(f"/en{pages.edit('knees')}/edit/closure")
    page = await editor.submit("/edit/closure", closed_first="2026-11-20", closed_last="2026-12-04")
    assert page.status == 422
    assert "Do you close for a while?" in page
    await editor.submit("/edit/closure", closed="yes")
    await editor.open(f"/en{pages.edit('knees')}/edit/closure")
    page = await editor.submit("/edit/closure", closed="")
    assert page.status == 200
    assert "Closed for now" not in await editor.open(f"/en{pages.service('knees')}")


async def test_saving_without_a_change_changes_nothing(editor: Browser, pages: Pages, session: AsyncSession) -> None:
    before = (await session.get_one(Listing, pages.services["knees"])).digest
    for part in (part.code for part in PAGES["service"]):
        await editor.open(f"/en{pages.edit('knees')}/edit/{part}")
        page = await editor.submit(f"/edit/{part}")
        assert "Nothing was different." in page, part
    assert not (await session.scalars(select(Metadata))).all()
    after = await session.get_one(Listing, pages.services["knees"], populate_existing=True)
    assert after.digest == before


async def test_who_changed_what_and_when_is_kept_shown_and_taken_back(
    editor: Browser, pages: Pages, session: AsyncSession
) -> None:
    await editor.open(f"/en{pages.edit('knees')}/edit/texts")
    await editor.submit("/edit/texts", name_fr="Genoux")
    rows = (await session.scalars(select(Metadata))).all()
    assert [(row.field_name, row.previous_value, row.replacement_value) for row in rows] == [
        ("translations.fr.name", "Genoux et autres charnières", "Genoux"),
    ]
    assert (rows[0].last_action_date, rows[0].updated_by) == (NOW, "provider_editor")
    history = await editor.open(f"/en{pages.edit('knees')}")
    assert "Name · français before: Genoux et autres charnières now: Genoux Morwenna Pascoe" in history
    page = await editor.submit("/undo/")
    assert "Taken back: it is as it was before." in page
    assert "Genoux et autres charnières" in await editor.open(f"/fr{pages.service('knees')}")


async def test_the_history_of_a_long_text_shows_what_became_another(editor: Browser, pages: Pages) -> None:
    path = f"/en/my-services/{pages.services['knees']}"
    long = " ".join(f"Stairs are climbed on day {day}." for day in range(1, 21))
    for said in (f"{long} Bring boots.", f"{long} Bring slippers."):
        await editor.open(f"{path}/edit/texts")
        await editor.submit("edit/texts", description_en=said)
    history = (await editor.open(path)).text
    assert "before: …19. Stairs are climbed on day 20. Bring boots. now: " in history
    assert "Stairs are climbed on day 20. Bring slippers. Morwenna Pascoe" in history


async def test_reading_it_all_and_finding_it_right_dates_the_listing(
    editor: Browser, pages: Pages, session: AsyncSession
) -> None:
    await editor.open(f"/en{pages.edit('knees')}")
    assert "Thank you. The page now says: checked today." in await editor.submit("/checked")
    service = await session.get_one(Service, pages.services["knees"], populate_existing=True)
    assert service.assured_date == date(2026, 11, 23)


async def test_the_other_language_is_flagged_until_somebody_has_looked(editor: Browser, pages: Pages) -> None:
    address = f"/en{pages.edit('knees')}/edit/texts"
    await editor.open(address)
    await editor.submit("/edit/texts", description_fr="Des exercices dans le jardin.")
    page = await editor.open(address)
    assert "The French changed on 23 November 2026. Is the English still right?" in page
    page = await editor.submit("/edit/texts", button="right:en:description", name_en="Half a thought")
    assert "Is the English still right?" not in page
    assert page.form("/edit/texts").fields["name_en"] == ["Half a thought"]


async def test_rows_come_and_go_and_what_is_wrong_names_its_row(
    editor: Browser, pages: Pages, session: AsyncSession
) -> None:
    await editor.open(f"/en{pages.edit('knees')}/edit/contact")
    await editor.submit("/edit/contact", button="add:contacts", email="nobody")
    page = await editor.submit(
        "/edit/contact", **{"contacts-0-name": "", "contacts-0-title": "Nurse", "phones-0-extension": "-3"}
    )
    assert page.status == 422
    assert "Phone number 1: “Extension” takes digits only, for example 12." in page
    assert "Person 1: “Name” is missing." in page
    assert "This does not look like an e-mail address." in page
    page = await editor.submit(
        "/edit/contact",
        email="knees@harbour.example.org",
        **{"contacts-0-name": "Jenna", "phones-0-number": "01632 960099", "phones-0-extension": "12"},
    )
    assert "Jenna · Nurse" in page
    shown = await editor.open(f"/en{pages.service('knees')}")
    assert "Jenna, Nurse" in shown
    assert "01632 960099" in shown
    await editor.open(f"/en{pages.edit('knees')}/edit/contact")
    await editor.submit("/edit/contact", button="remove:contacts:0")
    await editor.submit("/edit/contact")
    assert "Jenna" not in await editor.open(f"/en{pages.service('knees')}")


async def test_costs_languages_papers_area_and_whom_it_is_for(
    editor: Browser, pages: Pages, session: AsyncSession
) -> None:
    edit = f"/en{pages.edit('backs')}/edit"
    await editor.open(f"{edit}/costs")
    await editor.submit("/edit/costs", button="add:cost_options", funding=["self-pay", "nhs"])
    await editor.submit(
        "/edit/costs",
        **{"cost_options-0-option": "per-session", "cost_options-0-amount": "12,50"},
    )
    await editor.open(f"{edit}/languages")
    await editor.submit("/edit/languages", button="add:languages")
    await editor.submit("/edit/languages", interpretation="interpreter-available", **{"languages-0-code": "kw"})
    await editor.open(f"{edit}/documents")
    await editor.submit("/edit/documents", button="add:required_documents")
    await editor.submit(
        "/edit/documents",
        **{"required_documents-0-document_en": "A card", "required_documents-0-document_fr": "Une carte"},
    )
    await editor.open(f"{edit}/area")
    await editor.submit("/edit/area", button="add:service_areas")
    await editor.submit("/edit/area", **{"service_areas-0-extent": "TR,PL"})
    await editor.open(f"{edit}/who")
    wrong = await editor.submit("/edit/who", minimum_age="60", maximum_age="18", rule="only", rule0_who=[])
    assert wrong.status == 422
    assert "The oldest may not be younger than the youngest." in wrong
    assert "Who? Tick at least one" in wrong
    await editor.submit("/edit/who", minimum_age="18", maximum_age="60", rule="only", rule0_who=["carers", "women"])
    await editor.open(f"{edit}/how")
    await editor.submit(
        "/edit/how", **_named(("accessibility-step-free", "yes"), ("delivery-mode", ["on-site", "remote"]))
    )
    listing = await session.get_one(Listing, pages.services["backs"], populate_existing=True)
    assert (listing.price_per_session, listing.currency, sorted(listing.funding)) == (12.5, "GBP", ["nhs", "self-pay"])
    assert (listing.languages, listing.interpreter) == (["kw"], "interpreter-available")
    assert (listing.area_postcodes, listing.min_age, listing.max_age) == (["TR", "PL"], 18, 60)
    assert listing.rule == {"any": [{"term": "carers"}, {"term": "women"}]}
    assert (listing.accessibility, sorted(listing.modes)) == ({"step-free": "yes"}, ["on-site", "remote"])
    assert "Une carte" in await editor.open(f"/fr{pages.service('backs')}")
    assert "A card" in await editor.open(f"/en{pages.service('backs')}")


async def test_for_whom_it_is_takes_two_descriptions_and_reads_as_a_sentence(
    editor: Browser, pages: Pages, session: AsyncSession
) -> None:
    await editor.open(f"/en{pages.edit('backs')}/edit/who")
    page = await editor.submit("/edit/who", button="add:rule", rule="only", rule0_who=["refugee"])
    assert page.form("/edit/who").fields["rule0_who"] == ["refugee"]
    page = await editor.submit("/edit/who", button="reads:rule", rule1_who=["homeless"], rule1_not=["couple"])
    assert "Everybody reads: “Only for: refugee; or homeless and not couple.”" in page
    wrong = await editor.submit("/edit/who", rule1_not=["homeless"])
    assert wrong.status == 422
    assert "“Homeless” is asked for and turned away: which is it?" in wrong
    overview = await editor.submit("/edit/who", rule1_not=["couple"])
    assert "Only for: refugee; or homeless and not couple." in overview
    listing = await session.get_one(Listing, pages.services["backs"], populate_existing=True)
    homeless = {"all": [{"term": "homeless"}, {"not": {"term": "couple"}}]}
    assert listing.rule == {"any": [{"term": "refugee"}, homeless]}
    assert "Réservé à" in (await editor.open(f"/fr{pages.service('backs')}")).text
    await editor.open(f"/en{pages.edit('backs')}/edit/who")
    await editor.submit("/edit/who", rule="everybody")
    assert (await session.get_one(Listing, pages.services["backs"], populate_existing=True)).rule is None


async def test_needs_are_found_by_ones_own_words(editor: Browser, pages: Pages, session: AsyncSession) -> None:
    await editor.open(f"/en{pages.edit('backs')}/edit/needs")
    page = await editor.submit("/edit/needs", button="suggest", need_words="food parcel")
    assert "Do you mean this?" in page
    await editor.submit("/edit/needs", need=["physiotherapy", "food-parcel"], need_words="")
    listing = await session.get_one(Listing, pages.services["backs"], populate_existing=True)
    assert listing.needs == ["physiotherapy", "food-parcel"]


async def test_an_organization_and_a_place_are_kept_too(editor: Browser, pages: Pages, session: AsyncSession) -> None:
    at = await session.scalar(select(ServiceAtLocation).where(ServiceAtLocation.service_id == pages.services["knees"]))
    assert at is not None
    overview = await editor.open(f"/en{pages.edit('knees')}")
    assert overview.link("Address and way of").endswith(f"/my-places/{at.location_id}")
    await editor.open(f"/en/my-organizations/{pages.organizations['harbour']}/edit/contact")
    page = await editor.submit("/edit/contact", website="javascript:alert(1)")
    assert "A web address begins with https:// or http://." in page
    await editor.submit("/edit/contact", website="https://new.example.org")
    assert "new.example.org" in await editor.open(f"/en/organizations/{pages.organizations['harbour']}")
    await editor.open(f"/en/my-places/{at.location_id}/edit/address")
    await editor.submit("/edit/address", **{"addresses-0-address_1": "6 Quay Street"})
    assert "6 Quay Street" in await editor.open(f"/en{pages.service('knees')}")


async def test_a_confidential_address_is_a_tick(editor: Browser, pages: Pages) -> None:
    await editor.open(f"/en{pages.edit('knees')}/edit/where")
    await editor.submit("/edit/where", **_named(("confidential-address", "yes")))
    shown = await editor.open(f"/en{pages.service('knees')}")
    assert "The address is not public" in shown


async def test_a_new_colleagues_change_waits_for_a_curator(
    browser: Browser, pages: Pages, session: AsyncSession
) -> None:
    user = await pages_world.editor(session, pages, email="new@harbour.example.org")
    await session.execute(text("UPDATE membership SET trusted = false WHERE user_id = :id"), {"id": user.id})
    await browser.sign_in("new@harbour.example.org")
    await browser.open(f"/en{pages.edit('knees')}/edit/texts")
    page = await browser.submit("/edit/texts", name_en="Wishful")
    assert "Sent. A curator reads it before everybody sees it." in page
    assert "Wishful" not in await browser.open(f"/en{pages.service('knees')}")


async def test_bad_input_is_said_at_the_row_and_everything_typed_is_kept(editor: Browser, pages: Pages) -> None:
    await editor.open(f"/en{pages.edit('knees')}/edit/hours")
    await editor.submit("/edit/hours", button="add:h")
    page = await editor.submit("/edit/hours", h0_opens="soon", h1_opens="10:00", h1_closes="11:00")
    assert page.status == 422
    assert "Row 1: From when? For example 9:00." in page
    assert "Row 2: Which days? Tick at least one." in page
    assert page.form("/edit/hours").fields["h0_opens"] == ["soon"]
    page = await editor.submit("/edit/hours", h0_opens="9", h1_days=["MO"])
    assert "Row 2: These hours overlap with row 1." in page
    page = await editor.submit("/edit/hours", h1_from="2027-07-01", h1_until="2027-08-31")
    assert "Row 2: Row 1 counts in this season too, and its hours overlap with these." in page
    await editor.open(f"/en{pages.edit('knees')}/edit/texts")
    page = await editor.submit("/edit/texts", name_en="", description_en="Half a thought")
    assert page.status == 422
    assert page.form("/edit/texts").fields["description_en"] == ["Half a thought"]
    assert "Exercises by the window." in await editor.open(f"/en{pages.service('knees')}")


async def test_whoever_comes_second_sees_what_stands_now_and_loses_nothing(editor: Browser, pages: Pages) -> None:
    opened = await editor.open(f"/en{pages.edit('knees')}/edit/texts")
    await editor.submit("/edit/texts", name_en="First")
    second = await editor.showing(opened).submit("/edit/texts", name_en="Second", alert_en="Mine")
    assert second.status == 409
    assert "Somebody changed this while you were writing" in second
    assert "Name · English First" in second
    assert second.form("/edit/texts").fields["name_en"] == ["Second"]
    assert "First" in await editor.open(f"/en{pages.service('knees')}")
    page = await editor.showing(second).submit("/edit/texts")
    assert page.status == 200
    assert "Second" in await editor.open(f"/en{pages.service('knees')}")


async def test_nobody_else_may_edit(browser: Browser, pages: Pages, session: AsyncSession) -> None:
    address = f"/en{pages.edit('knees')}/edit/texts"
    assert (await browser.open(address)).path == "/en/sign-in"
    await pages_world.editor(session, pages, of="lantern", email="lantern@example.org")
    await browser.sign_in("lantern@example.org")
    assert (await browser.open(address)).status == 404
    assert "Knees" not in await browser.open("/en/my-services")
    own = await browser.open(f"/en{pages.edit('refuge')}/edit/texts")
    own.form("/edit/texts").action = address
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
    await editor.open(f"/en{pages.edit('knees')}/edit/texts")
    await editor.submit("/edit/texts", name_en="Ours")
    await editor.open(f"/en{pages.edit('knees')}/edit/hours")
    await editor.submit("/edit/hours", h0_opens2="15:00")
    await import_directory(session, tmp_path, NOW)
    listing = await session.get_one(Listing, pages.services["knees"], populate_existing=True)
    assert [slot["opens"] for slot in listing.slots] == ["09:00", "15:00"]
    assert "Ours" in await editor.open(f"/en{pages.service('knees')}")


async def test_a_service_never_has_two_answers_about_room(editor: Browser, pages: Pages, session: AsyncSession) -> None:
    for status in ("no-capacity", "has-capacity", "no-capacity"):
        await editor.open("/en/my-services")
        await editor.submit(f"{pages.services['knees']}/places", button=status)
    marks = await session.scalars(
        select(Attribute).where(
            Attribute.link_id == pages.services["knees"], Attribute.link_type == "capacity-status",
            Attribute.gone_at.is_(None),
        )
    )  # fmt: skip
    assert len(marks.all()) == 1
    rooms = await session.scalars(select(ServiceCapacity).where(ServiceCapacity.service_id == pages.services["knees"]))
    assert [room.maximum for room in rooms] == [10]


async def test_places_in_all_are_said_with_the_tap_and_left_alone_without_a_word(
    editor: Browser, pages: Pages, session: AsyncSession
) -> None:
    async def most() -> int | None:
        found: int | None = await session.scalar(
            select(ServiceCapacity.maximum).where(ServiceCapacity.service_id == pages.services["knees"])
        )
        return found

    address = f"{pages.services['knees']}/places"
    page = await editor.open("/en/my-services")
    assert page.form(address).fields["maximum"] == ["10"]
    await editor.submit(address, button="has-capacity", available="2")
    assert await most() == 10
    page = await editor.submit(address, button="has-capacity", available="9", maximum="8")
    assert "More are free than there are in all." in page
    assert await most() == 10
    await editor.submit(address, button="has-capacity", available="9", maximum="14")
    assert await most() == 14
    await editor.submit(address, button="has-capacity", available="9", maximum="")
    assert await most() is None


async def test_my_services_cost_a_bounded_number_of_statements(
    editor: Browser, pages: Pages, connection: AsyncConnection, client: httpx.AsyncClient
) -> None:
    async with counted(connection) as said:
        await client.get("/en/my-services")
    assert len(said) <= 4, "\n".join(said)


def _named(*fields: tuple[str, str | list[str]]) -> dict[str, Any]:
    """Fields whose names are no names in Python."""
    return dict(fields)
