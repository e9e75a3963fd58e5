"""The pure law: every edge of the file, nothing beside it, and nobody waits for ever."""

import json
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.kit.errors import Conflict
from referrals.tracking import deadlines, lifecycle, reasons
from referrals.tracking.lifecycle import FLOW, OPEN, STEPS, TERMINAL, By, Status, after, may, required

LAW = json.loads(files("referrals.tracking").joinpath("referral_states.json").read_text())
EDGES = [(source, line["event"], line["to"]) for line in LAW["transitions"] for source in line["from"]]
NOWHERE = [(status, event) for status in LAW["states"] for event in STEPS if (status, event) not in FLOW]
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)


def test_the_names_in_code_are_the_names_in_the_file() -> None:
    assert set(Status) == set(LAW["states"])
    assert {actor for line in LAW["transitions"] for actor in line["actors"]} == set(By)


def test_the_law_is_whole() -> None:
    assert (len(LAW["states"]), len(STEPS), len(FLOW)) == (18, 26, 76)


@pytest.mark.parametrize(("source", "event", "target"), EDGES)
def test_every_edge_of_the_file_leads_where_it_says(source: str, event: str, target: str) -> None:
    assert after(source, event) == target


@pytest.mark.parametrize(("status", "event"), NOWHERE)
def test_no_other_step_exists(status: str, event: str) -> None:
    with pytest.raises(Conflict) as refused:
        after(status, event)
    assert refused.value.code == "not_possible"
    assert not any(may(role, event, status) for role in By)


@pytest.mark.parametrize("line", LAW["transitions"], ids=lambda line: line["event"])
def test_only_the_named_parts_may_act(line: dict[str, list[str]]) -> None:
    for source in line["from"]:
        assert {role for role in By if may(role, str(line["event"]), source)} == set(line["actors"])


@pytest.mark.parametrize("event", [event for event, step in STEPS.items() if By.PROVIDER in step.actors])
def test_whatever_a_provider_may_do_may_be_recorded_as_told(event: str) -> None:
    assert By.ON_BEHALF in STEPS[event].actors
    told = required(event, By.ON_BEHALF)
    assert {"told_at", "channel"} <= set(told.facts)
    assert "told_by" in told.conditions


@pytest.mark.parametrize("status", sorted(OPEN))
@pytest.mark.parametrize("urgency", ["urgent", "routine"])
def test_every_open_state_has_a_timer(status: str, urgency: str) -> None:
    late = deadlines.due(status, urgency, MONDAY)
    assert late is not None
    assert late > MONDAY


@pytest.mark.parametrize("status", sorted(TERMINAL))
def test_what_has_ended_waits_for_nobody(status: str) -> None:
    assert deadlines.due(status, "routine", MONDAY) is None
    assert deadlines.ends(status, "routine", MONDAY) is None


@pytest.mark.parametrize("status", sorted(OPEN))
def test_urgent_never_waits_longer_than_routine(status: str) -> None:
    urgent, routine = (deadlines.due(status, urgency, FRIDAY) for urgency in ("urgent", "routine"))
    assert urgent is not None
    assert routine is not None
    assert urgent <= routine


@pytest.mark.parametrize(
    ("status", "urgency", "since", "expected"),
    [
        ("sent", "routine", MONDAY, datetime(2026, 11, 30, 9, tzinfo=UTC)),
        ("sent", "urgent", MONDAY, datetime(2026, 11, 24, 9, tzinfo=UTC)),
        ("sent", "urgent", FRIDAY, datetime(2026, 11, 30, 16, tzinfo=UTC)),
        ("info_requested", "urgent", MONDAY, datetime(2026, 11, 23, 13, tzinfo=UTC)),
        ("info_requested", "urgent", datetime(2026, 11, 27, 22, tzinfo=UTC), datetime(2026, 11, 30, 2, tzinfo=UTC)),
        ("info_requested", "routine", FRIDAY, datetime(2026, 12, 1, 16, tzinfo=UTC)),
        ("waitlisted", "routine", MONDAY, datetime(2026, 12, 23, 9, tzinfo=UTC)),
        ("completed", "routine", MONDAY, datetime(2026, 12, 7, 9, tzinfo=UTC)),
    ],
)
def test_deadlines_count_working_days(status: str, urgency: str, since: datetime, expected: datetime) -> None:
    assert deadlines.due(status, urgency, since) == expected


