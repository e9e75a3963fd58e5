"""Texts as their language sets them, however they were typed."""

import re
from functools import lru_cache

from referrals.kit.french import spaced

_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")


def typeset(text: str, language: str | None) -> str:
    """French with its own apostrophes and no-break spaces, so that no line begins with a semicolon."""
    return _french(text) if language == "fr" else text


@lru_cache(maxsize=4096)
def _french(text: str) -> str:
    return spaced(_APOSTROPHE.sub("’", text))
