"""What speaks for two records being the same, or against it. Pure.

Each fact has a code; what it weighs is one table in `scoring`. `said` are the words that the sentence quotes.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from math import asin, cos, radians, sin, sqrt

from rapidfuzz import fuzz

from referrals.directory.duplicates import contrasts, folding, wording
from referrals.directory.duplicates.records import Compared, Entity, Spot
from referrals.kit.text import fold


@dataclass(frozen=True, slots=True)
class Fact:
    code: str
    said: tuple[str, ...] = ()
    weight: float = 0.0
    """In log-odds: 0.7 makes twice as likely, 2.3 ten times. Nothing until the table has weighed it."""


LONGEST = 1500
"""Signs of a text that are compared."""
SAME_DOOR = 40.0
"""Metres between two points of one building."""
_FEW = 5
"""Telling words that a text has at least, for its likeness to say anything."""
_NEARLY = 0.95
"""Part of the words from which on a text says all that another does."""
_ALL_BUT_ONE = 14
"""Shared words from which on a single one that only one text has is an adverb or a slip."""
_LEAD = 14
"""Words in which a text says what it is about."""
_MOST = 0.75
"""Part of the words from which on two texts are alike."""
_AGES = re.compile(
    r"\b\d{1,2}\s*(?:-|–|to|through|and|à|et)\s*\d{1,2}\s*(?:months?|years?|yrs?|mois|ans)\b|\b(?:ages?|aged|âgés? de)\s+\d",
    re.I,
)
_MISTYPED = 94
"""Likeness from which on two names of hosts are one: a letter more or less in ten."""
_TELLING = 10
"""Signs of a name below which finding it in a text says little."""


def text(a: Compared, b: Compared) -> Iterator[Fact]:
    """How far the two descriptions tell the same, by their telling words. The names of the bodies tell nothing: a body
    speaks of itself in all that it writes."""
    one, two = _says(a, b), _says(b, a)
    fewest = min(len(one), len(two))
    if fewest < _FEW:
        return
    shared = len(one & two)
    if _nearly(shared, len(one | two)):
        yield Fact("same_text")
    elif _nearly(shared, fewest):
        yield Fact("text_within")
    elif shared >= _MOST * fewest and shared >= _FEW + 2:
        yield Fact("texts_alike", (_few(one - two), _few(two - one)))
    elif shared < 0.35 * fewest:
        yield Fact("other_text")


def offers_all(record: Compared, beside: Compared) -> bool:
    """The description holds whatever the other says it offers, where that one also speaks of its aims and origins."""
    told = _telling(beside, wording.offered(beside.description)) - _bodies(record, beside)
    return len(told) >= _FEW and _nearly(len(told & _says(record, beside)), len(told))


def says_all(record: Compared, beside: Compared) -> bool:
    """The description holds whatever the other's says."""
    one, two = _says(record, beside), _says(beside, record)
    return _nearly(len(one & two), max(1, len(two)))


def says_most(record: Compared, beside: Compared) -> bool:
    one, two = _says(record, beside), _says(beside, record)
    return len(one & two) >= _MOST * max(1, len(two))


def _nearly(shared: int, of: int) -> bool:
    return shared >= _NEARLY * of or shared == of - 1 >= _ALL_BUT_ONE


def tells_ages(record: Compared) -> bool:
    """In its text, in figures: `2-5 years old`."""
    return bool(_AGES.search(record.description[:LONGEST]))


def _says(record: Compared, beside: Compared) -> frozenset[str]:
    return _telling(record, record.description) - _bodies(record, beside)


def _bodies(record: Compared, beside: Compared) -> frozenset[str]:
    bodies = (*record.organization_names, *beside.organization_names)
    names = record.names + beside.names if record.entity is Entity.ORGANIZATION else bodies
    return wording.telling(" ".join(names))


def _telling(record: Compared, text: str) -> frozenset[str]:
    """A short name would be found in anything."""
    return wording.telling_beside(text, record.names[0]) if len(record.names[0]) >= _TELLING else wording.telling(text)


def _few(words: Iterable[str]) -> str:
    return " ".join(sorted(words)[:4])


