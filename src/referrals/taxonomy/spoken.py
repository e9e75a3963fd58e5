"""What a sentence that somebody typed may mean: its words, misspelt or not, beside the words that say our needs. Pure.

A need is likely where the words that say it are there, and more so where they say most of what was typed. Words that say
many needs (help, service, aide) count little. A word is known by its spelling or by how it sounds in either language.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import log
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from referrals.kit.text import fold
from referrals.taxonomy.vocabulary import Phrase, TermInfo, Vocabulary

LEAST: Final = 38.0
"""Likeness below which nothing is meant."""
_BESIDE: Final = 0.66
"""Of the likeliest; what is less likely than that only confuses."""
_SHORTEST: Final = 4
"""Letters of a word that may be misspelt; shorter ones are too like each other."""
_ALIKE: Final = 0.72
_SOUNDS_ALIKE: Final = 0.85
_OTHER_LANGUAGE: Final = 0.96
_TELLS: Final = 1.9
"""The weight of a word that says something by itself: one that says fewer than some eighteen needs of a hundred."""
_SAY_NOTHING: Final = (
    "a about after all am an and any are as at be because been but by can could do does for from get getting go had has have "
    "he her him his i if in into is it its just me mine mum my no not of off on one or our out she so some someone somebody "
    "something somewhere that the their them there they this to too us very wants want was we what when where who will with "
    "without would you your need needs needed please "
    "ai au aux avec avoir apres ce ces cette chez dans de des du elle en est et etre fait faire il ils je l la le les leur "
    "lui ma mais me mes moi mon ne nous on ou par pas plus pour qu que qui sa sans se ses si son sont suis sur ta te tes toi "
    "ton tu un une vos votre vous y d c s m n t j besoin veut voudrait quelque chose quelqu soir ce"
)
_SMALL: Final = frozenset(_SAY_NOTHING.split())
_SOUNDS: Final = (
    ("ph", "f"), ("que", "k"), ("qu", "k"), ("sch", "s"), ("ch", "s"), ("sh", "s"), ("th", "t"), ("ck", "k"), ("eau", "o"),
    ("au", "o"), ("ei", "e"), ("ai", "e"), ("ea", "e"), ("ee", "i"), ("ie", "i"), ("ce", "se"), ("ci", "si"), ("cy", "si"),
    ("c", "k"), ("y", "i"), ("h", ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meant:
    """A need, and how likely it is that it was meant: 0 to 100."""

    term: TermInfo
    score: float


@dataclass(frozen=True, slots=True)
class _Said:
    """One way of saying a need, as words that tell something."""

    words: tuple[str, ...]
    language: str
    term: TermInfo


class Spoken:
    """All that says our needs, word by word. Made once for a vocabulary."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self.phrases = phrases
        self._said = [_Said(tuple(_telling(phrase.folded)), phrase.language, phrase.term) for phrase in phrases]
        terms: dict[str, set[str]] = defaultdict(set)
        self._by_word: dict[str, list[_Said]] = defaultdict(list)
        for said in self._said:
            for word in said.words:
                terms[word].add(said.term.code)
                self._by_word[word].append(said)
        many = len({said.term.code for said in self._said})
        self._weight = {word: log(1 + many / len(codes)) for word, codes in terms.items()}
        self._unknown = log(1 + many / 4)
        self._words = list(terms)
        self._sounds = [_sound(word) for word in self._words]

    def meant(self, text: str, language: str, limit: int) -> list[Meant]:
        """The likeliest first; none where nothing is likely."""
        alike = {word: self._alike(word) for word in dict.fromkeys(_telling(fold(text)))}
        asked = sum(max((self._weight[known] for known in found), default=self._unknown) for found in alike.values())
        near = _nearest(alike.values())
        best: dict[str, Meant] = {}
        for said in {id(said): said for known in near for said in self._by_word[known]}.values():
            score = self._score(said, near, asked) * (1 if said.language == language else _OTHER_LANGUAGE)
            if said.term.taggable and (said.term.code not in best or best[said.term.code].score < score):
                best[said.term.code] = Meant(said.term, score)
        ranked = sorted(best.values(), key=lambda one: -one.score)
        return [one for one in ranked if one.score >= max(LEAST, _BESIDE * ranked[0].score)][:limit]

    def _score(self, said: _Said, near: Mapping[str, float], asked: float) -> float:
        heard = sum(self._weight[word] * near.get(word, 0) for word in said.words)
        all_of_it = sum(self._weight[word] for word in said.words)
        tells = any(self._weight[word] >= _TELLS and word in near for word in said.words)
        if not tells and heard < 0.9 * all_of_it:
            return 0
        return 100 * (0.6 * heard / all_of_it + 0.4 * min(1.0, heard / asked))

    def _alike(self, typed: str) -> dict[str, float]:
        """Known words that this one may be, each with how like it is (0 to 1)."""
        if typed in self._weight:
            return {typed: 1.0}
        if len(typed) < _SHORTEST:
            return {}
        found = {word: 0.9 for word in self._words if word.startswith(typed)}
        pools = ((self._words, typed, 1.0, _ALIKE), (self._sounds, _sound(typed), 0.97, _SOUNDS_ALIKE))
        for pool, asked, worth, least in pools:
            if len(asked) >= _SHORTEST - 1:
                close = process.extract(asked, pool, scorer=OSA.normalized_similarity, score_cutoff=least, limit=12)
                for _text, score, at in close:
                    word = self._words[at]
                    if len(word) >= _SHORTEST and found.get(word, 0) < score * worth:
                        found[word] = score * worth
        most = max(found.values(), default=0)
        return {word: score for word, score in found.items() if score >= most - 0.08}


def spoken(words: Vocabulary) -> Spoken:
    """The sentences of this vocabulary, made on the first question."""
    if not _made or _made[0].phrases is not words.phrases:
        _made[:] = [Spoken(words.phrases)]
    return _made[0]


_made: list[Spoken] = []


def _telling(folded: str) -> list[str]:
    telling = [word for word in folded.split() if word not in _SMALL and len(word) > 1] or folded.split()
    return [_root(word) for word in telling]


def _root(word: str) -> str:
    """`debt` and `debts`, `aide` and `aides` are one word."""
    return word.rstrip("s").rstrip("e") if len(word) >= _SHORTEST else word


def _nearest(found: Iterable[Mapping[str, float]]) -> dict[str, float]:
    near: dict[str, float] = {}
    for words in found:
        for word, score in words.items():
            near[word] = max(score, near.get(word, 0))
    return near


@cache
def _sound(word: str) -> str:
    """Roughly, in French and English alike: `physio` and `fisio`, `juridique` and `juridik`, `creative` and `kreativ`."""
    for written, heard in _SOUNDS:
        word = word.replace(written, heard)
    once = "".join(letter for at, letter in enumerate(word) if at == 0 or letter != word[at - 1])
    return once.rstrip("es") or once
