"""Our eighteen states, as others read them: held against Gravity's diagram of Task.status, edge by edge."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from referrals.tracking.lifecycle import STEPS, By

LAW = json.loads(files("referrals.tracking").joinpath("referral_states.json").read_text())
DIAGRAM = json.loads(Path(__file__).with_name("gravity_task.json").read_text())
TASK: dict[str, str | None] = {status: about["task_status"] for status, about in LAW["states"].items()}
ARROWS = {(before, after) for before, following in DIAGRAM["next"].items() for after in following}
STATUSES = {status for statuses in DIAGRAM["set_by"].values() for status in statuses}
EDGES = [(source, line["event"], line["to"]) for line in LAW["transitions"] for source in line["from"]]
UNUSED = {("accepted", "cancelled"), ("on-hold", "cancelled")}
"""After a yes we ask for an end and the receiver confirms it: that goes by way of in-progress."""


def test_every_state_that_others_see_has_a_status_of_theirs() -> None:
    assert {status for status, task in TASK.items() if task is None} == {"draft", "awaiting_consent"}
    assert {task for task in TASK.values() if task} == STATUSES - {"draft"}


@pytest.mark.parametrize(("source", "event", "target"), EDGES)
def test_each_of_our_steps_is_an_arrow_of_the_diagram_or_stands_still(source: str, event: str, target: str) -> None:
    before, after = TASK[source] or "draft", TASK[target] or "draft"
    unseen = TASK[source] is None and after in ("draft", "cancelled")
    assert unseen or before == after or after in DIAGRAM["from_any"] or (before, after) in ARROWS


def test_nearly_every_arrow_is_one_of_our_steps() -> None:
    walked = {(TASK[source] or "draft", TASK[target] or "draft") for source, _, target in EDGES}
    assert walked & ARROWS == ARROWS - UNUSED


def test_only_the_receiver_says_yes_no_or_done() -> None:
    """Or somebody who was told so by them. What is under way may also be noted by us: we stand between the two."""
    theirs = {By.PROVIDER, By.ON_BEHALF}
    answers = {(before, after) for before, after in ARROWS if after in ("accepted", "rejected", "completed")}
    for source, event, target in EDGES:
        if (TASK[source], TASK[target]) in answers:
            assert STEPS[event].actors <= theirs, event
    for source, event, target in EDGES:
        if TASK[source] is not None and TASK[target] in DIAGRAM["set_by"]["requester"] and target != source:
            assert not STEPS[event].actors & {By.PROVIDER} or TASK[source] == TASK[target], event


def test_every_open_state_is_named_to_others_so_that_none_is_taken_for_another() -> None:
    """Where several of ours are one of theirs, the business status tells them apart."""
    seen = [
        (about["task_status"], about["business_status"]) for about in LAW["states"].values() if about["task_status"]
    ]
    doubled = {pair for pair in seen if seen.count(pair) > 1}
    assert doubled == {("completed", "7.0")}, "completed and closed: what differs is the request's own status"