def names_apart(names_a: Iterable[str], names_b: Iterable[str]) -> Iterator[Fact]:
    """Words and numbers that would make two of one: other ages, other days, other levels."""
    mine, others = " ".join(names_a), " ".join(names_b)
    found = contrasts.between(mine, others)
    if found:
        yield Fact("names_contrast", found)
        return
    numbers = contrasts.numbers(mine), contrasts.numbers(others)
    if numbers[0] != numbers[1] and not numbers[0] & numbers[1]:
        yield Fact("other_number" if all(numbers) else "number_added", (_listed(numbers[0]), _listed(numbers[1])))


def texts_apart(a: Compared, b: Compared) -> Iterator[Fact]:
    """The same, where a text says what it is about."""
    found = contrasts.between(opening(a), opening(b))
    if found:
        yield Fact("texts_contrast", found)


def opening(record: Compared) -> str:
    return " ".join(fold(record.description[:LONGEST]).split()[:_LEAD])


def names_it(record: Compared, name: str) -> bool:
    """The description is about what bears this name, or says that it takes place there."""
    words = fold(name)
    if len(words) < _TELLING or f" {words} " not in f" {fold(record.description[:LONGEST])} ":
        return False
    there = re.search(
        rf"\b(?:in|at|a|au|chez|dans)(?: the| la| le| les)? {re.escape(words)}\b", fold(record.description[:LONGEST])
    )
    return bool(there) or f" {words} " in f" {opening(record)} "


def says(record: Compared, name: str) -> bool:
    words = fold(name)
    return len(words) >= _TELLING and f" {words} " in f" {fold(record.description[:LONGEST])} "


def phones(a: Compared, b: Compared) -> Iterator[Fact]:
    mine, others = {folding.number(one): one for one in a.phones}, {folding.number(one): one for one in b.phones}
    mine.pop("", None)
    others.pop("", None)
    shared = sorted(set(mine) & set(others))
    if shared:
        yield Fact("same_phone", (mine[shared[0]],))
    elif told := sorted(
        set(mine) & folding.numbers_in(b.description) | set(others) & folding.numbers_in(a.description)
    ):
        yield Fact("phone_in_text", (mine.get(told[0]) or others[told[0]],))
    elif mine and others:
        yield Fact("other_phone", (next(iter(mine.values())), next(iter(others.values()))))


def in_a_row(a: Compared, b: Compared) -> bool:
    """Phone numbers that differ by their last digit: two sets of one desk, or one of them mistyped."""
    mine, others = ({folding.number(one)[:-1] for one in record.phones} - {""} for record in (a, b))
    return bool(mine & others)


def addresses_online(a: Compared, b: Compared) -> Iterator[Fact]:
    """Web pages and mailboxes. A page of its own tells more than a home page that all share."""
    mails = {folding.mailbox(one) for one in a.emails} & {folding.mailbox(one) for one in b.emails} - {""}
    if mails:
        yield Fact("same_email", (min(mails),))
    pages_a, pages_b = ({folding.page(one) for one in record.websites} - {""} for record in (a, b))
    hosts_a, hosts_b = ({folding.host(one) for one in record.websites} - {""} for record in (a, b))
    if pages_a & pages_b:
        yield Fact("same_page", (min(pages_a & pages_b),))
    elif hosts_a & hosts_b:
        if pages_a and pages_b:
            yield Fact("other_page", (min(pages_a), min(pages_b)))
        else:
            yield Fact("same_site", (min(hosts_a & hosts_b),))
    elif hosts_a and hosts_b and not any(_one_site(x, y) for x in hosts_a for y in hosts_b):
        yield Fact("other_site", (min(hosts_a), min(hosts_b)))


def _one_site(x: str, y: str) -> bool:
    """Under two endings, or one of them mistyped or moved: `example.org`, `examples.com`."""
    one, two = folding.site(x), folding.site(y)
    return one == two or (min(len(one), len(two)) >= _TELLING and fuzz.ratio(one, two) >= _MISTYPED)