def test_a_promised_day_counts_instead_of_the_timer() -> None:
    assert deadlines.due("accepted", "routine", MONDAY, date(2026, 12, 4)) == datetime(2026, 12, 4, 17, tzinfo=UTC)
    assert deadlines.due("on_hold", "urgent", MONDAY, date(2027, 1, 4)) == datetime(2027, 1, 4, 17, tzinfo=UTC)


def test_an_appointment_asks_for_its_outcome_two_days_after() -> None:
    appointment = datetime(2026, 12, 1, 10, tzinfo=UTC)
    assert deadlines.due("scheduled", "routine", MONDAY, appointment) == datetime(2026, 12, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "urgency", "expected"),
    [
        ("sent", "routine", datetime(2026, 12, 7, 9, tzinfo=UTC)),
        ("sent", "urgent", datetime(2026, 11, 25, 9, tzinfo=UTC)),
        ("info_requested", "urgent", datetime(2026, 12, 7, 9, tzinfo=UTC)),
        ("cancel_requested", "routine", datetime(2026, 11, 30, 9, tzinfo=UTC)),
        ("completed", "urgent", datetime(2026, 12, 23, 9, tzinfo=UTC)),
        ("in_service", "routine", None),
    ],
)
def test_silence_ends_some_waits(status: str, urgency: str, expected: datetime | None) -> None:
    assert deadlines.ends(status, urgency, MONDAY) == expected


@pytest.mark.parametrize("status", sorted(OPEN))
@pytest.mark.parametrize("urgency", ["urgent", "routine"])
def test_nobody_is_cut_off_before_they_are_late(status: str, urgency: str) -> None:
    late, over = deadlines.due(status, urgency, FRIDAY), deadlines.ends(status, urgency, FRIDAY)
    assert late is not None
    assert over is None or late <= over


def test_reasons_say_on_whose_side_they_lie() -> None:
    assert lifecycle.side("decline", "no_capacity") == reasons.Side.SYSTEM
    assert lifecycle.side("decline", "out_of_area") == reasons.Side.REFERRER
    assert lifecycle.side("fail", "no_show") == reasons.Side.CLIENT
    assert lifecycle.side("fail", "provider_withdrew") == reasons.Side.PROVIDER
    assert lifecycle.side("accept", "no_capacity") is None


@pytest.mark.parametrize(
    ("event", "facts", "codes", "words"),
    [
        ("accept", ("first_contact_by",), False, None),
        ("accept_waitlist", ("estimated_wait_days", "review_on"), False, None),
        ("decline", (), True, None),
        ("ask_info", (), False, "question"),
        ("provide_info", (), False, "answer"),
        ("reschedule", ("appointment_at",), True, None),
        ("hold", ("resume_on",), True, None),
        ("complete", ("provider_outcome", "service_date"), False, None),
        ("auto_close", ("verification",), False, None),
        ("close", ("cm_verdict",), False, None),
    ],
)
def test_every_event_says_what_it_must_bring(
    event: str, facts: tuple[str, ...], codes: bool, words: str | None
) -> None:
    asked = required(event)
    assert (asked.facts, bool(asked.codes), asked.words) == (facts, codes, words)


@given(st.lists(st.integers(0, 100), max_size=40))
def test_any_walk_stays_inside_the_law_and_ends_for_good(choices: list[int]) -> None:
    status: str = Status.DRAFT
    for choice in choices:
        steps = [event for source, event in FLOW if source == status and event != "void"]
        if not steps:
            assert status in TERMINAL
            return
        status = after(status, steps[choice % len(steps)])
        assert status in LAW["states"]


def test_every_open_state_can_still_reach_an_end() -> None:
    reach = {
        status: {target for (source, event), target in FLOW.items() if source == status and event != "void"}
        for status in OPEN
    }
    for status in OPEN:
        seen, ahead = {status}, [status]
        while ahead:
            here = ahead.pop()
            for target in reach.get(Status(here), set()) - seen:
                seen.add(Status(target))
                ahead.append(Status(target))
        assert seen & TERMINAL, status
