"""Names of languages, and what people write around them, as ISO 639 codes."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global

from referrals.kit.text import fold

# What Babel's lists do not call so. In directories of the Americas "Creole" is Haitian.
_MORE = {
    "creole": "ht", "haitian": "ht", "haitian creole": "ht", "creole haitien": "ht", "haitian kreyol": "ht",
    "american sign language": "ase", "asl": "ase", "british sign language": "bfi", "bsl": "bfi",
    "langue des signes francaise": "fsl", "langue des signes": "fsl", "lsf": "fsl", "french sign language": "fsl",
    "mandarin": "zh", "mandarin chinese": "zh", "castilian": "es", "espanol": "es", "ingles": "en", "farsi": "fa",
    "dari": "prs", "taiwanese": "nan", "flemish": "nl", "filipino": "fil", "tagalog": "tl", "kurdish": "ku",
    "tamazight": "ber", "deutsch": "de", "italiano": "it", "portugues": "pt", "polski": "pl", "turkce": "tr",
    "romana": "ro", "nederlands": "nl", "kreyol ayisyen": "ht", "kreyol": "ht", "cymraeg": "cy", "shqip": "sq",
    "soomaali": "so", "kiswahili": "sw", "magyar": "hu", "cestina": "cs", "slovencina": "sk", "hrvatski": "hr",
    "tieng viet": "vi", "bahasa indonesia": "id", "euskara": "eu", "catala": "ca", "brezhoneg": "br", "gaeilge": "ga", "berbere": "ber", "berber": "ber",
}  # fmt: skip
_AROUND = re.compile(r"\(([^()]*)\)?|\[([^\[\]]*)\]")
_BETWEEN = re.compile(r"\s*(?:,|;|/|&|\n|\band\b|\bet\b)\s*", re.IGNORECASE)
INTERPRETERS = re.compile(r"interpret|translat|language (?:line|services)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spoken:
    """One language as a source gave it. Without a code it is only words."""

    code: str | None
    name: str | None
    note: str | None = None


@lru_cache(maxsize=8192)
def spoken(text: str) -> tuple[Spoken, ...]:
    """`Spanish (limited)`, `English and Spanish`, `Creole with translators as needed`; words alone when it names none."""
    said = text.strip().strip(".*, ")
    note = next((found for match in _AROUND.findall(said) for found in match if found), None)
    bare = _AROUND.sub("", said).strip(" .,")
    if (known := code(bare)) is not None:
        return (Spoken(known, bare, note),)
    pieces = [piece.strip(" .") for piece in _BETWEEN.split(bare) if piece.strip(" .")]
    codes = [code(piece) for piece in pieces]
    if len(pieces) > 1 and all(codes):
        return tuple(Spoken(known, piece, note) for known, piece in zip(codes, pieces, strict=True))
    first = re.match(r"(\w+)[\s.,]+(with|other|any|upon|translat|interpret)", bare, re.IGNORECASE)
    if first and (known := code(first[1])) is not None:
        return (Spoken(known, first[1], said[len(first[1]) :].strip(" .,\n") or None),)
    return (Spoken(None, said or None),)


def code(text: str) -> str | None:
    """The shortest ISO 639 code of a language's name (English, French or its own) or of another code; None when unknown."""
    said = fold(text)
    if not said:
        return None
    if len(said) in (2, 3) and said in _codes():
        return _shortest(said)
    return _names().get(said)


@cache
def _codes() -> frozenset[str]:
    return frozenset(_listed("en")) | frozenset(map(str, get_global("language_aliases"))) | {"ase", "bfi", "fsl"}


def _shortest(known: str) -> str:
    """`eng` and `en` are one language."""
    alias = str(get_global("language_aliases").get(known, known))
    return alias if alias.isalpha() else known


@cache
def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in ("en", "fr"):
        for known, name in sorted(_listed(tag).items(), key=lambda pair: (len(pair[0]), pair[0])):
            found.setdefault(fold(name), known)
    return found | _MORE


def _listed(tag: str) -> dict[str, str]:
    """Code -> name in this language, without scripts and regions."""
    return {str(known): str(name) for known, name in Locale(tag).languages.items() if str(known).isalpha()}
