"""What is learned of services from what happened: little says little, and nobody is blamed for what they did not do."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import Role
from referrals.clients.models import Need
from referrals.directory.models import Merge, MergedInto
from referrals.tracking import jobs
from referrals.tracking.actions.voices import reconcile
from referrals.tracking.evidence import Evidence, Prior, Tally, aged, evidence_from, kappa, learn_days, learn_shares
from referrals.tracking.models import (
    ClientVoice,
    Dispute,
    Lasting,
    Learned,
    ProviderVoice,
    Referral,
    ReferralEvent,
    Verdict,
)
from referrals.tracking.queries.evidence import Behind, cases_behind, evidence_for, loads
from tests.browser import Browser
from tests.conftest import NOW
from tests.factories import PASSWORD, account, acting, case_manager, client, organization, service
from tests.statements import counted

GOOD, BAD, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
SENT = NOW - timedelta(days=40)


@pytest.mark.parametrize(("met", "of", "mean"), [(0, 0, 0.550), (3, 3, 0.654), (40, 50, 0.758), (1, 6, 0.406)])
def test_the_mean_is_shrunk_towards_what_is_usual(met: int, of: int, mean: float) -> None:
    assert round(Prior(0.55, 10).estimate(Tally(of, of, met)).mean, 3) == mean


@given(st.lists(st.tuples(st.integers(1, 60), st.floats(0, 1)), max_size=8))
def test_what_the_usual_is_worth_stays_within_its_bounds(services: list[tuple[int, float]]) -> None:
    groups = [Tally(count, count, count * share) for count, share in services]
    found = kappa(groups, 0.5)
    assert 5 <= found <= 30
    if len(groups) < 2:
        assert found == 10


def test_services_that_differ_more_leave_the_usual_less_to_say() -> None:
    alike = [Tally(40, 40, 20), Tally(40, 40, 21), Tally(40, 40, 19)]
    apart = [Tally(40, 40, 4), Tally(40, 40, 36), Tally(40, 40, 20)]
    assert kappa(apart, 0.5) == 5
    assert kappa(alike, 0.5) == 30


def test_a_need_of_which_little_is_known_borrows_from_the_others() -> None:
    much = {("known", UUID(int=n)): Tally(30, 30, 27) for n in range(5)}
    rows = {(row.need, row.service_id): row for row in learn_shares({**much, ("new", OTHER): Tally(1, 1, 0)})}
    assert rows["", None].mean > 0.85
    assert 0.6 < rows["new", None].mean < rows["", None].mean
    assert rows["new", OTHER].mean < rows["new", None].mean
    assert not list(learn_days({}))


def test_days_are_shrunk_like_shares() -> None:
    rows = {
        row.service_id: row for row in learn_days({("n", GOOD): Tally(10, 10, 100), ("n", BAD): Tally(10, 10, 400)})
    }
    assert rows[None].mean == pytest.approx(25)
    assert (rows[GOOD].mean, rows[BAD].mean) == pytest.approx((17.5, 32.5))


@pytest.fixture
async def need(session: AsyncSession) -> Need:
    person = await client(session, await case_manager(session))
    found = Need(client_id=person.id, term="physiotherapy", specialisms=[], urgency="routine", remote_ok=False)
    session.add(found)
    await session.flush()
    return found


async def attempt(
    session: AsyncSession, need: Need, service: UUID = GOOD, *, verdict: str | None = None, verified_by: str = "client",
    unmet_reason: str | None = None, events: dict[str, dict[str, Any]] | None = None, voice: str | None = None,
    days: int = 0, **said: Any,
) -> Referral:  # fmt: skip
    """One referral of long ago with what came of it, in the fewest rows."""
    referral = Referral(**{
        "id": uuid4(), "client_id": need.client_id, "need_id": need.id, "service_id": service, "organization_id": uuid4(),
        "sender_id": uuid4(), "sender_organization_id": uuid4(), "urgency": "routine", "channel": "link", "snapshot": {},
        "status": "closed", "sent_at": SENT, **said,
    })  # fmt: skip
    session.add(referral)
    await session.flush()
    at = NOW - timedelta(days=days)
    for position, (kind, fact) in enumerate((events or {}).items(), start=1):
        session.add(
            ReferralEvent(
                referral_id=referral.id,
                position=position,
                kind=kind,
                from_status="sent",
                to_status="closed",
                at=at,
                actor_role="provider",
                reason_code=fact.get("reason"),
                facts=fact.get("facts", {}),
            )
        )
        if kind in ("complete", "fail"):
            told = fact.get("facts", {}).get("provider_outcome", "none")
            session.add(ProviderVoice(referral_id=referral.id, event_position=position, delivery=told, at=at))
    if voice:
        session.add(ClientVoice(referral_id=referral.id, need_id=need.id, received=voice, resolved=voice, at=at))
    if verdict:
        session.add(
            Verdict(
                need_id=need.id,
                referral_id=referral.id,
                verdict=verdict,
                verified_by=verified_by,
                at=at,
                unmet_reason=unmet_reason,
                decided_by=uuid4(),
            )
        )
    await session.flush()
    await reconcile(session, referral, at)
    return referral


async def learned(session: AsyncSession) -> Evidence:
    await jobs.learn(session, now=NOW)
    return await evidence_for(session, "physiotherapy", [GOOD, BAD, OTHER])


async def test_nothing_happened_and_nothing_is_known(session: AsyncSession) -> None:
    found = await learned(session)
    assert found == Evidence()
    assert found.of(GOOD).quality is None


async def test_needs_that_were_met_speak_for_a_service(session: AsyncSession, need: Need) -> None:
    for _ in range(6):
        await attempt(session, need, GOOD, verdict="met")
        await attempt(session, need, BAD, verdict="unmet", unmet_reason="service_did_not_help")
    found = await learned(session)
    good, bad = found.of(GOOD).quality, found.of(BAD).quality
    assert good is not None
    assert bad is not None
    assert found.usual.quality is not None
    assert good.mean > found.usual.quality.mean > bad.mean
    assert good.may_be_shown
    assert found.usual.spread == pytest.approx(0.8 * (good.mean - bad.mean))


@pytest.mark.parametrize(
    "said",
    [
        {"verdict": "withdrawn"}, {"verdict": "met_elsewhere"}, {"verdict": "unknown"},
        {"verdict": "unmet", "unmet_reason": "client_stopped"}, {"verdict": "unmet", "unmet_reason": "no_capacity"},
        {"verdict": "met", "status": "entered_in_error"},
        {"verdict": "met", "voice": "no", "events": {"complete": {"facts": {"provider_outcome": "full"}}}},
        {"verdict": "met", "voice": "yes", "events": {"complete": {"facts": {"provider_outcome": "none"}}}},
        {"status": "cancelled", "events": {"cancel": {"reason": "client_withdrew"}}},
        {"status": "not_completed", "events": {"fail": {"reason": "no_show"}}},
        {"status": "declined", "events": {"decline": {"reason": "no_capacity"}}},
        {"status": "declined", "events": {"decline": {"reason": "not_eligible"}}},
    ],
)  # fmt: skip
async def test_what_lies_with_others_says_nothing_about_quality(
    session: AsyncSession, need: Need, said: dict[str, Any]
) -> None:
    await attempt(session, need, **said)
    assert (await learned(session)).of(GOOD).quality is None


async def test_a_service_that_gave_somebody_up_did_not_help_them(session: AsyncSession, need: Need) -> None:
    await attempt(session, need, status="not_completed", events={"fail": {"reason": "provider_withdrew"}})
    quality = (await learned(session)).of(GOOD).quality
    assert quality is not None
    assert quality.weight == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("verified_by", "weight"), [("client", 1), ("document", 1), ("observation", 0.75), ("provider", 0.5)]
)
async def test_a_verdict_weighs_by_whose_word_it_stands_on(
    session: AsyncSession, need: Need, verified_by: str, weight: float
) -> None:
    await attempt(session, need, verdict="met", verified_by=verified_by)
    quality = (await learned(session)).of(GOOD).quality
    assert quality is not None
    assert quality.weight == pytest.approx(weight)


@pytest.mark.parametrize(
    ("settled_as", "counts"),
    [("helped", True), ("not_helped", True), ("agreed", True), ("unclear", False), ("elsewhere", False)],
)
async def test_what_was_settled_counts_again_unless_nobody_could_find_out(
    session: AsyncSession, need: Need, settled_as: str, counts: bool
) -> None:
    await attempt(
        session, need, verdict="met", voice="no", events={"complete": {"facts": {"provider_outcome": "full"}}}
    )
    assert (await learned(session)).of(GOOD).quality is None
    dispute = (await session.scalars(select(Dispute))).one()
    dispute.settled_at, dispute.settled_as = NOW, settled_as
    await session.flush()
    assert ((await learned(session)).of(GOOD).quality is not None) == counts


@pytest.mark.parametrize(("still", "left"), [("yes", 1.0), ("unknown", 1.0), ("partly", 0.75), ("no", 0.5)])
async def test_help_that_did_not_last_counts_for_less(
    session: AsyncSession, need: Need, still: str, left: float
) -> None:
    referral = await attempt(session, need, verdict="met")
    session.add(Lasting(referral_id=referral.id, need_id=need.id, kind="month", still=still, at=NOW))
    await session.flush()
    row = await _row(session, "quality")
    assert (row.weight, row.total) == pytest.approx((1, left))


async def test_what_the_clock_closed_says_nothing(session: AsyncSession, need: Need) -> None:
    done = {
        "complete": {"facts": {"provider_outcome": "full"}},
        "auto_close": {"facts": {"verification": "unverified"}},
    }
    await attempt(session, need, events=done)
    assert (await learned(session)).of(GOOD).quality is None


async def test_a_figure_can_be_taken_apart_into_the_outcomes_behind_it(session: AsyncSession, need: Need) -> None:
    for verdict, verified_by, days in (
        ("met", "client", 0),
        ("met", "provider", 200),
        ("partly", "client", 10),
        ("met", "document", 0),
    ):
        await attempt(session, need, verdict=verdict, verified_by=verified_by, days=days)
    assert await cases_behind(session, "physiotherapy", GOOD, NOW) == []
    await attempt(session, need, verdict="unmet", unmet_reason="service_did_not_help")
    row = await _row(session, "quality")
    cases = await cases_behind(session, "physiotherapy", GOOD, NOW)
    assert len(cases) == row.count == 5
    assert sum(case.weight for case in cases) == pytest.approx(row.weight, abs=0.03)
    assert sum(case.weight * case.value for case in cases) == pytest.approx(row.total, abs=0.03)
    assert cases[2] == Behind(1.0, 0.5, 6, 0.34)


async def test_after_a_year_it_counts_half(session: AsyncSession, need: Need) -> None:
    await attempt(session, need, verdict="met", days=365)
    row = await _row(session, "quality")
    assert row.weight == pytest.approx(0.5)
    assert row.mean == pytest.approx((row.kappa * row.prior + row.total) / (row.kappa + row.weight))


async def test_refusals_for_want_of_room_and_silence_count_as_no(session: AsyncSession, need: Need) -> None:
    await attempt(session, need, events={"accept": {}})
    await attempt(session, need, status="declined", events={"decline": {"reason": "no_capacity"}})
    await attempt(session, need, status="expired", events={"expire": {"reason": "no_response"}})
    await attempt(session, need, status="declined", events={"decline": {"reason": "not_eligible"}})
    row = await _row(session, "acceptance")
    assert row.count == 3
    assert row.total == pytest.approx(1)


async def test_how_long_they_took_to_answer_and_to_begin(session: AsyncSession, need: Need) -> None:
    await attempt(
        session, need, responded_at=SENT + timedelta(days=3), started_on=(SENT + timedelta(days=20)).date()
    )  # fmt: skip
    answer, wait = await _row(session, "answer_days"), await _row(session, "wait_days")
    assert (answer.total / answer.weight, wait.total / wait.weight) == pytest.approx((3, 20))


async def test_what_was_merged_counts_for_what_stands(session: AsyncSession, need: Need) -> None:
    await attempt(session, need, BAD, verdict="met")
    merge = Merge(entity="service", kept_id=GOOD, dropped_id=BAD, at=NOW, by_id=uuid4(), choices={}, images=[])
    session.add(merge)
    await session.flush()
    session.add(MergedInto(old_id=BAD, entity="service", kept_id=GOOD, merge_id=merge.id))
    await session.flush()
    found = await learned(session)
    assert found.of(BAD).quality is None
    assert found.of(GOOD).quality is not None


async def test_learning_again_forgets_what_no_longer_holds(session: AsyncSession, need: Need) -> None:
    referral = await attempt(session, need, verdict="met")
    assert (await learned(session)).of(GOOD).quality is not None
    referral.status = "entered_in_error"
    await session.flush()
    assert await learned(session) == Evidence()


async def test_load_is_what_is_open_and_was_sent_lately(session: AsyncSession, need: Need) -> None:
    for status, days in (("sent", 3), ("accepted", 50), ("in_service", 90), ("declined", 2), ("draft", 1)):
        other = Need(client_id=need.client_id, term="physiotherapy", specialisms=[], urgency="routine", remote_ok=False)
        session.add(other)
        await session.flush()
        await attempt(session, other, status=status, sent_at=NOW - timedelta(days=days))
    assert await loads(session, [GOOD, BAD], NOW.date()) == {GOOD: 2}


async def test_evidence_is_one_statement_however_many_are_asked_about(session: AsyncSession, need: Need) -> None:
    await attempt(session, need, verdict="met")
    await jobs.learn(session, now=NOW)
    async with counted(await session.connection()) as seen:
        await evidence_for(session, "physiotherapy", [GOOD, *(uuid4() for _ in range(400))])
    assert len(seen) == 1


async def test_what_is_read_back_is_what_was_learned_without_a_database(session: AsyncSession, need: Need) -> None:
    for where, verdicts in ((GOOD, 4), (BAD, 1)):
        for _ in range(verdicts):
            await attempt(session, need, where, verdict="met", days=365)
    weight = aged(365)
    pure = evidence_from({
        "quality": learn_shares({
            ("physiotherapy", GOOD): Tally(4, 4 * weight, 4 * weight), ("physiotherapy", BAD): Tally(1, weight, weight),
        })
    })["physiotherapy"]  # fmt: skip
    found = await learned(session)
    for id in (GOOD, BAD):
        stored, reckoned = found.of(id).quality, pure.of(id).quality
        assert stored is not None
        assert reckoned is not None
        assert stored.mean == pytest.approx(reckoned.mean)
        assert stored.count == reckoned.count
    assert found.usual.spread == pytest.approx(pure.usual.spread)


async def _row(session: AsyncSession, measure: str) -> Learned:
    await jobs.learn(session, now=NOW)
    found = await session.scalar(select(Learned).where(Learned.service_id == GOOD, Learned.measure == measure))
    assert found is not None
    assert found.as_of == date(2026, 11, 23)
    return found


async def test_the_page_behind_a_figure_shows_numbers_and_nobody(browser: Browser, session: AsyncSession) -> None:
    user = await account(session, Role.CASE_MANAGER, organization_id=(await organization(session)).id)
    who = await client(session, await acting(session, user))
    asked = Need(client_id=who.id, term="physiotherapy", specialisms=[], urgency="routine", remote_ok=False)
    session.add(asked)
    where = await service(session)
    for verdict in ("met", "met", "met", "partly"):
        await attempt(session, asked, where.id, verdict=verdict)
    await browser.open("/en/sign-in")
    await browser.submit("/sign-in", email=user.email, password=PASSWORD)
    await jobs.learn(session, now=NOW)
    page = await browser.open(f"/en/needs/{asked.id}/behind/{where.id}")
    assert "Not enough outcomes yet" in page
    await attempt(session, asked, where.id, verdict="met", verified_by="provider")
    await jobs.learn(session, now=NOW)
    page = await browser.open(f"/en/needs/{asked.id}/behind/{where.id}")
    assert "5 outcomes stand behind it" in page
    assert "One side’s word" in page
    assert "Paul" not in page.text
