"""`kiné genou lyon 3 gratuit` -> a need, a word, a place, a wish. Pure: reads words, asks nobody.

The longest phrase that our vocabulary knows wins, then wishes, then a place; whatever is left are words. Words between
quotation marks are nothing but words. Nothing is taken away from a name: `whole` has all that was typed, and a service
or organization that is called so is found by it whatever else its words may mean.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import Final, Literal, TypeGuard, get_args

from referrals.directory.search import read_alike, read_danger, read_needs, read_place, read_told, read_wishes
from referrals.directory.search.lexicon import Terms, lexicon
from referrals.directory.search.little import FILLERS, LITTLE, words_set
from referrals.directory.search.read_alike import Alike
from referrals.directory.search.read_place import Places, Where
from referrals.directory.search.reading import Kind, Part, Reading
from referrals.directory.search.tags import CHEAP, LANGUAGE, MODE
from referrals.directory.search.tokens import read
from referrals.directory.search.unknown_place import unknown_place
from referrals.places.entry import Entry
from referrals.taxonomy.vocabulary import TermInfo, Vocabulary

Opening = Literal[
    "now",
    "tonight",
    "always",
    "evening",
    "tomorrow-evening",
    "tomorrow",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
]
_OPENINGS: Final = get_args(Opening)
_DAYS: Final = _OPENINGS[6:]
_MYSELF: Final = words_set("i me my je j me m mon ma mes")
"""Nothing is called by such words."""
_EVENING, _NIGHT, _SMALL_HOURS, _BY_DAY = time(19), time(20), time(3), time(11)


@dataclass(frozen=True, slots=True)
class Understood:
    """What a line of text means. `terms`: the needs it names; `maybe`: what the same words could mean besides."""

    text: str
    parts: tuple[Part, ...] = ()
    """Everything typed, in its order: each one but the little ones a chip that can be taken away."""
    terms: tuple[TermInfo, ...] = ()
    maybe: tuple[TermInfo, ...] = ()
    aim: TermInfo | None = None
    """Of `terms` the one that two things in the line mean together: whoever is beaten and has nowhere to go."""
    place: Entry | None = None
    places: tuple[Entry, ...] = ()
    """All places it may be, `place` among them."""
    which_place: bool = False
    """Nothing says which of `places` is meant: somebody should be asked."""
    begun_place: bool = False
    """Half a name was typed, and `places` are all that it may become."""
    longer_places: tuple[Entry, ...] = ()
    """Other towns of which the name begins with that of `place`, where it was typed last: `kendal`."""
    unknown_place: str | None = None
    """As it was typed: a place must be meant, and no gazetteer of ours has it."""
    tags: tuple[str, ...] = ()
    """What is wished for, as `search.tags` calls it."""
    openings: tuple[Opening, ...] = ()
    near_me: bool = False
    """`near me` was typed: where that is, only the device can say."""
    words: tuple[str, ...] = ()
    """Folded, neither need nor wish nor place nor little."""
    said: tuple[str, ...] = field(default=())
    """The words and those of the needs: for an engine that is asked instead."""
    alike: tuple[Alike, ...] = ()
    """Some of `said`, and other ways of writing the same."""
    perhaps: tuple[Alike, ...] = ()
    """Likewise, unless something begins with the last word."""
    whole: tuple[str, ...] = ()
    """Every word but the little ones, wishes and places too: for what is called like that."""
    guessed: bool = False
    """All that was typed is half a word, and a need was read from it: whatever begins so may be meant as well."""
    slipped: bool = False
    """The last word was read as a slip of another, and may be the beginning of one that we do not know."""
    in_passing: bool = False
    """One word says what is needed, within the way people ask for it: `where can i sleep`. What has it in its name is not
    called so.
    """
    nowhere: bool = False
    """Its places were tried and are words now: none is read in it again."""
    broad: bool = False
    """Its one need has narrower ones: whoever offers just that stands before whoever offers only one of those."""
    cheap: bool = False
    """It should cost little: what is dear comes last, and what does not say its price stays where it is."""
    for_whom: tuple[tuple[str, Alike], ...] = ()
    """For each audience that is wished for the words that name it, and what else it is called."""
    by_ear: tuple[str, ...] = ()
    """Words of needs that nothing is called by: people ask for them so, and somebody's name may hold them."""

    @property
    def open_now(self) -> bool:
        """It must be open at a moment that the words name; `moment` says at which."""
        return bool(self.openings)

    @property
    def opening(self) -> Opening | None:
        """The first that was named."""
        return next(iter(self.openings), None)

    @property
    def modes(self) -> tuple[str, ...]:
        return self._of(MODE)

    @property
    def languages(self) -> tuple[str, ...]:
        return self._of(LANGUAGE)

    @property
    def only_a_place(self) -> bool:
        return self.place is not None and len(self.parts) == 1

    @property
    def place_may_be_a_word(self) -> bool:
        """The last word is a place, nothing says that one must follow, and it may go on: `money mana`."""
        *before, last = self.parts or (Part("", "little"),)
        announced = bool(before) and before[-1].kind == "little"
        return last.kind == "place" and self.half == last.text and not announced

    @property
    def place_as_a_name(self) -> tuple[str, ...]:
        """The words of a place that has several namesakes and that nothing announces: `hospital jackson`."""
        at = next((at for at, part in enumerate(self.parts) if part.kind == "place"), None)
        if at is None or not self.which_place or (at and self.parts[at - 1].kind == "little"):
            return ()
        return _words(self.parts[at : at + 1], "place")

    @property
    def half(self) -> str | None:
        """The last word, where nothing was typed after it: it may be the beginning of one."""
        return self.whole[-1] if self.whole and self.text[-1:].isalnum() else None

    @property
    def row(self) -> str:
        """All the words in their order, the little ones too, as a name may begin with them."""
        return " ".join(part.text for part in self.parts if part.kind != "unread")

    def in_words(self) -> "Understood":
        """The name of a place as the words that it is made of."""
        parts = tuple(replace(part, kind="word", code=None) if part.kind == "place" else part for part in self.parts)
        more = _words(self.parts, "place")
        words, said = (*self.words, *more), (*self.said, *more)
        return replace(
            self, parts=parts, place=None, places=(), which_place=False, begun_place=False, longer_places=(), words=words, said=said, nowhere=True
        )  # fmt: skip

    def spoken_of(self, tags: Collection[str]) -> "Understood | None":
        """With whom it is for as words too, where these are among `tags`: not every directory says that in codes."""
        named = [alike for tag, alike in self.for_whom if tag in tags]
        more = tuple(word for words, _ in named for word in words if word not in self.said)
        if not more:
            return None
        words, said = (*self.words, *more), (*self.said, *more)
        if self.half in self.said:  # what may be half a word stays the last one
            words, said = (*more, *self.words), (*more, *self.said)
        return replace(
            self, words=words, said=said, alike=(*self.alike, *dict.fromkeys(one for one in named if one[1]))
        )

    def again(self, part: Part) -> tuple[Part, ...]:
        """This part and those that say the same: `femmes` beside `non mixte`."""
        same = (one for one in self.parts if part.code is not None and (one.kind, one.code) == (part.kind, part.code))
        return tuple(same) or (part,)

    def without(self, part: Part) -> str:
        """The line without this part, what led to it, and what says it again."""
        gone: set[int] = set()
        for one in self.again(part):
            first = at = self.parts.index(one)
            while first and self.parts[first - 1].kind == "little" and part.kind not in ("word", "need", "unread"):
                first -= 1
            gone.update(range(first, at + 1))
        if all(one.kind == "little" for at, one in enumerate(self.parts) if at not in gone):
            return ""
        rest = self.text
        for at in sorted(gone, reverse=True):
            rest = rest[: self.parts[at].start] + " " + rest[self.parts[at].end :]
        return " ".join(rest.split()).strip(" ,;")

    def plainly(self, part: Part) -> str:
        """The line with this part, and what says it again, between quotation marks: only words any more."""
        text = self.text
        for one in reversed(self.again(part)):
            said = text[one.start : one.end].replace('"', " ").strip()
            text = f'{text[: one.start]}"{said}"{text[one.end :]}'
        return text

    def _of(self, group: str) -> tuple[str, ...]:
        return tuple(tag.partition(":")[2] for tag in self.tags if tag.startswith(f"{group}:"))


