"""A list without an account: in the address where no script runs, compared, sent to oneself, handed over, and forgotten."""

import re
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest
from litestar.datastructures import MultiDict
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.models import Role
from referrals.clients.models import Need
from referrals.directory import handing, sending, shortlist
from referrals.directory.models import HandedList, ListingPlace, Service
from referrals.kit.mail import MailboxCopy, Message, Undeliverable
from referrals.kit.sealing import seal, unseal
from referrals.kit.settings import Settings
from referrals.worker import every_job
from tests import factories
from tests.browser import Browser
from tests.conftest import NOW, Clock
from tests.directory import pages_world
from tests.directory.pages_world import Pages

HER = "somebody.else@example.org"
FORGOTTEN_JOBS = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'directory.send_list'"


@pytest.fixture(scope="session")
def engine(pages_database: AsyncEngine) -> AsyncEngine:
    return pages_database


@pytest.fixture
async def pages(session: AsyncSession, tmp_path: Path) -> Pages:
    return await pages_world.load(session, tmp_path)


def listed(pages: Pages, *keys: str) -> str:
    return shortlist.written([pages.services[key] for key in keys])


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ([], 0), ([("s", "")], 0), ([("s", "x,y")], 0), ([("s", str(UUID(int=1)))], 1),
        ([("s", f"{UUID(int=1)},{UUID(int=2)}")], 2), ([("s", str(UUID(int=1))), ("s", str(UUID(int=2)))], 2),
        ([("s", f"{UUID(int=1)},{UUID(int=1)}")], 1), ([("s", f" {UUID(int=1)} ,<script>")], 1),
        ([("s", ",".join(str(UUID(int=n)) for n in range(500)))], shortlist.LONGEST), ([("s", "é" * 10_000)], 0),
    ],
)  # fmt: skip
def test_an_address_names_services_whatever_else_it_holds(query: list[tuple[str, str]], count: int) -> None:
    found = shortlist.listed_in(MultiDict(query))
    assert len(found) == count
    assert shortlist.split(shortlist.written(found)) == found


async def test_without_a_script_the_address_carries_the_list(browser: Browser, pages: Pages) -> None:
    page = await browser.open(f"/en{pages.service('knees')}")
    page = await browser.open(page.link("Keep"))
    assert "1 service on your list" in page
    assert page.link("Knees and other hinges").endswith(f"?s={pages.services['knees']}")
    other = await browser.open(f"/en{pages.service('backs')}?s={pages.services['knees']}")
    page = await browser.open(other.link("Keep"))
    assert "2 services on your list" in page
    assert page.response.url.params["s"] == listed(pages, "knees", "backs")
    page = await browser.open(page.link("Take off"))
    assert page.response.url.params["s"] == listed(pages, "backs")
    assert "Nothing on your list yet" in await browser.open(page.link("Erase the list"))


async def test_without_a_script_whoever_searches_on_keeps_the_list(browser: Browser, pages: Pages) -> None:
    for ways in (
        ("Directory",),
        ("Search for more",),
        ("Help and privacy", "Directory"),
        ("Knees and other hinges", "Relais"),
    ):
        page = await browser.open(f"/en/shortlist?s={pages.services['knees']}")
        for way in ways:
            page = await browser.open(page.link(way))
        page = await browser.submit("/services", q="backs")
        page = await browser.open(page.link("Keep"))
        assert "2 services on your list" in page, ways


async def test_a_printed_list_has_the_numbers_to_ring(browser: Browser, pages: Pages) -> None:
    page = await browser.open(f"/en/shortlist?s={listed(pages, 'knees', 'refuge')}")
    numbers = re.findall(r'<p class="only-print">([^<]*\d{6})</p>', page.html)
    assert len(set(numbers)) == 2, numbers


async def test_a_service_that_is_gone_is_counted_and_not_shown(
    browser: Browser, pages: Pages, session: AsyncSession
) -> None:
    (await session.get_one(Service, pages.services["backs"])).gone_at = NOW
    await session.flush()
    page = await browser.open(f"/en/shortlist?s={listed(pages, 'knees', 'backs')}")
    assert "1 service of your list is no longer listed." in page
    assert "Backs" not in page


