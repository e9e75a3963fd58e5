"""Words asked of PostgreSQL: what stands in when no search engine can answer.

It reads the records themselves, so it knows no synonyms; but it reads them through indexes alone, and however common a
word is, no more than `_LOOKED_AT` services are put in order for it. What is struck out of a text on every page is not
found in it: a hit would tell that the text holds the street.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    String,
    Subquery,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Listing, Organization, Service
from referrals.directory.models.words import PLAIN_WORDS, plain_name, words_of
from referrals.directory.queries import struck
from referrals.directory.queries.published import asked, comes_here, published, shape, values
from referrals.directory.search.port import BOUND, Hit, Page, Query
from referrals.directory.search.stems import stems
from referrals.kit.prepared import AnySelect, rows
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
    told = await struck.told(session)
    found = await rows(
        session, _by_names, (len(words), query.match, shape(query)),
        typed=" ".join(words), told=told.services, told_of=told.organizations, **forms, **values(query),
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
    some: list[Any] = [select(strict.c.id, strict.c.score)]
    some += [select(one.where(few).subquery()) for one in _alike()]
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


def _holding(wanted: ColumnElement[Any], worth: float) -> list[AnySelect]:
    """Services whose own words these are, and those of organizations whose words they are."""
    found = [
        select(own.c.id, (worth * (0.3 + 0.7 * own.c.likeness)).label("score"))
        for own in _saying(Service, "told", wanted)
    ]
    for owners in _saying(Organization, "told_of", wanted):
        found.append(
            select(Service.id, (worth * (0.2 + 0.5 * owners.c.likeness)).label("score"))
            .join(owners, owners.c.id == Service.organization_id)
            .limit(_LOOKED_AT)
        )
    return found


def _saying(model: Any, listed: str, wanted: ColumnElement[Any]) -> list[Subquery]:
    """Records in whose texts the words are: as they are stored, and, of those `listed`, as they are told."""
    told = struck.records(listed)
    stored = select(model.id, _likeness(model.name).label("likeness")).where(
        literal_column(words_of(model.__tablename__)).bool_op("@@")(wanted), model.id.not_in(select(told.c.id))
    )
    masked = select(told.c.id, _likeness(told.c.name).label("likeness")).where(
        literal_column(words_of(listed)).bool_op("@@")(wanted)
    )
    return [one.limit(_LOOKED_AT).subquery() for one in (stored, masked)]


def _alike() -> list[AnySelect]:
    """Names that hold something very like the words; their trigrams' index says which."""
    told, typed = struck.records("told"), bindparam("typed", type_=String)
    stored = select(Service.id, (0.6 * _likeness(Service.name)).label("score")).where(
        typed.bool_op("<%")(text(plain_name("service"))), Service.id.not_in(select(told.c.id))
    )
    masked = select(told.c.id, (0.6 * _likeness(told.c.name)).label("score")).where(
        typed.bool_op("<%")(func.plain_name(told.c.name))
    )
    return [stored.limit(_LOOKED_AT), masked]


def _likeness(name: Any) -> ColumnElement[Any]:
    return func.word_similarity(bindparam("typed", type_=String), func.plain_name(name))


def _chained(parts: Sequence[ColumnElement[Any]], sign: str) -> ColumnElement[Any]:
    first, *others = parts
    for other in others:
        first = first.op(sign, return_type=TSQUERY())(other)
    return first
