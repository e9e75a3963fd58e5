"""The needs that a line names: our labels, synonyms and what people were heard to say. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from referrals.directory.search.lexicon import Terms
from referrals.directory.search.little import LITTLE
from referrals.directory.search.phrasebook import Match, Said
from referrals.directory.search.reading import OPENINGS, Reading
from referrals.directory.search.spelling import singular
from referrals.directory.search.tags import BY
from referrals.taxonomy.vocabulary import Vocabulary


def phrases(line: Reading) -> list[Terms]:
    """Of several words, all right or one of them misspelt beside one that is right."""
    found = list(_take(line, line.said(misspelt=False), fewest=2, alone=False))
    return found + list(_take(line, line.said(misspelt=True), fewest=2, right=1, alone=False))


def words(line: Reading, *, alone: bool) -> list[Terms]:
    """Single words that are right. `alone`: all too that may be a wish beside another need: `sans papiers`, `famille`."""
    return list(_take(line, line.said(misspelt=False), fewest=1, alone=alone))


def misspelt(line: Reading) -> list[Terms]:
    """Single words last: `rene` may be a town, and only then a slip of something else."""
    return list(_take(line, line.said(misspelt=True), fewest=1))


def within_wishes(line: Reading) -> list[Terms]:
    """`female GP` asks for a woman, and for a doctor."""
    inside = [at for at, mark in enumerate(line.marks) if mark and (mark.code or "").startswith(_BY)]
    found = (line.known.needs.get((singular(line.words[at]),)) for at in inside)
    return [terms for terms in found if terms]


def narrowed(found: Sequence[Terms], vocabulary: Vocabulary) -> tuple[list[Terms], set[str]]:
    """Without what is named more narrowly besides, and without the headings that stand beside a need; and their codes.

    Either of two needs will do: so `unfair dismissal solicitor` would be every lawyer, and `drive me to hospital` all of
    health.
    """
    codes = {terms[0].code for terms in found}
    headings = {terms[0].code for terms in found if not terms[0].taggable}
    broad = {code for own in codes for code in vocabulary.ancestors(own)} & codes
    if headings != codes:
        broad |= headings
    return [terms for terms in found if terms[0].code not in broad], broad


def _for_wishes(line: Reading, said: list[Said]) -> set[int]:
    """Words that may be a need and a wish: `sans abri`, `famille`. They wait until it is clear whether there is another need."""
    waiting: set[int] = set()
    for start in range(len(said)):
        wish = line.known.wishes.longest(said, start) if line.marks[start] is None else None
        need = line.known.needs.longest(said, start) if wish else None
        if wish and need and wish.end == need.end:
            waiting.update(range(start, wish.end))
    return waiting


def _take(line: Reading, said: list[Said], *, fewest: int, right: int = 0, alone: bool = True) -> Iterator[Terms]:
    """The phrase with the most words first, wherever it begins."""
    matches: list[tuple[int, Match[Terms]]] = []
    waiting = set[int]() if alone else _for_wishes(line, said)
    for start in range(len(said)):
        if line.marks[start] is None and start not in waiting and line.words[start] not in _NO_BEGINNING:
            match = line.known.needs.longest(said, start)
            if match and match.words >= fewest and match.words - match.slips >= right:
                matches.append((start, match))
    for start, match in sorted(matches, key=lambda found: (-found[1].words, found[1].slips, found[0])):
        if line.is_free(start, match.end):
            kept = _without_wish(line, said, start, match)
            line.take(kept[0], kept[1], "need", match.meaning[0].code)
            line.correct(match.right)
            yield match.meaning


def _without_wish(line: Reading, said: list[Said], start: int, match: Match[Terms]) -> tuple[int, int]:
    """`psy gratuit` is a way of saying `psy`, and `gratuit` a wish besides; `médecin gratuit` is something of its own.

    When it must be open is always a wish: `dormir ce soir`.
    """
    for cut in range(start, match.end):
        wish = line.known.wishes.longest(said, cut)
        if wish is None or wish.end > match.end:
            continue
        for begin, end in ((start, cut), (wish.end, match.end)):
            if begin < end and (wish.end == match.end or cut == start):
                if wish.meaning.startswith(OPENINGS):
                    return begin, end
                rest = line.known.needs.longest(said[:end], begin)
                if rest and rest.end == end and rest.meaning[0].code == match.meaning[0].code:
                    return begin, end
    return start, match.end


_BY: Final = f"{BY}:"
_NO_BEGINNING: Final = LITTLE & frozenset({"et", "and", "or", "par", "pour", "for", "of", "with", "avec", "by", "from"})
