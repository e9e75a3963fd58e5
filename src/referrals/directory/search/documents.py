"""A service as an engine shall know it, made from its records, its listing and our words."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.masking import mask
from referrals.directory.models import Listing, ListingPlace, Organization, Service
from referrals.directory.queries.published import published
from referrals.directory.search.port import Document
from referrals.directory.search.tags import audiences
from referrals.kit.geo import LatLon
from referrals.kit.prepared import AnyRow
from referrals.kit.settings import LANGUAGES
from referrals.taxonomy.vocabulary import AUDIENCE, NEED, Vocabulary

Texts = dict[str, tuple[str, ...]]
_OLD, _YOUNG = 50, 30
_SEXES = frozenset({"women", "men"})
"""Years: whoever takes nobody younger, or nobody older, is for few of those who ask."""


async def documents(session: AsyncSession, ids: Sequence[UUID], words: Vocabulary) -> list[Document]:
    """Of those that are published; three statements. No document tells a confidential street."""
    await session.flush()
    found = await session.execute(_told.where(Listing.service_id.in_(ids)))
    places: dict[UUID, list[AnyRow]] = {}
    for place in await session.execute(_places.where(ListingPlace.service_id.in_(ids))):
        places.setdefault(place.service_id, []).append(place)
    struck = await mask(session)
    return [struck.over(row.organization_id, _document(row, places.get(row.id, []), words)) for row in found]


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


def _document(row: AnyRow, places: Sequence[AnyRow], words: Vocabulary) -> Document:
    """A confidential place gives its area, never a point."""
    said = row.translations or {}
    other_rules = [texts.get("eligibility_description") for texts in said.values()]
    owner = (row.organization_translations or {}).values()
    return Document(
        id=row.id,
        names=_texts(row, said, "name", row.alternate_name),
        organization=_distinct(
            [row.organization_name, *(texts.get("name") for texts in owner), row.organization_alternate_name]
        ),
        needs={language: _needs(row, words, language) for language in LANGUAGES},
        synonyms={language: _synonyms(row, _Named(words), language) for language in LANGUAGES},
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


class _Named:
    """A vocabulary as a key: the same object is the same vocabulary."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words

    def __hash__(self) -> int:
        return id(self.words)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Named) and other.words is self.words


def _needs(row: AnyRow, words: Vocabulary, language: str) -> tuple[str, ...]:
    """Labels of what is offered, of what it is special in and for whom, and the names a source gave it."""
    said = [words.label(taxonomy, code, language) for taxonomy, codes in _coded(row) for code in codes]
    return _distinct([*said, *row.foreign_terms])


def _synonyms(row: AnyRow, words: _Named, language: str) -> tuple[str, ...]:
    return _distinct(
        text for taxonomy, codes in _coded(row) for code in codes for text in _called(words, taxonomy, code, language)
    )


def _coded(row: AnyRow) -> tuple[tuple[str, list[str]], ...]:
    welcomes = [code for code in row.welcomes if code != "everyone"]
    return (NEED, row.needs), ("specialism", row.specialisms), ("affinity", row.affinities), (AUDIENCE, welcomes)


@lru_cache(maxsize=2000)
def _called(words: _Named, taxonomy: str, code: str, language: str) -> tuple[str, ...]:
    term = words.words.term(taxonomy, code)
    return term.synonyms(language) if term else ()


def _texts(row: AnyRow, said: Mapping[str, Mapping[str, Any]], field: str, *more: str | None) -> Texts:
    """Each text by its language; one whose language is unknown counts for both."""
    found: dict[str, list[str | None]] = {language: [] for language in LANGUAGES}
    for language in LANGUAGES if row.language not in LANGUAGES else (row.language,):
        found[language] += [getattr(row, field), *more]
    for language, texts in said.items():
        if language in found:
            found[language].append(texts.get(field))
    return {language: _distinct(texts) for language, texts in found.items()}


def _distinct(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
