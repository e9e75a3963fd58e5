"""From other people's terms to ours: everyday names that were read once, likeness that proposes, a person who decides."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from rapidfuzz import fuzz, process
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.errors import NotFound
from referrals.kit.settings import seed_home
from referrals.kit.text import fold
from referrals.taxonomy import queries
from referrals.taxonomy.models import OURS, Term, TermLink
from referrals.taxonomy.vocabulary import NEED, TermInfo, Vocabulary

PROPOSED_FROM = 80.0
INSIDE = 88.0
_SMALL = {
    "and",
    "or",
    "of",
    "for",
    "the",
    "a",
    "an",
    "to",
    "with",
    "in",
    "on",
    "at",
    "by",
    "de",
    "du",
    "des",
    "la",
    "le",
    "les",
    "et",
}
_SPELLINGS = {
    "counselling": "counseling", "centre": "center", "programme": "program", "behaviour": "behavior", "organisation": "organization",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Everyday:
    """An everyday name that a person has read. `codes`: `food`, `audience:veteran`; none of ours fits when it is empty."""

    names: tuple[str, ...]
    codes: tuple[str, ...]
    reason: str | None


async def link_everyday(session: AsyncSession, source: str, now: datetime, path: Path | None = None) -> int:
    """Confirm the links of this source's terms whose names are among the everyday ones. Decided terms stay as they are."""
    known = {tokens(name): entry for entry in everyday(path) for name in entry.names}
    words = await queries.vocabulary(session)
    rows = []
    for foreign in await _undecided(session, source):
        entry = known.get(tokens(foreign.name))
        if entry is not None:
            rows += _links(foreign.id, [term_of(words, code) for code in entry.codes], now)
    await _insert(session, rows)
    return len(rows)


async def propose(session: AsyncSession, now: datetime, source: str | None = None) -> int:
    """Propose the likest of our needs for every foreign term that nobody has decided and nothing was proposed for."""
    alike = Likeness(await queries.vocabulary(session))
    rows = []
    for foreign in await _undecided(session, source, proposed=False):
        best = alike.likest(foreign.name)
        if best is not None:
            rows.append(_link(foreign.id, best[0].id, "proposed", best[1], None, now))
    await _insert(session, rows)
    return len(rows)


async def confirm(
    session: AsyncSession, foreign_id: UUID, term_ids: Sequence[UUID], by: UUID | None, now: datetime
) -> None:
    """A person says that the foreign term means these of ours; no ids: that nothing of ours fits. Raises NotFound."""
    foreign = await session.get(Term, foreign_id)
    if foreign is None or foreign.source == OURS:
        raise NotFound
    await session.execute(delete(TermLink).where(TermLink.foreign_id == foreign_id, TermLink.state != "rejected"))
    chosen: list[UUID | None] = [*term_ids]
    await _insert(session, [_link(foreign_id, id, "confirmed", None, by, now) for id in chosen or [None]])


async def reject(session: AsyncSession, foreign_id: UUID, term_id: UUID, by: UUID | None, now: datetime) -> None:
    """A person says that this is not what the term means; it is not proposed again."""
    await session.execute(delete(TermLink).where(TermLink.foreign_id == foreign_id, TermLink.term_id == term_id))
    await _insert(session, [_link(foreign_id, term_id, "rejected", None, by, now)])


async def reopen(session: AsyncSession, foreign_id: UUID, by: UUID, now: datetime) -> None:
    """Take a decision back. What an everyday name had linked is rejected, or the next import would link it again."""
    await session.execute(
        update(TermLink)
        .where(TermLink.foreign_id == foreign_id, TermLink.state == "confirmed", TermLink.decided_by.is_(None))
        .values(state="rejected", decided_by=by, decided_at=now)
    )
    await session.execute(delete(TermLink).where(TermLink.foreign_id == foreign_id, TermLink.state != "rejected"))
    session.expire_all()


async def standing(session: AsyncSession, source: str) -> dict[str, int]:
    """How the terms of a source stand, and how many of its services no need of ours reaches yet."""
    row = (await session.execute(_STANDING, {"source": source})).one()
    return dict(row._mapping)


_STANDING = text("""
    WITH used AS (
        SELECT t.id, bool_or(l.state = 'confirmed' AND l.term_id IS NOT NULL) AS linked,
               bool_or(l.state = 'confirmed' AND l.term_id IS NULL) AS nothing, bool_or(l.state = 'proposed') AS proposed
        FROM taxonomy_term t LEFT JOIN term_link l ON l.foreign_id = t.id
        WHERE t.source = :source AND t.gone_at IS NULL GROUP BY t.id)
    SELECT count(*) FILTER (WHERE linked) AS linked,
           count(*) FILTER (WHERE nothing AND linked IS NOT TRUE) AS nothing_fits,
           count(*) FILTER (WHERE proposed AND linked IS NOT TRUE AND nothing IS NOT TRUE) AS proposed,
           count(*) FILTER (WHERE linked IS NOT TRUE AND nothing IS NOT TRUE AND proposed IS NOT TRUE) AS open,
           (SELECT count(*) FROM listing WHERE source = :source AND published AND needs = '{}') AS services
    FROM used""")


