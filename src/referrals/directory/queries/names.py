"""Words asked of PostgreSQL: what stands in when the search engine cannot answer."""

from sqlalchemy import ColumnElement, Text, cast, func, literal, or_
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Listing, Organization, Service
from referrals.directory.queries.published import asked, given_remotely, published, serves
from referrals.directory.search.port import BOUND, Hit, Page, Query

_ALIKE = 0.45
"""`word_similarity` from which a name counts as holding the words."""


async def by_names(session: AsyncSession, query: Query) -> Page[Hit]:
    """Names by likeness, descriptions by their words; the first `BOUND` on one page. Knows no synonyms and no stems."""
    words = func.unaccent(" ".join(query.words))
    name = func.greatest(_alike(words, Service.name), _alike(words, _other_names()), _alike(words, Organization.name) * 0.8)
    vector = func.to_tsvector("simple", func.unaccent(Service.name + " " + Service.description + " " + _other_names()))
    asked_for = func.websearch_to_tsquery("simple", " or ".join(query.words))
    score = name * 0.8 + func.least(func.ts_rank(vector, asked_for), 1.0) * 0.2
    statement = (
        published()
        .with_only_columns(Listing.service_id, score)
        .where(or_(name >= _ALIKE, vector.bool_op("@@")(asked_for)), *asked(query))
        .order_by(score.desc(), Listing.service_id)
        .limit(BOUND + 1)
    )
    if query.distant == "only":
        statement = statement.where(given_remotely(), serves(query.near))
    rows = (await session.execute(statement)).all()
    hits = tuple(Hit(id, round(float(found), 4)) for id, found in rows)
    return Page(hits[:BOUND], min(len(hits), BOUND), len(hits) > BOUND)


def _alike(words: ColumnElement[str], text: ColumnElement[str] | object) -> ColumnElement[float]:
    likeness: ColumnElement[float] = func.word_similarity(words, func.unaccent(func.lower(text)))
    return likeness


def _other_names() -> ColumnElement[str]:
    spoken = func.jsonb_path_query_array(Service.translations, literal("$.*.*"))
    return func.coalesce(cast(spoken, Text), "")
