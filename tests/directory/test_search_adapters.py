"""What every search engine behind the port must do, by examples."""

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid5

import pytest

from referrals.directory.hours import Slot, Where, of_week
from referrals.directory.search.embedded import Embedded
from referrals.directory.search.engines import Engine
from referrals.directory.search.meilisearch import Meilisearch
from referrals.directory.search.openings import OpenAt, openings
from referrals.directory.search.port import (
    Document,
    Here,
    Query,
    SearchUnavailable,
)
from referrals.kit.geo import Km, LatLon
from tests.directory import meilisearch_tape
from tests.directory.search_world import BRON, LYON, TRURO


@pytest.fixture(params=["embedded", "meilisearch"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "embedded":
        yield Embedded(tmp_path / "search")
        return
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")
    with meilisearch_tape.address(name) as (url, key):
        server = Meilisearch(url, key, name=f"contract-{name}")
        server.forget()
        yield server
        server.forget()


def document(name: str, *, at: LatLon | None = LYON, **more: Any) -> Document:
    plain = Document(
        id=uuid5(NAMESPACE_DNS, name), names={"fr": (name,), "en": ()}, organization=(), needs={"fr": (), "en": ()}, cities=(),
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
WOMEN = document("Abri des femmes", tags=("for:women", "free", "age:unsaid"))
MEN = document(
    "Abri des hommes", tags=("for:men", "age:adult"),
    open_week=openings(of_week((Slot(0, time(9), time(12)),)), Where("FR"), date(2026, 11, 22)).week,
)  # fmt: skip
ALL = (SHELTER, KNEE, BAKERY, LINE, TRURO_BEDS, WOMEN, MEN)


@pytest.fixture
async def filled(engine: Engine) -> Engine:
    await engine.put(ALL)
    return engine


async def found(engine: Engine, words: str, **more: Any) -> list[UUID]:
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
        ("quart", BAKERY),  # half a word of a text, where no name begins so
    ],
)
async def test_words_find_their_service_first(filled: Engine, words: str, first: Document) -> None:
    assert (await found(filled, words))[0] == first.id


async def test_a_need_counts_more_than_a_description(filled: Engine) -> None:
    assert await found(filled, "kine") == [KNEE.id, BAKERY.id]


async def test_a_known_word_is_no_slip_of_another(filled: Engine) -> None:
    assert await found(filled, "pain") == [BAKERY.id]


async def test_unknown_words_find_nothing(filled: Engine) -> None:
    assert await found(filled, "zzzzzz") == []


async def test_some_words_will_do_where_all_find_nothing(filled: Engine) -> None:
    assert (await found(filled, "ficelle introuvable"))[0] == KNEE.id
    assert await found(filled, "ficelle introuvable", match="all") == []


async def test_another_way_of_writing_the_same_will_do(filled: Engine) -> None:
    same = ((("fisioterapia",), (("kine",), ("physiotherapy",))),)
    assert (await found(filled, "fisioterapia", alike=same))[0] == KNEE.id


async def test_another_way_of_writing_has_no_slips(filled: Engine) -> None:
    """It was written by us: `fourmil` as another way of saying something is no bakery."""
    assert await found(filled, "fourmil") == [BAKERY.id]
    assert await found(filled, "zzzzzz", alike=((("zzzzzz",), (("fourmil",),)),)) == []


async def test_of_several_names_one_must_be_there_whole(filled: Engine) -> None:
    assert set(await found(filled, "", ways=(("winter", "shelter"), ("halte",)))) == {TRURO_BEDS.id, SHELTER.id}
    assert await found(filled, "", ways=(("winter", "ficelle"),)) == []


async def test_a_place_leaves_out_what_is_far_but_not_what_needs_no_travel(filled: Engine) -> None:
    near = Here(LYON, "FR")
    assert await found(filled, "shelter", near=near, radius_km=Km(50)) == []
    assert await found(filled, "fournil", near=near, radius_km=Km(50)) == [BAKERY.id]
    assert await found(filled, "ligne", near=near, radius_km=Km(50)) == [LINE.id]


async def test_filters_hold(filled: Engine) -> None:
    assert await found(filled, "la", languages=("ar",)) == [SHELTER.id]
    assert await found(filled, "ligne", distant="only") == [LINE.id]
    assert await found(filled, "ficelle", distant="only") == []
    assert await found(filled, "kine", terms=("physiotherapy",)) == [KNEE.id]


async def test_tags_of_one_group_any_and_of_several_groups_all(filled: Engine) -> None:
    assert set(await found(filled, "abri", tags=("for:women", "for:men"))) == {WOMEN.id, MEN.id}
    assert await found(filled, "abri", tags=("for:women", "free")) == [WOMEN.id]
    assert await found(filled, "abri", tags=("for:children",)) == []


async def test_an_age_that_nobody_stated_keeps_nobody_out(filled: Engine) -> None:
    assert set(await found(filled, "abri", tags=("age:minor",))) == {WOMEN.id}


async def test_tags_are_counted_over_the_whole_answer_and_a_chosen_group_as_if_it_were_not(filled: Engine) -> None:
    page = await filled.find(Query(words=("abri",), tags=("for:women",)))
    counted = {tag: count for tag, count in page.facets.items() if tag.startswith("for:") or tag == "free"}
    assert counted == {"for:women": 1, "for:men": 1, "free": 1}


async def test_only_what_is_open_then(filled: Engine) -> None:
    monday, sunday = OpenAt(datetime(2026, 11, 23, 10, tzinfo=UTC)), OpenAt(datetime(2026, 11, 22, 10, tzinfo=UTC))
    assert await found(filled, "abri", open=monday) == [MEN.id]
    assert await found(filled, "abri", open=sunday) == []


async def test_what_would_end_a_filter_is_a_code_like_any_other(filled: Engine) -> None:
    assert await found(filled, "kine", terms=('x"] OR id EXISTS OR terms IN ["',)) == []


async def test_scores_fall_from_one_to_nothing(filled: Engine) -> None:
    page = await filled.find(Query(words=("kine",)))
    scores = [hit.score for hit in page.items]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


async def test_putting_again_replaces(filled: Engine) -> None:
    await filled.put([replace(BAKERY, names={"fr": ("Le Pétrin",), "en": ()})])
    assert await found(filled, "fournil") == []
    assert await found(filled, "petrin") == [BAKERY.id]


async def test_what_is_removed_is_found_no_more(filled: Engine) -> None:
    await filled.remove([BAKERY.id])
    assert await found(filled, "fournil") == []


async def test_a_rebuilt_index_has_what_was_given_and_nothing_else(filled: Engine) -> None:
    assert await filled.rebuild(batches([SHELTER], [LINE])) == 2
    assert await found(filled, "halte") == [SHELTER.id]
    assert await found(filled, "fournil") == []


async def test_the_same_question_has_the_same_answer(filled: Engine) -> None:
    assert await found(filled, "la") == await found(filled, "la")


async def test_without_an_index_it_says_so(engine: Engine) -> None:
    with pytest.raises(SearchUnavailable):
        await found(engine, "kine")


async def batches(*some: Sequence[Document]) -> AsyncIterator[Sequence[Document]]:
    for documents in some:
        yield documents
