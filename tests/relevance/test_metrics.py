"""The measures on examples that can be reckoned by hand."""

from math import log2

import pytest

from tests.relevance import judged
from tests.relevance.measure import Measured, missed
from tests.relevance.metrics import Figures, exact, kappa, ndcg, success
from tests.relevance.second import problems

GRADED = {"a": 3, "b": 2, "c": 1}
BEST = 7 + 3 / log2(3) + 1 / 2


def test_the_best_order_earns_one() -> None:
    assert ndcg(["a", "b", "c", "x"], GRADED) == pytest.approx(1.0)


def test_a_late_answer_earns_less() -> None:
    assert ndcg(["x", "a"], GRADED) == pytest.approx(7 / log2(3) / BEST)


def test_what_stands_below_the_tenth_place_earns_nothing() -> None:
    assert ndcg([f"x{n}" for n in range(10)] + ["a"], GRADED) == 0.0


def test_a_listing_that_comes_twice_earns_once() -> None:
    assert ndcg(["a", "a", "b"], GRADED) == pytest.approx((7 + 3 / 2) / BEST)


def test_nothing_found_earns_nothing() -> None:
    assert ndcg([], GRADED) == success([], GRADED) == 0.0


@pytest.mark.parametrize(
    ("found", "expected"),
    [(["x", "y", "b"], 1.0), (["c", "x", "y", "a"], 0.0), (["x", "x", "a"], 1.0)],
)
def test_success_is_an_answer_among_the_first_three(found: list[str], expected: float) -> None:
    assert success(found, GRADED) == expected


def test_figures_are_means_over_the_questions() -> None:
    figures = Figures.over([(["a", "b", "c"], GRADED), (["x"], GRADED)])
    assert figures.questions == 2
    assert figures.ndcg == pytest.approx(0.5)
    assert figures.success == 0.5
    assert Figures.over([]).questions == 0


def test_judges_who_agree_have_a_kappa_of_one_and_who_guess_none() -> None:
    assert kappa([(0, 0), (3, 3), (2, 2)]) == 1.0
    assert kappa([(0, 0), (0, 3), (3, 0), (3, 3)]) == pytest.approx(0.0)
    assert exact([(0, 0), (1, 2)]) == 0.5


def test_a_near_miss_costs_less_than_a_far_one() -> None:
    assert kappa([(0, 0), (3, 2), (2, 2), (1, 1)]) > kappa([(0, 0), (3, 0), (2, 2), (1, 1)])


@pytest.mark.parametrize("directory", list(judged.HOMES))
def test_half_of_every_class_is_held_back_by_the_rule(directory: str) -> None:
    asked = [one for one in judged.questions(directory) if not one.was_added]
    assert {one.id: one.split for one in asked} == judged.splits((one.id, one.classes) for one in asked)
    for name in {name for one in asked for name in one.classes}:
        sides = [one.split for one in asked if name in one.classes]
        assert abs(sides.count("dev") - sides.count("held")) <= 3, name
    added = [one.split for one in judged.questions(directory) if one.was_added]
    assert abs(added.count("dev") - added.count("held")) <= 1


@pytest.mark.parametrize("directory", list(judged.HOMES))
def test_every_question_is_graded_and_only_those_that_nothing_fits_have_no_answer(directory: str) -> None:
    graded = judged.grades(directory)
    for one in judged.questions(directory):
        assert max(graded[one.id].values(), default=0) < 2 if one.fits_nothing else max(graded[one.id].values()) >= 2


def test_the_grades_of_the_demo_name_services_that_it_has(demo_keys: set[str]) -> None:
    assert {key for given in judged.grades("demo").values() for key in given} <= demo_keys


@pytest.fixture(scope="module")
def demo_keys() -> set[str]:
    lines = [
        line
        for file in sorted((judged.DEMO.parent.parent / "seed" / "directory").glob("*.yaml"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    return {line.split("key:")[1].strip() for line in lines if line.startswith("  - key:")}


def test_the_second_judges_answers_must_be_complete_and_in_range() -> None:
    asked = {"d001": ["a", "b"]}
    assert problems(asked, {"d001": {"a": 0, "b": 3}}) == []
    assert problems(asked, {"d001": {"a": 4}, "d002": {}}) == [
        "d002: not asked", "d001: b is not graded", "d001: a has the grade 4"
    ]  # fmt: skip


def test_a_goal_that_is_missed_is_told() -> None:
    asked = [judged.Question(f"d{n:03}", "kiné", "fr", ("french",), "dev") for n in range(1, 17)]
    graded = {one.id: {"a": 3} for one in asked}
    good, bad = {one.id: ["a"] for one in asked}, {one.id: ["x", "a"] for one in asked}
    assert missed(Measured("demo", asked, graded, {"embedded": good, "full text": bad})) == []
    assert missed(Measured("demo", asked, graded, {"embedded": bad, "full text": good})) == [
        f"{name}: below full text in nDCG@10" for name in ("all", "asked in French", "french")
    ]
    nothing: dict[str, list[str]] = {one.id: [] for one in asked}
    assert missed(Measured("demo", asked, graded, {"embedded": nothing}))[0].startswith("success@3 is 0.000")
