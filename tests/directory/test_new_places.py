"""A provider writes down a place that nobody had, gives a service there, and takes it away again."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.models import Membership, Role
from referrals.directory import changes
from referrals.directory.actions import Editor
from referrals.directory.hiding import hidden_places
from referrals.directory.models import ListingPlace, Location, Metadata, Proposal, Service, ServiceAtLocation
from tests.browser import Browser
from tests.conftest import NOW, Clock
from tests.directory import pages_world
from tests.directory.pages_world import EDITOR, Pages
from tests.factories import account

CURATOR = "yann@example.org"
MILL = {
    "new_places-0-name": "The Mill", "new_places-0-address_1": "7 Mill Lane", "new_places-0-postal_code": "TR1 3CD",
    "new_places-0-city": "Truro", "new_places-0-country": "GB",
}  # fmt: skip


@pytest.fixture(scope="session")
def engine(pages_database: AsyncEngine) -> AsyncEngine:
    return pages_database


@pytest.fixture
async def pages(session: AsyncSession, tmp_path: Path) -> Pages:
    return await pages_world.load(session, tmp_path)


@pytest.fixture
async def editor(browser: Browser, pages: Pages, session: AsyncSession) -> Browser:
    await pages_world.editor(session, pages)
    await browser.sign_in(EDITOR)
    return browser


async def add(browser: Browser, pages: Pages, **more: Any) -> str:
    """What the page says after the mill was added to the places of the knees."""
    await browser.open(f"/en{pages.edit('knees')}/edit/where")
    await browser.submit("/edit/where", button="add:new_places")
    return (await browser.submit("/edit/where", **MILL | more)).text


async def places(session: AsyncSession, service_id: UUID) -> list[Location]:
    found = await session.scalars(
        select(Location)
        .join(ServiceAtLocation, ServiceAtLocation.location_id == Location.id)
        .where(ServiceAtLocation.service_id == service_id, ServiceAtLocation.gone_at.is_(None))
        .execution_options(populate_existing=True)
    )
    return list(found)


async def mill(session: AsyncSession) -> Location:
    return (await session.scalars(
        select(Location).where(Location.name == "The Mill").execution_options(populate_existing=True)
    )).one()  # fmt: skip


async def test_a_new_place_stands_beside_the_old_one_and_is_found_on_the_map(
    editor: Browser, pages: Pages, session: AsyncSession
) -> None:
    assert "Saved." in await add(editor, pages)
    shown = await editor.open(f"/en{pages.service('knees')}")
    assert "7 Mill Lane" in shown
    assert "4 Quay Street" in shown
    new = await mill(session)
    assert new.organization_id == pages.organizations["harbour"]
    listed = await session.scalar(select(ListingPlace).where(ListingPlace.location_id == new.id))
    assert listed is not None
    assert listed.point is not None, "its town is known, so it has a point"
    assert "7 Mill Lane" in await editor.open(f"/en/my-places/{new.id}"), "it has pages of its own"
    other = await editor.open(f"/en{pages.edit('backs')}/edit/where")
    assert "The Mill, 7 Mill Lane, Truro" in other, "another service of the house can choose it"


async def test_what_is_missing_of_a_new_place_is_named_and_what_was_typed_is_kept(
    editor: Browser, pages: Pages, session: AsyncSession
) -> None:
    said = await add(editor, pages, **{"new_places-0-city": ""})
    assert "New place 1: “Town” is missing." in said
    assert await session.scalar(select(Location.id).where(Location.name == "The Mill")) is None
    again = await editor.submit("/edit/where", **{"new_places-0-city": "Truro"})
    assert "Saved." in again
    assert "7 Mill Lane" in await editor.open(f"/en{pages.service('knees')}"), "the street was still there"


async def test_a_confidential_new_place_hides_itself_and_no_other(
    editor: Browser, pages: Pages, session: AsyncSession
) -> None:
    await add(editor, pages, **{"new_places-0-confidential": "yes"})
    shown = await editor.open(f"/en{pages.service('knees')}")
    assert "Confidential: for you, not for the public The Mill 7 Mill Lane" in shown
    assert "4 Quay Street" in shown
    new = await mill(session)
    every = {place.id for place in await places(session, pages.services["knees"])}
    assert await hidden_places(session, every) == {new.id}
    await editor.open(f"/en/my-places/{new.id}/edit/address")
    unticked: dict[str, Any] = {"confidential-address": []}
    await editor.submit("/edit/address", **unticked)
    assert "not for the public" not in await editor.open(f"/en{pages.service('knees')}"), (
        "its page takes the mark off again"
    )


async def test_a_place_taken_out_is_gone_and_can_be_chosen_again(
    editor: Browser, pages: Pages, session: AsyncSession
) -> None:
    [harbour] = await places(session, pages.services["knees"])
    await editor.open(f"/en{pages.edit('knees')}/edit/where")
    taken = await editor.submit("/edit/where", button="remove:service_at_locations:0")
    assert "Place taken out. Save to make it so." in taken
    await editor.submit("/edit/where")
    assert await places(session, pages.services["knees"]) == []
    assert "4 Quay Street" not in await editor.open(f"/en{pages.service('knees')}")
    await editor.open(f"/en{pages.edit('knees')}/edit/where")
    await editor.submit("/edit/where", button="add:service_at_locations")
    await editor.submit("/edit/where", **{"service_at_locations-0-location_id": str(harbour.id)})
    assert await places(session, pages.services["knees"]) == [harbour]


async def test_a_place_is_chosen_once_and_only_out_of_ones_own(
    editor: Browser, pages: Pages, session: AsyncSession
) -> None:
    [harbour] = await places(session, pages.services["knees"])
    [secret] = await places(session, pages.services["refuge"])
    for place, said in ((harbour, "Place 2: this place is chosen twice."), (secret, "This is not one of the choices.")):
        await editor.open(f"/en{pages.edit('knees')}/edit/where")
        await editor.submit("/edit/where", button="add:service_at_locations")
        page = await editor.submit("/edit/where", **{"service_at_locations-1-location_id": str(place.id)})
        assert page.status == 422
        assert said in page
    assert await places(session, pages.services["knees"]) == [harbour]


async def test_a_new_place_is_taken_back_and_brought_back(
    editor: Browser, pages: Pages, session: AsyncSession, clock: Clock
) -> None:
    await add(editor, pages)
    clock.pass_(minutes=1)
    overview = await editor.open(f"/en{pages.edit('knees')}")
    assert "The Mill, 7 Mill Lane, Truro" in overview
    change = await session.scalar(select(Metadata.id).where(Metadata.field_name == "service_at_locations"))
    page = await editor.submit(f"undo/{change}")
    assert "Taken back: it is as it was before." in page
    assert "7 Mill Lane" not in await editor.open(f"/en{pages.service('knees')}")
    assert (await mill(session)).gone_at is not None, "nobody can choose what was a mistake"
    back = await session.scalar(
        select(Metadata.id).where(Metadata.field_name == "service_at_locations", Metadata.last_action_type == "undo")
    )
    clock.pass_(minutes=1)
    await editor.open(f"/en{pages.edit('knees')}")
    await editor.submit(f"undo/{back}")
    assert "7 Mill Lane" in await editor.open(f"/en{pages.service('knees')}")
    assert (await mill(session)).gone_at is None


async def test_a_new_place_of_an_untrusted_editor_is_read_by_a_curator_and_made_then(
    browser: Browser, pages: Pages, session: AsyncSession
) -> None:
    user = await pages_world.editor(session, pages)
    await session.execute(update(Membership).where(Membership.user_id == user.id).values(trusted=False))
    await account(session, Role.CURATOR, email=CURATOR, name="Yann Le Goff")
    await browser.sign_in(EDITOR)
    assert "Sent. A curator reads it" in await add(browser, pages, **{"new_places-0-confidential": "yes"})
    assert await session.scalar(select(Location.id).where(Location.name == "The Mill")) is None
    proposal = await session.scalar(select(Proposal))
    assert proposal is not None
    await browser.submit("sign-out")
    await browser.sign_in(CURATOR)
    page = await browser.open(f"/en/changes/{proposal.id}")
    assert "New place: The Mill, 7 Mill Lane, TR1 3CD Truro, GB · confidential address" in page
    assert "Harbour House, 4 Quay Street, Truro" in page
    assert "Live now" in await browser.submit(f"/changes/{proposal.id}", take=["service_at_locations"], why="")
    assert len(await places(session, pages.services["knees"])) == 2
    await browser.open("/en/changes")
    await browser.submit("sign-out")
    assert "7 Mill Lane" not in await browser.open(f"/en{pages.service('knees')}"), "it was proposed as confidential"


async def test_no_history_keeps_the_words_of_a_new_place(editor: Browser, pages: Pages, session: AsyncSession) -> None:
    await add(editor, pages, **{"new_places-0-confidential": "yes"})
    told = await session.scalar(text("SELECT string_agg(replacement_value, ' ') FROM metadata"))
    assert "Mill" not in (told or ""), "the row names the place by its id"


async def test_a_new_place_needs_a_town(session: AsyncSession, pages: Pages) -> None:
    service = await session.get_one(Service, pages.services["knees"])
    editor = Editor(None, "curator")
    with pytest.raises(ValueError, match="city"):
        await changes.change(
            session, service, {"service_at_locations": [{"location": {"name": "Nowhere"}}]}, editor, NOW
        )
