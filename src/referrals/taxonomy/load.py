"""Our taxonomies, from `seed/taxonomy/taxonomy.json` into the database. Loading the same file again does nothing."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.loaded import digest_of, loaded_digest, loaded_meanwhile, remember
from referrals.kit.settings import seed_home
from referrals.kit.text import fold
from referrals.taxonomy.models import OURS, Synonym, Taxonomy, Term

NAME = "taxonomy"
_KNOWN = {
    "id", "code", "label_fr", "label_en", "plain_fr", "plain_en", "parent", "taggable", "data_inclusion",
    "synonyms_fr", "synonyms_en",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did; nothing but zeros when the file was known already."""

    taxonomies: int = 0
    terms: int = 0
    synonyms: int = 0


def seed_file() -> Path:
    return seed_home() / "taxonomy" / "taxonomy.json"


async def load(session: AsyncSession, now: datetime, path: Path | None = None) -> Loaded:
    """Bring our taxonomies up to date. Terms that the file no longer has are kept and marked, for they may be in use."""
    file = path or seed_file()
    digest = digest_of(file)
    if await loaded_digest(session, NAME) == digest or await loaded_meanwhile(session, NAME) == digest:
        return Loaded()
    taxonomies = json.loads(file.read_text(encoding="utf-8"))["taxonomies"]
    terms = [row for name, taxonomy in taxonomies.items() for row in _terms(name, taxonomy, now)]
    synonyms = [row for taxonomy in taxonomies.values() for term in taxonomy["terms"] for row in _synonyms(term)]
    await _put(session, Taxonomy, [_taxonomy(name, taxonomy) for name, taxonomy in taxonomies.items()])
    await _put(session, Term, terms)
    await _mark_gone(session, now)
    await session.execute(delete(Synonym).where(Synonym.term_id.in_([term["id"] for term in terms])))
    await _put(session, Synonym, synonyms)
    await remember(session, NAME, digest)
    return Loaded(len(taxonomies), len(terms), len(synonyms))


def _taxonomy(name: str, taxonomy: dict[str, Any]) -> dict[str, Any]:
    return {"id": UUID(taxonomy["id"]), "source": OURS, "name": name, "description": taxonomy["label_en"]}


def _terms(name: str, taxonomy: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
    ids = {term["code"]: UUID(term["id"]) for term in taxonomy["terms"]}
    return [
        {
            "id": ids[term["code"]],
            "taxonomy_id": UUID(taxonomy["id"]),
            "source": OURS,
            "source_key": f"{name}:{term['code']}",
            "code": term["code"],
            "name": term["label_en"],
            "folded": fold(term["label_en"]),
            "parent_id": ids[term["parent"]] if term.get("parent") else None,
            "position": position,
            "language": "en",
            "taggable": term.get("taggable", True),
            "details": {key: value for key, value in term.items() if key not in _KNOWN},
            "first_seen_at": now,
            "last_seen_at": now,
            "gone_at": None,
            **{key: term.get(key) for key in ("label_fr", "label_en", "plain_fr", "plain_en", "data_inclusion")},
        }
        for position, term in enumerate(taxonomy["terms"])
    ]


def _synonyms(term: dict[str, Any]) -> list[dict[str, Any]]:
    """One row for each way of writing it, twice the same apart from accents counted once."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    owner = UUID(term["id"])
    for language in ("fr", "en"):
        for text in term.get(f"synonyms_{language}", []):
            folded = fold(text)
            if folded:
                id = uuid5(owner, f"{language} {folded}")
                row = {"id": id, "term_id": owner, "language": language, "text": text, "folded": folded}
                rows.setdefault((language, folded), row)
    return list(rows.values())


async def _put(session: AsyncSession, model: type[Taxonomy | Term | Synonym], rows: list[dict[str, Any]]) -> None:
    """Insert, or bring the row of the same id up to date; when it was first seen stays as it was."""
    statement = insert(model)
    changes = {column: statement.excluded[column] for column in rows[0] if column not in {"id", "first_seen_at"}}
    connection = await session.connection()
    await connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changes), rows)


async def _mark_gone(session: AsyncSession, now: datetime) -> None:
    gone = update(Term).where(Term.source == OURS, Term.last_seen_at < now, Term.gone_at.is_(None))
    await session.execute(gone.values(gone_at=func.now()))
