"""What those look for who tell of a danger: the numbers come first, and then who helps the beaten, the desperate. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from referrals.directory.search import crisis
from referrals.directory.search.helplines import Danger
from referrals.directory.search.lexicon import Terms
from referrals.directory.search.little import LITTLE, says_nothing
from referrals.directory.search.reading import Reading
from referrals.directory.search.tags import MODE, group_of
from referrals.taxonomy.vocabulary import TermInfo, Vocabulary

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
_CODES: Final = frozenset(_LOOK_FOR.values())
_SAFETY: Final[Mapping[str, str]] = {"domestic-violence": "domestic-violence-refuge"}
"""What comes first for somebody in danger of whom nothing else is said: a door that closes, before a court."""


def phrases(line: Reading, needs: Sequence[Terms], vocabulary: Vocabulary) -> list[Terms]:
    """What the phrases of danger in the line ask for, of words that are no need yet.

    Beside another need only where the line speaks of a person: `groupe de parole overdose` asks for a group.
    """
    named = {terms[0].code for terms in needs if terms[0].taggable}
    is_somebodys = crisis.speaks_of_somebody(line.line)
    if not is_somebodys and not named <= _CODES:
        return []
    found = _told(line)
    told = {danger for _, _, dangers in found for danger in dangers}
    term = next((vocabulary.need(code) for danger, code in _LOOK_FOR.items() if danger in told), None)
    if term is None or (not is_somebodys and named - {term.code}):
        return []
    taken = False
    for start, end, _ in found:
        within = (at for at, token in enumerate(line.tokens) if start <= token.start and token.end <= end)
        free = [at for at in within if _may_be_taken(line, at)]
        if any(line.words[at] not in LITTLE for at in free):
            line.take_each(free, "need", term.code)
            taken = True
    return [(term,)] if taken else []


def safety(line: Reading, needs: Sequence[Terms], vocabulary: Vocabulary) -> TermInfo | None:
    """What comes first where a person is in danger: where they would be safe; beside a need that nobody asks for by its name
    (`mom burns me with cigarettes`), who helps with the danger.
    """
    codes = {terms[0].code for terms in needs}
    if not codes & _CODES or not crisis.speaks_of_somebody(line.line):
        return None
    told = {danger for _, _, dangers in _told(line) for danger in dangers}
    code = next((code for danger, code in _LOOK_FOR.items() if danger in told and code in codes), None)
    if code is None or (len(codes) > 1 and _is_asked_for_besides(line, code)):
        return None
    return vocabulary.need(_SAFETY.get(code, code)) if len(codes) > 1 or code in _SAFETY else None


def _told(line: Reading) -> list[tuple[int, int, tuple[Danger, ...]]]:
    if line.dangers is None:
        line.dangers = crisis.phrases(line.line)
    return line.dangers


def _is_asked_for_besides(line: Reading, code: str) -> bool:
    spans = (span for span in line.spans_of("need") if (mark := line.marks[span[0]]) and mark.code != code)
    return any(
        line.known.is_name([line.right(at) for at in range(*span) if not says_nothing(line.words[at])])
        for span in spans
    )


def _may_be_taken(line: Reading, at: int) -> bool:
    """`home` of `not safe at home` asks nobody to come; for whom it is (`frappe mes enfants`) stays a wish."""
    mark = line.marks[at]
    return mark is None or (mark.kind == "wish" and group_of(mark.code or "") == MODE)
