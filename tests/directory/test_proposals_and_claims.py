"""Who keeps a listing: editors that are not trusted yet, the curator's yes or no, claims and colleagues."""

from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.models import Membership, Role, User
from referrals.directory import changes
from referrals.directory.changes.queries import waiting
from referrals.directory.claims import same_domain
from referrals.directory.models import Claim, Phone, Proposal, Service
from referrals.kit.mail import Message
from tests.browser import Browser
from tests.conftest import NOW
from tests.directory import pages_world
from tests.directory.pages_world import EDITOR, Pages
from tests.factories import account
from tests.factories.world import acting

CURATOR = "yann@example.org"


@pytest.fixture(scope="session")
def engine(pages_database: AsyncEngine) -> AsyncEngine:
    return pages_database


@pytest.fixture
async def pages(session: AsyncSession, tmp_path: Path) -> Pages:
    found = await pages_world.load(session, tmp_path)
    await account(session, Role.CURATOR, email=CURATOR, name="Yann Le Goff")
    return found


async def letters(session: AsyncSession, purpose: str) -> list[Message]:
    return list(await session.scalars(select(Message).where(Message.purpose == purpose)))


async def proposed(session: AsyncSession, pages: Pages) -> Proposal:
    """Morwenna is not trusted yet, and has proposed an address and hours for backs."""
    user = await pages_world.editor(session, pages)
    await session.execute(update(Membership).where(Membership.user_id == user.id).values(trusted=False))
    service = await session.get_one(Service, pages.services["backs"])
    week = [{"freq": "WEEKLY", "byday": "MO,TU", "opens_at": "09:00", "closes_at": "12:00"}]
    wanted: changes.Values = {"email": "backs@harbour.example.org", "schedules": week}
    done = await changes.submit(session, service, wanted, await acting(session, user), NOW)
    assert isinstance(done, changes.Waiting)
    return done.proposal


async def test_a_curator_sees_field_by_field_what_would_change_and_takes_a_part(
    browser: Browser, session: AsyncSession, pages: Pages
) -> None:
    proposal = await proposed(session, pages)
    await browser.sign_in(CURATOR)
    listed = await browser.open("/en/changes")
    assert "1 change waits for you" in listed
    assert "Morwenna Pascoe, Harbour House" in listed
    assert [one.own_language for one in await waiting(session, "fr")] == ["en"], "whatever the reader speaks"
    page = await browser.open(f"/en/changes/{proposal.id}")
    assert "Monday and Tuesday, 9:00–12:00" in page
    assert "backs@harbour.example.org" in page
    silent = await browser.submit(f"/changes/{proposal.id}", take=["email"], why="")
    assert silent.status == 422
    assert "Say in a word or two why" in silent
    await browser.submit(f"/changes/{proposal.id}", take=["email"], why="Closed on Tuesdays, they told me.")
    service = await session.get_one(Service, pages.services["backs"], populate_existing=True)
    assert service.email == "backs@harbour.example.org"
    told = (await letters(session, "proposal_decided"))[0]
    assert told.to_address == EDITOR
    assert "Not taken: Hours." in told.body
    assert "Closed on Tuesdays, they told me." in told.body
    after = await browser.open(f"/en/changes/{proposal.id}")
    assert "Not taken" in after
    assert "Put live" not in after
    browser.client.cookies.clear()
    await browser.sign_in(EDITOR)
    own = await browser.open("/en/my-services/changes")
    assert "Live in part" in own
    assert "Not taken: Hours." in own
    assert "Monday and Tuesday, 9:00–12:00" in own, "they see what they wrote, to write it differently"
    assert (await browser.open(own.link("Open the listing"))).status == 200


async def test_an_editor_sees_what_became_of_a_change_and_can_take_it_back(
    browser: Browser, session: AsyncSession, pages: Pages
) -> None:
    proposal = await proposed(session, pages)
    await browser.sign_in(EDITOR)
    page = await browser.open("/en/my-services/changes")
    assert "1 change waits for a curator" in page
    await browser.submit(f"{proposal.id}/withdraw")
    assert "Nothing waits" not in await browser.open("/en/my-services/changes")
    await session.refresh(proposal)
    assert proposal.state == "withdrawn"


