"""Timers and the calendars that they count on: pure tables, and what holds for any of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referrals.tracking.calendars import calendar, day_there, of_place
from referrals.tracking.lifecycle import OPEN, TERMINAL, Status
from referrals.tracking.timers import RULES, Entered, Rings, late_at, next_round, rings, timers

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, 16, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 28, 20, tzinfo=UTC)
CODES = ("FR", "FR-57", "FR-974", "GB-ENG", "GB-SCT", "GB-NIR", "CA", "CA-QC", "CA-ON", "CA-NL")
ENGLAND, FRANCE = calendar("GB-ENG"), calendar("FR")


def entered(status: str, urgency: str = "routine", at: datetime = MONDAY) -> Entered:
    return Entered(status, urgency, at, receiver=ENGLAND, sender=ENGLAND)


def when(of: Entered) -> dict[str, datetime]:
    return {one.kind: one.due_at for one in timers(of)}


# ------------------------------------------------------------------ calendars


@pytest.mark.parametrize(
    ("code", "day", "works"),
    [
        ("FR", date(2027, 7, 14), False), ("GB-ENG", date(2027, 7, 14), True), ("FR", date(2027, 5, 6), False),
        ("FR", date(2027, 3, 26), True), ("FR-6AE", date(2027, 3, 26), False), ("FR-974", date(2027, 12, 20), False),
        ("GB-SCT", date(2026, 11, 30), False), ("GB-ENG", date(2026, 11, 30), True),
        ("GB-NIR", date(2027, 3, 17), False), ("GB-ENG", date(2026, 12, 28), False),
        ("CA-QC", date(2027, 6, 24), False), ("CA-ON", date(2027, 6, 24), True), ("CA-ON", date(2027, 7, 1), False),
        ("FR", date(2026, 11, 28), False),
    ],
)  # fmt: skip
def test_each_country_and_part_keeps_its_own_days(code: str, day: date, works: bool) -> None:
    assert calendar(code).works(day) is works


@pytest.mark.parametrize(
    ("country", "postcode", "code"),
    [
        ("FR", "69003", "FR"), ("FR", "67000", "FR-6AE"), ("FR", "57000", "FR-57"), ("FR", "97400", "FR-974"),
        ("GB", "TR1 2AB", "GB-ENG"), ("GB", "EH1 1AA", "GB-SCT"), ("GB", "G1 1AA", "GB-SCT"), ("GB", "BT1 1AA", "GB-NIR"),
        ("GB", "GL1 1AA", "GB-ENG"), ("gb", None, "GB-ENG"), ("CA", "H2X 1Y4", "CA-QC"), ("CA", "X0A 0H0", "CA-NU"),
        ("US", "90210", "FR"), (None, None, "FR"), ("FR", "6700", "FR"),
    ],
)  # fmt: skip
def test_an_address_says_whose_days_count(country: str | None, postcode: str | None, code: str) -> None:
    assert of_place(country, postcode) == code


@pytest.mark.parametrize(
    ("code", "start", "days", "end"),
    [
        ("FR", datetime(2026, 12, 23, 15, tzinfo=UTC), 2, datetime(2026, 12, 28, 15, tzinfo=UTC)),
        ("GB-ENG", datetime(2026, 12, 23, 15, tzinfo=UTC), 2, datetime(2026, 12, 29, 15, tzinfo=UTC)),
        ("GB-SCT", datetime(2026, 11, 27, 15, tzinfo=UTC), 1, datetime(2026, 12, 1, 15, tzinfo=UTC)),
        ("FR", SATURDAY, 1, datetime(2026, 12, 1, 8, tzinfo=UTC)),
        ("FR", datetime(2027, 3, 26, 9, tzinfo=UTC), 1, datetime(2027, 3, 30, 8, tzinfo=UTC)),
        ("CA-ON", datetime(2026, 11, 24, 2, tzinfo=UTC), 1, datetime(2026, 11, 25, 2, tzinfo=UTC)),
    ],
)
def test_working_days_are_counted_where_the_clock_hangs(code: str, start: datetime, days: int, end: datetime) -> None:
    """The fifth begins before the clocks go forward and ends after; on the last it is still Monday evening in Toronto."""
    assert calendar(code).after(start, timedelta(days=days)) == end


@pytest.mark.parametrize(
    ("code", "start", "end"),
    [
        ("FR", datetime(2027, 3, 27, 9, tzinfo=UTC), datetime(2027, 3, 28, 8, tzinfo=UTC)),
        ("FR", datetime(2026, 10, 24, 8, tzinfo=UTC), datetime(2026, 10, 25, 9, tzinfo=UTC)),
        ("FR", datetime(2027, 3, 27, 1, 30, tzinfo=UTC), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        ("GB-ENG", datetime(2026, 10, 24, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("CA-QC", datetime(2027, 3, 13, 15, tzinfo=UTC), datetime(2027, 3, 14, 14, tzinfo=UTC)),
    ],
)
def test_a_day_later_is_the_same_time_of_day_when_clocks_change(code: str, start: datetime, end: datetime) -> None:
    """In the third there is no such time on that day, in the fourth there are two of them, and the first counts."""
    assert calendar(code).days_after(start, 1) == end


def test_four_hours_are_four_hours_when_clocks_change() -> None:
    before = datetime(2027, 3, 12, 4, 30, tzinfo=UTC)
    assert calendar("CA-QC").hours_after(before, 4) == before + timedelta(hours=4)
    assert calendar("GB-ENG").hours_after(FRIDAY + timedelta(hours=6), 4) == datetime(2026, 11, 30, 9, tzinfo=UTC)


@settings(max_examples=300)
@given(code=st.sampled_from(CODES), later=st.integers(0, 4 * 365 * 24 * 60), minutes=st.integers(0, 15 * 24 * 60))
def test_what_passes_between_is_what_was_added(code: str, later: int, minutes: int) -> None:
    """Also over nights on which clocks change, holidays and weekends."""
    here, span, since = calendar(code), timedelta(minutes=minutes), MONDAY + timedelta(minutes=later)
    end = here.after(since, span)
    assert end >= since
    assert here.works(end.astimezone(here.zone).date())
    assert here.between(since, end) == span


# ------------------------------------------------------------------ timers


@pytest.mark.parametrize("status", sorted(OPEN))
@pytest.mark.parametrize("urgency", ["urgent", "routine"])
def test_every_open_state_has_a_timer_that_calls_somebody(status: str, urgency: str) -> None:
    late = late_at(timers(entered(status, urgency)))
    assert late is not None
    assert late > MONDAY


def test_what_failed_waits_for_a_decision_and_what_ended_well_for_nobody() -> None:
    failed = {status for status in TERMINAL if RULES.get(status)}
    assert failed == {Status.DECLINED, Status.EXPIRED, Status.CANCELLED, Status.NOT_COMPLETED}
    for status in TERMINAL:
        assert late_at(timers(entered(status))) is None
    assert when(entered("declined", "urgent")) == {
        "decide": datetime(2026, 11, 24, 9, tzinfo=UTC), "escalate": datetime(2026, 11, 25, 9, tzinfo=UTC),
    }  # fmt: skip


@pytest.mark.parametrize("status", sorted(RULES))
def test_urgent_never_waits_longer_than_routine(status: str) -> None:
    urgent, routine = when(entered(status, "urgent", FRIDAY)), when(entered(status, "routine", FRIDAY))
    assert all(urgent[kind] <= routine[kind] for kind in urgent)


@pytest.mark.parametrize("status", sorted(RULES))
@pytest.mark.parametrize("urgency", ["urgent", "routine"])
@pytest.mark.parametrize("at", [MONDAY, FRIDAY, SATURDAY, datetime(2026, 12, 24, 18, tzinfo=UTC)])
def test_nobody_is_cut_off_before_they_are_late(status: str, urgency: str, at: datetime) -> None:
    set_ = timers(entered(status, urgency, at))
    late, over = late_at(set_), [one.due_at for one in set_ if rings(status, one.kind) is Rings.SYSTEM]
    assert not over or late is None or late <= over[0]


@pytest.mark.parametrize(
    ("status", "urgency", "at", "expected"),
    [
        ("sent", "routine", MONDAY, {"remind": "11-25 09", "remind_again": "11-30 09", "expire": "12-07 09"}),
        ("sent", "urgent", MONDAY, {"remind": "11-23 13", "remind_again": "11-24 09", "expire": "11-25 09"}),
        ("sent", "urgent", FRIDAY, {"remind": "11-27 20", "remind_again": "11-30 16", "expire": "12-01 16"}),
        ("info_requested", "routine", FRIDAY, {"reply": "12-01 16", "escalate": "12-04 16", "expire": "12-11 16"}),
        ("accepted", "routine", MONDAY, {"first_contact": "11-30 09"}),
        ("waitlisted", "urgent", MONDAY, {"review": "11-30 09"}),
        ("cancel_requested", "routine", MONDAY, {"confirm_cancel": "11-30 09"}),
        ("completed", "routine", MONDAY, {"verdict": "12-07 09", "escalate": "12-14 09", "auto_close": "12-23 09"}),
        ("awaiting_consent", "urgent", MONDAY, {"ask_last": "11-24 09", "consent_timeout": "12-07 09"}),
    ],
)
def test_each_state_has_its_timers(status: str, urgency: str, at: datetime, expected: dict[str, str]) -> None:
    assert {kind: f"{due:%m-%d %H}" for kind, due in when(entered(status, urgency, at)).items()} == expected


def test_the_receiver_has_its_own_days_and_we_have_ours() -> None:
    """Monday, 30 November is a day off in Scotland and none in France."""
    asked = replace(
        entered("sent", at=datetime(2026, 11, 26, 9, tzinfo=UTC)), receiver=calendar("GB-SCT"), sender=FRANCE
    )
    assert when(asked)["remind"] == datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert when(replace(asked, status="info_requested"))["reply"] == datetime(2026, 11, 30, 9, tzinfo=UTC)


def test_a_promised_day_counts_instead_of_the_span_until_offices_close() -> None:
    named = replace(entered("accepted"), promised=date(2026, 12, 4), receiver=FRANCE)
    assert when(named) == {"first_contact": datetime(2026, 12, 4, 16, tzinfo=UTC)}


def test_an_appointment_asks_for_its_outcome_after_it_was() -> None:
    at = datetime(2026, 12, 1, 10, tzinfo=UTC)
    assert when(replace(entered("scheduled"), appointment=at)) == {
        "ask_attendance": at + timedelta(days=1), "attendance": at + timedelta(days=2),
    }  # fmt: skip


def test_a_question_stops_the_receivers_clock_and_the_reply_lets_the_rest_run() -> None:
    """Sent on Monday, asked on Wednesday after two days; our reply comes a week later."""
    reply = datetime(2026, 12, 2, 9, tzinfo=UTC)
    after = replace(entered("sent", at=reply), spent=ENGLAND.between(MONDAY, datetime(2026, 11, 25, 9, tzinfo=UTC)))
    assert when(after) == {
        "remind_again": datetime(2026, 12, 7, 9, tzinfo=UTC), "expire": datetime(2026, 12, 14, 9, tzinfo=UTC),
    }  # fmt: skip
    spent = replace(after, spent=timedelta(days=10))
    assert when(spent) == {"expire": datetime(2026, 12, 3, 9, tzinfo=UTC)}
    assert late_at(timers(spent)) == datetime(2026, 12, 3, 9, tzinfo=UTC)


def test_a_service_may_have_its_own_pace() -> None:
    own = replace(entered("sent"), pace={"answer": 4, "contact": 2})
    assert {kind: f"{due:%m-%d %H}" for kind, due in when(own).items()} == {
        "remind": "11-24 04", "remind_again": "11-25 09", "expire": "11-27 09",
    }  # fmt: skip
    assert when(replace(own, status="accepted")) == {"first_contact": datetime(2026, 11, 25, 9, tzinfo=UTC)}
    assert when(replace(own, status="rebooking")) == when(entered("rebooking"))


def test_what_repeats_rings_again_and_nothing_else_does() -> None:
    rung = datetime(2026, 12, 23, 9, tzinfo=UTC)
    following = next_round(entered("waitlisted"), "review", rung)
    assert following is not None
    assert following.due_at == datetime(2027, 1, 22, 9, tzinfo=UTC)
    assert next_round(entered("sent"), "expire", rung) is None


def test_a_day_is_the_day_of_the_clock_there() -> None:
    at = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
    assert [day_there(code, at) for code in ("GB-ENG", "CA-QC", "FR")] == [
        date(2026, 11, 24),
        date(2026, 11, 23),
        date(2026, 11, 24),
    ]
    assert day_there("FR", None) is None
