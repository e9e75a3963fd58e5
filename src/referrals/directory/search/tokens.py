"""A typed line as words, each with the letters that it came from. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from referrals.directory.search.spelling import DOTTED
from referrals.kit.text import fold

READ: Final = 64
"""Words. What is longer is a text: its beginning is read, the rest is kept and not read."""
_LONGEST: Final = 40
"""Letters. Nothing that we know is longer."""
_WORD: Final = re.compile(DOTTED + r"|\b[^\W\d_]&[^\W\d_]\b|[^\W_]+")
_QUOTED: Final = re.compile(r"[\"“”«»„]")
_ENDS: Final = re.compile(r"[.,;:!?()\n]")
_WHERE: Final = frozenset({"où", "OÙ", "Où", "oÙ"})


@dataclass(frozen=True, slots=True)
class Token:
    """One folded word and where it stood. `literal`: typed between quotation marks, so nothing but a word.

    `begins`: nothing stands before it, or a sign that ends a thought; `where`: an `ou` that asks for a place.
    """

    word: str
    start: int
    end: int
    literal: bool = False
    begins: bool = False
    where: bool = False
    capital: bool = False
    other: bool = False
    """In letters that no fold of ours knows: read where a phrase of ours is written so, else left."""


@dataclass(frozen=True, slots=True)
class Line:
    """What was read of a text. `rest`: from which letter on it was not; `unread`: letters that we cannot read."""

    text: str
    tokens: tuple[Token, ...]
    unread: tuple[tuple[int, int], ...] = ()
    rest: int | None = None


def read(text: str, most: int = READ) -> Line:
    """Never fails. Letters of other scripts are kept as they are. `most`: words."""
    quotes = [match.start() for match in _QUOTED.finditer(text[: most * _LONGEST])]
    tokens: list[Token] = []
    unread: list[tuple[int, int]] = []
    before = 0
    for match in _WORD.finditer(text):
        if len(tokens) + len(unread) >= most:
            return Line(text, tuple(tokens), tuple(unread), match.start())
        words = list(_folded(match.group()))
        other = not words and len(match.group()) <= _LONGEST
        if other:
            words = [plain(match.group())]
        if not words:
            unread.append(match.span())
        literal = bool(quotes) and _within(quotes, match.start())
        begins = not tokens or _ENDS.search(text, before, match.start()) is not None
        for word in words:
            where = word == "ou" and (begins or match.group() in _WHERE)
            tokens.append(
                Token(word, match.start(), match.end(), literal, begins, where, match.group()[0].isupper(), other)
            )
            begins = False
        before = match.end()
    return Line(text, tuple(tokens), tuple(unread))


def parted(line: Line, at: int, letters: int) -> Line:
    """With this word cut in two: `durgence` is `d’urgence` where the apostrophe was left out."""
    whole = line.tokens[at]
    middle = whole.start + letters
    first = replace(whole, word=whole.word[:letters], end=middle)
    rest = replace(whole, word=whole.word[letters:], start=middle, begins=False)
    return replace(line, tokens=(*line.tokens[:at], first, rest, *line.tokens[at + 1 :]))


def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a phrase of ours, cut as typed ones are. `où` at its beginning is `ou?`, never `or`."""
    return tuple("ou?" if token.where else token.word for token in read(text).tokens)


def plain(word: str) -> str:
    """A word of another script, small, without the signs above and below its letters."""
    signs = unicodedata.normalize("NFKD", word.lower())
    return "".join(sign for sign in signs if not unicodedata.combining(sign)) or word


def _folded(typed: str) -> Iterator[str]:
    """`S.D.F.` and `A&E` are one word each; what no fold can read is none."""
    if len(typed) > _LONGEST:
        return
    if "." in typed or "&" in typed:
        typed = typed.replace(".", "").replace("&", "")
    if typed.isascii():
        yield typed.lower()
    else:
        yield from fold(typed).split()


def _within(quotes: list[int], at: int) -> bool:
    """Between a first and a second mark; a mark that is never closed quotes nothing."""
    before = sum(1 for quote in quotes if quote < at)
    return before % 2 == 1 and before < len(quotes)
