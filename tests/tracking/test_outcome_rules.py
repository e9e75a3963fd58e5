"""The rules of outcomes, without a database: who agrees with whom, how far goals were reached, what may be told."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.tracking.labels import AGAINST, CONCORDANCE, SETTLED
from referrals.tracking.outcomes import delivered
from referrals.tracking.outcomes.concordance import FROZEN, SETTLEMENTS, TABLE, Concordance, concordance, standing
from referrals.tracking.outcomes.gas import Scored, attainment, t_score
from referrals.tracking.outcomes.heard import Answer, Figures, figures, news
from referrals.tracking.outcomes.rates import Story, rates, wilson

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_every_pair_of_voices_stands_in_the_table() -> None:
    assert {(told, heard) for told, row in TABLE.items() for heard in row} == {
        (told, heard) for told in ("full", "partial", "assessed_only", "none") for heard in ("yes", "partly", "no", "not_yet")
    }  # fmt: skip
    frozen = {(told, heard) for told, row in TABLE.items() for heard, found in row.items() if found in FROZEN}
    assert frozen == {("full", "no"), ("none", "yes")}


@pytest.mark.parametrize(
    ("told", "heard", "found"),
    [
        ("full", "yes", "agree"), ("full", "no", "full_but_no"), ("full", "not_yet", "later"), ("none", "yes", "none_but_yes"),
        ("none", "no", "agree"), ("partial", "yes", "shade"), (None, "no", "one_voice"), ("full", None, "one_voice"),
    ],
)  # fmt: skip
def test_two_voices_agree_or_somebody_is_asked(told: str | None, heard: str | None, found: str) -> None:
    assert concordance(told, heard) == Concordance(found)


def test_whatever_can_be_settled_has_a_name() -> None:
    assert {kind.value for kind in FROZEN} == set(CONCORDANCE) == {Concordance(kind).value for kind in SETTLEMENTS}
    assert {end for ends in SETTLEMENTS.values() for end in ends} <= set(SETTLED)


@pytest.mark.parametrize(
    ("judgement", "verified_by", "resolved", "delivery", "disputed", "why"),
    [
        ("met", "client", "yes", "full", False, None),
        ("met", "client", None, "full", False, "client_silent"),
        ("met", "client", "no", "full", False, "client_says_no"),
        ("partly", "client", "no", "full", False, None),
        ("met", "provider", None, "full", False, None),
        ("met", "provider", None, None, False, "provider_silent"),
        ("met", "provider", None, "none", False, "provider_silent"),
        ("met", "document", None, None, False, None),
        ("met", "none", "yes", "full", False, "nobody"),
        ("partly", "none", None, None, False, None),
        ("met", "document", "yes", "full", True, "disputed"),
        ("unmet", "none", "no", "full", True, None),
        ("unknown", "none", None, "full", False, None),
    ],
)
def test_a_verdict_stands_on_a_word_that_was_given(
    judgement: str, verified_by: str, resolved: str | None, delivery: str | None, disputed: bool, why: str | None
) -> None:
    found = standing(judgement, verified_by, resolved=resolved, delivery=delivery, disputed=disputed)
    assert found == why
    assert why is None or why in AGAINST


@pytest.mark.parametrize(
    ("levels", "weights", "score"),
    [([0, 0, 0], None, 50.00), ([1, 1, 0], None, 59.13), ([-1, -1, -1], None, 36.31), ([1, 0, -1], [3, 1, 1], 55.13), ([2], None, 70.00)],
)  # fmt: skip
def test_goals_are_scored_by_the_formula(levels: list[int], weights: list[int] | None, score: float) -> None:
    assert round(t_score(levels, weights), 2) == score


@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(1, 3)), min_size=1, max_size=4))
def test_going_up_one_level_never_lowers_the_score(goals: list[tuple[int, int]]) -> None:
    levels, weights = [level for level, _ in goals], [weight for _, weight in goals]
    higher = [min(2, levels[0] + 1), *levels[1:]]
    assert t_score(higher, weights) >= t_score(levels, weights)
    assert t_score([0] * len(goals), weights) == 50


def test_goals_that_nobody_looked_at_are_left_out() -> None:
    assert attainment([Scored(-2, None)]) is None
    found = attainment([Scored(-2, 0, 2), Scored(-1, -1), Scored(-1, None)])
    assert found is not None
    assert (found.goals, found.reached, found.better) == (2, 1, 1)
    assert found.before < found.after < 50
    with pytest.raises(ValueError, match="one positive weight"):
        t_score([1, 1], [1])


def test_closing_a_loop_is_not_meeting_a_need() -> None:
    told = [
        *[Story(True, "met", "client")] * 6, *[Story(True, "met", "provider", disputed=True)] * 2,
        *[Story(True, "partly", "client")] * 4, *[Story(True, "unmet", "none")] * 4, *[Story(True)] * 4, *[Story(False)] * 5,
    ]  # fmt: skip
    found = rates(told)
    assert (found.closed.of, found.closed.share) == pytest.approx((20, 16 / 20))
    assert found.verified.share == pytest.approx(12 / 20)
    assert (found.met.of, found.met.share) == pytest.approx((16, 6 / 16))
    assert found.met_or_half.share == pytest.approx(8 / 16)
    assert (found.met_of_all.of, found.met_of_all.share) == pytest.approx((25, 6 / 25))


def test_what_the_clock_closed_counts_as_ended_and_as_nothing_else() -> None:
    found = rates([Story(True)] * 10 + [Story(True, "met", "client")] * 10)
    assert (found.closed.share, found.met.share, found.met_of_all.share) == (0.5, 1.0, 0.5)


def test_under_ten_no_rate_is_shown_but_its_number_is() -> None:
    found = rates([Story(True, "met", "client")] * 9)
    assert (found.met.of, found.met.share, found.met.low) == (9, None, None)


@pytest.mark.parametrize(
    ("share", "of", "low", "high"), [(0.5, 10, 0.2366, 0.7634), (1.0, 10, 0.7225, 1.0), (0.0, 20, 0.0, 0.1611)]
)
def test_the_interval_is_wilson_s(share: float, of: int, low: float, high: float) -> None:
    assert wilson(share, of) == pytest.approx((low, high), abs=1e-4)


# ------------------------------------------------------------------ what a service is told


def said(received: str = "yes", resolved: str = "yes", respect: int | None = 5, minutes: int = 0) -> Answer:
    return Answer(received, resolved, respect, NOW + timedelta(minutes=minutes))


def test_fewer_than_five_say_nothing_to_a_service() -> None:
    assert figures([said()] * 4) is None
    assert figures([said()] * 5) == Figures(5, {"yes": 5}, {"yes": 5}, 5)


def test_a_part_under_five_is_not_told_nor_can_it_be_reckoned() -> None:
    found = figures([said()] * 11 + [said("no", "no", 1)] * 2)
    assert found == Figures(10, {"yes": 10}, {"yes": 10}, 10)


@given(
    st.lists(
        st.tuples(st.sampled_from(["yes", "partly", "no", "not_yet"]), st.integers(0, 14), st.integers(1, 5)),
        max_size=60,
    )
)
def test_two_looks_never_tell_what_one_person_said(story: list[tuple[str, int, int]]) -> None:
    """Fifteen people speak and change their minds in any order; the service looks after each word."""
    last: dict[int, Answer] = {}
    shown: Figures | None = None
    told_at: datetime | None = None
    spoke: set[int] = set()
    for minute, (received, who, respect) in enumerate(story, start=1):
        last[who] = said(received, "yes", respect, minute)
        spoke.add(who)
        fresh = news(list(last.values()), told_at)
        if fresh is None:
            continue
        assert len(spoke) >= 5
        before = shown or Figures(0, {}, {}, 0)
        for old, new in ((before.received, fresh.received), (before.resolved, fresh.resolved)):
            assert all((new.get(code, 0) - old.get(code, 0)) % 5 == 0 for code in {*old, *new})
            assert all(count >= 5 for count in new.values())
        assert (fresh.answers - before.answers) % 5 == 0
        assert (fresh.respectful - before.respectful) % 5 == 0
        shown, told_at, spoke = fresh, NOW + timedelta(minutes=minute), set()


@pytest.mark.parametrize(
    ("outcome", "why_not", "sessions", "field"),
    [("full", "", 3, None), ("partial", "", None, "why_not"), ("none", "no_show", None, None), ("partial", "nonsense", None, "why_not"), ("full", "", -1, "sessions")],
)  # fmt: skip
def test_less_than_all_of_it_says_why(outcome: str, why_not: str, sessions: int | None, field: str | None) -> None:
    found = delivered.problems(outcome, why_not, sessions, None, None, "")
    assert list(found) == ([field] if field else [])
