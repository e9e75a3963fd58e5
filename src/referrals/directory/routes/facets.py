"""What may be asked for besides: each wish with how many services would remain, and never one that leads to nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode

from referrals.directory.routes import wishes
from referrals.directory.routes.question import Question, continued
from referrals.directory.routes.rows import Row
from referrals.directory.search import tags
from referrals.directory.search.find import Results
from referrals.directory.search.port import BOUND, PAGE_SIZE
from referrals.kit.html import Addresses
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.vocabulary import Vocabulary

_QUICK: Final = (tags.ROOM, tags.FREE, "mode:remote", "mode:home-visit", tags.WALK_IN)
"""Those that most people ask for, in sight at once."""
_GROUPS: Final[tuple[tuple[str, str], ...]] = (
    ("", N_("Access and price")), (tags.MODE, N_("How")), (tags.LANGUAGE, N_("Spoken there")),
    (tags.FOR, N_("Made for")), (tags.AGE, N_("Age")), (tags.FORMAT, N_("Alone or together")),
    (tags.BY, N_("Who receives you")), (tags.PAYS, N_("Who pays")), ("place", N_("The place itself")),
)  # fmt: skip
_Address = Callable[[tuple[str, ...]], str]
_MOST: Final = 12
"""Wishes of one group that are offered; the commonest."""


@dataclass(frozen=True, slots=True)
class Facet:
    """`href`: the same search with this wish, or without it where it is `chosen`. `count`: of what would remain."""

    id: str
    text: str
    count: str
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    facets: tuple[Facet, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    quick: tuple[Facet, ...]
    groups: tuple[Group, ...]


def offer(asked: Question, found: Results, words: Vocabulary, url: Addresses) -> Offer:
    """Everything but `and_open`."""
    there = {tag: count for tag, count in found.facets.items() if count > 0 and wishes.exists(tag, words)}
    total, address = found.fitting, _addresses(asked, url)
    quick = [
        _facet(asked, tag, _counted(there[tag], found), words, address)
        for tag in _QUICK
        if tag in there and _narrows(asked, tag, there, total)
    ]
    commonest: dict[str, list[str]] = {}
    for tag in sorted(there, key=lambda tag: (-there[tag], tag)):
        commonest.setdefault(_group(tag), []).append(tag)
    groups = (
        Group(_(title), tuple(_of(asked, group, commonest.get(group, ()), there, found, words, address)))
        for group, title in _GROUPS
    )
    return Offer(tuple(quick), tuple(group for group in groups if group.facets))


def and_open(offered: Offer, asked: Question, found: Results, rows: Sequence[Row], url: Addresses) -> Offer:
    """The same with `open now` before all others, where that narrows the answers. `rows`: those of this page."""
    fit = max(found.fitting - (found.page - 1) * PAGE_SIZE, 0)
    return replace(offered, quick=(*_open(asked, rows[:fit], url), *offered.quick))


def _open(asked: Question, rows: Sequence[Row], url: Addresses) -> Iterator[Facet]:
    """Nobody counts who is open just now, but where one of those that fit is, the wish leads somewhere."""
    is_open = [row.open for row in rows]
    if not asked.open and any(is_open) and not all(is_open):
        yield Facet("wish-open", _("open now"), "", asked.but(open=True).where(url), chosen=False)


def _of(
    asked: Question, group: str, commonest: Sequence[str], there: Mapping[str, int], found: Results, words: Vocabulary,
    address: _Address,
) -> Iterator[Facet]:  # fmt: skip
    """Chosen ones first and always, then the commonest."""
    chosen = [tag for tag in asked.tags if _group(tag) == group]
    others = [
        tag for tag in commonest
        if tag not in chosen and tag not in _QUICK and _narrows(asked, tag, there, found.fitting)
    ]  # fmt: skip
    for tag in (*chosen, *others[:_MOST]):
        yield _facet(asked, tag, _counted(there.get(tag, 0), found), words, address)


def _narrows(asked: Question, tag: str, there: Mapping[str, int], total: int) -> bool:
    """A wish that everything fulfils is no choice; beside another of its group it widens, and then it is one."""
    widens = any(tags.group_of(one) == tags.group_of(tag) and one != tag for one in asked.tags)
    return tag not in asked.tags and (there[tag] < total or widens)


def _group(tag: str) -> str:
    if tag in tags.ACCESSIBLE:
        return "place"
    return tags.group_of(tag) if ":" in tag else ""


def _facet(asked: Question, tag: str, count: str, words: Vocabulary, address: _Address) -> Facet:
    chosen = tag in asked.tags
    other = asked.no_longer(tag) if chosen else asked.wishing(tag)
    return Facet(
        f"wish-{tag.replace(':', '-')}",
        wishes.said(tag, words),
        count,
        address(other.tags),
        chosen,
    )


def _addresses(asked: Question, url: Addresses) -> _Address:
    """Tags -> where the question is answered with these: only they differ among dozens of addresses."""
    base = asked.but(tags=()).where(url)
    begin = continued(base)
    return lambda wished: begin + "&".join(map(_written, wished)) if wished else base


@lru_cache(maxsize=1024)
def _written(tag: str) -> str:
    return urlencode({"tag": tag})


def _counted(count: int, found: Results) -> str:
    """`12`; `12+` where only some were counted; `200+`: further nobody counts."""
    if count > BOUND:
        return f"{BOUND}+"
    return f"{count}+" if count and found.partly else str(count or "")
