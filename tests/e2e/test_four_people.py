"""Four people of the four models, over the demo's directory: what each of them must be able to rely on.

Their files are opened in the running demo, beside those that are there; pages are asked for as a browser does.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.actor import Actor
from referrals.app import utc_now
from referrals.caseload import PASSWORD
from referrals.clients import actions as clients
from referrals.clients.models import Need
from referrals.directory.models import Service
from referrals.kit import db
from tests.browser import Browser, Page
from tests.e2e.running import RunningDemo

CLAIRE = "claire@relais.example.org"


def _near(town: str, postcode: str, lat: float, lon: float) -> clients.Person:
    """Somebody who lives there and speaks English."""
    return clients.Person(
        alias="",
        language="en",
        languages=("en",),
        place_name=town,
        postcode=postcode,
        country="GB",
        latitude=lat,
        longitude=lon,
    )


TRURO = _near("Truro", "TR1", 50.2653, -5.0544)
NEWQUAY = _near("Newquay", "TR7", 50.4155, -5.0737)
REDRUTH = _near("Redruth", "TR15", 50.2333, -5.2267)
FALMOUTH = _near("Falmouth", "TR11", 50.1526, -5.066)


@pytest.fixture
async def claire(demo: RunningDemo) -> AsyncIterator[Browser]:
    """Signed in, over real HTTP."""
    async with httpx.AsyncClient(base_url=demo.base, timeout=120) as client:
        browser = Browser(client)
        await browser.sign_in(CLAIRE, PASSWORD)
        yield browser


@pytest.fixture
async def session(demo: RunningDemo) -> AsyncIterator[AsyncSession]:
    """Of the demo's database; what is written is there when the test goes on."""
    assert demo.database_url is not None
    engine = db.connect(demo.database_url.replace("postgresql://", "postgresql+psycopg://"))
    async with db.session_maker(engine)() as session:
        yield session
    await engine.dispose()


async def test_paul_each_need_has_its_own_list_and_what_is_far_or_for_others_is_left_out(
    claire: Browser, session: AsyncSession
) -> None:
    needs = await _opened(
        session, replace(TRURO, alias="Pawly", given_name="Pawly", birth_year=1992, funding=("nhs", "self-pay"),
            audience=("brain-injury",), mobility="car", max_minutes=45, ceiling_per_session=70,), {"neuropsychology": ["tbi"], "ptsd-counselling": ["ptsd"], "physiotherapy": ["fracture"]},
    )  # fmt: skip
    pages = {term: await claire.open(f"/en/needs/{need}/match?all=yes") for term, need in needs.items()}
    lists = {term: _ranked(page) for term, page in pages.items()}
    assert all(lists.values()), "each need finds somebody"
    assert len({tuple(one) for one in lists.values()}) == 3
    ids = await _services(session)
    for key in ("plane-tree-neuro", "limpet-neuro"):
        assert ids[key] not in lists["neuropsychology"]
    far = await claire.open(f"/en/needs/{needs['neuropsychology']}/why/{ids['plane-tree-neuro']}")
    assert "km away" in far
    assert "You may decide otherwise, with a reason" in far
    assert ids["limpet-physiotherapy"] not in lists["physiotherapy"]
    young = await claire.open(f"/en/needs/{needs['physiotherapy']}/why/{ids['limpet-physiotherapy']}")
    assert "Under 18 only" in young
    assert "Nobody can change this" in young
    plan = await claire.open(f"/fr/people/{await _person(session, needs)}/plan")
    assert "3 besoins ouverts." in plan


async def test_natalie_is_not_sent_without_a_guardian_and_what_begins_too_late_does_not_come_first(
    claire: Browser, session: AsyncSession
) -> None:
    needs = await _opened(
        session, replace(NEWQUAY, alias="Nathalie", given_name="Nathalie", birth_year=utc_now().year - 16,
            funding=("nhs", "self-pay"), mobility="car", max_minutes=120, model="intensive",), {"sports-physiotherapy": ["knee"]}, need_by=30, urgency="urgent",
    )  # fmt: skip
    need, ids = needs["sports-physiotherapy"], await _services(session)
    page = await claire.open(f"/en/needs/{need}/match?all=yes")
    ranked = _ranked(page)
    assert ranked[0] == ids["ninth-wave-knees"]
    assert ids["pennant-knee"] not in ranked, "ten weeks of waiting are past the competition"
    late = await claire.open(f"/en/needs/{need}/why/{ids['pennant-knee']}")
    assert "a beginning in 2 months" in late or "a beginning in 10 weeks" in late
    page = await claire.open(f"/en/needs/{need}/send/{ids['ninth-wave-knees']}")
    assert "A guardian must agree" in page
    page = await claire.submit("send", direction="both", method="oral_witnessed", witness="Anne Le Goff")
    assert page.status == 422
    assert "Somebody who may decide for them has to agree first" in page
    page = await claire.submit(
        "send",
        direction="both",
        method="oral_witnessed",
        witness="Anne Le Goff",
        grantor="representative",
        authority="Her mother, parental authority",
    )
    assert "/referrals/" in page.path


