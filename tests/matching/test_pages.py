"""What a case manager and the person do with proposals: why not, asking, comparing, choosing, planning, and what is kept."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.app import environment
from referrals.clients.models import Client, Need
from referrals.directory.models import Listing, ListingQuestion, ReaderReport
from referrals.directory.questions.jobs import JOBS
from referrals.kit.mail import Message
from referrals.kit.settings import Settings
from referrals.matching import kept
from referrals.matching.models import Choice, MatchList, PlanOrder, UnmetNeed
from referrals.matching.scoring import RULES_VERSION
from referrals.tracking import actions as tracking
from referrals.tracking.models import Referral
from referrals.tracking.said import RECEIVER, Said, Snapshot
from tests.browser import Browser, Page
from tests.conftest import NOW, Clock
from tests.factories import PASSWORD, account, case_manager, client, consent, need
from tests.matching.scene import drives, listed
from tests.statements import counted

AGREED = {"direction": "both", "method": "oral_witnessed", "witness": "Anne Le Goff"}
WEEK = [{"days": ["MO", "TU"], "opens": "09:00:00", "closes": "12:00:00"}]


@pytest.fixture(scope="session")
def engine(words_and_places: AsyncEngine) -> AsyncEngine:
    return words_and_places


@pytest.fixture
async def paul(session: AsyncSession, claire: Actor) -> Client:
    found = await client(session, claire)
    found.postcode, found.place_code = "TR1", "GN-2635412"
    await drives(session, found)
    return found


async def test_what_was_shown_is_kept_once_a_day_and_explained_a_year_later(
    signed_in: Browser, session: AsyncSession, physio: Need, clock: Clock, claire: Actor
) -> None:
    near = await listed(session, "Near clinic")
    await listed(session, "Far clinic", km=20)
    await listed(session, "Full clinic", capacity_status="no-capacity")
    for _ in range(3):
        await signed_in.open(f"/en/needs/{physio.id}/match")
    await signed_in.open(f"/fr/needs/{physio.id}/match")
    row = (await session.scalars(select(MatchList))).one()
    assert (row.fits, row.left_out, row.rules, row.by_id) == (2, 1, RULES_VERSION, claire.id)
    assert [one["name"] for one in row.shown] == ["Near clinic", "Far clinic"]
    found = kept.read(row)
    assert [one.offer.service_id for one in kept.replay(found)] == [one.service_id for one in found.shown]
    assert kept.digest(found.asked, found.by, found.shown) == row.inputs
    clock.pass_(days=365)
    (await session.get_one(Listing, near.id)).published = False
    await session.flush()
    await signed_in.sign_in(claire.email, PASSWORD)
    page = await signed_in.open(f"/en/kept/{row.id}")
    assert "What was proposed on 23 November 2026" in page
    assert page.text.index("Near clinic") < page.text.index("Far clinic")
    assert "2 services fitted, and 1 did not." in page
    assert "Shown to Claire Morvan." in page
    assert "the same rules give the same order" in page
    assert "said by the service on 21 November 2026" in page
    assert "Paul" in (await signed_in.open(f"/fr/kept/{row.id}"))


async def test_the_page_of_today_leads_to_what_was_seen_before(
    signed_in: Browser, session: AsyncSession, physio: Need, clock: Clock, claire: Actor
) -> None:
    await listed(session, "Near clinic")
    await signed_in.open(f"/en/needs/{physio.id}/match")
    clock.pass_(days=2)
    await signed_in.sign_in(claire.email, PASSWORD)
    page = await signed_in.open(f"/en/needs/{physio.id}/match")
    assert "/en/kept/" in page.link("23 November 2026")


async def test_a_kept_list_is_nobodys_but_who_carries_the_file(
    signed_in: Browser, browser: Browser, session: AsyncSession, physio: Need
) -> None:
    await listed(session, "Near clinic")
    await signed_in.open(f"/en/needs/{physio.id}/match")
    id = await session.scalar(select(MatchList.id))
    other = await case_manager(session, email="yann@example.org", name="Yann")
    await signed_in.submit("sign-out")
    await browser.sign_in(other.email, PASSWORD)
    for address in (
        f"/kept/{id}",
        f"/needs/{physio.id}/compare",
        f"/needs/{physio.id}/why",
        f"/people/{physio.client_id}/plan",
    ):
        assert (await browser.open(f"/en{address}")).status == 404
    assert not list(await session.scalars(kept.kept_for(other)))


async def test_what_was_kept_goes_with_the_file_and_with_time(
    signed_in: Browser, session: AsyncSession, physio: Need, paul: Client
) -> None:
    await listed(session, "Near clinic")
    await signed_in.open(f"/en/needs/{physio.id}/match")
    await kept.forget_old(session, now=NOW + timedelta(days=700))
    assert await session.scalar(select(func.count()).select_from(MatchList)) == 1
    await kept.forget_old(session, now=NOW + timedelta(days=731))
    assert await session.scalar(select(func.count()).select_from(MatchList)) == 0
    await signed_in.open(f"/en/needs/{physio.id}/match")
    await session.execute(text("DELETE FROM need WHERE id = :id"), {"id": physio.id})
    assert await session.scalar(select(func.count()).select_from(MatchList)) == 0


async def test_the_number_of_statements_does_not_grow_with_services_or_needs(
    signed_in: Browser, session: AsyncSession, paul: Client, physio: Need, connection: AsyncConnection
) -> None:
    for name in ("One", "Two"):
        await listed(session, name)
    session.add_all([Need(client_id=paul.id, term="food-parcel", created_at=NOW) for _ in range(5)])
    await session.flush()
    address = f"/en/needs/{physio.id}/match"
    await signed_in.open(address)
    async with counted(connection) as few:
        await signed_in.open(address)
    for number in range(20):
        await listed(session, f"More {number}", km=number)
    session.add_all([Need(client_id=paul.id, term="food-parcel", created_at=NOW) for _ in range(194)])
    await session.flush()
    async with counted(connection) as many:
        page = await signed_in.open(address)
    assert page.status == 200
    assert len(many) == len(few) <= 40
    plan = f"/en/people/{paul.id}/plan"
    async with counted(connection) as said:
        page = await signed_in.open(plan)
    assert "200 open needs." in page
    assert "And 190 more needs, looked at one by one" in page
    assert len(said) <= 60


async def test_any_service_says_all_that_stands_in_its_way(
    signed_in: Browser, session: AsyncSession, physio: Need, paul: Client
) -> None:
    await listed(session, "Near clinic")
    service = await listed(
        session, "Slow and far clinic", km=36, capacity_status="no-capacity", wait_days=None, languages=["cy"],
        interpreter="no-interpreter", modes=["on-site"],
    )  # fmt: skip
    page = await signed_in.open(f"/en/needs/{physio.id}/why/{service.id}")
    assert "Why not Slow and far clinic?" in page
    assert "3 things stand in the way for Paul. You may decide otherwise, with a reason." in page
    for said in ("55 min by car, at most 45 min", "English is not spoken", "Full (said on 21 Nov)"):
        assert said in page
    assert (
        "All of this would have to change: a way of 55 min, somebody of theirs who interprets and a place that comes free"
        in page
    )
    assert page.link("Choose all the same").endswith(f"/send/{service.id}")
    page = await signed_in.open(f"/fr/needs/{physio.id}/why/{service.id}")
    assert "3 choses font obstacle pour Paul." in page
    assert "Il faudrait tout ceci" in page


async def test_what_is_closed_for_a_while_says_until_when(
    signed_in: Browser, session: AsyncSession, physio: Need
) -> None:
    shut = [{"dtstart": "2026-11-20", "until": "2027-01-15", "description": "Temporarily closed"}]
    service = await listed(session, "Winter clinic", status="temporarily closed", schedule=shut)
    assert "Closed until 16 January 2027" in await signed_in.open(f"/en/needs/{physio.id}/match")
    why = await signed_in.open(f"/en/needs/{physio.id}/why/{service.id}")
    assert "a later date: it is closed until 16 January 2027" in why


async def test_everything_that_was_left_out_can_be_read_with_its_reason(
    signed_in: Browser, session: AsyncSession, physio: Need
) -> None:
    for number in range(14):
        await listed(session, f"Full clinic {number}", capacity_status="no-capacity", km=number / 10)
    await listed(session, "Open clinic")
    page = await signed_in.open(f"/en/needs/{physio.id}/match")
    assert "And 2 more, further from fitting." in page
    assert "Full clinic 13" not in page
    every = await signed_in.open(page.link("Show all that was left out"))
    assert every.text.count(": Full (said on") == 14
    assert "further from fitting" not in every


async def test_a_town_without_its_postcode_is_asked_for_it_where_a_service_has_an_area(
    signed_in: Browser, session: AsyncSession, physio: Need, paul: Client
) -> None:
    service = await listed(session, "Only in Plymouth", area_postcodes=["PL"])
    assert "their postcode" not in await signed_in.open(f"/en/needs/{physio.id}/match")
    paul.postcode = None
    await session.flush()
    assert "The file does not say: their postcode" in await signed_in.open(f"/en/needs/{physio.id}/match")
    assert "which is theirs?" in await signed_in.open(f"/en/needs/{physio.id}/why/{service.id}")


async def test_what_nobody_can_wave_through_has_no_button_and_safety_has_no_reason(
    signed_in: Browser, session: AsyncSession, physio: Need, paul: Client
) -> None:
    service = await listed(session, "Youth clinic", max_age=17, min_age=None)
    page = await signed_in.open(f"/en/needs/{physio.id}/why/{service.id}")
    assert "Nobody can change this" in page
    assert "Under 18 only" in page
    assert "Nothing that you, they or the service could change today." in page
    with pytest.raises(AssertionError, match="no link"):
        page.link("Choose all the same")
    kept_away = await listed(session, "Her brother’s clinic")
    await session.execute(
        text(
            "INSERT INTO keep_away (id, client_id, service_id, kind) VALUES (gen_random_uuid(), :who, :it, 'other_party')"
        ),
        {"who": paul.id, "it": kept_away.id},
    )
    page = await signed_in.open(f"/en/needs/{physio.id}/why/{kept_away.id}")
    assert "Set aside (a wish, or safety)" in page
    assert "party" not in page.text.lower().replace("third party", "")


async def test_a_service_is_looked_up_by_its_name(signed_in: Browser, session: AsyncSession, physio: Need) -> None:
    await listed(session, "Near clinic")
    service = await listed(session, "Boat repair", needs=("food-parcel",))
    page = await signed_in.open(f"/en/needs/{physio.id}/why?q=boat")
    assert "1 service is called like this." in page
    assert "Does not offer this: Physiotherapy" in page
    assert page.link("See why") == f"/en/needs/{physio.id}/why/{service.id}"
    page = await signed_in.open(f"/en/needs/{physio.id}/why?q=xylophone")
    assert "No service is called like this." in page
    assert page.link("Search the directory").endswith("q=xylophone")
    assert (await signed_in.open(f"/en/needs/{physio.id}/why?q=%00%25_")).status == 200


async def test_one_click_asks_the_provider_and_says_nothing_of_anybody(
    signed_in: Browser, session: AsyncSession, physio: Need, settings: Settings
) -> None:
    await listed(session, "Silent clinic", capacity_status=None, capacity_updated=None, wait_days=None)
    page = await signed_in.open(f"/en/needs/{physio.id}/match")
    assert "Is there room?" in page
    page = await signed_in.submit("/ask/")
    assert "Asked, by mail and without a word about anybody." in page
    assert "Asked today; no answer yet." in page
    args = (
        await session.execute(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'directory.send_question'"))
    ).one()
    await JOBS["directory.send_question"](session, **args.args, jinja=environment(), settings=settings, now=NOW)
    mail = (await session.scalars(select(Message).where(Message.purpose == "listing_question"))).one()
    question = (await session.scalars(select(ListingQuestion))).one()
    stored = " ".join(str(value) for value in vars(question).values())
    for secret in ("Paul", "Harvey", "Truro", "Claire", str(physio.id), str(physio.client_id), "TR1"):
        assert secret not in mail.body + mail.subject
        assert secret not in stored


async def test_what_they_answered_and_the_listing_cannot_hold_stands_on_the_card(
    signed_in: Browser, session: AsyncSession, physio: Need, claire: Actor
) -> None:
    physio.term = "sports-physiotherapy"
    service = await listed(session, "Broad clinic")
    session.add(
        ListingQuestion(
            service_id=service.id, code="includes", subject="sports-physiotherapy", address="desk@example.org", language="en",
            asked_at=NOW - timedelta(days=3), expires_at=NOW + timedelta(days=27), answered_at=NOW, answer="depends",
            detail="After an operation.", outcome="waiting",
        )
    )  # fmt: skip
    await session.flush()
    page = await signed_in.open(f"/en/needs/{physio.id}/match")
    assert "It depends · After an operation." in page


async def test_three_are_looked_at_together_and_the_choice_goes_on_to_sending(
    signed_in: Browser, session: AsyncSession, physio: Need, paul: Client
) -> None:
    services = [await listed(session, f"Clinic {number}", km=number) for number in (2, 9, 14, 18)]
    page = await signed_in.open(f"/en/needs/{physio.id}/match")
    assert page.html.count('form="compare"') == 3
    ids = ",".join(str(one.id) for one in services)
    page = await signed_in.open(f"/en/needs/{physio.id}/compare?s={ids}")
    assert "These are the first three" in page
    assert "3 services to choose from. You decide." in page
    assert page.text.count("How do I get there?") == 3
    for jargon in ("score", "fit", "band", "rank", "%"):
        assert jargon not in page.text.partition("You decide.")[2].partition("Which one")[0]
    page = await signed_in.submit("/compare", reason="nearest")
    assert page.status == 422
    page = await signed_in.submit(
        "/compare", service=str(services[1].id), reason="knows_them", words="My sister works there."
    )
    assert page.path.endswith(f"/send/{services[1].id}")
    assert "Paul chose it: “I know somebody there”. My sister works there." in page
    await signed_in.submit("send", **AGREED)
    choice = (await session.scalars(select(Choice))).one()
    assert (choice.chosen_by, choice.reason, choice.service_id) == ("client", "knows_them", services[1].id)
    assert choice.compared == [one.id for one in services[:3]]
    assert choice.list_id == await session.scalar(select(MatchList.id).order_by(MatchList.at).limit(1))
    snapshot = (await session.scalars(select(Referral))).one().snapshot
    assert snapshot["chosen"]["reason"] == "knows_them"
    assert "sister" not in str(snapshot)
    page = await signed_in.open(f"/en/kept/{choice.list_id}")
    assert page.text.index("Clinic 9") < page.text.index("This one was chosen")


async def test_their_choice_wins_over_another_that_somebody_is_about_to_send(
    signed_in: Browser, session: AsyncSession, physio: Need
) -> None:
    first, second = await listed(session, "Clinic 2"), await listed(session, "Clinic 9", km=9)
    await signed_in.open(f"/en/needs/{physio.id}/compare?s={first.id}&s={second.id}")
    await signed_in.submit("/compare", service=str(second.id), reason="feels_right")
    page = await signed_in.open(f"/en/needs/{physio.id}/send/{first.id}")
    assert "Paul chose another one" in page
    assert page.link("Clinic 9").endswith(f"/send/{second.id}")
    page = await signed_in.open(f"/en/needs/{physio.id}/match")
    assert "Chosen: Clinic 9" in page


async def test_the_page_for_both_speaks_both_languages_and_survives_a_bad_address(
    signed_in: Browser, session: AsyncSession, physio: Need, paul: Client
) -> None:
    service = await listed(session, "Clinic 2")
    paul.language = "fr"
    await session.flush()
    page = await signed_in.open(f"/en/needs/{physio.id}/compare?s={service.id}")
    page = await signed_in.open(page.link("Show it in this language"))
    assert "C’est vous qui décidez." in page
    page = await signed_in.open(f"/en/needs/{physio.id}/compare?s=nonsense&s=")
    assert page.status == 200
    assert "Tick up to three proposals" in page


async def test_a_service_that_leaves_between_page_and_click_is_said_to_be_gone(
    signed_in: Browser, session: AsyncSession, physio: Need
) -> None:
    service, _ = await listed(session, "Clinic 2"), await listed(session, "Clinic 9", km=9)
    await signed_in.open(f"/en/needs/{physio.id}/send/{service.id}")
    (await session.get_one(Listing, service.id)).published = False
    await session.flush()
    page = await signed_in.submit("/send/", **AGREED)
    assert page.path == f"/en/needs/{physio.id}/match"
    assert "This service has left the directory in the meantime. Nothing was sent; these are the others." in page
    assert "Clinic 9" in page
    assert "Clinic 2" not in page
    assert not (await session.scalars(select(Referral))).all()


async def test_two_windows_that_send_to_one_service_send_once_and_lose_no_word(
    signed_in: Browser, session: AsyncSession, physio: Need
) -> None:
    service = await listed(session, "Clinic 2")
    first = await signed_in.open(f"/en/needs/{physio.id}/send/{service.id}")
    await signed_in.open(f"/en/needs/{physio.id}/send/{service.id}")
    assert (await signed_in.submit("/send/", **AGREED, message="From the second window.")).status == 200
    page = await signed_in.showing(first).submit("/send/", **AGREED, message="From the first window.")
    assert page.status == 409
    assert "This service already has an open request for this need." in page
    assert "From the first window." in page.html
    assert len((await session.scalars(select(Referral))).all()) == 1
    assert len((await session.scalars(select(Choice))).all()) == 1, "nothing else was kept of it"


async def test_a_wrong_listing_opens_a_correction_without_a_word_of_the_person(
    signed_in: Browser, session: AsyncSession, physio: Need, claire: Actor
) -> None:
    service = await listed(session, "Full clinic", capacity_status="no-capacity", wait_days=None, area_postcodes=["PL"])
    await signed_in.open(f"/en/needs/{physio.id}/send/{service.id}")
    form = signed_in.page
    page = await signed_in.submit("send", **AGREED, override_reason="data_wrong", wrong="They told me of two places.")
    assert "The directory looks at the listing, and writes to you." in page
    assert form is not None
    await signed_in.showing(form).submit(
        "send", **AGREED, override_reason="data_wrong", wrong="They told me of two places."
    )
    report = (await session.scalars(select(ReaderReport))).one()
    assert report.words == (
        "A case manager says that this listing is wrong about: Area and Room.\nThey told me of two places."
    )
    assert (report.service_id, report.email) == (service.id, claire.email)
    assert "Truro" not in report.words
    choice = (await session.scalars(select(Choice))).one()
    assert (choice.chosen_by, choice.reason) == ("case_manager", "data_wrong")


async def test_where_nothing_fits_it_is_counted_once_a_day_without_anybody(
    signed_in: Browser, session: AsyncSession, physio: Need, clock: Clock, paul: Client, claire: Actor
) -> None:
    await listed(session, "Youth clinic", max_age=17, min_age=None)
    for _ in range(3):
        await signed_in.open(f"/en/needs/{physio.id}/match")
    row = (await session.scalars(select(UnmetNeed))).one()
    assert (row.need, row.binding, row.times, row.considered) == ("physiotherapy", "H3", 1, 1)
    assert row.area == "GB Cornwall"
    assert {column.name for column in UnmetNeed.__table__.columns} == {
        "day",
        "need",
        "area",
        "binding",
        "times",
        "considered",
    }
    clock.pass_(days=1)
    await signed_in.sign_in(claire.email, PASSWORD)
    await signed_in.open(f"/en/needs/{physio.id}/match")
    assert await session.scalar(select(func.count()).select_from(UnmetNeed)) == 2
    other = await need(session, paul)
    await signed_in.open(f"/en/needs/{other.id}/match")
    assert await session.scalar(select(func.max(UnmetNeed.times))) == 2


async def test_a_supervisor_reads_what_is_missing_and_a_case_manager_does_not(
    signed_in: Browser, browser: Browser, session: AsyncSession, physio: Need
) -> None:
    assert (await signed_in.open("/en/team/unmet")).status == 403
    session.add(
        UnmetNeed(day=NOW.date(), need="physiotherapy", area="GB Cornwall", binding="H11", times=7, considered=4)
    )
    session.add(
        UnmetNeed(day=NOW.date(), need="food-parcel", area="FR Rhône", binding="nothing", times=1, considered=0)
    )
    head = await account(session, Role.SUPERVISOR, email="helene@example.org")
    await signed_in.open("/en/today")
    await signed_in.submit("sign-out")
    await browser.sign_in(head.email, PASSWORD)
    page = await browser.open("/en/team/unmet")
    assert page.text.index("Physiotherapy · Cornwall") < page.text.index("Food parcel · Rhône")
    assert "7 times" in page
    assert "What stands in the way: Room." in page
    assert "fewer than 5 times" in page
    assert "Nobody offers it" in page
    assert "Ce qui manque" in await browser.open("/fr/team/unmet")


async def test_a_plan_says_what_runs_what_goes_together_what_comes_first_and_what_it_costs(
    signed_in: Browser, session: AsyncSession, paul: Client, physio: Need, claire: Actor
) -> None:
    paul.ceiling_per_session = 70
    body = await listed(session, "Knees", slots=WEEK)
    hands = await listed(session, "Hands", needs=("occupational-therapy",), slots=[{**WEEK[0], "days": ["TU", "WE"]}])
    hands.organization_id = body.organization_id
    (await session.get_one(Listing, hands.id)).organization_id = body.organization_id
    await listed(session, "Money", needs=("debt-advice",), funding=["self-pay"], price_per_session=45, currency="GBP")
    paul.funding = ["nhs", "self-pay"]
    for term in ("occupational-therapy", "debt-advice", "childcare"):
        await need(session, paul, term)
    page = await signed_in.open(f"/en/people/{paul.id}/plan")
    assert "4 open needs. For 4 nobody has been asked yet." in page
    assert "After “Physiotherapy” has begun. Occupational therapy builds on movement" in page
    assert page.text.index("Knees") < page.text.index("Hands"), "what comes first stands first"
    assert "At one door: Physiotherapy and Occupational therapy. All of it is open on Tuesday." in page
    assert (
        "One session of each: £45. With one of each a week, about £195 a month. None is above the ceiling of £70"
        in page
    )
    assert "No service fits as things stand." in page
    page = await signed_in.open(f"/fr/people/{paul.id}/plan")
    assert "À la même porte" in page
    agreed = await consent(session, paul, body, claire)
    referral = await tracking.draft(session, claire, paul, physio, body.id, NOW)
    await tracking.send(session, referral, claire, agreed, Snapshot(rules="test"), NOW)
    await session.flush()
    page = await signed_in.open(f"/en/people/{paul.id}/plan")
    assert "A service has been asked for 1. For 3 nobody has been asked yet." in page


async def test_what_was_chosen_and_refused_is_chosen_no_longer_and_says_so(
    signed_in: Browser, session: AsyncSession, paul: Client, physio: Need, claire: Actor
) -> None:
    service, other = await listed(session, "Clinic 2"), await listed(session, "Clinic 9", km=9)
    await signed_in.open(f"/en/needs/{physio.id}/compare?s={service.id}&s={other.id}")
    await signed_in.submit("/compare", service=str(service.id), reason="nearest")
    await signed_in.submit("send", **AGREED)
    plan = f"/en/people/{paul.id}/plan"
    assert "See the request" in await signed_in.open(plan)
    referral = (await session.scalars(select(Referral))).one()
    await tracking.act(session, referral, "decline", RECEIVER, Said(reason="no_capacity"), NOW)
    await session.flush()
    page = await signed_in.open(f"/en/needs/{physio.id}/match")
    assert "Asked before: declined, full" in page
    assert "Chosen:" not in page
    page = await signed_in.open(plan)
    assert "Best proposal" in page
    assert "Their choice" not in page


async def test_a_case_manager_says_what_comes_after_what_and_what_does_not(
    signed_in: Browser, session: AsyncSession, paul: Client, physio: Need
) -> None:
    hands = await need(session, paul, "occupational-therapy")
    await need(session, paul, "debt-advice")
    await signed_in.open(f"/en/people/{paul.id}/plan")
    page = await _only(signed_in, "Not for them")
    assert "The order is written down." in page
    assert "builds on movement" not in page
    row = (await session.scalars(select(PlanOrder))).one()
    assert (row.need_id, row.after_id, row.holds) == (hands.id, physio.id, False)
    stranger = await need(session, await client(session, await case_manager(session, email="y@example.org")))
    answer = await signed_in.client.post(
        f"/en/people/{paul.id}/plan",
        data={
            "need": str(physio.id),
            "after": str(stranger.id),
            "_csrf_token": page.forms[-1].fields["_csrf_token"][0],
        },
    )
    assert answer.status_code == 404


async def test_a_need_whose_word_is_gone_and_an_empty_directory_have_a_next_step(
    signed_in: Browser, session: AsyncSession, paul: Client
) -> None:
    gone = await need(session, paul, "a-word-of-last-year")
    page = await signed_in.open(f"/en/needs/{gone.id}/match")
    assert "This need has to be named anew" in page
    assert page.link("Change the need").endswith("/edit") or "/needs/" in page.link("Change the need")
    known = await need(session, paul)
    page = await signed_in.open(f"/en/needs/{known.id}/match")
    assert "Nobody offers this here" in page
    assert page.link("Search the directory")
    page = await signed_in.open(f"/en/people/{paul.id}/plan")
    assert page.status == 200
    assert "No service fits as things stand." in page
    empty = await client(session, (await case_manager(session, email="z@example.org")))
    assert (await signed_in.open(f"/en/people/{empty.id}/plan")).status == 404


async def test_the_order_is_the_same_in_both_languages(signed_in: Browser, session: AsyncSession, physio: Need) -> None:
    for number in range(12):
        await listed(session, f"Clinic {number}", km=2 + number % 4)
    pages = [await signed_in.open(f"/{lang}/needs/{physio.id}/match?all=yes") for lang in ("en", "fr")]
    orders = [[href for words, href in page.links if words.startswith("Clinic ")] for page in pages]
    assert [href.split("/")[-1] for href in orders[0]] == [href.split("/")[-1] for href in orders[1]]
    assert len(orders[0]) >= 12


async def _only(browser: Browser, button: str) -> Page:
    """Press the button of this name, whichever form it is in."""
    page = browser.page
    assert page is not None
    form = next(form for form in page.forms if any(button in one["text"] for one in form.buttons))
    return Page(await browser.client.post(form.action, data=form.fields, follow_redirects=True))
