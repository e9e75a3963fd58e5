"""What a question's parameters ask of the records, as conditions that must all hold."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from geoalchemy2 import Geography
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Float,
    String,
    Subquery,
    Uuid,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY

from referrals.directory.models import Attribute, Listing, ListingPlace, Organization, Service, ServiceAtLocation
from referrals.directory.models.words import PLAIN_WORDS, words_of
from referrals.directory.queries.published import published
from referrals.directory.queries.struck import Told, records
from referrals.exchange.hsds.items import MODIFIED
from referrals.exchange.hsds.near import Nearness
from referrals.exchange.hsds.parameters import Asked
from referrals.taxonomy.models import Taxonomy, Term

Condition = ColumnElement[bool]
FILTERS: Final = (
    "search", "taxonomy_term_id", "taxonomy_id", "organization_id", "modified_after", "top_only", "parent_id",
    "postcode", "proximity",
)  # fmt: skip
LEAVING: Final = frozenset({"taxonomy_term_id", "taxonomy_id"})
"""Those that differ where `lately` is asked for."""


def filters(asked: Asked) -> frozenset[str]:
    """Which parameters narrow the answer: two questions with the same have one statement."""
    return frozenset(name for name in FILTERS if getattr(asked, name))


def values(asked: Asked, near: Nearness, told: Told, now: datetime) -> dict[str, Any]:
    """The parameters of every condition below."""
    return {
        "today": now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0),
        "words": asked.search,
        "term": asked.taxonomy_term_id,
        "taxonomy": asked.taxonomy_id,
        "organization": asked.organization_id,
        "since": asked.modified_after,
        "parent": asked.parent_id,
        "held": list(near.held),
        "countries": list(near.countries),
        "middles": near.middles,
        "reach": asked.proximity,
        "same": list(near.same),
        "told": told.services,
        "told_of": told.organizations,
    }


def conditions(entity: str, wanted: frozenset[str], *, lately: bool = False) -> list[Condition]:
    """For a list of this kind. Its statement has joined the tables that are named here.

    `lately`: also where what they ask for was there until today.
    """
    kinds = _LATELY[entity] if lately else _NOW[entity]
    return [kinds[name] for name in FILTERS if name in wanted]


def _term() -> Condition:
    return Attribute.taxonomy_term_id == bindparam("term", type_=Uuid())


def _any_term() -> Condition:
    within = select(Term.id).where(Term.taxonomy_id == bindparam("taxonomy", type_=Uuid()))
    return Attribute.taxonomy_term_id.in_(within)


def _marked(there: Condition, which: Condition, *on: Any) -> Condition:
    """One of these records carries such a term."""
    return or_(*(exists().where(Attribute.link_id == id, there, which) for id in on))


def _open() -> Condition:
    """What is marked on a confidential permanence is not told, so it is not found by it."""
    hidden = exists().where(ListingPlace.service_at_location_id == ServiceAtLocation.id, ListingPlace.confidential)
    return ~hidden


def _runs_one_marked(which: Condition) -> Condition:
    carried = select(Attribute.link_id).where(Attribute.gone_at.is_(None), which)
    running = published().with_only_columns(Service.organization_id).where(Service.id.in_(carried))
    return Organization.id.in_(running.correlate(None))


def _worded(model: Any, name: str) -> Subquery:
    """The records that say all the words: in their own texts, or, of those listed under `name`, in what is told of them."""
    stored, listed = model.__tablename__, records(name)
    told = select(listed.c.id)
    own = select(model.id).where(_says(words_of(stored)), model.id.not_in(told))
    return own.union_all(told.where(_says(words_of(listed.name)))).subquery()


def _says(words: str) -> Condition:
    vector: ColumnElement[Any] = literal_column(words)
    return vector.bool_op("@@")(func.websearch_to_tsquery(text(f"'{PLAIN_WORDS}'::regconfig"), _WORDS))


def _service_worded() -> Condition:
    own = select(_worded(Service, "told").c.id)
    theirs = select(Service.id).where(Service.organization_id.in_(select(_worded(Organization, "told_of").c.id)))
    return Service.id.in_(own.correlate(None).union_all(theirs.correlate(None)))


def _named(model: Any) -> Condition:
    """For terms and taxonomies, which are few: name and description."""
    said = func.concat_ws(" ", model.name, model.description)
    config = text(f"'{PLAIN_WORDS}'::regconfig")
    return func.to_tsvector(config, said).bool_op("@@")(func.websearch_to_tsquery(config, _WORDS))


def _area() -> Condition:
    """Its stated area holds the postcode, or it states none."""
    unsaid = and_(func.cardinality(Listing.area_postcodes) == 0, func.cardinality(Listing.area_countries) == 0)
    return or_(
        unsaid,
        Listing.area_postcodes.overlap(bindparam("held", type_=ARRAY(String))),
        Listing.area_countries.overlap(bindparam("countries", type_=ARRAY(String))),
    )


def _near() -> Condition:
    """Within reach of the postcode's middle; a hidden place, where its own postcode is the same.

    Two lists put together, for each has an index of its own; with `or` between them every place would be measured. They
    are made first, as an array: of a distance the planner expects one row, and would look for the words once for each.
    """
    middles = func.ST_GeogFromText(bindparam("middles", type_=String), type_=Geography(srid=4326))
    reach = bindparam("reach", type_=Float)
    there = select(ListingPlace.service_at_location_id)
    within = there.where(func.ST_DWithin(ListingPlace.point, middles, reach, literal_column("false")))
    hidden = there.where(
        ListingPlace.confidential, ListingPlace.postcode == func.any(bindparam("same", type_=ARRAY(String)))
    )
    found = within.correlate(None).union_all(hidden.correlate(None)).scalar_subquery()
    return ServiceAtLocation.id == func.any(func.array(found))


_WORDS: Final = bindparam("words", type_=String)
TODAY: Final = bindparam("today", type_=DateTime(timezone=True))


def _kinds(there: Condition) -> Mapping[str, Mapping[str, Condition]]:
    """By the kind of list and the parameter. `there` says which marks of a record count."""
    common = {
        "search": _service_worded(),
        "taxonomy_term_id": _marked(there, _term(), Service.id),
        "taxonomy_id": _marked(there, _any_term(), Service.id),
        "organization_id": Service.organization_id == bindparam("organization", type_=Uuid()),
        "modified_after": literal_column(MODIFIED) >= bindparam("since", type_=DateTime(timezone=True)),
        "postcode": _area(),
        "proximity": _near(),
    }
    here = {
        name: or_(_marked(there, which, Service.id), and_(_open(), _marked(there, which, ServiceAtLocation.id)))
        for name, which in (("taxonomy_term_id", _term()), ("taxonomy_id", _any_term()))
    }
    return {
        "service": common,
        "service_at_location": {**common, **here},
        "organization": {
            "search": Organization.id.in_(select(_worded(Organization, "told_of").c.id).correlate(None)),
            "taxonomy_term_id": or_(_marked(there, _term(), Organization.id), _runs_one_marked(_term())),
            "taxonomy_id": or_(_marked(there, _any_term(), Organization.id), _runs_one_marked(_any_term())),
        },
        "taxonomy": {"search": _named(Taxonomy)},
        "taxonomy_term": {
            "search": _named(Term),
            "taxonomy_id": Term.taxonomy_id == bindparam("taxonomy", type_=Uuid()),
            "top_only": Term.parent_id.is_(None),
            "parent_id": Term.parent_id == bindparam("parent", type_=Uuid()),
        },
    }


_NOW: Final = _kinds(Attribute.gone_at.is_(None))
_LATELY: Final = _kinds(or_(Attribute.gone_at.is_(None), Attribute.gone_at >= TODAY))
