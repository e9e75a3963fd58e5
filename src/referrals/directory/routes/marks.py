"""The words of a question, marked where a text holds them. Everything else of the text is escaped."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import Final

from markupsafe import Markup, escape
from rapidfuzz.distance import OSA

from referrals.kit.text import fold

_WORD: Final = re.compile(r"[^\W_]+")
_STEM: Final = 4
"""Letters that two forms of one word share at least."""
_ENDING: Final = 3
"""Letters that they may differ by."""
_SLIP_FROM: Final = 5
"""Letters from which one slip of the finger still leaves the word."""


def marked(text: str, words: Sequence[str]) -> Markup:
    """`words`: folded, as `Understood.said` has them."""
    return _marked(text, tuple(words)) if words else escape(text)


@lru_cache(maxsize=2048)
def _marked(text: str, words: tuple[str, ...]) -> Markup:
    """Kept: while somebody types, the same rows come again and again."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for word in _WORD.finditer(text):
        pieces += [(text[at : word.start()], False), (word.group(), _is_one_of(word.group(), words))]
        at = word.end()
    pieces.append((text[at:], False))
    runs = groupby((piece for piece in _joined(pieces) if piece[0]), key=lambda piece: piece[1])
    return Markup("").join(
        Markup("<mark>{}</mark>").format(run) if is_marked else escape(run)
        for is_marked, some in runs
        if (run := "".join(piece for piece, _ in some))
    )


def _joined(pieces: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """The space between two marked words belongs to the mark."""
    whole = list(pieces)
    for at in range(1, len(whole) - 1):
        if whole[at][0].isspace() and whole[at - 1][1] and whole[at + 1][1]:
            whole[at] = (whole[at][0], True)
    return whole


def _is_one_of(written: str, words: Sequence[str]) -> bool:
    parts = fold(written).split()
    return any(_alike(part, word) for part in parts for word in words)


def _alike(written: str, asked: str) -> bool:
    """The same, the beginning of it, another form of it, or one slip away."""
    if written == asked:
        return True
    if len(asked) < _STEM:
        return False
    if written.startswith(asked):
        return True
    shared = next(
        (at for at, (a, b) in enumerate(zip(written, asked, strict=False)) if a != b), min(len(written), len(asked))
    )
    if shared >= max(_STEM, min(len(written), len(asked)) - 1) and max(len(written), len(asked)) - shared <= _ENDING:
        return True
    if min(len(asked), len(written)) < _SLIP_FROM or abs(len(asked) - len(written)) > 1:
        return False
    return OSA.distance(written, asked, score_cutoff=1) <= 1
