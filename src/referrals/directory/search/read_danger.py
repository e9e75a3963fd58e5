"""What those look for who tell of a danger: the numbers come first, and then who helps the beaten, the desperate. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from referrals.directory.search import crisis
from referrals.directory.search.helplines import Danger
from referrals.directory.search.lexicon import Terms
from referrals.directory.search.little import LITTLE
from referrals.directory.search.reading import Reading
from referrals.directory.search.tags import MODE, group_of
from referrals.directory.search.tokens import READ
from referrals.taxonomy.vocabulary import Vocabulary

_LOOK_FOR: Final[Mapping[Danger, str]] = {
    "suicide": "crisis-line",
    "violence": "domestic-violence",
    "sexual-violence": "sexual-violence-counselling",
    "child": "victim-support",
    "overdose": "harm-reduction",
    "trafficking": "victim-support",
    "night": "emergency-shelter",
}
"""Codes of needs, the gravest danger first. Whoever is dying needs the ambulance, and no service of ours."""


def phrases(line: Reading, vocabulary: Vocabulary) -> list[Terms]:
    """Where nothing that is needed was named: what the phrases of danger in the line ask for."""
    found = crisis.phrases(line.line.text, READ)
    told = {danger for _, _, dangers in found for danger in dangers}
    term = next((vocabulary.need(code) for danger, code in _LOOK_FOR.items() if danger in told), None)
    if term is None:
        return []
    taken = False
    for start, end, _ in found:
        within = (at for at, token in enumerate(line.tokens) if start <= token.start and token.end <= end)
        free = [at for at in within if _may_be_taken(line, at)]
        if any(line.words[at] not in LITTLE for at in free):
            for first, last in _runs(free):
                line.take(first, last, "need", term.code)
            taken = True
    return [(term,)] if taken else []


def _runs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """`2 3 5` -> (2, 4), (5, 6)."""
    first = 0
    for at in range(1, len(places) + 1):
        if at == len(places) or places[at] != places[at - 1] + 1:
            yield places[first], places[at - 1] + 1
            first = at


def _may_be_taken(line: Reading, at: int) -> bool:
    """`home` of `not safe at home` asks nobody to come; for whom it is (`frappe mes enfants`) stays a wish."""
    mark = line.marks[at]
    return mark is None or (mark.kind == "wish" and group_of(mark.code or "") == MODE)
