"""Other ways of writing what a line says: `EBT` is `food stamps`, `autisim` is `autism`. Pure."""

from collections.abc import Iterator

from referrals.directory.search.asides import is_speaking
from referrals.directory.search.little import LITTLE
from referrals.directory.search.phrasebook import Said, keys_of
from referrals.directory.search.reading import Reading
from referrals.directory.search.spelling import singular
from referrals.directory.search.tags import ACCESSIBLE, INTERPRETER, LANGUAGE, group_of
from referrals.kit.text import fold

Ways = tuple[tuple[str, ...], ...]
Alike = tuple[tuple[str, ...], Ways]
"""Some words that are looked for, and other ways of writing the same."""
_LOOKED_FOR = ("word", "need")
_SAID = (INTERPRETER, *ACCESSIBLE)
"""Wishes that a text says in the words of whoever has them."""
_HALF, _HALF_ALONE = 2, 4
"""Letters of half a word after others, and of one that stands alone."""
_LONGEST = 3
"""Words before it."""


def alike(line: Reading) -> tuple[Alike, ...]:
    """What one thing is called besides; what is said in another language, in those of the pages; a slip, spelt right."""
    return tuple(dict.fromkeys([*_written(line), *_abroad(line), *_slips(line)]))


def perhaps(line: Reading) -> tuple[Alike, ...]:
    """The last word spelt right, where it is a slip and not half a word."""
    return tuple(_slips(line, half=True))


def for_whom(line: Reading) -> Iterator[tuple[str, Alike]]:
    """For each wish of an audience, an age, a language or what a place has: its tag, its words, and all that this audience is
    called.
    """
    for part in line.parts():
        if part.kind != "wish":
            continue
        tag = part.code or ""
        spoken = group_of(tag) == LANGUAGE
        half = part.end == len(line.line.text)
        said = (word for word in part.text.split() if word not in LITTLE)
        named = tuple(word for word in said if not (spoken and is_speaking(word, half=half)))
        ways = line.known.audiences.get(tag, ())
        if (ways or tag in _SAID or spoken) and all(map(str.isalpha, named)):
            yield tag, (named, ways)


def _written(line: Reading) -> Iterator[Alike]:
    for start, end, ways in _things(line):
        yield _words(line, start, end), ways


def _things(line: Reading) -> Iterator[tuple[int, int, Ways]]:
    """The longest first."""
    said = [Said(singular(line.right(at)), (), word in LITTLE) for at, word in enumerate(line.words)]
    looked_for = [mark is None or mark.kind in _LOOKED_FOR for mark in line.marks]
    begun = _begun(line, said, looked_for)
    at, until = 0, begun[0] if begun else len(said)
    while at < until:
        match = line.known.alike.longest(said[:until], at) if looked_for[at] else None
        if match and all(looked_for[at : match.end]):
            own = tuple(said_so.key for said_so in said[at : match.end] if not said_so.skip)
            yield at, match.end, tuple(way for way in match.meaning if tuple(map(singular, way)) != own)
        at = match.end if match else at + 1
    if begun:
        yield begun


def _begun(line: Reading, said: list[Said], looked_for: list[bool]) -> tuple[int, int, Ways] | None:
    """Where the end of the line is the beginning of one thing alone: `lactat`, `electric bi`."""
    last = len(said) - 1
    if last < 0 or not line.may_go_on(last) or len(half := line.words[last]) < _HALF:
        return None
    for start in range(max(last - _LONGEST, 0), last + 1):
        if not all(looked_for[start:]):
            continue
        if (whole := line.known.alike.longest(said, start)) and whole.end > last:
            return None
        if start == last and (len(half) < _HALF_ALONE or line.known.is_ordinary(half)):
            return None
        becomes = dict(line.known.alike.begun(said, start, half))
        meant = set(becomes.values())
        if len(meant) == 1 and (ways := meant.pop()) and (start < last or line.known.becomes_only(half, becomes)):
            return start, last + 1, ways
    return None


def _abroad(line: Reading) -> Iterator[Alike]:
    """Needs as they are called here, where no thing within them has a name of its own."""
    named = {at for start, end, _ in _things(line) for at in range(start, end)}
    for start, end in line.spans_of("need"):
        need = line.known.abroad_needs.get(keys_of(line.words[start:end]))
        if need and not named.intersection(range(start, end)):
            labels = (need.label_fr, need.label_en)
            yield (
                _words(line, start, end),
                tuple(tuple(word for word in fold(label).split() if word not in LITTLE) for label in labels),
            )


def _slips(line: Reading, *, half: bool = False) -> Iterator[Alike]:
    """Words that no phrase was made of, and that can be a slip of one word of ours alone. `half`: only of what may go on,
    and not to what they are a slip of.
    """
    for at, word in enumerate(line.words):
        near = line.slips(at) if line.marks[at] is None and line.right(at) == word else ()
        if len(near) == 1 and half == (line.may_go_on(at) and not near[0].startswith(word)):
            yield (word,), tuple(dict.fromkeys([near, *(line.known.alike.get(near) or ())]))


def _words(line: Reading, start: int, end: int) -> tuple[str, ...]:
    return tuple(line.right(at) for at in range(start, end) if line.words[at] not in LITTLE)
