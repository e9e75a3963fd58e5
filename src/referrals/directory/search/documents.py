"""A service as an engine shall know it, made from its records, its listing and our words."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.masking import Mask, mask
from referrals.directory.models import Listing, ListingPlace, Organization, Service
from referrals.directory.queries.published import published
from referrals.directory.search.port import Document
from referrals.directory.search.tags import audiences
from referrals.kit.geo import LatLon
from referrals.kit.prepared import AnyRow, AnySelect, rows
from referrals.kit.settings import LANGUAGES
from referrals.taxonomy.vocabulary import AUDIENCE, NEED, Vocabulary

Texts = dict[str, tuple[str, ...]]
_OLD, _YOUNG = 50, 30
_SEXES = frozenset({"women", "men"})
"""Years: whoever takes nobody younger, or nobody older, is for few of those who ask."""


class Wording:
    """What the vocabulary says of a code, looked up once: for whoever makes many documents."""

    def __init__(self, words: Vocabulary) -> None:
        self._said = {language: _Said(words, language) for language in LANGUAGES}

    def of(self, row: AnyRow) -> tuple[Texts, Texts]:
        """By language: labels of what is offered, of what it is special in and for whom, with the names that a source gave
        it; and what all of that is called besides.
        """
        coded = _coded(row)
        needs, synonyms = {}, {}
        for language, known in self._said.items():
            said = [known[one] for one in coded]
            needs[language] = _distinct([*(label for label, _ in said), *row.foreign_terms])
            synonyms[language] = tuple(dict.fromkeys(chain.from_iterable(others for _, others in said)))
        return needs, synonyms


class _Said(dict[tuple[str, str], tuple[str, tuple[str, ...]]]):
    """Taxonomy and code -> its label and its synonyms in one language."""

    def __init__(self, words: Vocabulary, language: str) -> None:
        self._words, self._language = words, language

    def __missing__(self, one: tuple[str, str]) -> tuple[str, tuple[str, ...]]:
        term = self._words.term(*one)
        self[one] = self._words.label(*one, self._language), term.synonyms(self._language) if term else ()
        return self[one]


async def documents(session: AsyncSession, ids: Sequence[UUID], words: Vocabulary) -> list[Document]:
    """Of those that are published; three statements. No document tells a confidential street."""
    return await some_of_many(session, ids, Wording(words), await mask(session))


async def some_of_many(session: AsyncSession, ids: Sequence[UUID], wording: Wording, struck: Mask) -> list[Document]:
    """The same in two statements, for whoever asks again and again: what all of them share is made once."""
    places: dict[UUID, list[AnyRow]] = {}
    for place in await rows(session, _statement, "places", ids=list(ids)):
        places.setdefault(place.service_id, []).append(place)
    return [
        struck.over(row.organization_id, _document(row, places.get(row.id, []), wording))
        for row in await rows(session, _statement, "told", ids=list(ids))
    ]


def _statement(what: str) -> AnySelect:
    among = func.any(bindparam("ids", type_=ARRAY(Uuid)))
    return _places.where(ListingPlace.service_id == among) if what == "places" else _told.where(Service.id == among)


_told = published().with_only_columns(
    Service.id, Service.name, Service.alternate_name, Service.description, Service.eligibility_description,
    Service.language, Service.translations, Organization.id.label("organization_id"),
    Organization.name.label("organization_name"), Organization.alternate_name.label("organization_alternate_name"),
    Organization.translations.label("organization_translations"), Listing.needs, Listing.specialisms, Listing.affinities,
    Listing.welcomes, Listing.foreign_terms, Listing.need_paths, Listing.modes, Listing.languages, Listing.tags,
    Listing.open_week, Listing.open_dated, Listing.soon, Listing.rule, Listing.min_age, Listing.max_age,
)  # fmt: skip
_places = select(
    ListingPlace.service_id, ListingPlace.city, ListingPlace.postcode, ListingPlace.department, ListingPlace.latitude,
    ListingPlace.longitude,
).order_by(ListingPlace.service_id, ListingPlace.id)  # fmt: skip


def _document(row: AnyRow, places: Sequence[AnyRow], wording: Wording) -> Document:
    """A confidential place gives its area, never a point."""
    said = row.translations or {}
    other_rules = [texts.get("eligibility_description") for texts in said.values()]
    owner = (row.organization_translations or {}).values()
    needs, synonyms = wording.of(row)
    return Document(
        id=row.id,
        names=_texts(row, said, "name", row.alternate_name),
        organization=_distinct(
            [row.organization_name, *(texts.get("name") for texts in owner), row.organization_alternate_name]
        ),
        needs=needs,
        synonyms=synonyms,
        cities=_distinct(part for place in places for part in (place.city, place.postcode, place.department)),
        descriptions=_texts(row, said, "description", row.eligibility_description, *other_rules),
        terms=tuple(row.need_paths),
        modes=tuple(row.modes),
        languages=tuple(row.languages),
        tags=tuple(row.tags),
        open_week=tuple(row.open_week),
        open_dated=tuple(row.open_dated),
        soon=row.soon,
        selective=_is_selective(row),
        points=tuple(
            LatLon(place.latitude, place.longitude)
            for place in places
            if place.latitude is not None and place.longitude is not None
        ),
    )


def _is_selective(row: AnyRow) -> bool:
    old, young = (row.min_age or 0) >= _OLD, row.max_age is not None and row.max_age < _YOUNG
    return old or young or bool(_SEXES.intersection(audiences(row.rule)))


def _coded(row: AnyRow) -> list[tuple[str, str]]:
    lists = (NEED, row.needs), ("specialism", row.specialisms), ("affinity", row.affinities), (AUDIENCE, row.welcomes)
    return [(taxonomy, code) for taxonomy, codes in lists for code in codes if code != "everyone"]


def _texts(row: AnyRow, said: Mapping[str, Mapping[str, Any]], field: str, *more: str | None) -> Texts:
    """Each text by its language; one whose language is unknown counts for both."""
    told = (getattr(row, field), *more)
    own = LANGUAGES if row.language not in LANGUAGES else (row.language,)
    return {
        language: _distinct(
            [*(told if language in own else ()), said[language].get(field) if language in said else None]
        )
        for language in LANGUAGES
    }


def _distinct(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
