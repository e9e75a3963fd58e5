"""Words made comparable."""

import re
import unicodedata

_GAPS = re.compile(r"[^0-9a-z]+")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l"})


def fold(text: str) -> str:
    """Lower case, no accents, every other sign a single space: `Hébergement d’urgence` -> `hebergement d urgence`."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return _GAPS.sub(" ", "".join(c for c in plain if not unicodedata.combining(c))).strip()
