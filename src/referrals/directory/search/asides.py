"""What people type beside the need and what no list of phrases can hold: languages and ages. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from referrals.directory.search.ages import age
from referrals.directory.search.little import words_set
from referrals.directory.search.tags import LANGUAGE
from referrals.directory.search.tokens import Token, plain

_SPOKEN: Final[dict[str, str]] = {
    "fr": "francais french francophone francophones", "en": "anglais english anglophone anglophones",
    "ar": "arabe arabic arabophone arabophones العربية عربي",
    "es": "espagnol spanish hispanophone castillan espanol castellano",
    "pt": "portugais portuguese lusophone bresilien brazilian portugues", "it": "italien italian italiano", "de": "allemand german deutsch",
    "nl": "neerlandais dutch flamand flemish", "pl": "polonais polish polski polsku", "ro": "roumain romanian", "ru": "russe russian russophone русский русском",
    "uk": "ukrainien ukrainian українська українською", "tr": "turc turkish turcophone turkce", "sq": "albanais albanian shqip", "fa": "persan farsi persian iranien",
    "ps": "pachto pashto pachtou", "prs": "dari", "ur": "ourdou urdu", "hi": "hindi", "bn": "bengali bangla", "pa": "pendjabi punjabi panjabi",
    "ta": "tamoul tamil", "te": "telugu telougou", "gu": "gujarati", "ml": "malayalam", "ne": "nepalais nepali",
    "si": "cinghalais sinhala sinhalese", "zh": "chinois chinese mandarin", "yue": "cantonais cantonese", "ja": "japonais japanese",
    "ko": "coreen korean", "th": "thai thailandais", "vi": "vietnamien vietnamese", "km": "khmer cambodgien", "tl": "tagalog filipino",
    "id": "indonesien indonesian", "ms": "malais malay", "so": "somali somalien", "ti": "tigrinya tigrigna", "am": "amharique amharic",
    "om": "oromo", "sw": "swahili", "ln": "lingala", "wo": "wolof", "bm": "bambara", "ff": "peul pular fula fulani poular",
    "snk": "soninke", "ha": "haoussa hausa", "yo": "yoruba", "ig": "igbo", "tw": "twi", "rw": "kinyarwanda", "rn": "kirundi",
    "mg": "malgache malagasy", "kab": "kabyle", "ber": "berbere berber tamazight amazigh", "rif": "rifain",
    "zdj": "comorien shikomori comorian", "swb": "shimaore mahorais", "ku": "kurde kurdish kurmandji sorani", "ckb": "sorani",
    "ka": "georgien georgian", "hy": "armenien armenian", "az": "azeri azerbaidjanais azerbaijani", "ce": "tchetchene chechen",
    "mn": "mongol mongolian", "kk": "kazakh", "uz": "ouzbek uzbek", "tg": "tadjik tajik", "sr": "serbe serbian", "hr": "croate croatian",
    "bs": "bosniaque bosnien bosnian", "mk": "macedonien macedonian", "bg": "bulgare bulgarian", "hu": "hongrois hungarian",
    "cs": "tcheque czech", "sk": "slovaque slovak", "sl": "slovene slovenian", "lt": "lituanien lithuanian", "lv": "letton latvian",
    "et": "estonien estonian", "fi": "finnois finnish", "sv": "suedois swedish", "no": "norvegien norwegian", "da": "danois danish",
    "el": "grec greek", "he": "hebreu hebrew", "yi": "yiddish", "rom": "romani tsigane rromani", "ht": "creole kreyol haitien haitian",
    "br": "breton", "kw": "cornish cornique", "cy": "gallois welsh", "gd": "gaelic gaelique", "ga": "irlandais irish", "eu": "basque euskara",
    "ca": "catalan", "oc": "occitan", "co": "corse", "iu": "inuktitut", "cr": "cri cree",
    "fsl": "lsf", "bfi": "bsl", "ase": "asl", "fcs": "lsq",
}  # fmt: skip
LANGUAGES: Final[dict[str, str]] = {plain(name): code for code, names in _SPOKEN.items() for name in names.split()}
"""Folded name -> ISO 639. Of two languages with one name, the later one: `sorani` is Central Kurdish."""
_PEOPLES: Final = frozenset(
    {"polish", "corse", "irish", "catalan", "basque", "cri", "thai", "no", "flemish", "cornish", "mongol"}
)
"""Names that are more often something else, or say where somebody comes from: a word for speaking must stand beside."""
_SIGNED: Final[dict[tuple[str, ...], str]] = {
    ("langue", "des", "signes"): "fsl", ("langue", "des", "signes", "francaise"): "fsl", ("langue", "signes"): "fsl",
    ("french", "sign", "language"): "fsl", ("british", "sign", "language"): "bfi", ("sign", "language"): "bfi",
    ("american", "sign", "language"): "ase", ("langue", "des", "signes", "quebecoise"): "fcs",
}  # fmt: skip
SPEAKING: Final = words_set(
    "en in parle parlent parlant parler parlons parlez speaking speaker speakers speak speaks "
    "langue language langues languages"
)
"""What may stand around a language's name."""


@dataclass(frozen=True, slots=True)
class Aside:
    start: int
    end: int
    tag: str


def language_at(tokens: Sequence[Token], at: int, taken: Sequence[object | None]) -> Aside | None:
    """The language whose name begins here, with the words of speaking around it."""
    for length in (4, 3, 2):
        words = tuple(token.word for token in tokens[at : at + length])
        if code := _SIGNED.get(words):
            return Aside(at, at + len(words), f"{LANGUAGE}:{code}")
    word = tokens[at].word
    code = LANGUAGES.get(word) or LANGUAGES.get(word.removesuffix("s").removesuffix("e"))
    if code is None:
        return None
    first, last = at, at + 1
    while first > 0 and taken[first - 1] is None and tokens[first - 1].word in SPEAKING:
        first -= 1
    while last < len(tokens) and taken[last] is None and _of_speaking(tokens, last):
        last += 1
    if word in _PEOPLES and last - first == 1:
        return None
    return Aside(first, last, f"{LANGUAGE}:{code}")


def _of_speaking(tokens: Sequence[Token], at: int) -> bool:
    """Or half of such a word, at the end."""
    return is_speaking(tokens[at].word, half=at == len(tokens) - 1)


def is_speaking(word: str, *, half: bool) -> bool:
    return word in SPEAKING or (half and len(word) > 1 and any(one.startswith(word) for one in SPEAKING))


def age_at(tokens: Sequence[Token], at: int) -> Aside | None:
    """The age, or the range of ages, that begins here."""
    found = age(tokens, at)
    return Aside(at, found.end, found.tag) if found else None
