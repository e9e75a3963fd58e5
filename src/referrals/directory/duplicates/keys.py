"""What a record may share with its double: the keys by which candidates are looked up. Pure."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations

from referrals.directory.duplicates import folding
from referrals.directory.duplicates.records import Compared, Entity, Spot
from referrals.kit.text import fold

KINDS = (
    "phone",
    "email",
    "page",
    "host",
    "identifier",
    "text",
    "initials",
    "family",
    "place",
    "door",
    "point",
    "name",
    "word",
)
"""`host`: of the web address or the mail; `text`: opening of the description; `family`: organization or parent; `door`: one
body at one address; `word`: a telling word of a service's name and its town, one or two of an organization's."""
_MOST = 40
"""Keys of one kind that a record may have: an organization of a thousand places is not told by all of them."""
_LONGEST = 200
_PAIRED = 5
"""Words of a name that are looked up two by two, where each alone is common."""
_GIST = 80
_TEXT = 100


@dataclass(frozen=True, slots=True, order=True)
class Key:
    kind: str
    value: str
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True)
class Alike:
    """The folded form that candidates are ranked by, and the keys that they are found by."""

    name: str
    gist: str
    words: tuple[str, ...]
    localities: tuple[str, ...]
    keys: tuple[Key, ...]

    @property
    def digest(self) -> str:
        said = json.dumps([self.name, self.gist, self.words, self.localities, [str(key) for key in self.keys]])
        return blake2b(said.encode(), digest_size=16).hexdigest()


def alike(record: Compared) -> Alike:
    names = [folding.core(name)[:_LONGEST] for name in record.names] or [""]
    words = frozenset[str]().union(*(folding.telling_words(name) for name in record.names))
    towns = {fold(spot.city) for spot in record.spots} | {folding.postcode(spot.postcode) for spot in record.spots}
    return Alike(
        name=names[0],
        gist=f"{names[0]} {folding.opening(record.description, _GIST)}".strip(),
        words=tuple(sorted(words)),
        localities=tuple(sorted(towns - {""})),
        keys=tuple(_bounded(sorted(set(_keys(record, names)), key=str))),
    )


def _keys(record: Compared, names: list[str]) -> Iterator[Key]:
    yield from (Key("name", name) for name in names if name)
    yield from _values("phone", (folding.number(phone) for phone in record.phones))
    yield from _values("email", (folding.mailbox(email) for email in record.emails))
    yield from _values("page", (folding.page(address) for address in record.websites))
    mail_hosts = (email.rpartition("@")[2] for email in record.emails)
    yield from _values("host", (folding.host(address) for address in (*record.websites, *mail_hosts)))
    yield from _values("identifier", (fold(identifier) for identifier in record.identifiers))
    text = folding.opening(record.description, _TEXT)
    if len(text) >= _TEXT // 2:
        yield Key("text", text)
    if record.entity is Entity.ORGANIZATION:
        short = (name for name in names if " " not in name and 3 <= len(name) <= 8)
        yield from _values("initials", (*short, *(folding.initials(name) for name in record.names)))
    if record.family is not None:
        yield Key("family", str(record.family))
    for spot in record.spots:
        yield from _where(spot)
    if record.entity is Entity.SERVICE:
        doors = [key.value for spot in record.spots for key in _where(spot) if key.kind == "place"]
        yield from _values("door", (f"{record.family} {door}" for door in doors))
    words = frozenset[str]().union(*(folding.telling_words(name) for name in record.names))
    if record.entity is Entity.ORGANIZATION:
        yield from _values("word", (*words, *(" ".join(pair) for pair in combinations(sorted(words)[:_PAIRED], 2))))
        yield from _values("word", (f"~{folding.skeleton(name)}" for name in names))
    else:
        towns = {fold(spot.city) or folding.postcode(spot.postcode) for spot in record.spots} - {""} or {"nowhere"}
        yield from _values("word", (f"{town} {word}" for town in sorted(towns) for word in sorted(words)))


def _where(spot: Spot) -> Iterator[Key]:
    line = folding.street(spot.street)
    if line and any(sign.isdigit() for sign in line):
        yield Key("place", f"{folding.postcode(spot.postcode) or fold(spot.city)} {line}"[:_LONGEST])
    if spot.latitude is not None and spot.longitude is not None:
        latitude, longitude = round(spot.latitude, 5), round(spot.longitude, 5)
        yield Key("point", f"{latitude},{longitude}", longitude, latitude)


def _values(kind: str, values: Iterable[str]) -> Iterator[Key]:
    return (Key(kind, value[:_LONGEST]) for value in values if value)


def _bounded(keys: list[Key]) -> Iterator[Key]:
    seen: dict[str, int] = {}
    for key in keys:
        seen[key.kind] = seen.get(key.kind, 0) + 1
        if seen[key.kind] <= _MOST:
            yield key
