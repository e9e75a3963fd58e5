"""The figures of an evaluation, by hand; and a whole folder through the path of the pages."""

from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.evaluation.folder import Unusable, opened
from referrals.evaluation.judging import answered, everything
from referrals.evaluation.picture import picture
from referrals.evaluation.report import line, measured, report
from referrals.evaluation.robustness import ablation, leave_one_out, steadiness
from referrals.evaluation.world import filled
from referrals.matching.metrics import KEYS, Answer, intervals, measure, percentiles, sums
from referrals.taxonomy.queries import vocabulary
from tests.evaluation.small import FAR, NEAR, VIGNETTE, written


@pytest.fixture(scope="module")
def engine(words_and_places: AsyncEngine) -> AsyncEngine:
    return words_and_places


def answer(*shown: int | None, of: tuple[int, ...] = (3, 2, 1, 0), left_out: int = 0, no_match: bool = False) -> Answer:
    return Answer(shown, of, left_out, no_match)


def test_the_best_order_counts_one_and_every_other_less() -> None:
    assert answer(3, 2, 1).ndcg == 1
    assert answer(2, 3, 1).ndcg == pytest.approx(0.8428, abs=1e-4)
    assert answer().ndcg == 0


def test_what_may_not_be_shown_counts_within_the_first_five_alone() -> None:
    assert measure([answer(3, None, 2), answer(3, 2, 1, 1, 1, None)]).hard_constraint_violations == 1


def test_an_empty_list_is_right_where_nothing_fits_and_nowhere_else() -> None:
    found = measure([answer(no_match=True, of=(0,)), answer(), answer(3), answer(1, no_match=True, of=(0,))])
    assert (found.no_match_precision, found.no_match_recall) == (0.5, 0.5)
    assert found.ndcg_at_5 == pytest.approx((answer(3).ndcg + 0) / 2)
    assert measure([answer(3)]).no_match_recall is None


@given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=6), min_size=1, max_size=6))
def test_figures_lie_within_their_intervals_and_between_nought_and_one(people: list[list[int]]) -> None:
    answers = [[answer(*grades, of=tuple(grades))] for grades in people]
    between = intervals([sums(one) for one in answers], 200)
    found = measure([one for person in answers for one in person])
    for key in KEYS:
        value, interval = getattr(found, key), between[key]
        if value is not None and interval is not None:
            assert interval[0] - 0.2 * len(people) <= value <= interval[1] + 0.2 * len(people)
    assert 0 <= (found.ndcg_at_5 or 0) <= 1


def test_where_nothing_could_be_wrong_nothing_was() -> None:
    figures = line([[answer(3)]]).as_json()
    assert (figures["no_match_precision"], figures["no_match_recall"], figures["no_match_recall_ci"]) == (1, 1, None)


def test_percentiles_are_those_of_what_was_drawn() -> None:
    assert percentiles([float(n) for n in range(201)]) == (5.0, 195.0)
    assert percentiles([]) is None


async def test_a_folder_goes_through_import_and_matching(session: AsyncSession, tmp_path: Path) -> None:
    nothing = {**deepcopy(VIGNETTE), "id": "v2"}
    nothing["client"]["mobility"] = {"mode": "walk", "max_minutes": 5}
    nothing["expect"]["n1"] = {"grades": {NEAR: 0, FAR: 0}, "excluded": {NEAR: ["H5"], FAR: ["H5"]}, "no_match": True}
    folder = opened(written(tmp_path, vignettes=[VIGNETTE, nothing]))
    await filled(session, folder, tmp_path)
    everyone = await answered(session, folder.cases(await vocabulary(session)))
    assert [[str(match.offer.service_id) for match in one.proposals[0].ranked] for one in everyone] == [[NEAR], []]
    figures = report(everyone, await everything(session))
    assert {key: figures[key] for key in KEYS} == {
        "hard_constraint_violations": 0, "wrong_exclusions": 0, "ndcg_at_5": 1.0, "p_at_1": 1.0,
        "no_match_precision": 1.0, "no_match_recall": 1.0,
    }  # fmt: skip
    assert set(figures["baselines"]) == {"distance_only", "random_eligible", "nearest_eligible"}
    assert figures["baselines"]["distance_only"]["hard_constraint_violations"] > 0
    assert all(f"{key}_ci" in figures for key in KEYS)
    shaken = ablation(everyone)
    assert {one.criterion for one in shaken} >= {"fit", "timeliness", "travel", "cost"}
    assert "<svg" in picture(measured(everyone), shaken)
    assert steadiness(everyone, 3).draws == 3
    assert leave_one_out(everyone).measured.ndcg_at_5 == 1


async def test_a_directory_without_a_service_that_can_be_read_is_refused(session: AsyncSession, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"directory\.json"):
        await filled(session, opened(written(tmp_path, directory=[{"name": "Nobody"}])), tmp_path)


async def test_in_a_directory_without_a_service_nothing_fits_and_that_is_said(
    session: AsyncSession, tmp_path: Path
) -> None:
    folder = opened(written(tmp_path, directory=[]))
    await filled(session, folder, tmp_path)
    found = await answered(session, folder.cases(await vocabulary(session)))
    assert [len(need.ranked) for one in found for need in one.proposals] == [0]
