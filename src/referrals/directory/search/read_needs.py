"""The needs that a line names: our labels, synonyms and what people were heard to say. Pure."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from referrals.directory.search import heard
from referrals.directory.search.lexicon import Terms
from referrals.directory.search.little import LITTLE
from referrals.directory.search.phrasebook import Match, Said
from referrals.directory.search.reading import OPENINGS, Kind, Reading
from referrals.directory.search.spelling import singular
from referrals.directory.search.tags import BY
from referrals.taxonomy.vocabulary import TermInfo, Vocabulary


def phrases(line: Reading, *, misspelt: bool) -> list[Terms]:
    """Of several words, all right; or `misspelt` beside one that is right."""
    return list(_take(line, line.said(misspelt=misspelt), fewest=2, right=int(misspelt), alone=False))


def words(line: Reading, *, alone: bool) -> list[Terms]:
    """Single words that are right. `alone`: all too that may be a wish beside another need: `sans papiers`, `famille`."""
    return list(_take(line, line.said(misspelt=False), fewest=1, alone=alone))


def misspelt(line: Reading) -> list[Terms]:
    """Single words last: `rene` may be a town, and only then a slip of something else."""
    return list(_take(line, line.said(misspelt=True), fewest=1))


def begun(line: Reading, *, fewest: int, is_place: Callable[[str], bool], misspelt: bool = False) -> list[Terms]:
    """What the end of the line is the beginning of: `meals on w`. Only where all that it may become means one need, or
    needs that one of them contains. `fewest`: words, the half one among them.
    """
    last = len(line.tokens) - 1
    if last < 0 or line.marks[last] or not line.may_go_on(last):
        return []
    half, said = line.words[last], line.said(misspelt=misspelt)
    if fewest == 1 and (len(half) < _HALF or line.known.is_ordinary(half) or line.has("need")):
        return []
    for start in range(max(last - _LONGEST, 0), last + 2 - fewest):
        if line.words[start] in _NO_BEGINNING or not line.is_free(start, last + 1):
            continue
        whole = line.known.needs.longest(said, start)
        if whole and whole.end > last:
            return []
        becomes = {
            word: terms and line.known.as_typed([*line.words[start:last], word], terms)
            for word, terms in line.known.beginnings.begun(said, start, half)
        }
        if (meant := _one_meaning(list(becomes.values()), line.known.contains)) and (
            half in LITTLE or not is_place(half)
        ):
            line.take(start, last + 1, "need", meant[0].code)
            # `ai` is little, and in `legal ai` the beginning of a word. Half a word alone may begin a name as well. Of words
            # that say the same beside those before, the first is as good as any: `aide alimentaire`, `aide à l’alimentation`.
            same = start < last and {terms[0].code for terms in becomes.values() if terms} == {meant[0].code}
            slips = [(at, said[at].slips) for at in range(start, last) if misspelt]
            line.correct([(at, near[0]) for at, near in slips if len(near) == 1])
            line.correct([(last, next(iter(becomes)) if same else half)])
            line.several = len(becomes) > 1
            line.half = meant[0].code
            return [meant]
    return []


def within_wishes(line: Reading) -> list[Terms]:
    """`female GP` asks for a woman, and for a doctor."""
    inside = [at for at, mark in enumerate(line.marks) if mark and (mark.code or "").startswith(_BY)]
    found = (line.known.needs.get((singular(line.words[at]),)) for at in inside)
    return [terms for terms in found if terms]


def narrowed(line: Reading, found: Sequence[Terms], vocabulary: Vocabulary) -> tuple[list[Terms], set[str]]:
    """Without what is named more narrowly besides, and without the headings that stand beside a need; and their codes.

    Either of two needs will do: so `unfair dismissal solicitor` would be every lawyer, and `drive me to hospital` all of
    health. A heading of one word beside other words is a word too: `foster care`.
    """
    codes = {terms[0].code for terms in found}
    headings = {terms[0].code for terms in found if not terms[0].taggable}
    broad = {code for own in codes for code in vocabulary.ancestors(own)} & codes
    if headings != codes:
        broad |= headings
    elif any(line.meant("word")):
        broad |= {code for code in headings if line.length("need", code) == 1}
    return [terms for terms in found if terms[0].code not in broad], broad


def together(line: Reading, found: Sequence[Terms], vocabulary: Vocabulary) -> TermInfo | None:
    """What two of the things in the line mean, one beside the other."""
    needs = {terms[0].code for terms in found}
    named = {code for need in needs for code in vocabulary.path(need)}
    wished = {_tag(mark.kind, mark.code) for mark in line.marks if mark and mark.kind in ("wish", "open")}
    for need, beside, meant in heard.together():
        term = vocabulary.need(meant)
        if term and (need in needs or need in wished) and meant not in named and (beside in named or beside in wished):
            return term
    return None


def _tag(kind: Kind, code: str | None) -> str:
    return f"{OPENINGS}{code}" if kind == "open" else code or ""


def _one_meaning(found: Sequence[Terms | None], contains: Callable[[str, str], bool]) -> Terms | None:
    """The one that all the others are narrower than. What is no phrase yet may become any."""
    known = [terms for terms in found if terms]
    for broad in known if len(known) == len(found) else ():
        if all(broad[0].code == one[0].code or contains(broad[0].code, one[0].code) for one in known):
            return broad
    return None


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
    """The phrase with the most words that say something first, wherever it begins: `nothing to eat` before `i have nothing`."""
    matches: list[tuple[int, Match[Terms]]] = []
    waiting = set[int]() if alone else _for_wishes(line, said)
    for start in range(len(said)):
        if line.marks[start] is None and start not in waiting and line.words[start] not in _NO_BEGINNING:
            match = line.known.needs.longest(said, start)
            if (
                match
                and match.words >= fewest
                and match.words - match.slips >= right
                and not _says_nothing(line, start, match)
            ):
                matches.append((start, match))

    def order(found: tuple[int, Match[Terms]]) -> tuple[int, int, int, int]:
        start, match = found
        telling = sum(word not in LITTLE for word in line.words[start : match.end])
        return -min(telling, match.words), -match.words, match.slips, start

    for start, match in sorted(matches, key=order):
        if line.is_free(start, match.end):
            kept = _without_wish(line, said, start, match)
            meaning = line.known.as_typed(line.words[start : match.end], match.meaning)
            line.take(kept[0], kept[1], "need", meaning[0].code)
            line.correct(match.right)
            yield meaning


def _says_nothing(line: Reading, start: int, match: Match[Terms]) -> bool:
    """`had` in a sentence is no `HAD`: a short form that is a little word must be written as one, or be all that was typed."""
    if match.end - start > 1 or line.words[start] not in LITTLE or len(line.words) == 1:
        return False
    return not line.typed(start, match.end).isupper()


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


_HALF: Final = 3
"""Letters of half a word that stands alone."""
_LONGEST: Final = 5
"""Words of a phrase before the half one."""
_BY: Final = f"{BY}:"
_NO_BEGINNING: Final = LITTLE & frozenset({"et", "and", "or", "par", "pour", "for", "of", "with", "avec", "by", "from"})