def understand(text: str, vocabulary: Vocabulary, places: Places) -> Understood:
    """Never fails: what is not understood are words."""
    known = lexicon(vocabulary)
    line = Reading(known.without_apostrophe(read(text)), known)
    is_place = partial(read_place.is_one, places=places)
    read_wishes.ages(line)
    needs: list[Terms] = []
    for misspelt in (False, True):
        needs += read_needs.begun(line, fewest=2, is_place=is_place, misspelt=misspelt)
        needs += read_needs.phrases(line, misspelt=misspelt)
    read_wishes.begun(line, fewest=2, is_place=is_place)
    read_wishes.phrases(line)
    needs += read_needs.within_wishes(line)
    read_wishes.languages(line)
    needs += read_needs.words(line, alone=False)
    read_wishes.shared(line)
    needs += read_needs.words(line, alone=True)
    needs += read_danger.phrases(line, needs, vocabulary)
    needs += read_told.needs(line, needs, vocabulary)
    line.leave_others()
    where = read_place.announced(line, places, spelt="right") or read_place.begun(line, places, fewest=2)
    where = where or read_place.well_known(line, places)
    where = where or read_place.begun(line, places, fewest=1) or read_place.announced(line, places, spelt="roughly")
    needs += read_needs.misspelt(line)
    read_wishes.misspelt(line)
    where = where or read_place.misspelt(line, places)
    read_wishes.begun(line, fewest=1, is_place=is_place)
    needs += read_needs.begun(line, fewest=1, is_place=is_place)
    missing = None if where else unknown_place(line)
    read_wishes.settle(line)
    narrowed, broad = read_needs.narrowed(line, needs, vocabulary)
    for code in broad:
        line.release("need", code)
    if broad:
        read_wishes.left(line)
    aim = read_needs.together(line, needs, vocabulary) or read_danger.safety(line, narrowed, vocabulary)
    meant = _result(text, line, narrowed, where, missing, aim)
    return replace(meant, broad=len(meant.terms) == 1 and bool(vocabulary.children(meant.terms[0].code)))


