"""The append-only story and its summary: two at once, pressed twice, replayed, never rewritten."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Need
from referrals.kit import cluster, database, db
from referrals.kit.db import SessionMaker
from referrals.kit.errors import Conflict, NotAllowed, Refused
from referrals.tracking import lifecycle
from referrals.tracking.actions import act, draft, record, send
from referrals.tracking.dispositions import FAILED, undecided
from referrals.tracking.lifecycle import FACTS, TERMINAL, By
from referrals.tracking.models import Referral, ReferralEvent, ReferralTimer
from referrals.tracking.said import RECEIVER, SYSTEM, Fact, Party, Said, Snapshot, case_manager
from referrals.tracking.timers import RULES
from tests.conftest import NOW
from tests.factories import World, client, consent, need, sent, service
from tests.factories import case_manager as somebody

FRIDAY = date(2026, 11, 27)
YES = Said(facts={"first_contact_by": FRIDAY}, key="yes")
NO = Said(reason="no_capacity", key="no")


async def test_an_acceptance_to_the_end(session: AsyncSession) -> None:
    world = await sent(session)
    referral, sender = world.referral, case_manager(world.sender)
    at = NOW
    for event, party, said in (
        ("ask_info", RECEIVER, Said(words="Can they climb stairs?")),
        ("provide_info", sender, Said(words="One floor.")),
        ("accept", RECEIVER, YES),
        ("schedule", RECEIVER, Said(facts={"appointment_at": NOW + timedelta(days=4)})),
        ("no_show", RECEIVER, Said(facts={"missed_at": NOW + timedelta(days=4)})),
        ("schedule", RECEIVER, Said(facts={"appointment_at": NOW + timedelta(days=9)})),
        ("start_service", RECEIVER, Said(facts={"started_on": date(2026, 12, 2)})),
        ("complete", RECEIVER, Said(facts={"provider_outcome": "full", "service_date": date(2027, 1, 8)})),
    ):
        at += timedelta(days=1)
        await act(session, referral, event, party, said, at)
    assert (referral.status, referral.position) == ("completed", 9)
    assert referral.started_on == date(2026, 12, 2)
    assert referral.completed_at == at
    events = list(await session.scalars(select(ReferralEvent).order_by(ReferralEvent.position)))
    assert [event.position for event in events] == list(range(1, 10))
    assert events[-1].facts == {"provider_outcome": "full", "service_date": "2027-01-08"}


async def test_a_decline_opens_the_need_again(session: AsyncSession) -> None:
    world = await sent(session)
    assert world.need.status == "in_referral"
    await act(session, world.referral, "decline", RECEIVER, NO, NOW)
    assert world.need.status == "open"


@pytest.mark.parametrize(
    ("event", "said", "lacking"),
    [
        ("accept", Said(), ["first_contact_by"]),
        ("accept_waitlist", Said(facts={"estimated_wait_days": 20}), ["review_on"]),
        ("decline", Said(), ["reason"]),
        ("decline", Said(reason="bad mood"), ["reason"]),
        ("decline", Said(reason="other"), ["words"]),
        ("ask_info", Said(words="  "), ["words"]),
        ("accept", Said(facts={"first_contact_by": NOW}), ["first_contact_by"]),
    ],
)
async def test_what_must_be_said_is_asked_of_the_law(
    session: AsyncSession, event: str, said: Said, lacking: list[str]
) -> None:
    world = await sent(session)
    with pytest.raises(Refused) as refused:
        await record(session, world.referral, event, RECEIVER, said, NOW)
    assert (refused.value.code, refused.value.facts) == ("missing", {"fields": lacking})
    assert world.referral.position == 1


async def test_words_cannot_get_into_the_story(session: AsyncSession) -> None:
    world = await sent(session)
    with pytest.raises(ValueError, match="no fact"):
        await record(
            session, world.referral, "decline", RECEIVER, Said(reason="no_capacity", facts={"note": "hello"}), NOW
        )


async def test_a_receiver_cannot_do_what_is_the_senders(session: AsyncSession) -> None:
    world = await sent(session)
    with pytest.raises(NotAllowed):
        await act(session, world.referral, "cancel", RECEIVER, Said(reason="client_withdrew"), NOW)


async def test_a_verdict_needs_a_voice_whoever_calls(session: AsyncSession) -> None:
    world = await sent(session)
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    done = Said(facts={"provider_outcome": "full", "service_date": FRIDAY})
    await act(session, world.referral, "complete", RECEIVER, done, NOW)
    with pytest.raises(Refused) as refused:
        await act(session, world.referral, "close", case_manager(world.sender), Said(facts={"cm_verdict": "met"}), NOW)
    assert refused.value.facts == {"fields": ["client_voice_or_contact_attempts"]}


async def test_what_was_told_is_marked_as_told(session: AsyncSession) -> None:
    world = await sent(session, listed_email=None)
    assert (world.referral.channel, world.referral.receiver_phone) == ("phone", "01872 555 010")
    party = Party(By.ON_BEHALF, world.sender.id, "Demelza at the desk")
    with pytest.raises(Refused) as refused:
        await act(session, world.referral, "accept", Party(By.ON_BEHALF, world.sender.id), YES, NOW)
    assert refused.value.facts == {"fields": ["told_at", "channel", "told_by"]}
    told: dict[str, Fact] = {**YES.facts, "told_at": NOW, "channel": "phone"}
    recorded = await act(session, world.referral, "accept", party, Said(facts=told), NOW)
    assert recorded.event.actor_role == "case_manager_on_behalf"
    assert "Demelza" not in str(recorded.event.facts)


@pytest.mark.parametrize(
    "change", ["UPDATE referral_event SET kind = 'accept'", "DELETE FROM referral_event", "TRUNCATE referral_event"]
)
async def test_history_cannot_be_rewritten(session: AsyncSession, change: str) -> None:
    await sent(session)
    with pytest.raises(IntegrityError, match="append-only"):
        await session.execute(text(change))


async def test_the_same_key_again_gives_the_first_answer_again(session: AsyncSession) -> None:
    world = await sent(session)
    first = await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    again = await act(session, world.referral, "accept", RECEIVER, YES, NOW + timedelta(minutes=1))
    assert (first.again, again.again) == (False, True)
    assert again.event.id == first.event.id
    assert world.referral.position == 2


async def test_an_answer_to_an_older_page_is_a_conflict(session: AsyncSession) -> None:
    world = await sent(session)
    await act(session, world.referral, "ask_info", RECEIVER, Said(words="Stairs?"), NOW)
    with pytest.raises(Conflict) as conflict:
        await act(session, world.referral, "accept", RECEIVER, Said(facts=YES.facts, seen=1), NOW)
    assert conflict.value.code == "already_answered"


async def test_a_service_is_asked_once_at_a_time_for_a_need(session: AsyncSession) -> None:
    world = await sent(session)
    with pytest.raises(Conflict) as conflict:
        await draft(session, world.sender, world.client, world.need, world.service.id, NOW)
    assert conflict.value.code == "already_open"
    await act(session, world.referral, "decline", RECEIVER, NO, NOW)
    again = await draft(session, world.sender, world.client, world.need, world.service.id, NOW)
    assert again.attempt == 2


async def test_nothing_is_sent_without_an_agreement_for_this_service(session: AsyncSession) -> None:
    by = await somebody(session)
    who = await client(session, by)
    asked, where, elsewhere = await need(session, who), await service(session), await service(session, "Elsewhere")
    other = await consent(session, who, elsewhere, by)
    referral = await draft(session, by, who, asked, where.id, NOW)
    for agreed in (None, other):
        with pytest.raises(Refused) as refused:
            await send(session, referral, by, agreed, Snapshot(rules="test"), NOW)
        assert refused.value.code == "no_consent"
    assert referral.status == "draft"


async def test_what_does_not_fit_is_sent_only_with_a_reason(session: AsyncSession) -> None:
    by = await somebody(session)
    who = await client(session, by)
    asked, where = await need(session, who), await service(session)
    agreed = await consent(session, who, where, by)
    referral = await draft(session, by, who, asked, where.id, NOW)
    with pytest.raises(Refused) as refused:
        await send(session, referral, by, agreed, Snapshot(rules="test", failed=("H5",)), NOW)
    assert refused.value.code == "constraints"
    why = Snapshot(rules="test", failed=("H5",), override_reason="client_choice")
    recorded = await send(session, referral, by, agreed, why, NOW)
    assert recorded.event.facts == {"override_reason": "client_choice"}
    assert referral.snapshot["failed"] == ["H5"]


# ------------------------------------------------------------------ two at once, on two real connections


@pytest.fixture
async def two(data_home: Path, database_url: str) -> AsyncIterator[tuple[SessionMaker, str]]:
    """A database of its own: what is committed here cannot be taken back, for the story is append-only."""
    server = cluster.ensure(data_home, durable=False)
    name = f"two_at_once_{os.getpid()}"
    cluster.drop_database(server, name)
    cluster.ensure_database(server, name, template=f"template_{database.fingerprint()}")
    engine = db.connect(server.url(name))
    maker = db.session_maker(engine)
    async with db.transaction(maker) as session:
        world = await sent(session)
    yield maker, str(world.referral.id)
    await engine.dispose()
    cluster.drop_database(server, name)


async def test_two_answers_at_once_are_one_answer_and_one_conflict(two: tuple[SessionMaker, Any]) -> None:
    outcomes = await _both(two, ("accept", YES), ("decline", NO))
    assert sorted(outcomes) == ["already_answered", "recorded"]
    assert await _positions(two) == [1, 2]


async def test_one_button_pressed_in_two_windows_at_once_is_one_answer(two: tuple[SessionMaker, Any]) -> None:
    outcomes = await _both(two, ("accept", YES), ("accept", YES))
    assert sorted(outcomes) == ["again", "recorded"]
    assert await _positions(two) == [1, 2]


async def _both(two: tuple[SessionMaker, Any], *answers: tuple[str, Said]) -> list[str]:
    maker, referral_id = two
    ready = asyncio.Barrier(len(answers))

    async def answer(event: str, said: Said) -> str:
        async with maker() as session:
            referral = await session.get_one(Referral, referral_id)
            await ready.wait()
            try:
                recorded = await act(session, referral, event, RECEIVER, said, NOW)
            except Conflict as conflict:
                assert referral.position == 2, "the loser sees what stands now"
                return conflict.code
            await session.commit()
            return "again" if recorded.again else "recorded"

    return await asyncio.gather(*(answer(*one) for one in answers))


async def _positions(two: tuple[SessionMaker, Any]) -> list[int]:
    async with two[0]() as session:
        return list(await session.scalars(select(ReferralEvent.position).order_by(ReferralEvent.position)))


# ------------------------------------------------------------------ the status is the story, replayed


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choices=st.lists(st.integers(0, 1000), min_size=1, max_size=14), urgency=st.sampled_from(["urgent", "routine"]))
async def test_random_stories_keep_the_law(session: AsyncSession, choices: list[int], urgency: str) -> None:
    """No illegal step, every open state with its timers and no others, and the status is the story replayed."""
    async with session.begin_nested() as walk:
        world = await sent(session, urgency=urgency)
        referral, at = world.referral, NOW
        for choice in choices:
            at += timedelta(hours=choice)
            await _refuses_what_does_not_follow(session, referral, choice, world, at)
            if referral.status in TERMINAL:
                break
            await _let_something_happen(session, referral, choice, world, at)
            await _timers_fit(session, referral, world.need, at)
        await _replay(session, referral)
        await walk.rollback()


async def _let_something_happen(
    session: AsyncSession, referral: Referral, choice: int, world: World, at: datetime
) -> None:
    steps = [(event, part) for event in lifecycle.STEPS for part in By if lifecycle.may(part, event, referral.status)]
    steps = [step for step in steps if step[0] != "void"] or steps
    event, part = steps[choice % len(steps)]
    party = SYSTEM if part == By.SYSTEM else Party(part, world.sender.id, "Demelza")
    looked_at = lifecycle.required(event).conditions
    await act(session, referral, event, party, _whatever(event, part), at, looked_at=looked_at)


async def _refuses_what_does_not_follow(
    session: AsyncSession, referral: Referral, choice: int, world: World, at: datetime
) -> None:
    """Some event that the law does not know here, or that is not theirs: nothing changes."""
    before = (referral.status, referral.position, referral.due_at)
    others = [
        (event, part) for event in lifecycle.STEPS for part in By if not lifecycle.may(part, event, referral.status)
    ]
    event, part = others[choice % len(others)]
    with pytest.raises((Conflict, NotAllowed)):
        await act(session, referral, event, Party(part, world.sender.id, "Demelza"), _whatever(event, part), at)
    assert (referral.status, referral.position, referral.due_at) == before


async def _timers_fit(session: AsyncSession, referral: Referral, need: Need, at: datetime) -> None:
    rows = await session.scalars(select(ReferralTimer).where(ReferralTimer.referral_id == referral.id))
    waiting = [timer for timer in rows if timer.fired_at is None]
    assert all(timer.position == referral.position for timer in waiting), "the next event takes the old ones away"
    known = {rule.kind for rule in RULES.get(referral.status, ())}
    assert {timer.kind for timer in waiting} <= known
    if referral.status not in TERMINAL:
        assert waiting
        assert referral.due_at in {timer.due_at for timer in waiting}
    asks = await session.scalar(select(undecided()).where(Referral.id == referral.id))
    if referral.status in FAILED:
        assert asks
        assert {timer.kind for timer in waiting} == {"decide", "escalate"}
        assert need.status == "open"


async def _replay(session: AsyncSession, referral: Referral) -> None:
    status = "draft"
    story = await session.scalars(
        select(ReferralEvent).where(ReferralEvent.referral_id == referral.id).order_by(ReferralEvent.position)
    )
    for position, event in enumerate(story.all(), start=1):
        assert (event.position, event.from_status) == (position, status)
        status = lifecycle.after(status, event.kind)
        assert event.to_status == status
    stored = (await session.execute(select(Referral.status, Referral.position).where(Referral.id == referral.id))).one()
    counted = await session.scalar(select(func.count()).where(ReferralEvent.referral_id == referral.id))
    assert tuple(stored) == (status, counted)
    assert (referral.due_at is None) == (status in TERMINAL)


def _whatever(event: str, part: By) -> Said:
    """The least that this event must bring."""
    asked = lifecycle.required(event, part)
    values: dict[type, Fact] = {date: FRIDAY, int: 3, type(NOW): NOW + timedelta(days=3)}
    facts: dict[str, Fact] = {}
    for name in asked.facts:
        kind = FACTS[name]
        facts[name] = sorted(kind)[0] if isinstance(kind, frozenset) else values[kind]
    reason = sorted(asked.codes)[0] if asked.codes else None
    return Said(reason, facts, words="something")
