"""In which of our two languages something is written, told by its little words, where its source does not say. Pure."""

import re
from collections.abc import Iterable
from typing import Final

_LITTLE: Final[dict[str, frozenset[str]]] = {
    language: frozenset(words.split())
    for language, words in (
        (
            "fr",
            "le la les des du une un et est sont aux au dans pour par sur avec sans vous votre vos nous qui que ou ce",
        ),
        ("en", "the and of to for with without is are be your you our we by from that this in at any who must call"),
    )
}
"""None of them a word of the other language."""
_FEWEST: Final = 2
_CLEARLY: Final = 3
"""So many times as often as those of the other language."""


def written_in(texts: Iterable[str | None]) -> str | None:
    """`fr` or `en`; None where too little is said, or both are spoken."""
    words = [word for text in texts if text for word in re.findall(r"[^\W\d_]+", text.lower())]
    counted = {language: sum(word in little for word in words) for language, little in _LITTLE.items()}
    other, most = sorted(counted, key=counted.__getitem__)
    return most if counted[most] >= max(_FEWEST, _CLEARLY * counted[other]) else None