def identifiers(a: Compared, b: Compared) -> Iterator[Fact]:
    mine, others = ({fold(one): one for one in record.identifiers} for record in (a, b))
    shared = sorted(set(mine) & set(others))
    if shared:
        yield Fact("same_identifier", (mine[shared[0]],))
        return
    kinds = {one.partition(":")[0] for one in a.identifiers} & {one.partition(":")[0] for one in b.identifiers}
    if kinds - {"http", "https"}:
        yield Fact("other_identifier", (a.identifiers[0], b.identifiers[0]))


def names_alike(a: Iterable[str], b: Iterable[str]) -> tuple[float, str, str]:
    """The best of all pairs, 0..100, and the two names."""
    return max(((alike(x, y), x, y) for x, y in product(a, b)), key=lambda found: found[0], default=(0.0, "", ""))


def alike(x: str, y: str) -> float:
    one, two = folding.core(x), folding.core(y)
    if not one or not two:
        return 0.0
    if one.replace(" ", "") == two.replace(" ", ""):
        return 100.0
    return max(fuzz.ratio(one, two), fuzz.token_sort_ratio(one, two))


@dataclass(frozen=True, slots=True)
class Doors:
    """Where two records are: how many of their places are one, and one example of what they share or where they part."""

    same: int
    mine: int
    others: int
    town: bool
    said: tuple[str, ...]

    @property
    def known(self) -> bool:
        return bool(self.mine and self.others)


def doors(a: Compared, b: Compared) -> Doors:
    mine, others = _with_a_street(a.spots), _with_a_street(b.spots)
    shared = [(x, y) for x in mine for y in others if same_door(x, y)]
    shared += [(x, y) for x in a.spots for y in b.spots if _same_box(x, y)]
    towns_a, towns_b = ({fold(spot.city) for spot in record.spots} - {""} for record in (a, b))
    town = bool(towns_a & towns_b) or not (towns_a and towns_b)
    said: tuple[str, ...] = ()
    if shared:
        said = (shared[0][0].street,)
    elif mine and others:
        said = (_address(mine[0]), _address(others[0]))
    elif not town:
        said = (min(towns_a), min(towns_b))
    return Doors(len({x.street for x, _ in shared}), len({x.street for x in mine}), len({y.street for y in others}), town, said)  # fmt: skip


def same_door(x: Spot, y: Spot) -> bool:
    """One house number in one street, however written; or two points of one building with nothing said against it."""
    one, two = folding.street(x.street), folding.street(y.street)
    here, there = folding.postcode(x.postcode), folding.postcode(y.postcode)
    towns = fold(x.city), fold(y.city)
    near = (here == there and here) or (towns[0] == towns[1] and towns[0])
    if one == two:
        return bool(near) or not (here and there)
    house_a, house_b = (next((word for word in line.split() if word[:1].isdigit()), "") for line in (one, two))
    if not house_a or house_a != house_b or not near:
        return False
    return fuzz.token_set_ratio(one, two) >= 92 or (fuzz.ratio(one, two) >= 85 and metres(x, y) < SAME_DOOR)


def _same_box(x: Spot, y: Spot) -> bool:
    """One post-office box; two boxes, or a box beside a door, say nothing."""
    one, two = folding.box(x.street), folding.box(y.street)
    return bool(one) and one == two and folding.postcode(x.postcode) == folding.postcode(y.postcode)


def metres(x: Spot, y: Spot) -> float:
    """Far away where either has no point."""
    if x.latitude is None or x.longitude is None or y.latitude is None or y.longitude is None:
        return float("inf")
    up, along = radians(y.latitude - x.latitude), radians(y.longitude - x.longitude)
    part = sin(up / 2) ** 2 + cos(radians(x.latitude)) * cos(radians(y.latitude)) * sin(along / 2) ** 2
    return 12_742_000 * asin(sqrt(part))


def _with_a_street(spots: Iterable[Spot]) -> list[Spot]:
    return [spot for spot in spots if folding.street(spot.street)]


def _address(spot: Spot) -> str:
    return ", ".join(part for part in (spot.street, spot.city) if part)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words)) or "—"


def reads_as_one(one: frozenset[str], two: frozenset[str]) -> bool:
    """Words that are misspelt, shortened or joined."""
    x, y = " ".join(sorted(one)), " ".join(sorted(two))
    return fuzz.ratio(x, y) >= 80 or "".join(sorted(one)) == "".join(sorted(two))
