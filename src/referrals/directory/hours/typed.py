"""Hours as somebody types them: `lundi 9–12, 14–17; mercredi 9-12`, `Mon-Fri 9-5`. What is not understood is named."""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import time
from typing import Final

from referrals.directory.hours.model import DAY_END, DAYS, MONTHLY, WEEKLY, Rule, Span

_NAMES: Final[dict[str, int]] = {
    name: day
    for day, names in enumerate(
        (
            "lundi lun lu monday mon mo", "mardi mar ma tuesday tues tue tu", "mercredi mer me wednesday wed we",
            "jeudi jeu je thursday thurs thur thu th", "vendredi ven ve friday fri fr", "samedi sam sa saturday sat",
            "dimanche dim di sunday sun su",
        )
    )
    for name in names.split()
}  # fmt: skip
_GROUPS: Final[tuple[tuple[str, tuple[int, ...]], ...]] = (
    (
        r"tous les jours(?: de la semaine)?|chaque jour|every ?day|daily|7 ?j(?:ours)? ?(?:/|sur) ?7|7 ?/ ?7",
        tuple(range(7)),
    ),
    (r"en semaine|jours ouvres|week ?days|working days", tuple(range(5))),
    (r"(?:le )?week-? ?ends?", (5, 6)),
)
_ORDINALS: Final[dict[str, int]] = {
    name: number
    for number, names in (
        (1, "1er 1ers premier premiers first 1st"), (2, "2e 2eme deuxieme deuxiemes second seconds 2nd"),
        (3, "3e 3eme troisieme troisiemes third 3rd"), (4, "4e 4eme quatrieme quatriemes fourth 4th"),
        (-1, "dernier derniers last"),
    )
    for name in names.split()
}  # fmt: skip
_ALIKE: Final = {"–": "-", "—": "-", "−": "-", "’": "'"}
_ALWAYS: Final = r"24 ?h? ?/ ?24 ?h?|24 ?/ ?7|24 hours|jour et nuit|day and night"
_TOKENS: Final = re.compile(
    "|".join(
        (
            rf"(?P<always>{_ALWAYS})(?![\w/])",
            *(rf"(?P<group{at}>{words})(?!\w)" for at, (words, _) in enumerate(_GROUPS)),
            r"(?P<month>(?:du|de chaque|of the|of each|of every|each|every) (?:mois|month))(?!\w)",
            rf"(?P<nth>{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})(?!\w)",
            r"(?P<time>(?P<hour>\d{1,2})(?: ?(?P<mark>h(?:eures?|rs?)?|[:.])(?: ?(?P<minute>\d{2})(?!\d))?)?(?: ?(?P<half>[ap])\.?m\.?)?(?!\w)|(?P<noon>midi|noon|midday)\b|(?P<midnight>minuit|midnight)\b)",
            r"(?P<later>(?:l')?apres-midi|afternoons?|(?:le )?soirs?|evenings?)(?!\w)",
            r"(?P<without>sauf|hors|excepte|except|but not|not)(?!\w)",
            rf"(?P<day>{'|'.join(sorted(_NAMES, key=len, reverse=True))})s?\b\.?",
            r"(?P<closed>ferme(?:e|s|es)?|closed)\b",
            r"(?P<to>-|(?:a|au|to|until|till|jusqu'?a)(?!\w))",
            r"(?P<break>;|\n)",
            r"(?P<noise>[,.:/&+]|(?:et|and|puis|then|de|du|des|le|la|les|tous|toutes|chaque|from|on|the|at|each|every|ouverte?|open|matins?|mornings?)(?!\w))",
            r"(?P<unread>[^\s,;.:/&+-]+|[^\s])",
        )
    )
)


_Where = tuple[int, int]
"""From which letter to which."""


