"""Texts as their language sets them, however they were typed."""

import re

_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_BEFORE_SIGN = re.compile(r" (?=[;!?](?:\s|$))")
_AROUND_WORDS = re.compile(r" (?=[:»](?:\W|$))|(?<=«) ")


def typeset(text: str, language: str | None) -> str:
    """French with its own apostrophes and no-break spaces, so that no line begins with a semicolon."""
    if language != "fr":
        return text
    text = _BEFORE_SIGN.sub("\u202f", _APOSTROPHE.sub("’", text))
    return _AROUND_WORDS.sub("\u00a0", text)
