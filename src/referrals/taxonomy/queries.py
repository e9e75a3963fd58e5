"""Looking at our words: the vocabulary kept in memory, and what somebody may have meant."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.loaded import loaded_digest
from referrals.kit.text import fold
from referrals.taxonomy.load import NAME
from referrals.taxonomy.models import OURS, Synonym, Taxonomy, Term
from referrals.taxonomy.vocabulary import Phrase, TermInfo, Vocabulary

_kept: dict[str, Vocabulary] = {}
"""The newest vocabulary of this process, by the digest of the file that it was made from."""


async def vocabulary(session: AsyncSession) -> Vocabulary:
    """All our terms. As good as free, unless the file has changed since."""
    version = await loaded_digest(session, NAME)
    if version is None:
        return Vocabulary("", {})
    if version not in _kept:
        fresh = await _read(session, version)
        _kept.clear()
        _kept[version] = fresh
    return _kept[version]


labels = vocabulary


async def need_tree(session: AsyncSession) -> list[tuple[TermInfo, list[TermInfo]]]:
    """The headings, each with all that may be chosen below it."""
    words = await vocabulary(session)
    return [
        (head, [term for code in words.descendants(head.code) if (term := words.need(code)) and term.taggable])
        for head in words.children(None)
    ]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A need that somebody may have meant, how sure that is (0 to 100), and the phrase that was like theirs."""

    term: TermInfo
    score: float
    phrase: str


def suggest(words: Vocabulary, text: str, language: str, limit: int = 8) -> list[Suggestion]:
    """Needs that these typed words may mean, the likeliest first. A phrase of the other language counts a little less."""
    typed = fold(text)
    if len(typed) < 2:
        return []
    best: dict[str, Suggestion] = {}
    for phrase in words.phrases:
        score = likeness(typed, phrase) - (0 if phrase.language == language else 3)
        if score >= 74 and (phrase.term.code not in best or best[phrase.term.code].score < score):
            best[phrase.term.code] = Suggestion(phrase.term, score, phrase.folded)
    ranked = sorted(best.values(), key=lambda found: (-found.score, not found.term.taggable, len(found.phrase)))
    return ranked[:limit]


def likeness(typed: str, phrase: Phrase) -> float:
    """0 to 100. The same words, then the beginning of them, then the words inside it, then a slip of the finger."""
    said = phrase.folded
    if typed == said:
        return 100
    bonus = 1 if phrase.is_label else 0
    if said.startswith(typed):
        return 94 + bonus - min(6, (len(said) - len(typed)) / 4)
    if f" {typed}" in f" {said}" and len(typed) > 2:
        return 84 + bonus - min(6, (len(said) - len(typed)) / 6)
    if len(typed) < 4:
        return 0
    return fuzz.ratio(typed, said) * 0.97


async def _read(session: AsyncSession, version: str) -> Vocabulary:
    rows = await session.execute(
        select(Term, Taxonomy.name)
        .join(Taxonomy, Taxonomy.id == Term.taxonomy_id)
        .where(Term.source == OURS, Term.gone_at.is_(None))
        .order_by(Taxonomy.name, Term.position)
    )
    terms = [(term, taxonomy) for term, taxonomy in rows]
    codes: dict[UUID | None, str] = {term.id: term.code for term, _ in terms}
    said = await session.execute(select(Synonym.term_id, Synonym.language, Synonym.text).order_by(Synonym.text))
    synonyms: dict[object, dict[str, list[str]]] = {}
    for term_id, language, text in said:
        synonyms.setdefault(term_id, {"fr": [], "en": []})[language].append(text)
    taxonomies: dict[str, dict[str, TermInfo]] = {}
    for term, taxonomy in terms:
        own = synonyms.get(term.id, {"fr": [], "en": []})
        taxonomies.setdefault(taxonomy, {})[term.code] = _info(
            term, taxonomy, codes.get(term.parent_id), own["fr"], own["en"]
        )
    return Vocabulary(version, taxonomies, frozenset(term.taxonomy_id for term, _ in terms))


def _info(term: Term, taxonomy: str, parent: str | None, french: Iterable[str], english: Iterable[str]) -> TermInfo:
    return TermInfo(
        term.id, taxonomy, term.code, parent, term.label("fr"), term.label("en"), term.plain("fr"), term.plain("en"),
        term.taggable, term.data_inclusion, term.details, tuple(french), tuple(english),
    )  # fmt: skip
