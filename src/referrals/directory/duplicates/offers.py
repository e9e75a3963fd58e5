"""What speaks for and against two records being one offer: one place, one body, one name, and what contradicts them. Pure."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from referrals.directory.duplicates import contrasts, facts, folding, wording
from referrals.directory.duplicates.facts import Fact
from referrals.directory.duplicates.records import Compared
from referrals.kit.text import fold

_WHOLE: Final = frozenset(
    [
        "main",
        "office",
        "offices",
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
_LINES: Final = frozenset(["line", "helpline", "hotline", "lifeline", "ligne", "ecoute"])
_ONE_IN_ALL: Final = frozenset(["same_text", "same_place", "same_phone"])
_DIGITS: Final = "0123456789"
_EMPTY: Final = frozenset(["program", "programs", "programme", "programmes", "service", "services", "collaborative"])
"""What nearly every offer may call itself."""

Names = tuple[str, ...]


def of_offers(a: Compared, b: Compared) -> Iterator[Fact]:
    """One place, one body, one offer; what contradicts any of them forbids."""
    place, phone = list(_place_of_offer(a, b)), list(_phones_of_offer(a, b))
    yield from place
    yield from phone
    met = {one.code for one in (*place, *phone)}
    body = _body(a, b, met >= {"same_place", "same_phone"})
    yield body
    only = list(_whole_and_its_only_part(a, b, body, met))
    yield from only
    texts = _texts(a, b, {one.code for one in only})
    yield from texts
    yield from _offer_names(a, b, body, met | {one.code for one in (*texts, *only)})
    whole = not _parts(a) and not _parts(b)
    online = facts.addresses_online(a, b)
    # Two bodies that run one offer have each their own site, and a body may have two; but a part with one of its own is a part.
    yield from (one for one in online if one.code != "other_site" or not (whole or body.code == "one_offer_of_two"))
    yield from _ages(a, b)
    yield from _tongues(a, b)


def _whole_and_its_only_part(a: Compared, b: Compared, body: Fact, met: set[str]) -> Iterator[Fact]:
    """What makes it likely that a part is all there is of the whole, and what makes it a part for some."""
    if bool(_parts(a)) == bool(_parts(b)) or body.code == "other_body":
        return
    whole, part = (b, a) if _parts(a) else (a, b)
    if "same_place" in met and max(a.at_the_door, b.at_the_door) == 2:
        yield Fact("nothing_else", a.organization_names[:1])
    alike = {one.code for one in facts.text(a, b)} - {"other_text"}
    if "same_phone" in met and alike and _LINES & set(fold(part.names[0]).split()):
        yield Fact("own_line", part.names[:1])
    if facts.tells_ages(part) and not facts.tells_ages(whole):
        yield Fact("only_some_ages", part.names[:1])


def _texts(a: Compared, b: Compared, only: set[str]) -> list[Fact]:
    """A body speaks of itself in whatever it offers: beside its whole record, only a text that says all of that one counts.
    Where nothing else can be meant, one that says most of it does too, or one whose words are all there."""
    told = list(facts.text(a, b))
    if bool(_parts(a)) == bool(_parts(b)):
        return told
    whole, part = (b, a) if _parts(a) else (a, b)
    enough = facts.says_all(part, whole) or "own_line" in only
    if "nothing_else" in only:
        enough = enough or facts.says_most(part, whole) or facts.says_all(whole, part)
    if not enough and facts.offers_all(part, whole):
        return [Fact("offer_within", whole.names[:1])]
    return [one for one in told if one.code in ("same_text", "other_text") or enough]


def _body(a: Compared, b: Compared, met: bool) -> Fact:
    if a.family == b.family:
        return Fact("same_body", a.organization_names[:1])
    near, mine, others = facts.names_alike(a.organization_names, b.organization_names)
    if near >= 88:
        return Fact("bodies_alike", (mine, others))
    shared = _shared_name(a, b) if met else ""
    if shared:
        return Fact("one_offer_of_two", (shared,))
    return Fact("other_body", (a.organization_names[0], b.organization_names[0]))


def _shared_name(a: Compared, b: Compared) -> str:
    """What one is called and both speak of: two bodies that run one offer list it twice."""
    for one, other in ((a, b), (b, a)):
        words = " ".join(word for word in fold(one.names[0]).split() if word not in _EMPTY)
        listed = fold(" ".join((*other.names[:1], *other.titles)))
        if " " in words and f" {words} " in f" {listed} " and facts.says(a, words) and facts.says(b, words):
            return one.names[0]
    return ""


def _offer_names(a: Compared, b: Compared, body: Fact, so_far: set[str]) -> Iterator[Fact]:
    """The names proper, and the titles under which places carry programme and site. `so_far`: what is known of the rest."""
    _, mine, others = facts.names_alike(_own_names(a), _own_names(b))
    part_a, part_b = _parts(a), _parts(b)
    called_a, called_b = _called(a.names, a.titles), _called(b.names, b.titles)
    only_a, only_b = part_a - part_b, part_b - part_a
    if body.code == "one_offer_of_two" and part_a != part_b:
        yield Fact("also_called", body.said)
    elif only_a and only_b and not facts.reads_as_one(only_a, only_b):
        if _called_like(a, b):
            yield Fact("also_called", (mine,))
        elif part_a & part_b and so_far >= _ONE_IN_ALL and not _told_apart(a, b, only_a | only_b):
            yield Fact("only_in_name", (_shown(only_a), _shown(only_b)))
        elif "same_text" not in so_far and (facts.names_it(b, a.names[0]) or facts.names_it(a, b.names[0])):
            yield Fact("named_in_text", (a.names[0], b.names[0]))
        else:
            yield Fact("other_part", (_shown(only_a), _shown(only_b)))
    elif only_a and only_b:
        yield Fact("names_alike", (mine or a.names[0], others or b.names[0]))
    elif not only_a and not only_b:
        numbered = any(one.code == "other_number" for one in facts.names_apart(called_a, called_b))
        yield Fact("names_alike" if numbered else "same_name", (mine or a.names[0], others or b.names[0]))
    elif not part_a or not part_b:
        yield Fact("whole_and_part", (a.names[0], b.names[0]))
    else:
        yield Fact("name_within", (a.names[0], b.names[0]))
    # What the whole says it is for limits no part of it, nor does a line that is the whole's own.
    lines = _LINES if "own_line" in so_far else frozenset()
    limits = [
        contrasts.narrowing(only - lines, beside or contrasts.ages(facts.opening(other)))
        for only, beside, other in ((only_a, part_b, b), (only_b, part_a, a))
    ]
    apart = list(facts.names_apart(called_a, called_b))
    if "same_text" in so_far and not (a.spots or b.spots or a.phones or b.phones):
        # Numbered entries that tell nothing else at all: what the number stands for is not said.
        apart = [Fact("number_added", one.said) if one.code == "other_number" else one for one in apart]
    if any(limits) and not {one.code for one in apart} & {"names_contrast", "other_number"}:
        yield Fact("narrower", (a.names[0], b.names[0]))
    yield from apart or facts.texts_apart(a, b)


def _told_apart(a: Compared, b: Compared, only: frozenset[str]) -> bool:
    """The text or the terms speak of what only one name says: of basketball in one, of volleyball in the other."""
    said = wording.telling(" ".join((a.description, b.description, *a.terms, *b.terms)))
    return bool(said & {wording.stem(word) for word in only})


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


def _called(names: Names, titles: Names) -> Names:
    """The name, and the titles that are built from it; what else a place is called is no name of the offer."""
    words = set(fold(names[0]).split())
    return (names[0], *(title for title in titles[:3] if words <= set(fold(title).split())))


def _parts(record: Compared) -> frozenset[str]:
    """The words that tell this offer from others of its body."""
    return _told_by(record.names, record.titles, record.organization_names)


@lru_cache(maxsize=5_000)
def _told_by(names: Names, titles: Names, bodies: Names) -> frozenset[str]:
    said = {word for word in folding.spelled(" ".join(_called(names, titles))).split() if len(word) > 1}
    body = set(fold(" ".join(bodies)).split())
    short = {folding.initials(name) for name in bodies}
    dull = short | _WHOLE | _EMPTY | folding.SMALL | folding.LEGAL
    told = frozenset(word for word in said - body - dull if word.rstrip(_DIGITS) not in body)
    return told if told or _is_the_body(names, titles, bodies) else frozenset(set(fold(names[0]).split()) - dull)


def _is_the_body(names: Names, titles: Names, bodies: Names) -> bool:
    """Its name is that of the body, not of something that the body is called after: `Advocacy` of the Advocacy Network.
    Where its place bears the body's name in full, it is the body, however short its own name is."""
    core = folding.core(names[0])
    words = set(fold(" ".join(names)).split())
    phrase = " ".join(word.rstrip(_DIGITS) or word for word in fold(names[0]).split())
    if phrase.count(" ") >= 2 and any(f" {phrase} " in f" {fold(name)} " for name in bodies):
        return True
    if any(facts.alike(title, name) >= 97 for title in titles[:1] for name in bodies):
        return True
    return words <= _WHOLE | folding.SMALL or any(
        facts.alike(core, name) >= 85 or folding.initials(name) in words for name in bodies
    )