async def test_a_field_that_changed_meanwhile_is_marked_and_not_ticked(
    browser: Browser, session: AsyncSession, pages: Pages
) -> None:
    proposal = await proposed(session, pages)
    service = await session.get_one(Service, pages.services["backs"])
    yann = await acting(session, (await session.scalars(select(User).where(User.email == CURATOR))).one())
    await changes.submit(session, service, {"email": "other@harbour.example.org"}, yann, NOW)
    await browser.sign_in(CURATOR)
    page = await browser.open(f"/en/changes/{proposal.id}")
    assert "Changed since" in page
    assert page.form(f"/changes/{proposal.id}").fields["take"] == ["schedules"]


async def test_somebody_claims_an_organization_and_invites_a_colleague(
    browser: Browser, session: AsyncSession, pages: Pages
) -> None:
    harbour = pages.organizations["harbour"]
    assert "Keep these listings yourself" in await browser.open(f"/en/organizations/{harbour}")
    await browser.open(f"/en/organizations/{harbour}/claim")
    wrong = await browser.submit(f"{harbour}/claim", name="Jory Penrose", email="jory")
    assert wrong.status == 422
    assert "Jory Penrose" in wrong.html
    page = await browser.submit(f"{harbour}/claim", name="Jory Penrose", email="jory@harbour.example.org", words="Desk")
    assert "A curator of the directory looks at your message" in page
    await browser.sign_in(CURATOR)
    waits = await browser.open("/en/curation/claims")
    assert "Jory Penrose asks from an address of this organization." in waits
    listed = await browser.open(waits.link("See who asks"))
    assert "Address of this organization" in listed
    assert "The directory knows: +44 1632 960001" in listed
    await session.execute(update(Phone).values(gone_at=NOW))
    assert "The directory knows no number of theirs." in await browser.open("/en/claims")
    session.add_all([
        Phone(service_id=pages.services["backs"], number="+44 1632 960009"),
        Phone(organization_id=harbour, number="+44 1632 960100"),
    ])  # fmt: skip
    await session.flush()
    listed = await browser.open("/en/claims")
    assert "The directory knows: +44 1632 960100 and +44 1632 960009." in listed
    claim = (await session.scalars(select(Claim))).one()
    await browser.submit(f"{claim.id}/accept", trusted="yes")
    [letter] = await letters(session, "invitation")
    assert letter.to_address == "jory@harbour.example.org"
    assert "You asked to keep the listings of Harbour House." in letter.body
    user = (await session.scalars(select(User).where(User.email == "jory@harbour.example.org"))).one()
    held = (await session.scalars(select(Membership).where(Membership.user_id == user.id))).one()
    assert (held.organization_id, held.trusted, held.manages) == (harbour, True, True)


@pytest.mark.parametrize(
    ("asks_from", "address", "website", "same"),
    [
        ("jo@harbour.org", "desk@harbour.org", None, True),
        ("JO@Harbour.org", None, "https://www.harbour.org/about", True),
        ("jo@truro.harbour.org", "desk@harbour.org", None, True),
        ("jo@notharbour.org", "desk@harbour.org", None, False),
        ("jo@gmail.com", "harbour@gmail.com", None, False),
        ("jo@yahoo.fr", "asso@yahoo.fr", "https://asso.org", False),
        ("Asso@orange.fr", "asso@orange.fr", None, True),
        ("jo@harbour.org", None, None, False),
    ],
)
def test_a_mail_service_for_anybody_proves_nothing(
    asks_from: str, address: str | None, website: str | None, same: bool
) -> None:
    assert same_domain(asks_from, address, website) is same


async def test_nobody_gets_listings_through_an_account_that_is_closed(
    browser: Browser, session: AsyncSession, pages: Pages
) -> None:
    harbour = pages.organizations["harbour"]
    closed = await account(session, Role.CASE_MANAGER, email="gone@harbour.example.org")
    closed.deactivated_at = NOW
    session.add(
        Claim(organization_id=harbour, name="G", email="gone@harbour.example.org", language="en", words="", at=NOW)
    )
    await session.flush()
    await browser.sign_in(CURATOR)
    await browser.open("/en/claims")
    page = await browser.submit("/accept")
    assert page.status == 422
    assert "The account with this address is closed." in page
    assert (await session.scalars(select(Claim))).one().state == "waiting"


