"""The ways of saying our needs, prepared for reading what people type."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, takewhile

from referrals.directory.search import heard
from referrals.directory.search.little import FILLERS, LITTLE, says_nothing
from referrals.directory.search.phrasebook import Phrasebook, keys_of, verbatim
from referrals.directory.search.signs import Signs
from referrals.directory.search.spelling import Words, singular
from referrals.directory.search.tags import FOR, MINOR, SENIOR
from referrals.directory.search.tokens import Line, parted, words_of
from referrals.kit.settings import LANGUAGES
from referrals.kit.text import fold
from referrals.taxonomy.vocabulary import AUDIENCE, NEED, TermInfo, Vocabulary

Terms = tuple[TermInfo, ...]
_TWO = 2
_ELIDED = frozenset(("d", "l", "j", "n", "s", "m", "t", "c", "qu"))
_VOWELS = frozenset("aeiouyh")
_OF_AGE = {SENIOR: "older-people", MINOR: "children"}
"""The audience that is called by an age."""
_RUN_TOGETHER = 4
"""Letters of a word before which an apostrophe was left out."""


@dataclass(frozen=True, slots=True)
class _Way:
    """One way of saying a term. `sure`: its label; then what people were heard to say of it; then its code.

    `is_name`: its label, or what it is called besides; else it is how people ask for it.
    """

    words: tuple[str, ...]
    term: TermInfo
    sure: bool
    is_name: bool = True

    @property
    def keys(self) -> tuple[str, ...]:
        return keys_of(self.words)

    @property
    def is_pair(self) -> bool:
        """Two words and nothing between them: they may be turned round or run together."""
        return len(self.words) == len(self.keys) == _TWO


def _called(term: TermInfo) -> tuple[tuple[str, ...], ...]:
    names = (name for language in LANGUAGES for name in (term.label(language), *term.synonyms(language)))
    ways = (tuple(word for word in words_of(name) if word not in LITTLE) for name in names)
    return tuple(dict.fromkeys(way for way in ways if way))


class Lexicon:
    """All that we can read. Built once for each vocabulary; `lexicon` keeps the newest."""

    def __init__(self, words: Vocabulary) -> None:
        self._vocabulary = words
        self.needs: Phrasebook[Terms] = Phrasebook()
        self.wishes: Phrasebook[str] = Phrasebook()
        ways = list(_ways(words))
        said = _by_keys(ways)
        self._called = frozenset(way.keys for way in ways if way.is_name)
        self._literally = _literally(ways)
        self.beginnings: Phrasebook[Terms] = Phrasebook()
        """The same, only as they are said: nobody begins with a phrase turned round."""
        for keys, terms in said.items():
            self.needs.add(keys, terms)
            self.beginnings.add(keys, terms)
        for keys in dict.fromkeys(way.keys for way in ways if way.is_pair):
            self.needs.add(("".join(keys),), said[keys])  # `banquealimentaire`
            if not any(
                map(says_nothing, keys)
            ):  # `pas internet` turned round would eat the `pas` of `internet pas cher`
                self.needs.add((keys[1], keys[0]), said[keys])  # `ado psy`
        wishes = [(tag, phrase) for tag, _, phrase in heard.wishes()]
        wishes += [(code, phrase) for code, _, phrase in heard.abroad() if not words.need(code)]
        for tag, phrase in wishes:
            self.wishes.add(verbatim(words_of(phrase)), tag)
        self.words = _all_words(words)
        """Every single word that our terms and wishes are made of: none of them is a misspelt town."""
        self.spelling = Words((self.needs.keys | self.wishes.keys) - _abbreviations(words))
        self.abroad = frozenset(word for said in heard.little_abroad() for word in words_of(said)) - LITTLE
        """Words of other languages that say nothing, beside a need that was said in one of them."""
        self.abroad_needs = {
            keys_of(words_of(said)): need for code, _, said in heard.abroad() if (need := words.need(code))
        }
        """What is said in a language that no page speaks: what the need is called here says the same."""
        self.alike: Phrasebook[tuple[tuple[str, ...], ...]] = Phrasebook()
        """Each way of writing one thing, and all of them."""
        for group in map(_ways_of, heard.alike()):
            for said_so in group:
                self.alike.add(tuple(map(singular, said_so)), group)
        self.signs: Signs[str] = Signs(heard.sign_groups(), singular)
        """Words that tell of a need which none of them names, by its code."""
        for code, sign in heard.signs():
            self.signs.add(sign, code)
        self.sign_words = Words(self.signs.keys)
        self.audiences = _audiences(words)
        """For whom something may be: all that they are called, word by word."""
        self._ordinary = LITTLE | FILLERS | heard.common() | _words_abroad()
        self._sorted = sorted(self.words | self.spelling.known)
        self._everyday = sorted(self._ordinary)

    def contains(self, broad: str, narrow: str) -> bool:
        """Whether the one need is a broader one of the other."""
        return broad in self._vocabulary.ancestors(narrow)

    def is_name(self, said: Sequence[str]) -> bool:
        """Whether a need is called so; else its words are those of somebody who asks for it."""
        return keys_of(said) in self._called

    def as_typed(self, said: Sequence[str], terms: Terms) -> Terms:
        """Of several terms first the one of which some name has just these words: `nursing home` is no nursing at home."""
        own = self._literally.get(verbatim(said)) if len(terms) > 1 else None
        return terms if own is None else tuple(sorted(terms, key=lambda term: term.code != own))

    def is_ordinary(self, word: str) -> bool:
        """Spelt right, as far as we can know: it is not a slip of anything."""
        return word in self._ordinary or word in self.words or singular(word) in self.spelling.known

    def is_everyday(self, word: str) -> bool:
        return word in self._ordinary

    def without_apostrophe(self, line: Line) -> Line:
        """With `durgence` read as `d’urgence`, where the one is no word and the other is one of ours."""
        for at in reversed(range(len(line.tokens))):
            token = line.tokens[at]
            letters = 2 if token.word.startswith("qu") else 1
            if token.literal or token.word[:letters] not in _ELIDED or token.word[letters : letters + 1] not in _VOWELS:
                continue
            rest = token.word[letters:]
            if (
                len(rest) >= _RUN_TOGETHER
                and not self.is_ordinary(token.word)
                and singular(rest) in self.spelling.known
            ):
                line = parted(line, at, letters)
        return line

    def begins(self, half: str) -> bool:
        """Whether a word of ours begins so."""
        return any(self._begun(half))

    def may_become(self, half: str) -> bool:
        """Whether a word of ours begins so, or one that anybody uses."""
        first = bisect_left(self._everyday, half)
        return self.begins(half) or any(word.startswith(half) for word in self._everyday[first : first + 1])

    def becomes_only(self, half: str, keys: Collection[str]) -> bool:
        """Whether each word of ours that begins so is one of these, in the singular."""
        return all(word in keys or singular(word) in keys for word in self._begun(half))

    def _begun(self, half: str) -> Iterator[str]:
        first = bisect_left(self._sorted, half)
        return takewhile(lambda word: word.startswith(half), islice(self._sorted, first, None))

    def meant_by(self, word: str) -> tuple[str, ...]:
        """The keys that a misspelt word may be a slip of; none for a word that is right."""
        if self.is_ordinary(word):
            return ()
        one = singular(word)
        return self.spelling.near(one) or (self.spelling.near(word) if one != word else ())

    def may_be(self, half: str, slips: Iterable[str]) -> tuple[str, ...]:
        """Which of these half a word may be a slip of: all that it can become must begin so, and none of it earlier."""
        becomes = list(self._begun(half))
        return tuple(
            key for key in slips
            if not becomes or (key.startswith(half) and all(word.startswith(key) for word in becomes))
        )  # fmt: skip


def lexicon(words: Vocabulary) -> Lexicon:
    return _lexicon(_Same(words))


@lru_cache(maxsize=2)
def _lexicon(words: "_Same") -> Lexicon:
    return Lexicon(words.words)


class _Same:
    """A vocabulary as a key: the same object is the same vocabulary."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words

    def __hash__(self) -> int:
        return id(self.words)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.words is self.words


