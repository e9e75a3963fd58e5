"""A service as an engine shall know it, made from its records, its listing and our words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from referrals.directory.masking import Mask, mask
from referrals.directory.models import Listing, ListingPlace, Organization, Service
from referrals.directory.queries.published import published
from referrals.directory.search.port import Document
from referrals.directory.search.spelling import without_stops
from referrals.directory.search.tags import audiences
from referrals.kit.geo import LatLon
from referrals.kit.prepared import AnyRow, AnySelect, rows_in_binary
from referrals.kit.settings import LANGUAGES
from referrals.taxonomy.vocabulary import AUDIENCE, NEED, Vocabulary

Texts = dict[str, tuple[str, ...]]
Codes = tuple[str, ...]
_OFFERS = 20_000
"""Different offers whose words are kept: many services offer the same."""
_OLD, _YOUNG = 50, 30
_SEXES = frozenset({"women", "men"})
"""Years: whoever takes nobody younger, or nobody older, is for few of those who ask."""


class Wording:
    """What the vocabulary says of a code, looked up once: for whoever makes many documents."""

    def __init__(self, words: Vocabulary) -> None:
        self._said = {language: _Said(words, language) for language in LANGUAGES}
        self._told: dict[tuple[tuple[str, ...], ...], tuple[Texts, Texts]] = {}

    def of(self, row: AnyRow) -> tuple[Texts, Texts]:
        """By language: labels of what is offered, of what it is special in and for whom, with the names that a source gave
        it; and what all of that is called besides, with what people there are fond of.
        """
        offer = (
            tuple(row.needs),
            tuple(row.specialisms),
            tuple(row.affinities),
            tuple(row.welcomes),
            tuple(row.foreign_terms),
        )
        told = self._told.get(offer)
        if told is None:
            if len(self._told) > _OFFERS:
                self._told.clear()
            told = self._told[offer] = self._tell(*offer)
        return told

    def _tell(
        self, needs: Codes, specialisms: Codes, affinities: Codes, welcomes: Codes, foreign: Codes
    ) -> tuple[Texts, Texts]:
        lists = (NEED, needs), ("specialism", specialisms), (AUDIENCE, welcomes)
        coded = [(taxonomy, code) for taxonomy, codes in lists for code in codes if code != "everyone"]
        labels, synonyms = {}, {}
        for language, known in self._said.items():
            said, fond_of = [known[one] for one in coded], [known["affinity", code] for code in affinities]
            labels[language] = _distinct([*(label for label, _ in said), *foreign])
            besides = (*(others for _, others in said), *((label, *others) for label, others in fond_of))
            synonyms[language] = tuple(dict.fromkeys(chain.from_iterable(besides)))
        return labels, synonyms


class _Said(dict[tuple[str, str], tuple[str, tuple[str, ...]]]):
    """Taxonomy and code -> its label and its synonyms in one language."""

    def __init__(self, words: Vocabulary, language: str) -> None:
        self._words, self._language = words, language

    def __missing__(self, one: tuple[str, str]) -> tuple[str, tuple[str, ...]]:
        term = self._words.term(*one)
        self[one] = self._words.label(*one, self._language), term.synonyms(self._language) if term else ()
        return self[one]


@dataclass(frozen=True, slots=True)
class Records:
    """Of some services, what their documents are made of. Services that are not published are left out."""

    told: Sequence[AnyRow]
    places: Mapping[UUID, Sequence[AnyRow]]


async def documents(session: AsyncSession, ids: Sequence[UUID], words: Vocabulary) -> list[Document]:
    """Of those that are published; three statements. No document tells a confidential street."""
    return written(await read(session, ids), Wording(words), await mask(session))


async def read(session: AsyncSession, ids: Sequence[UUID]) -> Records:
    """Two statements."""
    return await _with_places(session, await rows_in_binary(session, _statement, "told", ids=list(ids)))


async def read_after(session: AsyncSession, last: UUID, many: int) -> Records:
    """The next ones in the order of the ids; two statements."""
    return await _with_places(session, await rows_in_binary(session, _next, many, last=last))


def written(records: Records, wording: Wording, struck: Mask) -> list[Document]:
    """Pure: nobody is asked, so that the next ones can be read meanwhile."""
    return [
        struck.over(row.organization_id, _document(row, records.places.get(row.id, ()), wording))
        for row in records.told
    ]


async def _with_places(session: AsyncSession, told: Sequence[AnyRow]) -> Records:
    places: dict[UUID, list[AnyRow]] = {}
    for place in await rows_in_binary(session, _statement, "places", ids=[row.id for row in told]):
        places.setdefault(place.service_id, []).append(place)
    return Records(told, places)


def _next(many: int) -> AnySelect:
    """Both ids begin there: else all listings before are read again for every page."""
    last = bindparam("last", type_=Uuid())
    return _told.where(Service.id > last, Listing.service_id > last).order_by(Service.id).limit(many)


def _statement(what: str) -> AnySelect:
    among = func.any(bindparam("ids", type_=ARRAY(Uuid)))
    return _places.where(ListingPlace.service_id == among) if what == "places" else _told.where(Service.id == among)


def _if_any(texts: InstrumentedAttribute[dict[str, Any]], name: str = "translations") -> ColumnElement[Any]:
    """Nothing where there are none: reading two empty ones takes as long as all the rest of a row."""
    return func.nullif(texts, text("'{}'::jsonb")).label(name)


_told = published().with_only_columns(
    Service.id, Service.name, Service.alternate_name, Service.description, Service.eligibility_description,
    Service.language, _if_any(Service.translations), Organization.id.label("organization_id"),
    Organization.name.label("organization_name"), Organization.alternate_name.label("organization_alternate_name"),
    _if_any(Organization.translations, "organization_translations"), Listing.needs, Listing.specialisms, Listing.affinities,
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
        names={language: _called(names) for language, names in _texts(row, said, "name", row.alternate_name).items()},
        organization=_called(
            _distinct([row.organization_name, *(texts.get("name") for texts in owner), row.organization_alternate_name])
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


def _texts(row: AnyRow, said: Mapping[str, Mapping[str, Any]], field: str, *more: str | None) -> Texts:
    """Each text by its language; one whose language is unknown counts for both."""
    told = (getattr(row, field), *more)
    own = LANGUAGES if row.language not in LANGUAGES else (row.language,)
    if not said:
        texts = _distinct(told)
        return {language: texts if language in own else () for language in LANGUAGES}
    return {
        language: _distinct(
            [*(told if language in own else ()), said[language].get(field) if language in said else None]
        )
        for language in LANGUAGES
    }


def _called(names: tuple[str, ...]) -> tuple[str, ...]:
    """`L.I.F.E. Center` is the `LIFE Center` too."""
    return _distinct((*names, *map(without_stops, names)))


def _distinct(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, texts)))