async def test_a_claim_is_refused_with_a_reason_that_is_told(
    browser: Browser, session: AsyncSession, pages: Pages
) -> None:
    harbour = pages.organizations["harbour"]
    await browser.open(f"/en/organizations/{harbour}/claim")
    await browser.submit(f"{harbour}/claim", name="X", email="x@elsewhere.example.org")
    await browser.sign_in(CURATOR)
    claim = (await session.scalars(select(Claim))).one()
    assert "Another domain" in await browser.open("/en/claims")
    assert (await browser.submit(f"{claim.id}/refuse", why="")).status == 422
    await browser.submit(f"{claim.id}/refuse", why="They do not know you there.")
    told = (await letters(session, "claim_refused"))[0]
    assert "They do not know you there." in told.body


async def test_whoever_manages_invites_colleagues_and_ends_their_access(
    browser: Browser, session: AsyncSession, pages: Pages
) -> None:
    user = await pages_world.editor(session, pages)
    await browser.sign_in(EDITOR)
    assert "you do not manage an organization" in await browser.open("/en/my-services/colleagues")
    await session.execute(update(Membership).where(Membership.user_id == user.id).values(manages=True))
    await browser.open("/en/my-services/colleagues")
    sent = await browser.submit("/colleagues/invite", name="Jenna", email="jenna@example.org", trusted="")
    assert "An invitation is on its way to Jenna." in sent
    assert "Morwenna Pascoe invites you to keep the listings" in (await letters(session, "invitation"))[0].body
    lost = await browser.submit("/colleagues/invite", name="Jenna", email="jenna@example.org")
    assert "An invitation is on its way to Jenna." in lost, "the first was never answered"
    jenna = (await session.scalars(select(User).where(User.email == "jenna@example.org"))).one()
    jenna.password_hash = "chosen"
    await session.flush()
    again = await browser.submit("/colleagues/invite", name="Jenna", email="jenna@example.org")
    assert again.status == 422
    assert "They keep these listings already." in again
    known = await account(session, Role.CASE_MANAGER, email="claire@example.org", name="Claire")
    await browser.open("/en/my-services/colleagues")
    await browser.submit("/colleagues/invite", name="Claire", email=known.email)
    [told] = await letters(session, "claim_accepted")
    assert "with the account that you have" in told.body, "nobody is asked for a second password"
    page = await browser.open("/en/my-services/colleagues")
    assert "A curator reads first" in page
    await browser.submit(f"{jenna.id}/trust")
    held = (await session.scalars(select(Membership).where(Membership.user_id == jenna.id))).one()
    assert held.trusted
    await browser.open("/en/my-services/colleagues")
    await browser.submit(f"{jenna.id}/let-go")
    assert (await session.scalars(select(Membership).where(Membership.user_id == jenna.id))).all() == []


async def test_whoever_manages_lets_a_colleague_manage_too_and_not_themselves(
    browser: Browser, session: AsyncSession, pages: Pages
) -> None:
    """Else nobody could invite any more once the one who claimed the listings has left."""
    harbour = pages.organizations["harbour"]
    user = await pages_world.editor(session, pages)
    await session.execute(update(Membership).where(Membership.user_id == user.id).values(manages=True))
    jenna = await account(
        session, Role.PROVIDER_EDITOR, email="jenna@example.org", name="Jenna", organization_id=harbour
    )  # fmt: skip
    held = (await session.scalars(select(Membership).where(Membership.user_id == jenna.id))).one()
    await browser.sign_in(EDITOR)
    page = await browser.open("/en/my-services/colleagues")
    assert page.text.count("Invites colleagues") == 1
    assert not [form for form in page.forms if form.action.endswith(f"{user.id}/manage")]
    page = await browser.submit(f"{jenna.id}/manage")
    assert "They invite colleagues too now." in page
    await session.refresh(held)
    assert held.manages
    browser.client.cookies.clear()
    await browser.sign_in("jenna@example.org")
    await browser.open("/en/my-services/colleagues")
    page = await browser.submit(f"{user.id}/manage")
    assert "They do not invite colleagues any more." in page
    assert page.text.count("Invites colleagues") == 1
    browser.client.cookies.clear()
    await browser.sign_in(EDITOR)
    assert "you do not manage an organization" in await browser.open("/en/my-services/colleagues")
