"""Words made comparable."""

import re
import unicodedata
from codecs import charmap_build, charmap_encode
from typing import Final

_WRITTEN_AS_TWO = re.compile("[œæßøđł]")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l"})
_GAPS = bytes(code if code in b"0123456789abcdefghijklmnopqrstuvwxyz" else ord(" ") for code in range(256))
_FIRST_MARK = "\u0300"
"""No sign before it is an accent."""


def fold(text: str) -> str:
    """Lower case, no accents, every other sign a single space: `Hébergement d’urgence` -> `hebergement d urgence`.

    Much is folded: a text in nothing but signs of French and English goes through one byte for each, another is taken apart.
    """
    try:
        plain = text.encode() if text.isascii() else charmap_encode(text.replace("œ", "oe"), "strict", _BYTES)[0]
        plain = plain.translate(_PLAIN)
    except UnicodeEncodeError:
        plain = _apart(text)
    return b" ".join(plain.split()).decode()


def _apart(text: str) -> bytes:
    plain = text.lower()
    if _WRITTEN_AS_TWO.search(plain):
        plain = plain.translate(_LETTERS)
    parts = unicodedata.normalize("NFKD", plain)
    kept = "".join([c for c in parts if c < _FIRST_MARK or not unicodedata.combining(c)])
    return kept.encode("ascii", "replace").translate(_GAPS)


_SIGNS: Final = {
    sign: folded[0]
    for sign in (*map(chr, (*range(128), *range(160, 256))), *"Ÿ\u2009\u2010\u2011\u202f‘’‚“”„–—…•‹›€")
    if len((folded := _apart(sign)).strip()) <= 1
}
"""What each of them becomes, where that is one letter or a gap. The first 128 are where ASCII has them."""
_BYTES: Final = charmap_build("".join(_SIGNS).ljust(256, "\ufffe"))
_PLAIN: Final = bytes(_SIGNS.values()).ljust(256)
