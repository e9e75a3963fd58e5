"""The names of our states in FHIR, held against the table of states and against what the SDOH guide allows."""

import pytest

from referrals.exchange.fhir import statuses, steps
from referrals.exchange.fhir.needs import CATEGORIES, UNSPECIFIED
from referrals.exchange.fhir.statuses import FACES
from referrals.tracking.lifecycle import FLOW, STEPS, By, Status, may

DIAGRAM = {
    "draft": {"requested"},
    "requested": {"accepted", "rejected", "cancelled"},
    "accepted": {"in-progress", "on-hold", "completed", "failed", "cancelled"},
    "in-progress": {"completed", "failed", "cancelled", "on-hold"},
    "on-hold": {"in-progress", "completed", "failed", "cancelled"},
}
"""Arrows of the guide's state diagram for a referral's Task; from everywhere one may come to entered-in-error."""


def test_every_state_has_a_face_and_no_step_leaves_the_diagram_of_the_guide() -> None:
    assert set(FACES) == {status.value for status in Status}
    for (source, event), target in FLOW.items():
        before, after = FACES[source].task or "draft", FACES[target].task or "draft"
        allowed = DIAGRAM.get(before, set()) | {before, "entered-in-error"}
        if FACES[source].task is None:
            allowed |= {"cancelled"}  # nothing was published yet: nobody sees this step
        assert after in allowed, (source, event, target)


def test_what_is_asked_by_status_is_what_is_shown_by_it() -> None:
    for status in statuses.TASK_STATUSES:
        assert {FACES[name].task for name in statuses.behind_task(status)} == {status}
    for name, face in FACES.items():
        for code in face.business:
            assert name in statuses.behind_business(code)
        for code in face.request:
            assert name in statuses.behind_request(code)


@pytest.mark.parametrize(
    ("status", "reason", "settled", "told"),
    [
        ("closed", None, True, "completed"), ("closed", None, False, "active"), ("cancelled", "client_withdrew", False, "revoked"),
        ("cancelled", "consent_revoked", False, "revoked"), ("cancelled", "plan_changed", False, "active"),
        ("declined", "no_capacity", False, "active"), ("draft", None, False, "draft"), ("entered_in_error", "duplicate", False, "entered-in-error"),
    ],
)  # fmt: skip
def test_what_becomes_of_what_was_asked(status: str, reason: str | None, settled: bool, told: str) -> None:
    assert statuses.request_status(status, reason, need_settled=settled) == told


def test_a_missed_appointment_is_told_from_one_that_was_called_off() -> None:
    assert statuses.business_code("rebooking", "no_show") == "5.1.2"
    assert statuses.business_code("rebooking", "appointment_cancelled") == "5.1.3"


def test_every_answer_of_a_receiver_can_be_given_by_a_program() -> None:
    meant = {event for way in steps.EVENTS.values() for events in way.values() for event in events}
    assert meant == {event for event, step in STEPS.items() if By.PROVIDER in step.actors}


@pytest.mark.parametrize("status", [one.value for one in Status])
def test_what_is_said_to_be_possible_is_possible(status: str) -> None:
    for way in steps.possible(status):
        task, _, business = way.partition(" ")
        assert any(may(By.PROVIDER, event, status) for event in steps.EVENTS[task][business])


def test_a_need_without_a_category_of_the_guide_is_called_so() -> None:
    assert UNSPECIFIED not in {code for code, _ in CATEGORIES.values()}
