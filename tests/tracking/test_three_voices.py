"""Three voices: what the service says, what the person says by whichever way, what the case manager finds out."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import Role
from referrals.app import environment
from referrals.clients.models import ClientContact
from referrals.kit.errors import Conflict, NotFound, Refused
from referrals.kit.i18n import speak
from referrals.kit.settings import Settings
from referrals.tracking.actions import act, close_need, hear, heard, voices
from referrals.tracking.actions.voices import More
from referrals.tracking.heard_told import heard_at
from referrals.tracking.jobs.asking import ask, tell_heard
from referrals.tracking.models import (
    Asking,
    ClientVoice,
    Dispute,
    Goal,
    GoalScore,
    Lasting,
    ProviderVoice,
    ReferralNote,
    Verdict,
)
from referrals.tracking.queries import outcomes
from referrals.tracking.said import RECEIVER, SYSTEM, Delivered, Said, case_manager
from tests.browser import Browser
from tests.conftest import NOW, Clock
from tests.factories import PASSWORD, World, account, acting, organization, sent, service
from tests.factories import case_manager as somebody
from tests.tracking.post_room import letters, link_in, work

YES = Said(facts={"first_contact_by": date(2026, 11, 27)})


def done(delivery: str = "full", **more: object) -> Said:
    return Said(facts={"provider_outcome": delivery, "service_date": date(2026, 11, 23)}, **more)  # type: ignore[arg-type]


async def completed(session: AsyncSession, delivery: str = "full", **said: object) -> World:
    world = await sent(session, **said)  # type: ignore[arg-type]
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    await act(session, world.referral, "complete", RECEIVER, done(delivery), NOW)
    return world


async def claire(browser: Browser, session: AsyncSession) -> World:
    """Claire is signed in, and the Carrick Centre says that it is done."""
    user = await account(
        session,
        Role.CASE_MANAGER,
        email="claire@example.org",
        organization_id=(await organization(session, "Relais")).id,
    )
    world = await completed(session, sender=await acting(session, user))
    await browser.open("/en/sign-in")
    await browser.submit("/sign-in", email="claire@example.org", password=PASSWORD)
    return world


async def link_to_answer(session: AsyncSession, settings: Settings) -> str:
    await work(session, settings, NOW)
    return link_in((await letters(session, "paul@example.org"))[-1])


# ------------------------------------------------------------------ the service


async def test_a_service_says_why_it_was_not_all_of_it(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await sent(session)
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    await act(session, world.referral, "start_service", RECEIVER, Said(facts={"started_on": date(2026, 11, 23)}), NOW)
    await work(session, settings, NOW)
    link = link_in((await letters(session, "desk@carrick.example.org"))[0])
    await browser.open(f"{link}?answer=complete")
    page = await browser.submit("/r/", outcome="partial", day="2026-11-23", sessions="3", first_day="2026-11-02")
    assert page.status == 422
    assert "Please say why it was not all of it." in page
    await browser.submit("/r/", why_not="client_dropped_out", next_step="come_back", words="Welcome back any time.")
    told = (await session.scalars(select(ProviderVoice))).one()
    assert (told.delivery, told.reason, told.sessions, told.next_step) == (
        "partial",
        "client_dropped_out",
        3,
        "come_back",
    )
    assert (told.first_day, told.last_day) == (date(2026, 11, 2), date(2026, 11, 23))


async def test_a_service_that_gives_up_has_its_say_too(session: AsyncSession) -> None:
    world = await sent(session)
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    await act(session, world.referral, "fail", RECEIVER, Said(reason="no_show"), NOW)
    told = (await session.scalars(select(ProviderVoice))).one()
    assert (told.delivery, told.reason) == ("none", "no_show")


# ------------------------------------------------------------------ the person


async def test_two_taps_are_enough_and_the_rest_is_a_gift(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await completed(session)
    page = await browser.open(await link_to_answer(session, settings))
    assert "You said" not in page
    await browser.open(page.link("Not yet"))
    page = await browser.submit("/f/", barrier="transport", button="no")
    assert "Two more, if you like" in page
    voice = (await session.scalars(select(ClientVoice))).one()
    assert (voice.received, voice.resolved, voice.barrier) == ("not_yet", "no", "transport")
    assert voice.keep_from_provider, "nobody has to ask for it"
    page = await browser.submit("/more", respect="4", call_back="yes", later="yes")
    assert "That is all" in page
    await session.refresh(voice)
    assert (voice.respect, voice.call_back, voice.keep_from_provider, voice.ask_later) == (4, True, True, True)
    assert world.referral.status == "completed"


async def test_a_box_that_is_unticked_is_an_answer(browser: Browser, session: AsyncSession, settings: Settings) -> None:
    await completed(session)
    page = await browser.open(await link_to_answer(session, settings))
    await browser.open(page.link("Yes"))
    await browser.submit("/f/", button="yes")
    await browser.submit("/more", keep="")
    voice = (await session.scalars(select(ClientVoice).execution_options(populate_existing=True))).one()
    assert not voice.keep_from_provider


async def test_a_person_who_changes_their_mind_is_heard_again(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    await completed(session)
    link = await link_to_answer(session, settings)
    for button in ("yes", "yes", "partly"):
        await browser.open(f"{link}?received=yes")
        await browser.submit("/f/", button=button)
    said = list(await session.scalars(select(ClientVoice.resolved).order_by(ClientVoice.at)))
    assert sorted(said) == ["partly", "yes"], "the same again is not said twice"


async def test_a_code_from_paper_opens_the_same_question(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await claire(browser, session)
    await browser.open(f"/en/referrals/{world.referral.id}")
    paper = await browser.submit("/paper")
    assert "Make a cross" in paper
    for secret in ("Paul", "Harvey", "Carrick", "physio"):
        assert secret not in paper.html.partition("<main")[2].replace("Paul Harvey</a>", "")
    code = next(word for word in paper.text.split() if len(word) == 11 and word[5] == "-")
    again = await browser.open(paper.path)
    assert code in again.text
    browser.client.cookies.clear()
    await browser.open("/en/answer")
    wrong = await browser.submit("/answer", code="AAAAA-AAAAA")
    assert wrong.status == 422
    assert "We do not know this code" in wrong
    page = await browser.submit("/answer", code=code.lower().replace("-", " "))
    assert "Did you get the help?" in page


async def test_what_is_said_aloud_is_written_down_with_all_of_it(browser: Browser, session: AsyncSession) -> None:
    world = await claire(browser, session)
    page = await browser.open(f"/en/referrals/{world.referral.id}/voice")
    assert "You may read this out" in page
    assert "07700 900123" in page
    page = await browser.submit(
        "/voice", received="partly", resolved="unknown", barrier="cost", respect="3", later="yes"
    )
    voice = (await session.scalars(select(ClientVoice))).one()
    assert (voice.channel, voice.told_to, voice.barrier, voice.ask_later) == ("phone", world.sender.id, "cost", True)
    assert voice.keep_from_provider


# ------------------------------------------------------------------ asked at its time, and once


async def test_somebody_is_asked_after_three_days_and_once_more(session: AsyncSession, settings: Settings) -> None:
    await completed(session)
    asked = []
    for day in range(12):
        for _ in range(2):
            await ask(session, jinja=environment(), settings=settings, now=NOW + timedelta(days=day, hours=1))
        asked.append(len(await letters(session, "paul@example.org")))
    assert asked == [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2]


@pytest.mark.parametrize("safe", [True, False])
async def test_a_link_that_ran_out_promises_no_more_than_is_sent(
    browser: Browser, session: AsyncSession, settings: Settings, clock: Clock, safe: bool
) -> None:
    world = await completed(session)
    await ask(session, jinja=environment(), settings=settings, now=NOW + timedelta(days=3, hours=1))
    link = link_in((await letters(session, "paul@example.org"))[-1])
    await session.execute(update(ClientContact).where(ClientContact.client_id == world.client.id).values(safe=safe))
    clock.pass_(days=40)
    page = await browser.open(link)
    assert page.status == 410
    assert "the address" not in page
    page = await browser.submit("/renew")
    assert "If we may write to you, a new link is on its way. If not, ask the person who helps you." in page
    await work(session, settings, clock.now)
    assert len(await letters(session, "paul@example.org")) == 1 + safe


async def test_whoever_has_answered_is_not_asked_again(session: AsyncSession, settings: Settings) -> None:
    world = await completed(session)
    await hear(session, world.referral, "yes", "yes", NOW + timedelta(days=1))
    await ask(session, jinja=environment(), settings=settings, now=NOW + timedelta(days=9))
    assert await letters(session, "paul@example.org") == []
    assert set(await session.scalars(select(Asking.result))) == {"needless"}


async def test_whoever_says_not_yet_is_asked_once_more(
    browser: Browser, session: AsyncSession, settings: Settings, clock: Clock
) -> None:
    world = await completed(session)
    await ask(session, jinja=environment(), settings=settings, now=NOW + timedelta(days=3, hours=1))
    await hear(session, world.referral, "not_yet", "unknown", NOW + timedelta(days=4))
    clock.pass_(days=5)
    link = link_in((await letters(session, "paul@example.org"))[-1])
    assert "Two more, if you like" in await browser.open(link)
    clock.pass_(days=3)
    await ask(session, jinja=environment(), settings=settings, now=clock.now)
    assert len(await letters(session, "paul@example.org")) == 2
    assert "Did you get the help?" in await browser.open(link)


async def settled(session: AsyncSession, *, agrees: bool, safe: bool = True) -> World:
    world = await completed(session, safe=safe)
    await hear(session, world.referral, "yes", "yes", NOW, more=More(ask_later=agrees))
    await close_need(session, world.need, case_manager(world.sender), "met", "client", NOW)
    return world


async def test_whether_it_lasts_is_asked_by_their_leave_alone(session: AsyncSession, settings: Settings) -> None:
    await settled(session, agrees=False)
    await ask(session, jinja=environment(), settings=settings, now=NOW + timedelta(days=200))
    assert await letters(session, "paul@example.org") == []


async def test_after_a_month_one_tap_tells_whether_it_lasts(
    browser: Browser, session: AsyncSession, settings: Settings, clock: Clock
) -> None:
    world = await settled(session, agrees=True)
    clock.pass_(days=31)
    await ask(session, jinja=environment(), settings=settings, now=clock.now)
    page = await browser.open(link_in((await letters(session, "paul@example.org"))[-1]))
    assert "Is it still settled for you?" in page
    page = await browser.submit("/later", button="no")
    assert "Thank you" in page
    said = (await session.scalars(select(Lasting))).one()
    assert (said.kind, said.still) == ("month", "no")
    [line] = await outcomes.after_the_end(session, world.sender)
    assert (line.what, line.code) == ("not_lasting", "no")
    await ask(session, jinja=environment(), settings=settings, now=NOW + timedelta(days=91))
    assert await outcomes.asked_now(session, world.referral) == "quarter"


async def test_without_a_safe_way_the_case_manager_asks(session: AsyncSession, settings: Settings) -> None:
    world = await settled(session, agrees=True, safe=False)
    await ask(session, jinja=environment(), settings=settings, now=NOW + timedelta(days=31))
    assert [line.what for line in await outcomes.after_the_end(session, world.sender)] == ["to_ask"]
    await voices.hear_later(session, world.referral, "month", "yes", NOW, told_to=case_manager(world.sender))
    assert await outcomes.after_the_end(session, world.sender) == []


async def test_what_did_not_last_opens_the_need_again(browser: Browser, session: AsyncSession) -> None:
    world = await claire(browser, session)
    await hear(session, world.referral, "yes", "yes", NOW)
    await close_need(session, world.need, case_manager(world.sender), "met", "client", NOW)
    await voices.hear_later(session, world.referral, "month", "no", NOW)
    page = await browser.open("/en/today")
    assert "It did not last" in page
    await browser.open(f"/en/referrals/{world.referral.id}")
    await browser.submit("/open")
    await session.refresh(world.need)
    assert world.need.status == "open"
    assert (await session.scalars(select(Verdict))).one().verdict == "met", "what was judged stays"


# ------------------------------------------------------------------ where they differ


async def test_a_service_that_says_done_and_a_person_who_says_no_are_put_side_by_side(
    browser: Browser, session: AsyncSession
) -> None:
    world = await claire(browser, session)
    await hear(session, world.referral, "no", "no", NOW, more=More(barrier="hours"))
    page = await browser.open("/en/today")
    assert "Look at both" in page
    page = await browser.open(page.link("Look at both"))
    for words in (
        "What the service says",
        "Yes, all of it",
        "What Paul",
        "The hours",
        "They asked not to tell the service",
    ):
        assert words in page
    dispute = page.path
    page = await browser.open(f"/en/referrals/{world.referral.id}")
    assert "a need that is closed too soon is looked after by nobody" in page
    assert "Close the need" not in page
    page = await browser.open(f"/en/needs/{world.need.id}/close")
    assert "Close it all the same" in page
    page = await browser.submit("/close", verdict="met", verified_by="document")
    assert page.status == 422
    assert "Settle that first" in page
    await browser.open(dispute)
    assert (await browser.submit("/disputes/", settled_as="elsewhere")).status == 422
    page = await browser.submit("/disputes/", settled_as="in_part", words="They came once, to the wrong door.")
    assert "They were helped in part" in page
    assert "to the wrong door" in page
    note = await session.scalar(select(ReferralNote).where(ReferralNote.kind == "settlement"))
    assert note is not None
    assert note.visible_to == ["sender"]
    await browser.open(f"/en/needs/{world.need.id}/close")
    assert (await browser.submit("/close", verdict="partly", verified_by="client")).status == 200


async def test_a_dispute_ends_by_itself_when_both_say_the_same(session: AsyncSession) -> None:
    world = await completed(session)
    for minute, received in enumerate(("no", "no", "yes")):
        await hear(session, world.referral, received, "yes", NOW + timedelta(minutes=minute))  # type: ignore[arg-type]
    dispute = (await session.scalars(select(Dispute))).one()
    assert (dispute.kind, dispute.settled_as, dispute.settled_by) == ("full_but_no", "agreed", None)


async def test_what_was_settled_is_settled_once(session: AsyncSession) -> None:
    world = await completed(session)
    await hear(session, world.referral, "no", "no", NOW)
    dispute = (await session.scalars(select(Dispute))).one()
    by = case_manager(world.sender)
    await voices.settle(session, dispute, "not_helped", by, NOW)
    await voices.settle(session, dispute, "not_helped", by, NOW)
    with pytest.raises(Conflict):
        await voices.settle(session, dispute, "helped", by, NOW)
    with pytest.raises(Refused):
        await voices.settle(session, dispute, "elsewhere", by, NOW)


async def test_help_from_elsewhere_is_asked_about(session: AsyncSession) -> None:
    world = await completed(session, "none")
    await hear(session, world.referral, "yes", "yes", NOW)
    [line] = await outcomes.after_the_end(session, world.sender)
    assert (line.what, line.code) == ("dispute", "none_but_yes")


async def test_a_dispute_is_seen_by_whoever_carries_the_file_and_by_nobody_else(session: AsyncSession) -> None:
    world = await completed(session)
    await hear(session, world.referral, "no", "no", NOW)
    dispute = (await session.scalars(select(Dispute))).one()
    assert (await outcomes.get_dispute(session, world.sender, dispute.id)).dispute is dispute
    other = await somebody(session, email="other@example.org")
    with pytest.raises(NotFound):
        await outcomes.get_dispute(session, other, dispute.id)
    assert await outcomes.after_the_end(session, other) == []
    await act(session, world.referral, "void", case_manager(world.sender), Said(reason="wrong_person"), NOW)
    with pytest.raises(NotFound):
        await outcomes.get_dispute(session, world.sender, dispute.id)


# ------------------------------------------------------------------ the verdict, and goals


async def test_lost_touch_is_not_called_met(session: AsyncSession) -> None:
    world = await completed(session)
    verdict = await close_need(
        session, world.need, case_manager(world.sender), "unknown", "none", NOW, contact_attempts=2
    )
    await session.refresh(world.need)
    assert (verdict.verdict, verdict.unmet_reason, world.need.status) == ("unknown", "lost_touch", "unmet")


async def test_what_the_clock_closed_is_still_judged_by_somebody(session: AsyncSession) -> None:
    world = await completed(session)
    await act(session, world.referral, "auto_close", SYSTEM, Said(facts={"verification": "unverified"}), NOW)
    await hear(session, world.referral, "yes", "yes", NOW)
    verdict = await close_need(session, world.need, case_manager(world.sender), "met", "client", NOW)
    assert verdict.referral_id == world.referral.id


async def test_goals_are_set_scored_and_closed_in_their_words(browser: Browser, session: AsyncSession) -> None:
    world = await claire(browser, session)
    await hear(session, world.referral, "yes", "yes", NOW)
    for said in ("Go shopping alone", "Sleep through the night"):
        await browser.open(f"/en/needs/{world.need.id}/goals")
        page = await browser.submit(
            "/goals/new", said=said, hoped="Twice a week", less="Once a week", much_less="Never", more="Three times",
            much_more="Whenever I like", baseline="-2", weight="1",
        )  # fmt: skip
        assert page.status == 200
    await browser.open(f"/en/needs/{world.need.id}/close")
    page = await browser.submit(
        "/close", verdict="met", verified_by="client", level_0="1", level_1="0", lesson="Ask about mornings first."
    )
    assert page.status == 200
    scores = list(await session.scalars(select(GoalScore.level).order_by(GoalScore.level)))
    assert scores == [0, 1]
    page = await browser.open(f"/en/needs/{world.need.id}/goals")
    assert "Reached so far: 2 of 2." in page
    assert "56.2" in page
    verdict = (await session.scalars(select(Verdict))).one()
    assert verdict.lesson == "Ask about mornings first."


async def test_a_service_scores_the_goals_of_its_own_referral_alone(session: AsyncSession) -> None:
    mine, other = await sent(session), await sent(session)
    goals = []
    for world in (mine, other):
        goal = Goal(need_id=world.need.id, said="Walk", levels=["a", "b", "c", "d", "e"], baseline=-1, created_at=NOW)
        session.add(goal)
        await session.flush()
        goals.append(goal.id)
    await act(session, mine.referral, "accept", RECEIVER, YES, NOW)
    said = done(delivered=Delivered(levels=dict.fromkeys(goals, 1)))
    await act(session, mine.referral, "complete", RECEIVER, said, NOW)
    assert list(await session.scalars(select(GoalScore.goal_id))) == [goals[0]]


# ------------------------------------------------------------------ what services are told


async def test_a_service_is_told_in_fives_and_anew_only_after_five_more(session: AsyncSession) -> None:
    speak("en")
    where = await service(session)
    worlds = [await completed(session, to=where) for _ in range(10)]
    for at, world in enumerate(worlds[:4]):
        await hear(session, world.referral, "yes", "yes", NOW + timedelta(minutes=at))
    await tell_heard(session, now=NOW + timedelta(hours=1))
    assert await outcomes.heard_of(session, [where.id]) == {}
    await hear(session, worlds[4].referral, "no", "no", NOW + timedelta(minutes=5))
    await tell_heard(session, now=NOW + timedelta(hours=2))
    first = (await outcomes.heard_of(session, [where.id]))[where.id]
    assert (first.answers, dict(first.received)) == (5, {}), "four and one: neither is told"
    for at, world in enumerate(worlds[5:9]):
        await hear(session, world.referral, "yes", "yes", NOW + timedelta(hours=3, minutes=at))
    assert await heard.tell(session, NOW + timedelta(hours=4)) == 0
    await hear(session, worlds[9].referral, "yes", "yes", NOW + timedelta(hours=5))
    assert await heard.tell(session, NOW + timedelta(hours=6)) == 1
    second = (await outcomes.heard_of(session, [where.id]))[where.id]
    assert (second.answers, dict(second.received), dict(second.resolved)) == (10, {"yes": 5}, {"yes": 5})
    [here] = await heard_at(session, "desk@carrick.example.org")
    assert here.lines == (
        "10 people or more have answered.",
        "At least 5 got the help.",
        "For at least 5 it is settled.",
    )
    assert await heard_at(session, "somebody.else@example.org") == []
