"""Words asked of PostgreSQL: what stands in when no search engine can answer.

It reads the records themselves, so it knows no synonyms; but it reads them through indexes alone, and however common a
word is, no more than `_LOOKED_AT` services are put in order for it. Of whoever has a confidential address only names are
looked through: a hit would tell that a text holds the street.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    String,
    Uuid,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, REGCONFIG, TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.masking import mask
from referrals.directory.models import Listing, Organization, Service
from referrals.directory.models.words import PLAIN_WORDS, plain_name, words_of
from referrals.directory.queries.prepared import AnySelect, rows
from referrals.directory.queries.published import asked, comes_here, published, shape, values
from referrals.directory.search.port import BOUND, Hit, Page, Query
from referrals.directory.search.stems import stems
from referrals.kit.text import fold

_LOOKED_AT: Final = 1000
_FEW: Final = 5
_MOST: Final = 12
"""Words of a question that are looked for."""
_STEM: Final = 4
"""Letters of a stem that say enough; of an unfinished word half of that will do."""
_Shaped = tuple[int, str, Query]


async def by_names(session: AsyncSession, query: Query) -> Page[Hit]:
    """All words, else any, and names that are very like them; the first `BOUND` on one page."""
    words = [word for one in query.words for word in fold(one).split()][:_MOST]
    if not words:
        return Page((), 0)
    forms = {
        f"word_{number}": _forms(word, unfinished=query.unfinished and number == len(words) - 1)
        for number, word in enumerate(words)
    }
    discreet = (await mask(session)).concerned
    found = await rows(
        session, _by_names, (len(words), query.match, shape(query)),
        typed=" ".join(words), discreet=discreet, **forms, **values(query),
    )  # fmt: skip
    hits = tuple(Hit(id, round(min(float(score), 1.0), 4)) for id, score in found)
    return Page(hits[:BOUND], min(len(hits), BOUND), len(hits) > BOUND)


def _forms(word: str, *, unfinished: bool) -> str:
    """A word as a text search knows it: itself, or anything that begins as its stems do."""
    beginnings = {one for one in stems(word) if len(one) >= _STEM}
    if unfinished and len(word) * 2 >= _STEM:
        beginnings.add(word)
    return " | ".join([f"'{word}'", *(f"'{one}':*" for one in sorted(beginnings))])


def _by_names(shaped: _Shaped) -> AnySelect:
    count, match, query = shaped
    words: list[ColumnElement[Any]] = [
        func.to_tsquery(literal(PLAIN_WORDS, REGCONFIG), bindparam(f"word_{number}", type_=String), type_=TSQUERY)
        for number in range(count)
    ]
    strict = union_all(*_holding(_chained(words, "&&"), 1.0)).cte("strict").prefix_with("MATERIALIZED")
    few = select(func.count()).select_from(strict).scalar_subquery() < _FEW
    some: list[Any] = [select(strict.c.id, strict.c.score), select(_alike().where(few).subquery())]
    if match == "any" and count > 1:
        some += [select(one.where(few).subquery()) for one in _holding(_chained(words, "||"), 0.5)]
    found = union_all(*some).subquery()
    score = func.max(found.c.score)
    statement = (
        published()
        .join(found, found.c.id == Listing.service_id)
        .with_only_columns(Listing.service_id, score)
        .where(*asked(query))
        .group_by(Listing.service_id)
    )
    if query.distant == "only":
        statement = statement.where(comes_here())
    return statement.order_by(score.desc(), Listing.service_id).limit(BOUND + 1)


def _holding(wanted: ColumnElement[Any], worth: float) -> tuple[AnySelect, AnySelect]:
    """Services whose own words these are, and those of organizations whose words they are."""
    discreet = Service.organization_id == func.any(bindparam("discreet", type_=ARRAY(Uuid)))
    named = func.to_tsvector(literal(PLAIN_WORDS, REGCONFIG), Service.name).bool_op("@@")(wanted)
    own = select(Service.id, (worth * (0.3 + 0.7 * _likeness(Service.name))).label("score")).where(
        literal_column(words_of("service")).bool_op("@@")(wanted), or_(~discreet, named)
    )
    secret = Organization.id == func.any(bindparam("discreet", type_=ARRAY(Uuid)))
    called = func.to_tsvector(literal(PLAIN_WORDS, REGCONFIG), Organization.name).bool_op("@@")(wanted)
    owners = (
        select(Organization.id, _likeness(Organization.name).label("likeness"))
        .where(literal_column(words_of("organization")).bool_op("@@")(wanted), or_(~secret, called))
        .limit(_LOOKED_AT)
        .subquery()
    )
    theirs = select(Service.id, (worth * (0.2 + 0.5 * owners.c.likeness)).label("score")).join(
        owners, owners.c.id == Service.organization_id
    )
    return own.limit(_LOOKED_AT), theirs.limit(_LOOKED_AT)


def _alike() -> AnySelect:
    """Names that hold something very like the words; their trigrams' index says which."""
    name = text(plain_name("service"))
    close = bindparam("typed", type_=String).bool_op("<%")(name)
    return select(Service.id, (0.6 * _likeness(Service.name)).label("score")).where(close).limit(_LOOKED_AT)


def _likeness(name: Any) -> ColumnElement[Any]:
    return func.word_similarity(bindparam("typed", type_=String), func.plain_name(name))


def _chained(parts: Sequence[ColumnElement[Any]], sign: str) -> ColumnElement[Any]:
    first, *others = parts
    for other in others:
        first = first.op(sign, return_type=TSQUERY())(other)
    return first
