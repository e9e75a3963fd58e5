"""What every search engine behind the port must do, by examples."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID, uuid4

import pytest

from referrals.directory.search.embedded import Embedded
from referrals.directory.search.port import (
    Document,
    Here,
    Query,
    SearchUnavailable,
    ServiceIndex,
    ServiceSearch,
)
from referrals.kit.geo import Km, LatLon
from tests.directory.search_world import BRON, LYON, TRURO


class Both(ServiceSearch, ServiceIndex, Protocol): ...


@pytest.fixture(params=["embedded"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Both:
    adapters: dict[str, Both] = {"embedded": Embedded(tmp_path / "search")}
    return adapters[request.param]


def document(name: str, *, at: LatLon | None = LYON, **more: Any) -> Document:
    plain = Document(
        id=uuid4(), names={"fr": (name,), "en": ()}, organization=(), needs={"fr": (), "en": ()}, cities=(),
        descriptions={"fr": (), "en": ()}, terms=(), modes=("on-site",), languages=(), points=(at,) if at else (),
    )  # fmt: skip
    return replace(plain, **more)


SHELTER = document(
    "La Halte, hébergement d’urgence", terms=("emergency-shelter", "housing-dom"), languages=("fr", "ar")
)
KNEE = document(
    "Cabinet de la Ficelle", needs={"fr": ("Kinésithérapie", "kiné", "Genou"), "en": ("Physiotherapy", "knee")},
    organization=("Les Kinés réunis",), cities=("Lyon", "69002"), terms=("physiotherapy", "health"),
)  # fmt: skip
BAKERY = document(
    "Le Fournil", at=BRON, descriptions={"fr": ("On y fait du pain ; le kiné du quartier passe.",), "en": ("Baking bread",)},
)  # fmt: skip
LINE = document("La Ligne du soir", at=None, modes=("remote",), languages=("en",))
TRURO_BEDS = document("Winter night shelter", at=TRURO, names={"fr": (), "en": ("Winter night shelter",)})
ALL = (SHELTER, KNEE, BAKERY, LINE, TRURO_BEDS)


@pytest.fixture
async def filled(engine: Both) -> Both:
    await engine.put(ALL)
    return engine


async def found(engine: Both, words: str, **more: Any) -> list[UUID]:
    page = await engine.find(replace(Query(words=tuple(words.split())), **more))
    return [hit.id for hit in page.items]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("hebergement", SHELTER),  # without its accent
        ("hebergements urgences", SHELTER),  # in the plural
        ("hebergment urgence", SHELTER),  # a letter missing
        ("heber", SHELTER),  # not finished
        ("kine genou", KNEE),
        ("knee", KNEE),  # in the other language
        ("ficelle", KNEE),
        ("reunis", KNEE),  # its organization
        ("fournil", BAKERY),
        ("breads", BAKERY),
        ("shelters", TRURO_BEDS),
        ("soir", LINE),
    ],
)
async def test_words_find_their_service_first(filled: Both, words: str, first: Document) -> None:
    assert (await found(filled, words))[0] == first.id


async def test_a_need_counts_more_than_a_description(filled: Both) -> None:
    assert await found(filled, "kine") == [KNEE.id, BAKERY.id]


async def test_a_known_word_is_no_slip_of_another(filled: Both) -> None:
    assert await found(filled, "pain") == [BAKERY.id]


async def test_unknown_words_find_nothing(filled: Both) -> None:
    assert await found(filled, "zzzzzz") == []


async def test_some_words_will_do_where_all_find_nothing(filled: Both) -> None:
    assert (await found(filled, "ficelle introuvable"))[0] == KNEE.id
    assert await found(filled, "ficelle introuvable", match="all") == []


async def test_a_place_leaves_out_what_is_far_but_not_what_needs_no_travel(filled: Both) -> None:
    near = Here(LYON, "FR")
    assert await found(filled, "shelter", near=near, radius_km=Km(50)) == []
    assert await found(filled, "fournil", near=near, radius_km=Km(50)) == [BAKERY.id]
    assert await found(filled, "ligne", near=near, radius_km=Km(50)) == [LINE.id]


async def test_filters_hold(filled: Both) -> None:
    assert await found(filled, "la", languages=("ar",)) == [SHELTER.id]
    assert await found(filled, "ligne", distant="only") == [LINE.id]
    assert await found(filled, "ficelle", distant="only") == []
    assert await found(filled, "kine", terms=("physiotherapy",)) == [KNEE.id]


async def test_scores_fall_from_one_to_nothing(filled: Both) -> None:
    page = await filled.find(Query(words=("kine",)))
    scores = [hit.score for hit in page.items]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


async def test_putting_again_replaces(filled: Both) -> None:
    await filled.put([replace(BAKERY, names={"fr": ("Le Pétrin",), "en": ()})])
    assert await found(filled, "fournil") == []
    assert await found(filled, "petrin") == [BAKERY.id]


async def test_what_is_removed_is_found_no_more(filled: Both) -> None:
    await filled.remove([BAKERY.id])
    assert await found(filled, "fournil") == []


async def test_a_rebuilt_index_has_what_was_given_and_nothing_else(filled: Both) -> None:
    assert await filled.rebuild(batches([SHELTER], [LINE])) == 2
    assert await found(filled, "halte") == [SHELTER.id]
    assert await found(filled, "fournil") == []


async def test_the_same_question_has_the_same_answer(filled: Both) -> None:
    assert await found(filled, "la") == await found(filled, "la")


async def test_without_an_index_it_says_so(engine: Both) -> None:
    with pytest.raises(SearchUnavailable):
        await found(engine, "kine")


async def batches(*some: Sequence[Document]) -> AsyncIterator[Sequence[Document]]:
    for documents in some:
        yield documents