@cache
def everyday(path: Path | None = None) -> tuple[Everyday, ...]:
    """The names in `seed/crosswalk/everyday.json`, each read against real services before it was written down."""
    entries: list[dict[str, Any]] = json.loads(
        (path or seed_home() / "crosswalk" / "everyday.json").read_text("utf-8")
    )["terms"]
    return tuple(
        Everyday((entry["name"], *entry.get("also", [])), tuple(entry.get("means", [])), entry.get("none"))
        for entry in entries
    )


def tokens(name: str) -> frozenset[str]:
    """A name's words, without small ones, plurals and ways of spelling."""
    said = (_SPELLINGS.get(word, word) for word in fold(re.sub(r"['’]s\b", "", name)).split() if word not in _SMALL)
    return frozenset(
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in said
    )


def term_of(words: Vocabulary, code: str) -> TermInfo:
    """`food` or `audience:veteran`. Raises KeyError for a code that is not ours."""
    taxonomy, _, own = code.rpartition(":")
    return words.terms[taxonomy or NEED][own]


class Likeness:
    """Finds the need that a name is most like. Made once for many names: their words are put in order beforehand."""

    def __init__(self, words: Vocabulary) -> None:
        phrases = [p for p in words.phrases if p.term.taggable and len(p.folded) > 3]
        self._said = {phrase.folded: phrase.term for phrase in reversed(phrases)}
        self._sorted = {_in_order(phrase.folded): phrase.term for phrase in reversed(phrases)}
        self._choices = list(self._sorted)

    def likest(self, name: str) -> tuple[TermInfo, float] | None:
        """The need, and how sure that is (0 to 100): the same words in any order, a phrase inside the name, or like it."""
        folded = fold(name)
        found = process.extractOne(_in_order(folded), self._choices, scorer=fuzz.ratio, score_cutoff=PROPOSED_FROM)
        if found is not None and found[1] >= INSIDE:
            return self._sorted[found[0]], round(found[1], 1)
        inside = next((self._said[part] for part in _parts(folded) if len(part) > 6 and part in self._said), None)
        if inside is not None:
            return inside, INSIDE
        return (self._sorted[found[0]], round(found[1], 1)) if found else None

    def likely(self, name: str, limit: int) -> list[TermInfo]:
        """Needs that it may mean, the likeliest first: those like the whole name, then those that parts of it name."""
        folded = fold(name)
        alike = process.extract(_in_order(folded), self._choices, scorer=fuzz.ratio, score_cutoff=70, limit=limit)
        parts = (self._said[part] for part in _parts(folded) if len(part) > 3 and part in self._said)
        found = [*parts, *(self._sorted[choice] for choice, _, _ in alike)]
        return list({term.id: term for term in found}.values())[:limit]


def _in_order(folded: str) -> str:
    return " ".join(sorted(folded.split()))


def _parts(folded: str) -> Iterator[str]:
    """Every run of whole words, the longest first."""
    words = folded.split()
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


async def _undecided(session: AsyncSession, source: str | None, *, proposed: bool = True) -> Sequence[Term]:
    """Foreign terms without a decision; without a proposal too, unless `proposed`."""
    states = ("confirmed",) if proposed else ("confirmed", "proposed")
    decided = select(TermLink.foreign_id).where(TermLink.state.in_(states))
    terms = select(Term).where(Term.source != OURS, Term.gone_at.is_(None), Term.id.not_in(decided))
    return list(await session.scalars(terms.where(Term.source == source) if source else terms))


def _links(foreign: UUID, terms: Iterable[TermInfo], now: datetime) -> list[dict[str, Any]]:
    found = [_link(foreign, term.id, "confirmed", 100.0, None, now) for term in terms]
    return found or [_link(foreign, None, "confirmed", 100.0, None, now)]


def _link(
    foreign: UUID, term: UUID | None, state: str, score: float | None, by: UUID | None, now: datetime
) -> dict[str, Any]:
    return {
        "id": uuid5(foreign, str(term)), "foreign_id": foreign, "term_id": term, "state": state, "score": score,
        "decided_by": by, "decided_at": now if state != "proposed" else None,
    }  # fmt: skip


async def _insert(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    """A link that was proposed before becomes what it is now; one that a person rejected is not overruled by likeness or by
    an everyday name.
    """
    statement = insert(TermLink)
    changes = {name: statement.excluded[name] for name in ("state", "score", "decided_by", "decided_at")}
    upsert = statement.on_conflict_do_update(
        index_elements=["foreign_id", "term_id"],
        set_=changes,
        where=(TermLink.state != "rejected") | (func.coalesce(statement.excluded.score, 0) == 0),
    )
    if rows:
        await (await session.connection()).execute(upsert, rows)
    session.expire_all()
