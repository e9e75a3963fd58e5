"""What a line asks for beside the need: tags, hours, nearness. Pure."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final

from referrals.directory.search.ages import a_while
from referrals.directory.search.asides import Aside, age_at, language_at
from referrals.directory.search.little import LITTLE, words_set
from referrals.directory.search.phrasebook import Match, Said
from referrals.directory.search.reading import OPENINGS, Kind, Reading
from referrals.directory.search.tags import BY, MINOR
from referrals.directory.search.tokens import Token

_YOUNG: Final = ("for:children", "for:young-people")
_SPOUSES: Final = ("for:women", "for:men")
_FOR: Final = words_set("pour for")
_SOMEBODYS: Final = words_set("ma mon ta ton sa son my his her")
NEAR_ME: Final = "near-me"
_HALF: Final = 3
"""Letters of half a word."""
_LONGEST: Final = 4
"""Words of a phrase before the half one."""
_DENYING: Final = words_set("pas not no non ni nor sans without")
"""What follows is not wished for: `pas à distance`."""
_CONTRARY: Final = {
    "mode:remote": "mode:on-site", "mode:on-site": "mode:remote", "for:men": "for:women", "for:women": "for:men",
}  # fmt: skip
"""What is wished for instead; of other wishes nothing is known but that they are none."""


def ages(line: Reading) -> None:
    """Before any place: `crèche Lyon 3 ans` is not the third arrondissement."""
    _take_asides(line, age_at)
    for at in range(len(line.tokens)):
        if line.marks[at] is None and (end := a_while(line.tokens, at)) and line.is_free(at, end):
            line.take(at, end, "little", None)


def languages(line: Reading) -> None:
    """Not the one of `parle pas français`, which is a need by itself and asks for an interpreter beside another one."""
    kept = {at for start, match in _longest_first(line, line.said(misspelt=False)) for at in range(start, match.end)}
    _take_asides(line, lambda tokens, at: None if at in kept else language_at(tokens, at, line.marks))


def phrases(line: Reading) -> None:
    """That name no need, nor are a part of one: `sans mutuelle` wishes for no mutuelle."""
    said = line.said(misspelt=False)
    needs: list[tuple[int, int]] = []
    for start, match in _longest_first(line, said):
        if _is_need(said, line, start, match.end):
            needs.append((start, match.end))
        elif not any(begin <= start and match.end <= end for begin, end in needs):
            _take(line, start, match)


def begun(line: Reading, *, fewest: int, is_place: Callable[[str], bool]) -> None:
    """Half a wish at the end of a line that names a need: `kiné à dom`. Only where all that it may become is one wish, and no
    other word of ours begins so. `fewest`: words, the half one among them.
    """
    last = len(line.tokens) - 1
    if last < 1 or line.marks[last] or not line.may_go_on(last) or (fewest == 1 and not line.has("need")):
        return
    half, said = line.words[last], line.said(misspelt=False)
    if len(half) < _HALF or is_place(half) or (fewest == 1 and line.known.is_ordinary(half)):
        return
    for start in range(max(last - _LONGEST, 0), last + 2 - fewest):
        if not line.is_free(start, last + 1):
            continue
        becomes = dict(line.known.wishes.begun(said, start, half))
        wishes = set(becomes.values())
        if len(wishes) == 1 and (tag := wishes.pop()) and _nothing_else(line, said, start, becomes):
            _note(line, start, last + 1, *_kind(tag))
            return


def shared(line: Reading) -> None:
    """What may be a need and a wish is a wish beside another need."""
    if any(mark and mark.kind == "need" for mark in line.marks):
        for start, match in _longest_first(line, line.said(misspelt=False)):
            _take(line, start, match)


def left(line: Reading) -> None:
    """What is no need after all may be a wish: `sdf` beside `chien`."""
    for start, match in _longest_first(line, line.said(misspelt=False)):
        _take(line, start, match)


def misspelt(line: Reading) -> None:
    for start, match in _longest_first(line, line.said(misspelt=True)):
        _take(line, start, match)


def settle(line: Reading) -> None:
    """`ado de 15 ans`: the number says it better than the word, and a listing seldom says both."""
    if any(mark and mark.kind == "wish" and mark.code == MINOR for mark in line.marks):
        for young in _YOUNG:
            line.release("wish", young)


def _take_asides(line: Reading, look: Callable[[Sequence[Token], int], Aside | None]) -> None:
    for at in range(len(line.tokens)):
        if line.marks[at] is None and (aside := look(line.tokens, at)) and line.is_free(aside.start, aside.end):
            _note(line, aside.start, aside.end, "wish", aside.tag)


def _take(line: Reading, start: int, match: Match[str]) -> None:
    if not line.is_free(start, match.end):
        return
    kind, code = _kind(match.meaning)
    if code in _SPOUSES and match.words == 1 and start and line.words[start - 1] in _SOMEBODYS:
        kind, code = "little", None  # `ma femme me frappe` is a man who speaks
    _note(line, start, match.end, kind, code)


def _note(line: Reading, start: int, end: int, kind: Kind, code: str | None) -> None:
    if (code or "").startswith(f"{BY}:") and not _FOR.isdisjoint(line.words[start:end]):
        return  # `psy pour femmes` is for women, and by anybody
    denied = _denied_from(line, start)
    if denied is None or kind == "little":
        line.take(start, end, kind, code)
    elif contrary := _CONTRARY.get(code or ""):
        line.take(denied, end, "wish", contrary)
    else:
        line.take(denied, end, "little", None)


def _denied_from(line: Reading, start: int) -> int | None:
    """Where the word stands that denies what begins here, with nothing but little words between: `not for men`."""
    at = start
    while at and line.marks[at - 1] is None and not line.tokens[at].begins:
        at -= 1
        if line.words[at] in _DENYING:
            return None if line.words[at + 1] == "que" else at
        if line.words[at] not in LITTLE:
            return None
    return None


def _kind(tag: str) -> tuple[Kind, str | None]:
    if tag == NEAR_ME:
        return "near-me", None
    return ("open", tag.removeprefix(OPENINGS)) if tag.startswith(OPENINGS) else ("wish", tag)


def _nothing_else(line: Reading, said: Sequence[Said], start: int, becomes: Collection[str]) -> bool:
    """A word alone stands beside a need, where what may be a need and a wish is a wish."""
    half = line.words[-1]
    if start == len(line.words) - 1:
        return line.known.becomes_only(half, becomes)
    return not line.known.beginnings.begun(said, start, half)


def _is_need(said: list[Said], line: Reading, start: int, end: int) -> bool:
    need = line.known.needs.longest(said, start)
    return need is not None and need.end == end


def _longest_first(line: Reading, said: list[Said]) -> Iterator[tuple[int, Match[str]]]:
    matches = [
        (start, match)
        for start in range(len(said))
        if line.marks[start] is None and (match := line.known.wishes.longest(said, start))
    ]
    yield from sorted(matches, key=lambda found: (-found[1].words, found[1].slips, found[0]))
