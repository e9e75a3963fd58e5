"""Ages as people write them: `15 ans`, `my 16 year old son`, `moins de 18 ans`, `16-25`, `over 60s`. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from referrals.directory.search.tags import ADULT, FOR, MINOR, SENIOR
from referrals.directory.search.tokens import Token

YOUNG: Final = f"{FOR}:young-people"
_OF_AGE, _OLD, _YOUNG_UNTIL, _OLDEST = 18, 60, 30, 110
_GROWN_OLD: Final = 55
"""From here on `over 55` means older people."""
_NUMBER: Final = re.compile(r"(\d{1,3})(s|ans|yo)?")
_UNDER: Final = (("moins", "de"), ("under",), ("below",), ("younger", "than"), ("jusqu", "a"), ("up", "to"))
_OVER: Final = (("plus", "de"), ("over",), ("above",), ("older", "than"), ("a", "partir", "de"), ("des",))
_AGED: Final = (("age", "de"), ("agee", "de"), ("ages", "de"), ("agees", "de"), ("aged",), ("age",), ("ages",))
_MONTHS: Final = frozenset({"month", "months"})
_OF_LIFE: Final = (
    ("ans",), ("an",), ("year", "old"), ("years", "old"), ("yr", "old"), ("yrs", "old"), ("year", "olds"), ("yo",),
    ("y", "o"), ("month", "old"), ("months", "old"),
)  # fmt: skip
_ROUND: Final = frozenset({16, 18, 21, 25, 26, 50, 55, 60, 65, 70})
"""Only of these is an `s` one of age: `under 18s`."""
_MORE: Final = (
    ("et", "plus"),
    ("and", "over"),
    ("plus",),
    ("and", "older"),
    ("and", "up"),
    ("ou", "plus"),
    ("or", "over"),
)
_LESS: Final = (("et", "moins"), ("and", "under"), ("ou", "moins"), ("and", "younger"))
_SINCE: Final = frozenset(
    {"depuis", "pendant", "durant", "il", "y", "a", "for", "since", "en", "apres", "after", "within", "dans", "last"}
)
"""Before a number of years these make it a while and not an age."""


_BORN: Final = frozenset({"old", "olds", "yo", "o"})
"""After a number of years they make it an age, whatever stands before it: `for 8 year olds`."""


@dataclass(frozen=True, slots=True)
class Age:
    end: int
    tag: str


def age(tokens: Sequence[Token], at: int) -> Age | None:
    """What begins at this word; None where it is a postcode, a while, or no age."""
    words = [token.word for token in tokens[at : at + 10]]
    for starts, tell in ((_UNDER, _until), (_OVER, _from)):
        for start in starts:
            if tuple(words[: len(start)]) == start and (found := _years(words, len(start))):
                number, end, said = found
                if said or start[0] in ("under", "over"):
                    return Age(at + end, tell(number))
    aged = next((len(start) for start in _AGED if tuple(words[: len(start)]) == start), 0)
    between = 1 if words[:1] in (["entre"], ["between"]) else aged
    if pair := _pair(tokens, at, words, between, aged > 0):
        return Age(at + pair[0], pair[1])
    found = _years(words, aged)
    if found is None:
        return None
    number, end, said = found
    for more, tell in ((_MORE, _from), (_LESS, _until)):
        for tail in more:
            if said and tuple(words[end : end + len(tail)]) == tail:
                return Age(at + end + len(tail), tell(number))
    is_age = aged or (said and (words[end - 1] in _BORN or not _is_a_while(tokens, at)))
    return Age(at + end, _exactly(number)) if is_age else None


def a_while(tokens: Sequence[Token], at: int) -> int | None:
    """Where a number of years that is no age ends: `il y a 30 ans` is not Gard, nor `30 ans` looked for."""
    found = _years([token.word for token in tokens[at : at + 10]], 0)
    return at + found[1] if found and found[2] and _is_a_while(tokens, at) else None


def _is_a_while(tokens: Sequence[Token], at: int) -> bool:
    """`il y a 3 ans`, `depuis 3 ans`; but `à 45 ans` and `il a 17 ans` are ages."""
    before = [token.word for token in tokens[max(at - 2, 0) : at]]
    if before[-1:] == ["a"]:
        return before[0] == "y"
    return bool(_SINCE.intersection(before[-1:]))


def _years(words: Sequence[str], at: int) -> tuple[int, int, bool] | None:
    """The number here, where its words end, and whether they say that years of life are meant."""
    match = _NUMBER.fullmatch(words[at]) if at < len(words) else None
    if match is None or int(match[1]) > _OLDEST:
        return None
    number, end = int(match[1]), at + 1
    if match[2]:
        return number, end, match[2] != "s" or number in _ROUND
    for tail in _OF_LIFE:
        if tuple(words[end : end + len(tail)]) == tail:
            return (0 if tail[0] in _MONTHS else number), end + len(tail), True
    return number, end, False


def _pair(tokens: Sequence[Token], at: int, words: Sequence[str], skip: int, aged: bool) -> tuple[int, str] | None:
    """`16-25`, `12 à 17 ans`, `between 16 and 25`. Without a word for years only where both are ages of the young."""
    first = _NUMBER.fullmatch(words[skip]) if skip < len(words) else None
    if first is None or first[2]:
        return None
    gap = 1 if words[skip + 1 : skip + 2] and words[skip + 1] in ("a", "et", "to", "and") else 0
    then = _years(words, skip + 1 + gap)
    if then is None:
        return None
    low, high, end, said = int(first[1]), then[0], then[1], then[2]
    dashed = not gap and 0 < tokens[at + skip + 1].start - tokens[at + skip].end <= 3
    young = 10 <= low < high <= _YOUNG_UNTIL
    if not low < high or not (said or aged or (young and (dashed or gap))):
        return None
    return end, _between(low, high)


def _exactly(number: int) -> str:
    return MINOR if number < _OF_AGE else SENIOR if number >= _OLD else ADULT


def _until(number: int) -> str:
    return MINOR if number <= _OF_AGE else YOUNG if number <= _YOUNG_UNTIL else ADULT


def _from(number: int) -> str:
    return SENIOR if number >= _GROWN_OLD else ADULT if number >= _OF_AGE else MINOR


def _between(low: int, high: int) -> str:
    if high <= _OF_AGE:
        return MINOR
    if high <= _YOUNG_UNTIL:
        return YOUNG
    return SENIOR if low >= _GROWN_OLD else ADULT
