"""A line while it is being read: which words were understood already, and as what. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from referrals.directory.search.helplines import Danger
from referrals.directory.search.lexicon import Lexicon
from referrals.directory.search.little import (
    DENYING,
    FILLERS,
    HOW_OFTEN,
    LED_BY,
    LITTLE,
    OFTEN,
    PASSING,
    PLACING,
    SURELY,
    TIMES,
    says_nothing,
)
from referrals.directory.search.phrasebook import Said
from referrals.directory.search.spelling import singular
from referrals.directory.search.tokens import Line, Token

Kind = Literal["need", "place", "unknown-place", "wish", "open", "near-me", "word", "little", "unread"]
OPENINGS: Final = "open:"
"""What the codes of wishes for an hour begin with."""
LONGEST_PLACE: Final = 6
"""Words."""
_CUT_SHORT: Final = ("don", "won", "haven")
"""Before a `t`, what an apostrophe left of `do not`, `will not` and `have not`."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the typed words, and what they became.

    `code`: of the need or place; the tag of a wish; of an opening `now`, `tonight`, `sunday` and so on. `start`, `end`: the letters
    of the text that it stands for.
    """

    text: str
    kind: Kind
    code: str | None = None
    start: int = 0
    end: int = 0


@dataclass(slots=True)
class _Mark:
    """Some words that belong together."""

    kind: Kind
    code: str | None


class Reading:
    """Each step takes what it understands from what the others left."""

    def __init__(self, line: Line, known: Lexicon) -> None:
        self.line = line
        self.known = known
        self.tokens = line.tokens
        self.words = [token.word for token in line.tokens]
        self.marks: list[_Mark | None] = [
            _Mark("word", None) if token.literal and token.word not in LITTLE else None for token in line.tokens
        ]
        self._tells = not all(map(says_nothing, self.words))
        """Some word is none of the asking: `program` beside it says nothing."""
        self._right = [_right(token, known) for token in line.tokens]
        self._misspelt: list[Said | None] = [None] * len(line.tokens)
        self._meant: dict[int, str] = {}
        self.half: str | None = None
        """The need that the last word was taken for while it was still being typed."""
        self.dangers: list[tuple[int, int, tuple[Danger, ...]]] | None = None
        """What `read_danger` has heard in the line, once it has listened."""
        self.several = False
        """That word may go on in several ways."""

    def said(self, *, misspelt: bool) -> list[Said]:
        """What is left to read, word by word; what was understood before stops every phrase."""
        said = [
            _TAKEN if mark else self._slip(at) if misspelt else self._right[at] for at, mark in enumerate(self.marks)
        ]
        if said and said[-1].slips and self.may_go_on(len(said) - 1):
            said[-1] = replace(said[-1], slips=self.known.may_be(self.words[-1], said[-1].slips))
        return said

    def may_go_on(self, at: int) -> bool:
        """Whether this is the last word and nothing was typed after it: it may be half a word."""
        token = self.tokens[at]
        return at == len(self.tokens) - 1 and not token.literal and not self.line.text[token.end :]

    def is_free(self, start: int, end: int) -> bool:
        return end <= len(self.marks) and all(mark is None for mark in self.marks[start:end])

    def take(self, start: int, end: int, kind: Kind, code: str | None) -> None:
        mark = _Mark(kind, code)
        for at in range(start, end):
            self.marks[at] = mark

    def take_each(self, places: Iterable[int], kind: Kind, code: str | None) -> None:
        """Words that need not stand side by side; those that do are one part."""
        before, mark = -2, _Mark(kind, code)
        for at in places:
            mark = mark if at == before + 1 else _Mark(kind, code)
            self.marks[at], before = mark, at

    def correct(self, right: Iterable[tuple[int, str]]) -> None:
        """What misspelt words are, by their places."""
        self._meant.update(right)

    def meant(self, *kinds: Kind) -> Iterator[str]:
        """The words of parts of these kinds that say something, spelt right."""
        for at, token in enumerate(self.tokens):
            mark = self.marks[at]
            kind = mark.kind if mark else "little" if self._is_little(at) else "word"
            if kind in kinds and (token.word not in LITTLE or at in self._meant):
                yield self.right(at)

    def length(self, kind: Kind, code: str) -> int:
        """Of the words that say something and were taken as this."""
        taken = zip(self.words, self.marks, strict=True)
        return sum(1 for word, mark in taken if mark and (mark.kind, mark.code) == (kind, code) and word not in LITTLE)

    def leave_others(self) -> None:
        """Words of other scripts that nothing was made of."""
        for at, token in enumerate(self.tokens):
            if token.other and self.marks[at] is None:
                self.marks[at] = _Mark("unread", None)

    def slips(self, at: int) -> tuple[str, ...]:
        """What a word that is not right may be a slip of."""
        return self._slip(at).slips if self._right[at].slips == () else ()

    def spans_of(self, kind: Kind) -> Iterator[tuple[int, int]]:
        """Where each part of this kind begins and ends."""
        at = 0
        while at < len(self.marks):
            mark, end = self.marks[at], at + 1
            while mark and end < len(self.marks) and self.marks[end] is mark:
                end += 1
            if mark and mark.kind == kind:
                yield at, end
            at = end

    def right(self, at: int) -> str:
        """A word as it is spelt right."""
        return self._meant.get(at, self.words[at])

    def release(self, kind: Kind, code: str) -> None:
        """Words again, after all."""
        for at, mark in enumerate(self.marks):
            if mark and (mark.kind, mark.code) == (kind, code):
                self.marks[at] = None

    def spans(self, longest: int) -> Iterator[tuple[int, int]]:
        """(start, end) of everything that is left, the longest first."""
        for length in range(min(longest, len(self.tokens)), 0, -1):
            for start in range(len(self.tokens) - length + 1):
                if self.is_free(start, start + length):
                    yield start, start + length

    def typed(self, start: int, end: int) -> str:
        return self.line.text[self.tokens[start].start : self.tokens[end - 1].end]

    def has(self, *kinds: Kind) -> bool:
        return any(mark and mark.kind in kinds for mark in self.marks)

    def is_last(self, end: int) -> bool:
        return end >= self.tail()

    def is_first(self, start: int) -> bool:
        return all(self._is_beside(at) for at in range(start))

    def tail(self) -> int:
        """From here on there is nothing but what may stand after everything: little words and wishes."""
        end = len(self.tokens)
        while end and self._is_beside(end - 1):
            end -= 1
        return end

    def after_placing(self) -> Iterator[int]:
        """Where a name of a place may begin, the last one first."""
        for at in range(len(self.tokens) - 2, -1, -1):
            if self.marks[at] is None and self.words[at] in PLACING and not self._is_article(at):
                start = at + 1
                led = start
                while led < len(self.tokens) - 1 and self.words[led] in LED_BY:
                    led += 1
                # `à La Rochelle` has its article in its name, `près de Lyon` has none.
                yield from (begin for begin in dict.fromkeys((led, start)) if self.marks[begin] is None)

    def parts(self) -> Iterator[Part]:
        found = sorted([*self._parts(), *self._unread()], key=lambda part: part.start)
        yield from found
        if self.line.rest is not None:
            rest = self.line.text[self.line.rest :].strip()
            yield Part(rest, "unread", None, self.line.rest, self.line.rest + len(rest))

    def _parts(self) -> Iterator[Part]:
        at = 0
        while at < len(self.tokens):
            mark, end = self.marks[at], at + 1
            while mark and mark.kind != "word" and end < len(self.tokens) and self.marks[end] is mark:
                end += 1
            kind = mark.kind if mark else "little" if self._is_little(at) else "word"
            text = " ".join(self.words[at:end])
            yield Part(text, kind, mark.code if mark else None, self.tokens[at].start, self.tokens[end - 1].end)
            at = end

    def _unread(self) -> Iterator[Part]:
        for start, end in self.line.unread:
            yield Part(self.line.text[start:end], "unread", None, start, end)

    def _slip(self, at: int) -> Said:
        """Looked up once: comparing words is what takes the time."""
        known = self._misspelt[at]
        if known is None:
            right = self._right[at]
            known = replace(right, slips=right.slips or self.known.meant_by(self.words[at]))
            self._misspelt[at] = known
        return known

    def _is_article(self, at: int) -> bool:
        """`a deal` is English; `a lyon` is a French that was typed in haste."""
        return self.typed(at, at + 1) in ("a", "A") and self.known.is_everyday(self.words[at + 1])

    def _is_beside(self, at: int) -> bool:
        mark = self.marks[at]
        return mark.kind in ("wish", "open", "near-me") if mark else says_nothing(self.words[at])

    def _is_denied(self, at: int) -> bool:
        """The first word that says something after `sans`, beside something that is wanted."""
        if self.marks[at] or not any(self.marks):
            return False
        before = at - 1
        while before >= 0 and not self.marks[before] and says_nothing(self.words[before]):
            if self.words[before] in DENYING:
                return True
            before -= 1
        return before >= 0 and not self.marks[before] and self.words[before] in DENYING

    def _is_how_often(self, at: int) -> bool:
        """`every day`, `tous les jours`, beside something else."""
        if self.words[at] in OFTEN:
            return self._is_how_often(at + 1) if at + 1 < len(self.words) else False
        before = self.words[max(at - 2, 0) : at]
        led = 2 if before in (["tous", "les"], ["toutes", "les"]) else 1 if OFTEN.intersection(before[-1:]) else 0
        return self.words[at] in TIMES and 0 < led < len(self.words) - 1

    def _is_little(self, at: int) -> bool:
        word = self.words[at]
        if word in LITTLE or (word in _CUT_SHORT and self.words[at + 1 : at + 2] == ["t"]):
            return True
        if (word in self.known.abroad and self.has("need")) or (word in HOW_OFTEN and self._is_how_often(at)):
            return True
        passing = word in FILLERS or (word in PASSING and not self.may_go_on(at))
        if (passing and (self._tells or any(self.marks))) or self._is_denied(at):
            return True
        if word not in PLACING or at + 1 == len(self.words):
            return False
        if word in SURELY and self.has("place", "unknown-place"):
            return True
        after = self.marks[at + 1]
        return self.words[at + 1] in LED_BY or (after is not None and after.kind in ("place", "unknown-place"))


_TAKEN: Final = Said("")


def _right(token: Token, known: Lexicon) -> Said:
    if token.where:
        return Said("ou?")
    if token.word == "ou":
        return Said("ou", ("ou?",), skip=True)
    return Said(singular(token.word), (), says_nothing(token.word) or token.word in known.abroad)
