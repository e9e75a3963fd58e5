"""What somebody must be kept away from: never proposed, and why is read by whoever carries the file and by nobody else."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients import keeping_away
from referrals.clients.keeping_away import Target
from referrals.clients.models import Client, KeepAway, Need
from referrals.directory.models import Service
from tests.browser import Browser
from tests.conftest import NOW
from tests.factories import PASSWORD, account, case_manager
from tests.matching.scene import listed

WHY = "Her brother Zephyrin works at the desk"


@pytest.fixture(scope="session")
def engine(words_and_places: AsyncEngine) -> AsyncEngine:
    return words_and_places


@pytest.fixture
async def clinic(session: AsyncSession, physio: Need) -> Service:
    await listed(session, "Other clinic", km=4)
    return await listed(session, "Harbour clinic")


async def _set_aside(browser: Browser, paul: Client, clinic: Service) -> None:
    await browser.open(f"/en/people/{paul.id}/keep-away?q=harbour")
    page = await browser.submit("#set-aside", target=f"service:{clinic.id}", kind="other_party", reason=WHY)
    assert "It is never proposed to them again." in page


async def _where_it_stands(session: AsyncSession, words: str) -> set[str]:
    """Every table of the database that holds these words anywhere."""
    tables = await session.scalars(
        text(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'spatial_ref_sys'"
        )
    )
    return {
        table for table in tables.all()
        if await session.scalar(text(f"SELECT 1 FROM {table} t WHERE t::text LIKE :like LIMIT 1"), {"like": f"%{words}%"})  # noqa: S608 - names of our own tables
    }  # fmt: skip


async def test_what_is_set_aside_is_never_proposed_and_says_no_more_than_that(
    signed_in: Browser, paul: Client, physio: Need, clinic: Service
) -> None:
    await _set_aside(signed_in, paul, clinic)
    page = await signed_in.open(f"/en/needs/{physio.id}/match")
    assert "Other clinic" in page
    assert "Set aside (a wish, or safety)" in page
    assert "Zephyrin" not in page.html
    assert "other_party" not in page.html


async def test_why_stands_in_the_identity_alone_and_in_no_log(
    signed_in: Browser,
    session: AsyncSession,
    paul: Client,
    physio: Need,
    clinic: Service,
    capfd: pytest.CaptureFixture[str],
) -> None:
    await _set_aside(signed_in, paul, clinic)
    for page in (
        f"people/{paul.id}",
        f"people/{paul.id}/edit",
        f"needs/{physio.id}/match",
        f"services/{clinic.id}/refer",
    ):
        assert "Zephyrin" not in (await signed_in.open(f"/en/{page}")).html
    assert await _where_it_stands(session, "Zephyrin") == {"client_identity"}
    told = capfd.readouterr()
    assert "Zephyrin" not in told.out + told.err


async def test_whoever_carries_the_file_reads_why_and_nobody_else(
    signed_in: Browser, session: AsyncSession, claire: Actor, paul: Client, clinic: Service
) -> None:
    await _set_aside(signed_in, paul, clinic)
    assert WHY in await signed_in.open(f"/en/people/{paul.id}/keep-away")
    ines = await case_manager(session, email="ines@example.org", of=paul.organization_id)
    assert await keeping_away.reasons(session, ines, paul) == {}
    assert list((await keeping_away.reasons(session, claire, paul)).values()) == [WHY]
    await signed_in.submit("sign-out")
    await signed_in.sign_in(ines.email, PASSWORD)
    assert (await signed_in.open(f"/en/people/{paul.id}/keep-away")).status == 404
    kept = (await session.scalars(select(KeepAway))).one()
    token = (await signed_in.open("/en/people")).form("sign-out").fields["_csrf_token"]
    answer = await signed_in.client.post(f"/en/people/{paul.id}/let-in/{kept.id}", data={"_csrf_token": token[0]})
    assert answer.status_code == 404


async def test_the_person_themselves_is_told_no_reason(session: AsyncSession, claire: Actor, paul: Client) -> None:
    await keeping_away.keep_away(session, paul, Target(area="TR1"), kind="safety", reason=WHY, now=NOW)
    own = await account(session, Role.CLIENT, email="paul@example.org")
    paul.user_id = own.id
    await session.flush()
    who = await case_manager(session, email="noor@example.org", of=paul.organization_id)
    assert await keeping_away.reasons(session, who, paul) == {}


async def test_an_area_or_a_whole_organization(
    signed_in: Browser, session: AsyncSession, paul: Client, clinic: Service
) -> None:
    await signed_in.open(f"/en/people/{paul.id}/keep-away")
    page = await signed_in.submit("#set-aside", area="somewhere nice")
    assert page.status == 422
    assert "The beginning of a postcode, please" in page
    await signed_in.submit("#set-aside", area="tr 1")
    await signed_in.open(f"/en/people/{paul.id}/keep-away?q=Harbour+clinic")
    page = await signed_in.submit("#set-aside", target=f"organization:{clinic.organization_id}", kind="refused")
    assert "Postcodes that begin with TR1" in page
    assert "Harbour clinic Trust" in page
    kept = {(one.area, one.organization_id, one.kind) for one in await session.scalars(select(KeepAway))}
    assert kept == {("TR1", None, "safety"), (None, clinic.organization_id, "refused")}


async def test_nothing_chosen_is_said_and_nothing_typed_is_lost(signed_in: Browser, paul: Client) -> None:
    await signed_in.open(f"/en/people/{paul.id}/keep-away")
    page = await signed_in.submit("#set-aside", reason=WHY)
    assert page.status == 422
    assert (
        page.form("/keep-away").fields["reason"] == [WHY] if "reason" in page.form("/keep-away").fields else WHY in page
    )


async def test_it_may_be_let_in_again_and_why_is_forgotten(
    signed_in: Browser, session: AsyncSession, paul: Client, clinic: Service
) -> None:
    await _set_aside(signed_in, paul, clinic)
    page = await signed_in.submit("/let-in/")
    assert "It may be proposed again." in page
    assert await session.scalar(select(KeepAway.id)) is None
    assert await _where_it_stands(session, "Zephyrin") == set()


async def test_that_there_is_nothing_is_an_answer(signed_in: Browser, session: AsyncSession, paul: Client) -> None:
    await signed_in.open(f"/en/people/{paul.id}/keep-away")
    page = await signed_in.submit("/nothing-to-avoid")
    assert "You asked: there is nothing to keep away from." in page
    await session.refresh(paul)
    assert "keep_away" in paul.said_none


async def test_a_service_where_they_go_already_is_kept_beside_kinds_of_help(
    signed_in: Browser, session: AsyncSession, paul: Client, clinic: Service
) -> None:
    await signed_in.open(f"/en/people/{paul.id}/goes-to?q=harbour")
    page = await signed_in.submit("#add", target=f"service:{clinic.id}")
    assert "Harbour clinic" in page
    assert "1 service of the directory" in await signed_in.open(f"/en/people/{paul.id}/edit/fit")
    await signed_in.submit("/edit/fit", receives_words="home care")
    await session.refresh(paul)
    assert paul.receives == ["home-care", str(clinic.id)]
    await signed_in.open(f"/en/people/{paul.id}/goes-to")
    await signed_in.submit("/no-longer-goes/")
    await session.refresh(paul)
    assert paul.receives == ["home-care"]