def _ways(words: Vocabulary) -> Iterator[_Way]:
    for phrase in words.phrases:
        yield _Way(words_of(phrase.folded), phrase.term, phrase.is_label)
    for term in words.terms.get(NEED, {}).values():
        for language in ("fr", "en"):
            # Folded phrases have lost the accent of `où` and the dots of `S.D.F.`.
            for text in (term.plain(language), *term.synonyms(language)):
                yield _Way(words_of(text), term, False)
        yield _Way(words_of(term.code), term, False)
    for code, _, said in (*heard.needs(), *heard.abroad()):
        if heard_of := words.need(code):
            yield _Way(words_of(said), heard_of, False, is_name=False)


def _ways_of(said: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(word for word in words_of(one) if word not in LITTLE) for one in said)


def _literally(ways: Iterable[_Way]) -> dict[tuple[str, ...], str]:
    """The one term that is called by just these words, the little ones among them."""
    found: dict[tuple[str, ...], set[str]] = {}
    for way in ways:
        found.setdefault(verbatim(way.words), set()).add(way.term.code)
    return {said: codes.pop() for said, codes in found.items() if len(codes) == 1}


def _audiences(words: Vocabulary) -> dict[str, tuple[tuple[str, ...], ...]]:
    terms = words.terms.get(AUDIENCE, {})
    ages = {age: terms[code] for age, code in _OF_AGE.items() if code in terms}
    return {
        tag: _called(term) for tag, term in ({f"{FOR}:{code}": term for code, term in terms.items()} | ages).items()
    }


def _abbreviations(words: Vocabulary) -> set[str]:
    """`EPIDE`, `DAFNE`: nobody who types `epile` has slipped."""
    said = {
        word
        for term in words.terms.get(NEED, {}).values()
        for language in LANGUAGES
        for text in term.synonyms(language)
        for word in text.split()
    }
    return {fold(word) for word in said if word.isupper() and len(word) > 1}


def _words_abroad() -> frozenset[str]:
    """None of them is a misspelt town, nor a slip of ours; nor a small town that is called so."""
    return frozenset(word for _, _, said in heard.abroad() for word in words_of(said))


def _by_keys(ways: Iterable[_Way]) -> dict[tuple[str, ...], Terms]:
    """What each phrase says, the likeliest term first: whose label it is, then what may be on a service."""
    meant: dict[tuple[str, ...], dict[str, _Way]] = {}
    for way in ways:
        known = meant.setdefault(way.keys, {})
        if way.term.code not in known or way.sure:
            known[way.term.code] = way
    return {
        keys: tuple(way.term for way in sorted(known.values(), key=lambda way: (not way.sure, not way.term.taggable)))
        for keys, known in meant.items()
        if keys
    }


def _all_words(words: Vocabulary) -> frozenset[str]:
    texts = [
        text
        for term in words
        for text in (term.label_fr, term.label_en, term.plain_fr, term.plain_en, *term.synonyms_fr, *term.synonyms_en)
    ]
    said = [phrase for _, _, phrase in (*heard.needs(), *heard.wishes())]
    return frozenset(word for text in (*texts, *said) for word in fold(text).split())
