"""Needs that a line tells of without naming any: `stroke left my mum weak down one side`. Pure."""

from collections.abc import Sequence

from referrals.directory.search.lexicon import Terms
from referrals.directory.search.little import LITTLE
from referrals.directory.search.reading import Reading
from referrals.directory.search.signs import Heard, counted
from referrals.directory.search.spelling import singular
from referrals.taxonomy.vocabulary import Vocabulary


def needs(line: Reading, named: Sequence[Terms], vocabulary: Vocabulary) -> list[Terms]:
    """What our signs mean, of words that no sign before them took; the most words first. None beside a need that is named.

    A heading of one word is no such need: `out of hospital` says what happened.
    """
    if any(terms[0].taggable or line.length("need", terms[0].code) > 1 for terms in named):
        return []
    found = sorted(line.known.signs.found(_heard(line)), key=lambda one: -len(one[0]))
    taken: set[int] = set()
    told: dict[str, Terms] = {}
    for places, code in found:
        term = vocabulary.need(code)
        own = [at for at in places if line.marks[at] is None and line.words[at] not in LITTLE]
        if term and own and taken.isdisjoint(places):
            taken.update(places)
            told.setdefault(code, (term,))
            line.take_each(own, "need", code)
    return list(told.values())


def _heard(line: Reading) -> list[Heard]:
    read_as = {word: _keys(line, word) for word in set(line.words)}
    return counted(
        (() if token.literal else read_as[token.word], token.word, token.end - token.start) for token in line.tokens
    )


def _keys(line: Reading, word: str) -> tuple[str, ...]:
    """A word that is neither one of ours nor an everyday one may be a slip."""
    key, spelling = singular(word), line.known.sign_words
    is_right = key in spelling.known or line.known.is_ordinary(word)
    return (key,) if is_right else (key, *spelling.near(word))
