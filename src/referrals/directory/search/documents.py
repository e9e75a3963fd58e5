"""A service as an engine shall know it, made from its records, its listing and our words."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.masking import mask
from referrals.directory.models import Listing, ListingPlace, Organization, Service, Translated
from referrals.directory.queries.published import published
from referrals.directory.search.port import Document
from referrals.kit.geo import LatLon
from referrals.kit.settings import LANGUAGES
from referrals.taxonomy.vocabulary import AUDIENCE, NEED, Vocabulary

Texts = dict[str, tuple[str, ...]]


async def documents(session: AsyncSession, ids: Sequence[UUID], words: Vocabulary) -> list[Document]:
    """Of those that are published; three statements. No document tells a confidential street."""
    rows = await session.execute(
        published()
        .add_columns(Service, Organization)
        .where(Listing.service_id.in_(ids))
        .execution_options(populate_existing=True)
    )
    places: dict[UUID, list[ListingPlace]] = {}
    for place in await session.scalars(select(ListingPlace).where(ListingPlace.service_id.in_(ids))):
        places.setdefault(place.service_id, []).append(place)
    struck = await mask(session)
    return [
        struck.over(organization.id, document(service, organization, listing, places.get(service.id, []), words))
        for listing, service, organization in rows
    ]


def document(
    service: Service, organization: Organization, listing: Listing, places: Sequence[ListingPlace], words: Vocabulary
) -> Document:
    """A confidential place gives its area, never a point."""
    return Document(
        id=service.id,
        names=_texts(service, "name", service.alternate_name),
        organization=_distinct([*_said(organization, "name"), organization.alternate_name]),
        needs={language: _needs(listing, words, language) for language in LANGUAGES},
        cities=_distinct(part for place in places for part in (place.city, place.postcode, place.department)),
        descriptions=_texts(service, "description", *_said(service, "eligibility_description")),
        terms=tuple(listing.need_paths),
        modes=tuple(listing.modes),
        languages=tuple(listing.languages),
        points=tuple(
            LatLon(place.latitude, place.longitude)
            for place in places
            if place.latitude is not None and place.longitude is not None
        ),
    )


def _needs(listing: Listing, words: Vocabulary, language: str) -> tuple[str, ...]:
    """Labels and synonyms of what is offered, labels of what it is special in, and the names a source gave it."""
    said: list[str | None] = []
    for code in listing.needs:
        if term := words.term(NEED, code):
            said += [term.label(language), *term.synonyms(language)]
    for taxonomy, codes in (
        ("specialism", listing.specialisms), ("affinity", listing.affinities), (AUDIENCE, listing.welcomes),
    ):  # fmt: skip
        said += [words.label(taxonomy, code, language) for code in codes if code != "everyone"]
    return _distinct([*said, *listing.foreign_terms])


def _texts(record: Service, field: str, *more: str | None) -> Texts:
    """Each text by its language; one whose language is unknown counts for both."""
    found: dict[str, list[str | None]] = {language: [] for language in LANGUAGES}
    for language in LANGUAGES if record.language not in LANGUAGES else (record.language,):
        found[language] += [getattr(record, field), *more]
    for language, said in record.translations.items():
        if language in found:
            found[language].append(said.get(field))
    return {language: _distinct(texts) for language, texts in found.items()}


def _said(record: Translated, field: str) -> list[str | None]:
    return [getattr(record, field), *(said.get(field) for said in record.translations.values())]


def _distinct(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
