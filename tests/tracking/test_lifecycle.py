"""The pure law: every edge of the file, nothing beside it, and nobody waits for ever."""

import json
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.kit.errors import Conflict
from referrals.tracking import lifecycle, reasons
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
