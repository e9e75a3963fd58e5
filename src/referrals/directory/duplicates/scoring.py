"""How likely two records are the same, and why. Pure; the definition is that of docs/decisions/0018-duplicates.md.

The facts are weighed one by one and added up; their sum, made a likelihood, is the score. So every score can be
explained by the list of what speaks for and against it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp
from typing import Final

from rapidfuzz import fuzz

from referrals.directory.duplicates import facts, folding
from referrals.directory.duplicates.facts import Fact
from referrals.directory.duplicates.records import Compared, Entity
from referrals.kit.text import fold

POSSIBLE: Final = 0.5
"""From here on a pair is shown to a curator as a possible double."""
LIKELY: Final = 0.85
_START: Final = {Entity.ORGANIZATION: -1.6, Entity.SERVICE: -2.2}
"""Before anything is known: most pairs that are worth comparing are not the same."""
_WHOLE: Final = frozenset(
    [
        "main",
        "office",
        "headquarters",
        "headquarter",
        "administration",
        "administrative",
        "central",
        "siege",
        "accueil",
        "general",
        "information",
    ]
)


@dataclass(frozen=True, slots=True)
class Scored:
    """0..1; the facts that weigh most first."""

    score: float
    facts: tuple[Fact, ...]

    @property
    def same(self) -> bool:
        return self.score >= POSSIBLE


def score(a: Compared, b: Compared) -> Scored:
    """The same whichever comes first."""
    if (str(a.id), a.entity) > (str(b.id), b.entity):
        a, b = b, a
    found = list(_services(a, b) if a.entity is Entity.SERVICE else _organizations(a, b))
    total = _START[a.entity] + sum(one.weight for one in found)
    return Scored(1 / (1 + exp(-total)), tuple(sorted(found, key=lambda one: (-abs(one.weight), one.code))))


def _services(a: Compared, b: Compared) -> Iterator[Fact]:
    yield from _body(a, b)
    texts = list(facts.text(a, b, 3.0, 1.3, -1.8))
    yield from texts
    yield from _offer_names(a, b, {one.code for one in texts})
    yield from _place_of_offer(a, b)
    yield from facts.phones(a, b, 0.8, -0.6)
    yield from facts.addresses_online(a, b, 0.0, -1.5)
    yield from _terms(a, b)
    yield from _ages(a, b)
    yield from _tongues(a, b)


def _body(a: Compared, b: Compared) -> Iterator[Fact]:
    if a.family == b.family:
        yield Fact("same_body", 0.4, a.organization_names[:1])
        return
    near, mine, others = facts.names_alike(a.organization_names, b.organization_names)
    if near >= 88:
        yield Fact("bodies_alike", 0.2, (mine, others))
    else:
        yield Fact("other_body", -2.2, (a.organization_names[0], b.organization_names[0]))


def _offer_names(a: Compared, b: Compared, texts: set[str]) -> Iterator[Fact]:
    """The names proper, and the titles under which places carry programme and site."""
    near, mine, others = facts.names_alike(_own_names(a), _own_names(b))
    part_a, part_b = _parts(a), _parts(b)
    lacks_a, lacks_b = part_b - part_a, part_a - part_b
    if _called_like(a, b):
        yield Fact("also_called", 1.5, (mine,))
    elif lacks_a and lacks_b and not _reads_as_one(lacks_a, lacks_b):
        yield Fact("other_part", -4.8, (_shown(lacks_b), _shown(lacks_a)))
        told = set(fold(a.description).split()) & set(fold(b.description).split())
        if not told & lacks_a and not told & lacks_b:
            yield Fact("text_names_neither", -2.0)
    elif not part_a or not part_b:
        if part_a or part_b:
            yield Fact("whole_and_part", -0.4 if "same_text" in texts else -1.2, (a.names[0], b.names[0]))
        else:
            yield Fact("same_name", 1.5, (mine or a.names[0],))
    elif near >= 97:
        yield Fact("same_name", 1.5, (mine,))
    elif near >= 85:
        yield Fact("names_alike", 0.9, (mine, others))
    else:
        told = texts & {
            "same_text",
            "text_within",
        }  # a programme and its site read the same; it and a part of it do not
        yield Fact("name_within", 0.3 if told or not texts else -1.8, (a.names[0], b.names[0]))
    apart = list(facts.names_apart((*a.names[:1], *a.titles), (*b.names[:1], *b.titles), -2.6))
    yield from apart or facts.texts_apart(a, b)


def _called_like(a: Compared, b: Compared) -> bool:
    """The further name of one is the first name of the other."""
    return any(
        facts.alike(further, other.names[0]) >= 97
        for one, other in ((a, b), (b, a)) for further in _own_names(one) if further != one.names[0]
    )  # fmt: skip


def _own_names(record: Compared) -> list[str]:
    """Without the name of the body, which many directories repeat beside each of its services."""
    body = {folding.core(name) for name in record.organization_names}
    return [name for name in record.names if folding.core(name) not in body] or list(record.names[:1])


def _parts(record: Compared) -> frozenset[str]:
    """The words that tell this offer from others of its body."""
    said = fold(" ".join((*record.names[:1], *record.titles[:3]))).split()
    body = fold(" ".join(record.organization_names)).split()
    short = {folding.initials(name) for name in record.organization_names}
    little = {word for word in said if len(word) < 2}
    return frozenset(said) - frozenset(body) - short - little - _WHOLE - folding.SMALL - folding.LEGAL


def _reads_as_one(one: frozenset[str], two: frozenset[str]) -> bool:
    """Words that are misspelt, shortened or joined."""
    x, y = " ".join(sorted(one)), " ".join(sorted(two))
    return fuzz.ratio(x, y) >= 80 or "".join(sorted(one)) == "".join(sorted(two))


def _shown(words: frozenset[str]) -> str:
    return " ".join(sorted(words)[:5])


def _place_of_offer(a: Compared, b: Compared) -> Iterator[Fact]:
    where = facts.doors(a, b)
    if where.same:
        whole = where.same >= max(where.mine, where.others)
        yield Fact("same_place", 1.0 if whole else 0.2, where.said)
    elif where.known:
        yield Fact("other_place" if where.town else "other_town", -5.5, where.said)
    elif not where.town:
        yield Fact("other_town", -2.0, where.said)


def _terms(a: Compared, b: Compared) -> Iterator[Fact]:
    mine, others = ({fold(term): term for term in record.terms} for record in (a, b))
    if not mine or not others:
        return
    shared = mine.keys() & others.keys()
    part = len(shared) / len(mine.keys() | others.keys())
    if part >= 0.5:
        yield Fact("same_terms", 1.0, tuple(mine[one] for one in sorted(shared)[:3]))
    elif not shared:
        yield Fact("other_terms", -1.4, (mine[min(mine)], others[min(others)]))
    elif part < 0.25:
        yield Fact("few_terms_shared", -0.6, tuple(mine[one] for one in sorted(shared)[:3]))


def _ages(a: Compared, b: Compared) -> Iterator[Fact]:
    (low_a, high_a), (low_b, high_b) = ((one.ages[0] or 0.0, one.ages[1] or 150.0) for one in (a, b))
    if a.ages == b.ages or (None, None) in (a.ages, b.ages):
        return
    shared = min(high_a, high_b) - max(low_a, low_b)
    if shared < 0.3 * max(high_a - low_a, high_b - low_b):
        yield Fact("other_ages", -1.5, (f"{low_a:g}–{high_a:g}", f"{low_b:g}–{high_b:g}"))


def _tongues(a: Compared, b: Compared) -> Iterator[Fact]:
    mine, others = ({fold(one) for one in record.languages} for record in (a, b))
    if mine and others and not mine & others:
        yield Fact("other_languages", -1.0, (a.languages[0], b.languages[0]))


def _organizations(a: Compared, b: Compared) -> Iterator[Fact]:
    if a.family == b.id or b.family == a.id:
        yield Fact("part_of_the_other", -3.0)
    yield from _body_names(a, b)
    yield from facts.identifiers(a, b)
    yield from facts.text(a, b, 2.0, 1.0, -1.2)
    yield from _place_of_body(a, b)
    yield from facts.phones(a, b, 0.9, -0.6)
    yield from facts.addresses_online(a, b, 0.6, -1.2)


def _body_names(a: Compared, b: Compared) -> Iterator[Fact]:
    """The first names decide; a further name that both bear may be that of a body above them, or of their place."""
    near = facts.alike(a.names[0], b.names[0])
    words_a, words_b = frozenset(folding.core(a.names[0]).split()), frozenset(folding.core(b.names[0]).split())
    only = words_a - words_b, words_b - words_a
    parted = bool(only[0] and only[1]) and not _reads_as_one(*only)
    if near >= 97:
        yield Fact("same_name", 3.0, (a.names[0],))
    elif near >= 85 and not parted:
        yield Fact("names_alike", 2.0, (a.names[0], b.names[0]))
    elif _short(a) & _spelled(b) or _short(b) & _spelled(a):
        yield Fact("abbreviated", 1.6, (a.names[0], b.names[0]))
    elif not parted:
        yield Fact("name_within", -0.8, (a.names[0], b.names[0]))
    else:
        yield Fact("other_name", -2.5 if near < 70 else -1.8, (a.names[0], b.names[0]))
    if near < 85:
        best, mine, _ = facts.names_alike(a.names, b.names)
        if best >= 97:
            yield Fact("also_called", 1.2, (mine,))
    yield from facts.names_apart([a.names[0]], [b.names[0]], -5.0)


def _short(record: Compared) -> set[str]:
    """`YMCA`, and whatever stands in brackets or beside the name in few letters."""
    return {core for name in record.names if 3 <= len(core := folding.core(name).replace(" ", "")) <= 8}


def _spelled(record: Compared) -> set[str]:
    return {folding.initials(name) for name in record.names} - {""}


def _place_of_body(a: Compared, b: Compared) -> Iterator[Fact]:
    where = facts.doors(a, b)
    if where.same:
        yield Fact("same_place", 0.9, where.said)
    elif where.known:
        yield Fact("other_place" if where.town else "other_town", -0.5 if where.town else -1.2, where.said)
