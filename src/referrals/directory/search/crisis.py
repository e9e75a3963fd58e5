"""Words that mean danger: the right numbers come before any result. Pure, but for the files it reads once; tells nobody.

The rule: a line is an alarm as soon as any of our phrases for a danger stands in it, misspelt or not, or the words of one
of our signs, close to one another in any order (`he`, `knife`, `door`) and with no word beside them that calms. It is none
where the line is about teaching, work or study (`suicide prevention training for staff`) and speaks of no person: no `I`,
`my`, `she`, `help`. In doubt the numbers are shown: once too often harms nobody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, product
from typing import Any, Final

import yaml

from referrals.directory.search import heard
from referrals.directory.search.helplines import DANGERS, Danger, HelpLines, books
from referrals.directory.search.little import words_set
from referrals.directory.search.phrasebook import Phrasebook, Said
from referrals.directory.search.signs import Signs, counted
from referrals.directory.search.spelling import Words
from referrals.directory.search.tokens import Line, read
from referrals.kit.settings import seed_home

READ: Final = 400
"""Words; more than a page takes."""
_BETWEEN: Final = words_set(
    "vraiment toujours tout tous temps encore souvent juste trop jamais aussi plus tres depuis le la les l de d du des mon ma mes "
    "really just always keep keeps often still again very the a an my all even now always constantly kind of so"
)
"""What may stand between the words of a phrase."""
_SURE: Final = 7
"""Letters of a single word that means danger even misspelt: `violet` is no crime."""


def help_for(text: str, country: str) -> HelpLines | None:
    """The numbers of this country (ISO code) for what the text tells; None where it tells of no danger.

    A text that is nothing but one of the country's numbers asks for that number.
    """
    book = books().get(country)
    if book is None:
        return None
    if line := book.dialled("".join(text.split())):
        return line
    found = dangers(text)
    return book.against(found) if found else None


def dangers(text: str) -> tuple[Danger, ...]:
    """The kinds of danger that a text tells of, in the order of `DANGERS`."""
    found = {danger for _, _, told in phrases(read(text, READ)) for danger in told}
    return tuple(danger for danger in DANGERS if danger in found)


def phrases(line: Line) -> list[tuple[int, int, tuple[Danger, ...]]]:
    """The letters from and to which a line tells of danger, and of which."""
    known = _known()
    read_as = {word: _said(word, known) for word in {token.word for token in line.tokens}}
    said = [read_as[token.word] for token in line.tokens]
    harmless = {
        at
        for start in range(len(said))
        if (match := known.harmless.longest(said, start))
        for at in range(start, match.end)
    }
    matches = [(at, _at(said, at, known)) for at in range(len(said)) if at not in harmless]
    found = [(line.tokens[at].start, line.tokens[end - 1].end, told) for at, (end, told) in matches if told]
    if _is_about_learning(line, known):
        return []
    signs = (
        (line.tokens[first].start, line.tokens[last].end, (danger,))
        for first, last, danger in _signs(line, said, harmless, known)
    )
    return [*found, *signs]


def speaks_of_somebody(line: Line) -> bool:
    """`he hits me` does, `domestic violence` does not."""
    return bool(_known().person & {token.word for token in line.tokens})


@dataclass(frozen=True, slots=True)
class _Known:
    phrases: Phrasebook[tuple[Danger, ...]]
    harmless: Phrasebook[bool]
    spelling: Words
    learning: frozenset[str]
    person: frozenset[str]
    signs: Signs[Danger]
    of_signs: frozenset[str]
    """Their words as they are written: `feel` is not `fell`, though they sound alike to us."""


@lru_cache(maxsize=1)
def _known() -> _Known:
    book: dict[str, dict[str, list[Any]]] = yaml.load(
        (seed_home() / "crisis" / "words.yaml").read_text("utf-8"), yaml.CSafeLoader
    )
    meant: dict[tuple[str, ...], dict[Danger, None]] = {}
    for danger in DANGERS:
        for words in _phrases(book[danger]):
            meant.setdefault(tuple(map(_sound, words)), {})[danger] = None
    phrases: Phrasebook[tuple[Danger, ...]] = Phrasebook()
    for keys, found in meant.items():
        phrases.add(keys, tuple(found))
    harmless: Phrasebook[bool] = Phrasebook()
    for words in _phrases(book["harmless"]):
        harmless.add(tuple(map(_sound, words)), True)
    telling = frozenset(word for words in _phrases(book["learning"]) for word in words)
    person = frozenset(word for words in _phrases(book["person"]) for word in words)
    groups = {name: _group(words) for name, words in book["words"].items()}
    signs: Signs[Danger] = Signs(groups, _sound)
    for danger in DANGERS:
        for sign in book["signs"].get(danger, ()):
            signs.add(sign, danger)
    signs.calming = _group(list(chain.from_iterable(book["calming"].values())))
    spelling = Words(phrases.keys | set(signs.keys))
    of_signs = frozenset(chain.from_iterable(groups.values()))
    return _Known(phrases, harmless, spelling, telling, person, signs, of_signs)


def _group(words: list[Any]) -> frozenset[str]:
    return frozenset(token.word for word in words for token in read(str(word)).tokens)


def _phrases(said: dict[str, list[Any]]) -> Iterator[tuple[str, ...]]:
    for phrase in chain.from_iterable(said.values()):
        for words in product(*(word.split("|") for word in str(phrase).split())):
            yield tuple(token.word for token in read(" ".join(words)).tokens)


def _said(word: str, known: _Known) -> Said:
    sound = _sound(word)
    is_right = sound in known.spelling.known or word in heard.common() or word in _BETWEEN
    return Said(sound, () if is_right else known.spelling.near(sound), word in _BETWEEN)


def _at(said: list[Said], at: int, known: _Known) -> tuple[int, tuple[Danger, ...]]:
    """Where a phrase that begins here ends, and what it tells of."""
    match = known.phrases.longest(said, at)
    if match is None:
        return at, ()
    if match.words > 1 or not match.slips:
        return match.end, match.meaning
    surely = [known.phrases.get((slip,)) for slip in said[at].slips if len(slip) >= _SURE]
    return match.end, tuple(danger for meant in surely for danger in meant or ())


def _signs(line: Line, said: list[Said], harmless: set[int], known: _Known) -> Iterator[tuple[int, int, Danger]]:
    """The first and last word of each sign, and what it tells of."""
    other = {token.word for token in line.tokens if token.word not in known.of_signs and token.word in heard.common()}
    words = counted(
        (() if token.word in other else (word.key, *word.slips), token.word, token.end - token.start)
        for token, word in zip(line.tokens, said, strict=True)
    )
    for stand, danger in known.signs.found(words, harmless):
        yield stand[0], stand[-1], danger


def _sound(word: str) -> str:
    """`mourrir` and `frape` sound like the right ones: doubled letters count once."""
    return "".join(letter for place, letter in enumerate(word) if place == 0 or word[place - 1] != letter)


def _is_about_learning(line: Line, known: _Known) -> bool:
    words = {token.word for token in line.tokens}
    return bool(words & known.learning) and not speaks_of_somebody(line)