async def test_services_answer_the_same_questions_side_by_side(browser: Browser, pages: Pages) -> None:
    page = await browser.open(f"/en/shortlist/compare?s={listed(pages, 'knees', 'refuge', 'listening')}&near=Truro")
    for said in (
        "How far", "Anybody over twelve.", "3 places free", "Monday to Friday, 9:00–12:00 and 14:00–17:00", "Free.",
        "English and French", "4 Quay Street, Truro TR1 2AB", "A letter", "You need not travel", "Only for: women",
        "Cornwall, address not public", "The listing does not say.",
    ):  # fmt: skip
        assert said in page, said


async def test_what_is_compared_is_as_far_from_a_postcode_of_no_gazetteer_as_the_search_says(
    browser: Browser, pages: Pages, session: AsyncSession
) -> None:
    there = ListingPlace.service_id == pages.services["knees"]
    await session.execute(update(ListingPlace).where(there).values(postcode="33125", country="US"))
    page = await browser.open(f"/en/shortlist/compare?s={listed(pages, 'knees', 'backs')}&near=33125")
    assert "How far" in page
    assert "We do not know the place" not in page


async def test_more_than_three_do_not_fit_side_by_side_and_that_is_said(browser: Browser, pages: Pages) -> None:
    page = await browser.open(f"/en/shortlist/compare?s={listed(pages, 'knees', 'refuge', 'listening', 'backs')}")
    assert "the first three" in page
    assert "A slow hour" not in page
    assert "Choose at least two" in await browser.open(f"/en/shortlist/compare?s={listed(pages, 'knees')}")
    assert "We do not know the place" in await browser.open(
        f"/en/shortlist/compare?s={listed(pages, 'knees', 'backs')}&near=Xqzwv"
    )


async def test_a_list_goes_to_its_owner_and_the_address_is_nowhere(
    browser: Browser, pages: Pages, session: AsyncSession, settings: Settings
) -> None:
    await browser.open(f"/en/shortlist/send?s={listed(pages, 'knees', 'refuge')}")
    page = await browser.submit("/shortlist/send", email=HER)
    assert "Your list is on its way" in page
    row = (
        await session.execute(text("SELECT id, args FROM procrastinate_jobs WHERE task_name = 'directory.send_list'"))
    ).one()
    assert HER not in str(row.args)
    assert str(pages.services["knees"]) not in str(row.args)
    await every_job(settings, lambda: NOW)[sending.SEND](session, **row.args)
    await session.flush()
    assert await session.scalar(select(func.count()).select_from(Message)) == 0
    copy = (await session.scalars(select(MailboxCopy))).one()  # the demo's stand-in for her own mailbox
    assert copy.to_address == HER
    for said in (
        "Knees and other hinges",
        "4 Quay Street",
        "+44 1632 960002",
        "Cornwall",
        f"/en{pages.service('refuge')}",
    ):
        assert said in copy.body, said
    assert "Hidden Lane" not in copy.body
    assert "Knees" not in copy.subject


@pytest.mark.parametrize("end", ["succeeded", "failed"])
async def test_the_sealed_row_is_erased_with_its_end(
    browser: Browser, pages: Pages, session: AsyncSession, end: str
) -> None:
    """By procrastinate's own function, as its worker calls it."""
    await browser.open(f"/en/shortlist/send?s={listed(pages, 'knees')}")
    await browser.submit("/shortlist/send", email=HER)
    id = await session.scalar(text("SELECT id FROM procrastinate_jobs WHERE task_name = 'directory.send_list'"))
    await session.execute(text("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = :id"), {"id": id})
    assert await session.scalar(text(FORGOTTEN_JOBS)) == 1
    await session.execute(
        text("SELECT procrastinate_finish_job_v1(:id, CAST(:end AS procrastinate_job_status), false)"), {"id": id, "end": end}
    )  # fmt: skip
    assert await session.scalar(text(FORGOTTEN_JOBS)) == 0
    assert await session.scalar(text("SELECT count(*) FROM procrastinate_events WHERE job_id = :id"), {"id": id}) == 0


