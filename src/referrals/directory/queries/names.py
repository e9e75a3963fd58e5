"""Words asked of PostgreSQL: what stands in when the search engine cannot answer."""

from typing import Any

from sqlalchemy import ColumnElement, String, Text, Uuid, bindparam, case, cast, func, or_
from sqlalchemy.dialects.postgresql import ARRAY, JSONPATH
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.masking import mask
from referrals.directory.models import Listing, Organization, Service
from referrals.directory.queries.prepared import AnySelect, rows
from referrals.directory.queries.published import asked, comes_here, published, shape, values
from referrals.directory.search.port import BOUND, Hit, Page, Query

_ALIKE = 0.45
"""`word_similarity` from which a name counts as holding the words."""


async def by_names(session: AsyncSession, query: Query) -> Page[Hit]:
    """Names by likeness, descriptions by their words; the first `BOUND` on one page. Knows no synonyms and no stems.

    Of whoever has a confidential address only names are looked through: a hit would tell that a text holds the street.
    """
    found = await rows(
        session,
        _by_names,
        shape(query),
        words=" ".join(query.words),
        any_word=" or ".join(query.words),
        discreet=(await mask(session)).concerned,
        **values(query),
    )
    hits = tuple(Hit(id, round(float(score), 4)) for id, score in found)
    return Page(hits[:BOUND], min(len(hits), BOUND), len(hits) > BOUND)


def _by_names(query: Query) -> AnySelect:
    discreet = Service.organization_id == func.any(bindparam("discreet", type_=ARRAY(Uuid)))
    others = case((discreet, ""), else_=_other_texts())
    own = func.greatest(_alike(Service.name), _alike(others))
    name = func.greatest(own, _alike(Organization.name) * 0.8)
    texts = Service.name + " " + case((discreet, ""), else_=Service.description) + " " + others
    vector = func.to_tsvector("simple", func.unaccent(texts))
    asked_for = func.websearch_to_tsquery("simple", bindparam("any_word", type_=String))
    score = name * 0.8 + func.least(func.ts_rank(vector, asked_for), 1.0) * 0.2
    statement = published().with_only_columns(Listing.service_id, score)
    statement = statement.where(or_(name >= _ALIKE, vector.bool_op("@@")(asked_for)), *asked(query))
    if query.distant == "only":
        statement = statement.where(comes_here(query))
    return statement.order_by(score.desc(), Listing.service_id).limit(BOUND + 1)


def _alike(text: Any) -> ColumnElement[Any]:
    return func.word_similarity(bindparam("words", type_=String), func.unaccent(func.lower(text)))


def _other_texts() -> ColumnElement[Any]:
    """What the service says in its other languages."""
    return func.coalesce(cast(func.jsonb_path_query_array(Service.translations, cast("$.*.*", JSONPATH)), Text), "")