def _shown(words: frozenset[str]) -> str:
    return " ".join(sorted(words)[:5])


def _place_of_offer(a: Compared, b: Compared) -> Iterator[Fact]:
    where = facts.doors(a, b)
    if where.same:
        yield Fact("same_place", where.said)
    elif where.known:
        yield Fact("other_place" if where.town else "other_town", where.said)
    elif not where.town:
        yield Fact("other_town", where.said)


def _phones_of_offer(a: Compared, b: Compared) -> Iterator[Fact]:
    """Two parts with numbers in a row are two desks; the whole and its part are not."""
    told = facts.phones(a, b)
    one_desk = bool(_parts(a)) != bool(_parts(b)) and facts.in_a_row(a, b)
    yield from (one for one in told if one.code != "other_phone" or not one_desk)


def _ages(a: Compared, b: Compared) -> Iterator[Fact]:
    (low_a, high_a), (low_b, high_b) = ((one.ages[0] or 0.0, one.ages[1] or 150.0) for one in (a, b))
    if a.ages == b.ages or (None, None) in (a.ages, b.ages):
        return
    shared = min(high_a, high_b) - max(low_a, low_b)
    if shared < 0.3 * max(high_a - low_a, high_b - low_b):
        yield Fact("other_ages", (f"{low_a:g}–{high_a:g}", f"{low_b:g}–{high_b:g}"))


def _tongues(a: Compared, b: Compared) -> Iterator[Fact]:
    mine, others = ({fold(one) for one in record.languages} for record in (a, b))
    if mine and others and not mine & others:
        yield Fact("other_languages", (a.languages[0], b.languages[0]))
