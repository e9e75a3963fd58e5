"""Words made comparable."""

import re
import unicodedata

_GAPS = re.compile(r"[^0-9a-z]+")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l"})


def fold(text: str) -> str:
    """Lower case, no accents, every other sign a single space: `Hébergement d’urgence` -> `hebergement d urgence`."""
    plain = text.lower()
    if not plain.isascii():
        parts = unicodedata.normalize("NFKD", plain.translate(_LETTERS))
        plain = "".join(c for c in parts if not unicodedata.combining(c))
    return _GAPS.sub(" ", plain).strip()
