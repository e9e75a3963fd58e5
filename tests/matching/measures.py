"""How good an order is, as docs/directory-profile.md defines it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2


@dataclass(frozen=True, slots=True)
class Measured:
    hard_constraint_violations: int
    wrong_exclusions: int
    ndcg_at_5: float
    p_at_1: float
    no_match_precision: float
    no_match_recall: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The grades of what was shown, in order; None for what may not be shown at all."""

    shown: tuple[int | None, ...]
    all_grades: tuple[int, ...]
    wrongly_left_out: int
    no_match: bool


def measure(answers: Sequence[Answer]) -> Measured:
    asked = [answer for answer in answers if not answer.no_match]
    empty = [answer for answer in answers if not answer.shown]
    right = sum(1 for answer in empty if answer.no_match)
    return Measured(
        hard_constraint_violations=sum(grade is None for answer in answers for grade in answer.shown[:5]),
        wrong_exclusions=sum(answer.wrongly_left_out for answer in answers),
        ndcg_at_5=sum(_ndcg(answer) for answer in asked) / len(asked),
        p_at_1=sum((answer.shown[:1] or (0,))[0] in (2, 3) for answer in asked) / len(asked),
        no_match_precision=right / len(empty) if empty else 1.0,
        no_match_recall=right / max(1, len(answers) - len(asked)),
    )


def _ndcg(answer: Answer) -> float:
    return _dcg(answer.shown) / _dcg(sorted(answer.all_grades, reverse=True))


def _dcg(grades: Sequence[int | None]) -> float:
    return sum(float(2 ** (grade or 0) - 1) / log2(at + 2) for at, grade in enumerate(grades[:5]))