def moment(openings: Sequence[Opening], now: datetime) -> datetime:
    """When something must be open, for somebody who reads this now: this evening, unless it is night already; on Sunday, which
    may have begun. A day and an evening are the evening of that day.
    """
    evening = not {"evening", "tomorrow-evening"}.isdisjoint(openings)
    days = [one for one in openings if one.startswith("tomorrow") or one in _DAYS]
    if days and evening:
        return _at(_on(days[0], now), _EVENING)
    if days:
        return max(now, _at(_on(days[0], now), _BY_DAY))
    opening = next(iter(openings), "now")
    if opening == "tonight" and _SMALL_HOURS < now.time() < _NIGHT:
        return _at(now, _NIGHT)
    if opening == "evening" and now.time() < _EVENING:
        return _at(now, _EVENING)
    if opening == "always":
        return _at(now, _SMALL_HOURS)
    return now


def _on(day: Opening, now: datetime) -> datetime:
    return now + timedelta(days=1 if day.startswith("tomorrow") else (_DAYS.index(day) - now.weekday()) % 7)


def _at(day: datetime, hour: time) -> datetime:
    return day.replace(hour=hour.hour, minute=hour.minute, second=0, microsecond=0)


def _result(
    text: str, line: Reading, needs: list[Terms], where: Where | None, missing: str | None, aim: TermInfo | None
) -> Understood:
    parts = tuple(line.parts())
    terms = {term.code: term for term in (*([aim] if aim else []), *(meaning[0] for meaning in needs))}
    maybe = {term.code: term for meaning in needs for term in meaning[1:] if term.code not in terms}
    openings: list[Opening] = [part.code for part in parts if part.kind == "open" and _is_opening(part.code)]
    said = _said(line)
    alike = tuple(_of_what_is_said(read_alike.alike(line), said))
    return Understood(
        text,
        parts,
        tuple(terms.values()),
        tuple(maybe.values()),
        aim,
        where.places[0] if where else None,
        where.places if where else (),
        where.unclear if where else False,
        where.begun if where else False,
        where.longer if where else (),
        missing,
        tuple(dict.fromkeys(part.code for part in parts if part.kind == "wish" and part.code and part.code != CHEAP)),
        tuple(dict.fromkeys(openings)),
        any(part.kind == "near-me" for part in parts),
        tuple(dict.fromkeys(line.meant("word"))),
        said,
        alike,
        read_alike.perhaps(line),
        _whole(line, parts),
        bool(line.half) and len(line.tokens) == 1,
        _slipped(line),
        _in_passing(line) and not (alike and not any(term.taggable for term in terms.values())),
        cheap=any(part.kind == "wish" and part.code == CHEAP for part in parts),
        for_whom=tuple(read_alike.for_whom(line)),
        by_ear=tuple(_by_ear(line)),
    )


