"""When another service is looked for, and which are not named again: a table of examples, no database."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from referrals.matching.following.rule import Attempt, calls_for_another, failures, tried
from referrals.tracking.reasons import Side
from tests.conftest import NOW

TODAY = NOW.date()
A, B = UUID(int=1), UUID(int=2)


def attempt(status: str, *, of: UUID = A, number: int = 1, **more: object) -> Attempt:
    return Attempt(UUID(int=100 + number), of, number, status, 2, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "side", "another"),
    [
        ("declined", Side.SYSTEM, True),
        ("declined", Side.REFERRER, True),
        ("expired", Side.PROVIDER, True),
        ("not_completed", Side.PROVIDER, True),
        ("not_completed", Side.SYSTEM, True),
        ("not_completed", Side.CLIENT, False),
        ("cancelled", Side.CLIENT, False),
        ("closed", None, False),
        ("sent", None, False),
        ("accepted", None, False),
        ("draft", None, False),
    ],
)
def test_another_is_looked_for_when_neither_the_person_nor_their_case_manager_ended_it(
    status: str, side: Side | None, another: bool
) -> None:
    assert (calls_for_another([attempt(status, side=side)], None, TODAY) is not None) is another


def test_nothing_is_looked_for_while_another_is_on_its_way() -> None:
    first, second = attempt("declined"), attempt("sent", of=B, number=2)
    assert calls_for_another([first, second], None, TODAY) is None
    assert calls_for_another([], None, TODAY) is None


@pytest.mark.parametrize(
    ("wait", "need_by", "another"),
    [(20, 30, False), (30, 20, True), (None, 30, False), (None, -1, True), (30, None, False)],
)
def test_a_waiting_list_past_the_day_calls_for_another_beside_it(
    wait: int | None, need_by: int | None, another: bool
) -> None:
    until = TODAY + timedelta(days=wait) if wait is not None else None
    by: date | None = TODAY + timedelta(days=need_by) if need_by is not None else None
    waits = attempt("waitlisted", place_from=until)
    assert (calls_for_another([waits], by, TODAY) is waits) is another


def test_beside_a_waiting_list_one_more_is_enough() -> None:
    waits, asked = attempt("waitlisted"), attempt("sent", of=B, number=2)
    assert calls_for_another([waits, asked], TODAY - timedelta(days=1), TODAY) is None
    assert calls_for_another([waits, attempt("draft", of=B)], TODAY - timedelta(days=1), TODAY) is waits


@pytest.mark.parametrize(
    ("reason", "days", "named_again"),
    [("no_capacity", 15, True), ("no_capacity", 14, False), ("not_eligible", 100, False), ("other", 100, False)],
)
def test_a_service_is_named_again_only_when_what_stood_in_the_way_passes(
    reason: str, days: int, named_again: bool
) -> None:
    before = attempt("declined", reason=reason, ended_at=NOW - timedelta(days=days))
    assert (A not in tried([before], NOW)) is named_again


def test_a_services_last_attempt_decides() -> None:
    long_ago = attempt("declined", reason="no_capacity", ended_at=NOW - timedelta(days=60))
    since = attempt("expired", number=2, reason="no_response", ended_at=NOW - timedelta(days=20))
    assert tried([long_ago, since], NOW) == {A}
    ours = attempt("expired", number=3, reason="info_not_provided", ended_at=NOW)
    assert tried([long_ago, since, ours], NOW) == set(), "it was we who did not answer"


def test_only_what_led_nowhere_counts() -> None:
    assert failures([attempt("declined"), attempt("cancelled", number=2), attempt("expired", number=3)]) == 2