async def test_ben_has_one_door_for_his_needs_a_gap_until_all_are_covered_and_an_order(
    claire: Browser, session: AsyncSession
) -> None:
    terms = ("physiotherapy", "neuropsychology", "occupational-therapy", "care-coordination", "financial-planning")
    needs = await _opened(
        session, replace(REDRUTH, alias="Benesek", given_name="Benesek", birth_year=1997, mobility="transit",
            max_minutes=45, funding=("nhs", "legal-settlement"), audience=("brain-injury",), model="clinical",), {term: ["tbi"] for term in terms},
    )  # fmt: skip
    plan = await claire.open(f"/en/people/{await _person(session, needs)}/plan")
    assert "5 open needs. For 5 nobody has been asked yet." in plan
    assert "Nobody has been asked yet" in plan
    assert "Tern House Brain Injury Centre In the plan At one door:" in plan
    assert plan.text.count("Tern House Brain Injury Centre") >= 5, "one site before several that are as good"
    assert "After “Physiotherapy” has begun. Occupational therapy builds on movement" in plan
    ids = await _services(session)
    await claire.open(f"/en/needs/{needs['financial-planning']}/send/{ids['tern-house-money']}")
    page = await claire.submit("send", direction="both", method="oral_witnessed", witness="Anne Le Goff")
    assert "/referrals/" in page.path
    plan = await claire.open(f"/en/people/{await _person(session, needs)}/plan")
    gaps = plan.text.partition("Nobody has been asked yet")[2].partition("What goes together")[0]
    assert "Financial planning" not in gaps
    assert "Neuropsychology" in gaps


async def test_kate_what_she_loves_stands_before_what_is_general(claire: Browser, session: AsyncSession) -> None:
    kate = replace(FALMOUTH, alias="Katell", given_name="Katell", birth_year=1985, mobility="transit",
        max_minutes=60, funding=("nhs", "self-pay", "local-authority"), ceiling_per_session=30, audience=("brain-injury",),
        model="strengths", affinities=("writing", "gardening", "baking"),)  # fmt: skip
    needs = await _opened(
        session,
        kate,
        {"fine-motor-rehabilitation": ["fine-motor"], "cognitive-rehabilitation": ["planning-concentration"]},
    )
    ids = await _services(session)
    hands = await claire.open(f"/en/needs/{needs['fine-motor-rehabilitation']}/match?all=yes")
    assert _ranked(hands)[0] == ids["blackthorn-writing"]
    assert "What they love: writing" in hands
    mind = await claire.open(f"/en/needs/{needs['cognitive-rehabilitation']}/match?all=yes")
    assert _ranked(mind)[0] == ids["blackthorn-kitchen"]
    assert "What they love: baking" in mind
    french = await claire.open(f"/fr/needs/{needs['cognitive-rehabilitation']}/match?all=yes")
    assert _ranked(french) == _ranked(mind), "the same order in both languages"


@pytest.mark.parametrize("language", ["fr"])
def test_why_not_comparing_and_choosing_in_a_real_browser(chromium: Chromium, demo: RunningDemo, language: str) -> None:
    """Claire looks up why one was left out, then turns the screen to Paul, who chooses; sending comes next."""
    assert demo.database_url is not None
    with psycopg.connect(demo.database_url) as connection:
        row = connection.execute(
            "SELECT n.id FROM need n JOIN client_identity USING (client_id) WHERE given_name = 'Paul' AND term = 'neuropsychology'"
        ).fetchone()
    assert row
    context = chromium.new_context(base_url=demo.base, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"/{language}/sign-in?next=/{language}/needs/{row[0]}/match")
    page.fill("[name=email]", CLAIRE)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    expect(page.locator("article.match").first).to_be_visible()
    page.locator("article.match details summary").first.click()
    expect(page.locator("article.match .looked").first).to_be_visible()
    page.fill("[name=q]", "London")
    page.locator("form[action*='/why'] button").click()
    expect(page.locator("main")).to_contain_text("ce nom")
    page.goto(f"/{language}/needs/{row[0]}/match")
    page.locator("main details a[href*='/why/']").first.click()
    expect(page.locator("main .because > li").first).to_be_visible()
    page.goto(f"/{language}/needs/{row[0]}/match")
    page.locator("button[type=submit]", has_text="Comparer").click()
    expect(page.locator(".with-them > section")).to_have_count(3)
    page.locator("label", has_text="Consultation mémoire").click()
    page.locator("label", has_text="C’est le plus près").click()
    page.click("text=C’est mon choix")
    expect(page.locator("main")).to_contain_text("Son propre choix")
    context.close()


def _ranked(page: Page) -> list[str]:
    """The services in the order of the page, by their ids."""
    parts = page.html.split('<article class="match" id="service-')[1:]
    return [part[:36] for part in parts]


async def _opened(
    session: AsyncSession, person: clients.Person, needs: Mapping[str, list[str]], *, need_by: int | None = None,
    urgency: str = "routine",
) -> dict[str, UUID]:  # fmt: skip
    now = utc_now()
    user = await accounts.by_email(session, CLAIRE)
    assert user is not None
    actor: Actor | None = await accounts.actor(session, user.id)
    assert actor is not None
    client = await clients.open_file(session, actor, person, [], now)
    made = {
        term: await clients.add_need(
            session, client, term=term, specialisms=specialisms, urgency=urgency, remote_ok=False, note="", now=now,
            need_by=(now + timedelta(days=need_by)).date() if need_by else None,
        )
        for term, specialisms in needs.items()
    }  # fmt: skip
    ids = {term: need.id for term, need in made.items()}
    await session.commit()
    return ids


async def _person(session: AsyncSession, needs: Mapping[str, UUID]) -> UUID:
    return (await session.get_one(Need, next(iter(needs.values())))).client_id


async def _services(session: AsyncSession) -> dict[str, str]:
    rows = await session.execute(select(Service.source_key, Service.id).where(Service.source == "demo"))
    return {key: str(id) for key, id in rows if key}
