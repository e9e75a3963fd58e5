"""The ways of saying our needs, prepared for reading what people type."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from referrals.kit.text import fold
from referrals.taxonomy.vocabulary import NEED, Phrase, TermInfo, Vocabulary

FILLERS = frozenset(
    [
        "besoin",
        "cherche",
        "recherche",
        "trouver",
        "veux",
        "voudrais",
        "aimerais",
        "faire",
        "pouvoir",
        "peux",
        "svp",
        "merci",
        "bonjour",
        "need",
        "needs",
        "want",
        "looking",
        "find",
        "get",
        "some",
        "someone",
        "somebody",
        "please",
        "hello",
        "help",
        "aide",
        "aider",
        "service",
        "services",
    ]
)
"""Words of the asking, not of what is asked for. Part of a phrase they count; left over they do not."""
LITTLE = frozenset(
    [
        "a",
        "au",
        "aux",
        "d",
        "de",
        "des",
        "du",
        "et",
        "for",
        "in",
        "l",
        "la",
        "le",
        "les",
        "of",
        "on",
        "or",
        "ou",
        "par",
        "pour",
        "qu",
        "que",
        "qui",
        "the",
        "to",
        "un",
        "une",
        "and",
        "an",
        "en",
        "avec",
        "with",
        "sans",
        "my",
        "mon",
        "ma",
        "mes",
        "j",
        "je",
        "i",
        "is",
        "are",
        "est",
        "c",
        "ce",
        "s",
        "se",
        "n",
        "ne",
        "me",
        "m",
        "y",
    ]
)
"""Words that carry nothing by themselves."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What some words say: the likeliest term first. `exact`: spelt as we know it, but for accents and plurals."""

    terms: tuple[TermInfo, ...]
    exact: bool
    said: str


class Lexicon:
    """All phrases by their key. Built once for each vocabulary; `lexicon` keeps the newest."""

    def __init__(self, words: Vocabulary) -> None:
        meant: dict[str, dict[str, tuple[bool, TermInfo]]] = {}
        for phrase in (*words.phrases, *_codes(words)):
            if spoken := key(phrase.folded):
                _learn(meant.setdefault(spoken, {}), phrase)
        self._terms = {
            said: tuple(term for _, term in sorted(found.values(), key=_likely)) for said, found in meant.items()
        }
        self._by_length: dict[int, list[str]] = {}
        for said in self._terms:
            self._by_length.setdefault(said.count(" ") + 1, []).append(said)
        self.longest = max((len(phrase.folded.split()) for phrase in words.phrases), default=1)
        self.words = _all_words(words)

    def exactly(self, tokens: tuple[str, ...]) -> Meaning | None:
        said = key(" ".join(tokens))
        terms = self._terms.get(said)
        return Meaning(terms, True, said) if terms else None

    def nearly(self, tokens: tuple[str, ...]) -> Meaning | None:
        """The same words with a slip or two. A word of four letters or fewer must be right."""
        typed = key(" ".join(tokens))
        slips = sum(map(_slips, typed.split()))
        if not slips:
            return None
        known = self._by_length.get(typed.count(" ") + 1, [])
        scored = process.extract(typed, known, scorer=OSA.distance, score_cutoff=min(slips, 3), limit=8)
        close = [said for said, _, _ in scored if _word_by_word(typed, said)]
        return Meaning(self._terms[close[0]], False, close[0]) if close else None


@lru_cache(maxsize=2)
def _lexicon(words: "_Same") -> Lexicon:
    return Lexicon(words.words)


def lexicon(words: Vocabulary) -> Lexicon:
    return _lexicon(_Same(words))


class _Same:
    """A vocabulary as a key: the same object is the same vocabulary."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words

    def __hash__(self) -> int:
        return id(self.words)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.words is self.words


def key(folded: str) -> str:
    """Folded words without the little ones, in the singular: `cours de francais` and `cour francais` are one."""
    return " ".join(singular(word) for word in folded.split() if word not in LITTLE)


def singular(word: str) -> str:
    """Good enough to make a word and its plural equal; not always a word."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith("aux"):
        return word[:-3] + "al"
    if len(word) > 3 and word.endswith(("s", "x")) and not word.endswith("ss"):
        return word[:-1]
    return word


def _learn(known: dict[str, tuple[bool, TermInfo]], phrase: Phrase) -> None:
    code = phrase.term.code
    known[code] = (phrase.is_label or (code in known and known[code][0]), phrase.term)


def _codes(words: Vocabulary) -> Iterable[Phrase]:
    """A code is the plainest English name: `domestic-violence`."""
    for term in words.terms.get(NEED, {}).values():
        yield Phrase(fold(term.code), "en", term, False)


def _likely(found: tuple[bool, TermInfo]) -> tuple[bool, bool]:
    """A label says it more surely than a synonym; what may be on a service more than a heading."""
    is_label, term = found
    return not is_label, not term.taggable


def _all_words(words: Vocabulary) -> frozenset[str]:
    """Every single word that our terms are made of: none of them is a misspelt town."""
    return frozenset(word for text in _texts(words) for word in fold(text).split())


def _texts(words: Vocabulary) -> Iterable[str]:
    for term in words:
        yield from (term.label_fr, term.label_en, term.plain_fr, term.plain_en, *term.synonyms_fr, *term.synonyms_en)


def _slips(word: str) -> int:
    return 0 if len(word) < 5 else 1 if len(word) < 8 else 2


def _word_by_word(typed: str, said: str) -> bool:
    """Each word close to its own counterpart, and never wrong in its first letter and another one too."""
    pairs = zip(typed.split(), said.split(), strict=True)
    return all(
        (distance := OSA.distance(one, other)) <= _slips(one) and (one[0] == other[0] or distance <= 1)
        for one, other in pairs
    )
