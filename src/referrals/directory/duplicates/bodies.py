"""What speaks for and against two records being one organization. Pure."""

from collections.abc import Iterator

from referrals.directory.duplicates import facts, folding
from referrals.directory.duplicates.facts import Fact
from referrals.directory.duplicates.records import Compared


def of_bodies(a: Compared, b: Compared) -> Iterator[Fact]:
    if a.family == b.id or b.family == a.id:
        yield Fact("part_of_the_other")
    yield from _body_names(a, b)
    yield from facts.identifiers(a, b)
    yield from facts.text(a, b)
    yield from _place_of_body(a, b)
    yield from facts.phones(a, b)
    yield from facts.addresses_online(a, b)


def _body_names(a: Compared, b: Compared) -> Iterator[Fact]:
    """The first names decide; a further name that both bear may be that of a body above them, or of their place."""
    near = facts.alike(a.names[0], b.names[0])
    words_a, words_b = frozenset(folding.core(a.names[0]).split()), frozenset(folding.core(b.names[0]).split())
    only = words_a - words_b, words_b - words_a
    parted = bool(only[0] and only[1]) and not facts.reads_as_one(*only)
    if near >= 97:
        yield Fact("same_name", (a.names[0],))
    elif near >= 85 and not parted:
        yield Fact("names_alike", (a.names[0], b.names[0]))
    elif _short(a) & _spelled(b) or _short(b) & _spelled(a):
        yield Fact("abbreviated", (a.names[0], b.names[0]))
    elif not parted:
        yield Fact("name_within", (a.names[0], b.names[0]))
    else:
        yield Fact("other_name", (a.names[0], b.names[0]))
    if near < 85:
        best, mine, _ = facts.names_alike(a.names, b.names)
        if best >= 97:
            yield Fact("also_called", (mine,))
    yield from facts.names_apart([a.names[0]], [b.names[0]])


def _short(record: Compared) -> set[str]:
    """`YMCA`, and whatever stands in brackets or beside the name in few letters."""
    return {core for name in record.names if 3 <= len(core := folding.core(name).replace(" ", "")) <= 8}


def _spelled(record: Compared) -> set[str]:
    return {folding.initials(name) for name in record.names} - {""}


def _place_of_body(a: Compared, b: Compared) -> Iterator[Fact]:
    where = facts.doors(a, b)
    if where.same:
        yield Fact("same_place", where.said)
    elif where.known:
        yield Fact("other_place" if where.town else "other_town", where.said)