def _said(line: Reading) -> tuple[str, ...]:
    """Of a need without what belongs to the asking: `mari` tells nothing in `mon mari me frappe`."""
    words, every = set(line.meant("word")), tuple(dict.fromkeys(line.meant("word", "need")))
    return tuple(word for word in every if word in words or word not in FILLERS) or every


def _of_what_is_said(found: Iterable[Alike], said: Collection[str]) -> Iterator[Alike]:
    """Without words of the asking: whoever types `tax help` looks for `tax`, and for whatever else it is called."""
    for words, ways in found:
        if own := tuple(word for word in words if word in said):
            yield own, ways


def _slipped(line: Reading) -> bool:
    last = len(line.tokens) - 1
    return last >= 0 and line.may_go_on(last) and not line.right(last).startswith(line.words[last])


def _in_passing(line: Reading) -> bool:
    asked = [[line.right(at) for at in range(start, end)] for start, end in line.spans_of("need")]
    if len(_said(line)) != 1 or len(asked) != 1:
        return False
    if len(asked[0]) == 1 and not line.has("open"):  # `dormir ce soir` asks for a bed, `dormir` may be a name
        return False
    return not line.known.is_name(asked[0]) or not _MYSELF.isdisjoint(asked[0])


def _by_ear(line: Reading) -> Iterator[str]:
    for span in line.spans_of("need"):
        asked = [line.right(at) for at in range(*span)]
        if not line.known.is_name(asked):
            yield from (word for word in asked if word not in LITTLE)


def _whole(line: Reading, parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Half a phrase that was understood is as it goes on; where it may go on in several ways, it is no name."""
    whole = _words(parts, "word", "need", "wish", "open", "place", "unknown-place", "near-me", "little")
    last = len(line.tokens) - 1
    if not line.half or (last, last + 1) in line.spans_of("need"):
        return whole
    half, right = line.words[last], line.right(last)
    return (*(word for word in whole if word != half), right) if right != half and not line.several else ()


def _is_opening(code: str | None) -> TypeGuard[Opening]:
    return code in _OPENINGS


def _words(parts: tuple[Part, ...], *kinds: Kind) -> tuple[str, ...]:
    found = (word for part in parts if part.kind in kinds for word in part.text.split() if word not in LITTLE)
    return tuple(dict.fromkeys(found))


__all__ = ["Kind", "Opening", "Part", "Places", "Understood", "moment", "understand"]