@dataclass(slots=True)
class Typed:
    """What was understood, and the words that were not: as they were typed, in their order."""

    rules: tuple[Rule, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def understood(self) -> bool:
        return bool(self.rules) and not self.unread


@dataclass(frozen=True, slots=True)
class _Time:
    at: time
    bare: bool
    """Only a number: `5` may be the afternoon."""
    where: _Where
    half: str | None = None
    midnight: bool = False


@dataclass(slots=True)
class _Group:
    """Some days, and the hours of each."""

    days: list[int] = field(default_factory=list)
    nth: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    words: list[_Where] = field(default_factory=list)
    """Where the days were typed, and where the hours."""
    times: list[_Where] = field(default_factory=list)
    closed: bool = False
    days_after: bool = False
    """`9-12 on Monday`: the hours were said before the days."""


def read(text: str) -> Typed:
    """Every word of it, or the words that stay unread beside what could be."""
    plain, letters = _plain(text)
    reader = _Reader()
    for match in _TOKENS.finditer(plain):
        reader.take(match)
    rules = reader.done()
    unread = (text[letters[first] : letters[last - 1] + 1] for first, last in _joined(reader.unread, plain))
    return Typed(rules, tuple(dict.fromkeys(unread)))


class _Reader:
    """Days, then their hours; new days begin a new group."""

    def __init__(self) -> None:
        self.groups: list[_Group] = [_Group()]
        self.unread: list[_Where] = []
        self.range_from: int | None = None
        self.day: int | None = None
        self.first: _Time | None = None
        self.to = False
        self.nth: list[tuple[int, _Where]] = []
        self.later = False
        self.without: _Group | None = None
        """The group whose days are being taken out, while they are named."""
        self.taken: list[int] = []

    def take(self, token: re.Match[str]) -> None:
        kind = token.lastgroup or ""
        kind = "time" if token["time"] else kind
        if kind.startswith("group"):
            self._days(_GROUPS[int(kind[5:])][1])
            self._group().words.append(token.span())
        elif kind == "always":
            group = self._timed()
            group.spans.append(Span(time(0), DAY_END))
            group.times.append(token.span())
        elif kind == "nth":
            self.nth.append((_ORDINALS[token[0]], token.span()))
        elif kind == "day":
            self._day(_NAMES[token["day"]], token.span())
            self._group().words.append(token.span())
        elif kind == "time":
            self._time(token)
        elif kind == "closed":
            self._closed()
        elif kind == "later":
            self.later = True
        elif kind == "without":
            self.without, self.taken = self._group(), []
            self._group().words.append(token.span())
        elif kind == "break":
            self._over()
        elif kind == "to":
            self.to = True
        elif kind == "unread":
            self.unread.append(token.span())
        if kind not in ("to", "noise"):
            self.to = False

    def done(self) -> tuple[Rule, ...]:
        if self.first is not None:
            self.unread.append(self.first.where)
        self.unread += [where for _, where in self.nth]
        rules: list[Rule] = []
        for group in self.groups:
            if not group.days and not group.nth and group.spans == [Span(time(0), DAY_END)]:
                group.days = list(range(7))
            if group.spans and not (group.days or group.nth):
                self.unread += group.times
            elif (group.days or group.nth) and not group.spans and not group.closed:
                self.unread += group.words
            else:
                rules += _rules(group)
        return tuple(dict.fromkeys(rules))

    def _group(self) -> _Group:
        return self.groups[-1]

    def _fresh(self) -> _Group:
        """A group that may still take days."""
        group = self._group()
        if (group.spans or group.closed) and not group.days_after:
            self.groups.append(_Group())
        return self._group()

    def _over(self) -> None:
        """What comes behind a semicolon or on a new line may say days and hours in another order."""
        self.later, self.without = False, None
        group = self._group()
        if (group.days or group.nth) and (group.spans or group.closed):
            self.groups.append(_Group())

    def _closed(self) -> None:
        """`Tuesday closed` or `closed on Tuesday`."""
        group = self._group()
        if group.spans or group.closed:
            group = _Group()
            self.groups.append(group)
        group.closed, group.days_after = True, not (group.days or group.nth)

    def _except(self, day: int, where: _Where) -> None:
        """`every day but Sunday`. A day that was not among them is not understood."""
        group = self.without or self._group()
        days = [day]
        if self.to and self.taken:
            days = [(self.taken[-1] + step) % 7 for step in range(1, (day - self.taken[-1]) % 7 + 1)]
        if not set(days) <= set(group.days):
            self.unread.append(where)
        group.days = [one for one in group.days if one not in days]
        self.taken += days

    def _days(self, days: tuple[int, ...]) -> None:
        group = self._fresh()
        group.days += [day for day in days if day not in group.days]

    def _day(self, day: int, where: _Where) -> None:
        if self.without is not None:
            self._except(day, where)
            return
        group = self._fresh()
        if self.nth:
            group.nth += [f"{number}{DAYS[day]}" for number, _ in self.nth]
            self.nth = []
        elif self.to and group.days:
            last = group.days[-1]
            self._days(tuple((last + step) % 7 for step in range(1, (day - last) % 7 + 1)))
        else:
            self._days((day,))

    def _time(self, token: re.Match[str]) -> None:
        if self.without is not None:
            self._instead()
        found = _clock(token)
        if found is None:
            self.unread.append(token.span())
        elif self.first is None or not self.to:
            if self.first is not None:
                self.unread.append(self.first.where)
            self.first = found
        else:
            group = self._timed()
            before = group.spans[-1] if group.spans else None
            if (span := _span(_afternoon(self.first) if self.later else self.first, found, before)) is None:
                self.unread.append((self.first.where[0], token.end()))
            else:
                group.spans.append(span)
                group.times.append((self.first.where[0], token.end()))
            self.first, self.later = None, False

    def _timed(self) -> _Group:
        """The group to which hours belong that are said now."""
        group = self._group()
        if group.days_after and (group.days or group.nth):
            group = _Group(days_after=True)
            self.groups.append(group)
        elif not (group.days or group.nth or group.spans):
            group.days_after = True
        return group

    def _instead(self) -> None:
        """`9-5 but not on Wednesday, 9-12`: the days taken out have these hours."""
        if self.without is not None and self.without.spans and self.taken:
            self.groups.append(_Group(days=list(self.taken)))
        self.without = None


def _plain(text: str) -> tuple[str, list[int]]:
    """Small letters without accents, one dash and one space; and of each letter where it stands in the text."""
    found: list[tuple[str, int]] = []
    for at, letter in enumerate(text):
        for one in unicodedata.normalize("NFKD", _ALIKE.get(letter, letter)).lower():
            plain = " " if one.isspace() and one != "\n" else one
            if not unicodedata.combining(one) and not (plain == " " and found and found[-1][0] == " "):
                found.append((plain, at))
    return "".join(letter for letter, _ in found), [at for _, at in found]


def _joined(pieces: list[_Where], text: str) -> list[_Where]:
    """In their order; those with nothing but a dash or a space between them are one: `Fri 9-25`."""
    found: list[_Where] = []
    for first, last in sorted(pieces):
        if found and not text[found[-1][1] : first].strip(" -"):
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return found


def _clock(token: re.Match[str]) -> _Time | None:
    if token["noon"] or token["midnight"]:
        return _Time(time(12 if token["noon"] else 0), False, token.span(), midnight=bool(token["midnight"]))
    hour, minute, half = int(token["hour"]), int(token["minute"] or 0), token["half"]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    if (hour, minute) == (24, 0):
        return _Time(time(0), False, token.span(), midnight=True)
    french = (token["mark"] or "").startswith("h")
    if hour > 23 or minute > 59:
        return None
    return _Time(time(hour, minute), not half and not french, token.span(), half=half)


def _span(first: _Time, last: _Time, before: Span | None) -> Span | None:
    """`9-5` ends in the afternoon, and what comes after `9-12` begins there; `1-5pm` is the afternoon too."""
    opens, closes = first.at, last.at
    if last.half == "p" and first.bare and opens < time(7) and (later := _later(opens)) and later < closes:
        opens = later
    if before and first.bare and opens < before.closes and (later := _later(opens)) and later >= before.closes:
        opens = later
    if last.bare and closes <= opens and (later := _later(closes)) and later > opens:
        closes = later
    if closes == opens:
        return Span(opens, DAY_END) if last.midnight and not first.midnight else None
    return Span(opens, DAY_END if last.midnight else closes)


def _afternoon(said: _Time) -> _Time:
    """`2` of an afternoon or evening is 14:00."""
    return replace(said, at=_later(said.at) or said.at) if said.bare and said.at < time(9) else said


def _later(at: time) -> time | None:
    """Twelve hours on, within the day."""
    return at.replace(hour=at.hour + 12) if at.hour < 12 else None


def _rules(group: _Group) -> list[Rule]:
    if group.closed:
        return []
    weekly = tuple(DAYS[day] for day in sorted(set(group.days)))
    found = [Rule(WEEKLY, span, weekly) for span in group.spans if weekly]
    return found + [Rule(MONTHLY, span, tuple(group.nth)) for span in group.spans if group.nth]
