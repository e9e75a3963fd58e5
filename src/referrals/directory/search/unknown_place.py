"""A place that somebody must mean and that the gazetteer does not have. Pure."""

from itertools import islice
from typing import Final

from referrals.directory.search.little import LANDMARKS, LED_BY, LITTLE, PLACING, SURELY, says_nothing, words_set
from referrals.directory.search.reading import Reading

_LONGEST: Final = 4
"""Words."""
_PLACINGS: Final = 12
_WITHIN: Final = words_set("en sur sous")
"""What stands within names: `Boulogne-sur-Mer`."""
_NAMED: Final = words_set("saint sainte st ste ville bourg")
_ENDINGS: Final = ("ville", "villers", "bourg", "court", "mont", "ton", "ham", "bury", "shire", "mouth", "borough")
"""Built like a name of a town."""


def unknown_place(line: Reading) -> str | None:
    """The name after a word that announces a place, where the gazetteer knows none like it; as it was typed.

    After `near` anything is a place; after `à` or `in` only what is written or built like a name, or stands at the end
    beside a need.
    """
    for start in islice(line.after_placing(), _PLACINGS):
        end = _landmark(line, start)
        while end < len(line.tokens) and line.marks[end] is None and end - start < _LONGEST:
            named = line.tokens[end].capital or line.words[end] in LED_BY or line.words[end] in _WITHIN
            if line.known.is_ordinary(line.words[end]) and not named:
                break
            end += 1
        while end > start and line.words[end - 1] in LITTLE:
            end -= 1
        if end > start and _like_a_place(line, start, end):
            line.take(start, end, "unknown-place", None)
            return line.typed(start, end)
    return None


def _landmark(line: Reading, start: int) -> int:
    """Where the name of a station or a square ends that begins here; everyday words are part of it: `gare Part-Dieu`."""
    placing = next(word for word in reversed(line.words[:start]) if word in PLACING)
    if placing not in SURELY or line.words[start] not in LANDMARKS:
        return start
    end = start + 1
    while (
        line.is_free(end, end + 1)
        and end - start < _LONGEST
        and (line.words[end] in LED_BY or not says_nothing(line.words[end]))
    ):
        end += 1
    return end


def _like_a_place(line: Reading, start: int, end: int) -> bool:
    words = line.words[start:end]
    if all(len(word) < 4 for word in words) or any(word.isdigit() for word in words):
        return False
    placing = next(word for word in reversed(line.words[:start]) if word in PLACING)
    if placing in SURELY or line.tokens[start].capital or words[-1].endswith(_ENDINGS) or _NAMED.intersection(words):
        return True
    infinitive = words[0].endswith(("er", "ir", "re", "ing"))
    return line.is_last(end) and not infinitive and line.has("need")