class Broken:
    """A mail server that repeats the address in what it says."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def deliver(self, session: AsyncSession, message: Message) -> None:
        raise self.error


async def test_what_a_mail_server_says_does_not_repeat_the_address(
    pages: Pages, session: AsyncSession, settings: Settings
) -> None:
    letter = sending.Letter(uuid4(), HER, [pages.services["knees"]], "en")
    sealed = seal(settings.secret, sending.PURPOSE, msgspec.json.encode(letter))
    job = every_job(settings, lambda: NOW)[sending.SEND]
    with pytest.raises(sending.Unsent) as told:
        await job(session, sealed=sealed, port=Broken(OSError(f"no route to {HER}")))
    assert HER not in str(told.value)
    assert told.value.__suppress_context__
    await job(session, sealed=sealed, port=Broken(Undeliverable(f"550 {HER}")))  # given up at once
    await job(session, sealed="not ours", port=Broken(OSError()))


def test_what_is_sealed_for_one_purpose_opens_for_no_other() -> None:
    sealed = seal("secret", "list", b"words")
    assert b"words" not in sealed.encode()
    assert unseal("secret", "list", sealed) == b"words"
    assert unseal("secret", "other", sealed) is None
    assert unseal("another", "list", sealed) is None


@pytest.mark.parametrize("typed", ["nobody", "a@b", "x" * 250 + "@example.org", ""])
async def test_an_address_that_is_none_comes_back(browser: Browser, pages: Pages, typed: str) -> None:
    await browser.open(f"/en/shortlist/send?s={listed(pages, 'knees')}")
    page = await browser.submit("/shortlist/send", email=typed)
    assert page.status == 422
    assert page.form("/shortlist/send").fields["s"] == [listed(pages, "knees")]


async def test_machines_cannot_have_us_write_without_end(browser: Browser, pages: Pages, clock: Clock) -> None:
    statuses = []
    for _ in range(62):
        await browser.open(f"/en/shortlist/send?s={listed(pages, 'knees')}")
        statuses.append((await browser.submit("/shortlist/send", email=HER)).status)
    assert set(statuses[:60]) == {200}
    assert set(statuses[60:]) == {422}
    clock.pass_(hours=1, minutes=1)
    await browser.open(f"/en/shortlist/send?s={listed(pages, 'knees')}")
    assert (await browser.submit("/shortlist/send", email=HER)).status == 200


async def test_a_case_manager_opens_the_code_and_writes_the_needs_down(
    browser: Browser, pages: Pages, session: AsyncSession
) -> None:
    await browser.open(f"/en/shortlist/hand?s={listed(pages, 'knees', 'listening')}")
    page = await browser.submit("/shortlist/hand")
    code = page.text.split("Your code is ")[1][:9]
    kept = (await session.scalars(select(HandedList))).one()
    assert handing.spelled(kept.code) == code
    claire = await factories.case_manager(session)
    paul = await factories.client(session, claire)
    await browser.sign_in("claire@example.org")
    await browser.open("/en/handed")
    page = await browser.submit("/handed", code=code.lower())
    assert "What they chose themselves" in page
    page = await browser.submit(f"/handed/{kept.code}", client_id="", wishes=[])
    assert page.status == 422
    wishes = [f"{pages.services['knees']}:physiotherapy", f"{pages.services['listening']}:counselling"]
    page = await browser.submit(f"/handed/{kept.code}", client_id=str(paul.id), wishes=wishes)
    assert "Written down for Paul" in page
    needs = list(await session.scalars(select(Need).where(Need.client_id == paul.id)))
    assert {need.term for need in needs} == {"physiotherapy", "counselling"}
    assert page.link("See if it fits").startswith("/en/needs/")
    assert (await browser.open(page.link("See if it fits"))).status == 200
    assert await session.scalar(select(func.count()).select_from(HandedList)) == 0
    assert (await browser.open(f"/en/handed/{kept.code}")).status == 410


async def test_nobody_else_opens_a_code(browser: Browser, pages: Pages, session: AsyncSession) -> None:
    made = await handing.hand(session, [pages.services["knees"]], NOW)
    assert (await browser.open(f"/en/handed/{made.code}")).path == "/en/sign-in"
    await factories.account(session, Role.PROVIDER_EDITOR, email="morwenna@example.org")
    await browser.sign_in("morwenna@example.org")
    assert (await browser.open(f"/en/handed/{made.code}")).status == 403


async def test_a_code_ends_after_a_week_or_when_it_is_taken_back(
    browser: Browser, pages: Pages, session: AsyncSession, clock: Clock
) -> None:
    await browser.open(f"/en/shortlist/hand?s={listed(pages, 'knees')}")
    await browser.submit("/shortlist/hand")
    assert "The code is erased" in await browser.submit("/take-back")
    assert await session.scalar(select(func.count()).select_from(HandedList)) == 0
    await handing.hand(session, [pages.services["knees"]], NOW)
    clock.pass_(days=8)
    await handing.forget_ended(session, now=clock.now)
    assert await session.scalar(select(func.count()).select_from(HandedList)) == 0
