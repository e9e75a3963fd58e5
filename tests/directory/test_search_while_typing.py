"""Searching while somebody types: half a name, half a town."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.search.embedded import Embedded
from referrals.directory.search.understand import understand
from referrals.places.lookup import PlaceIndex
from referrals.taxonomy.vocabulary import Vocabulary
from tests.directory.search_world import LYON, MIAMI, RENNES, TRURO, organization
from tests.directory.test_search_find import Search


@pytest.fixture
async def directory(session: AsyncSession, embedded: Embedded, words: Vocabulary, towns: PlaceIndex) -> Search:
    found = Search(session, embedded, words, towns)
    await found.add("Halte de nuit", needs=("emergency-shelter",), at=LYON)
    await found.add("Night shelter", needs=("emergency-shelter",), at=TRURO)
    await found.add("Kiné du sport", needs=("physiotherapy",), at=RENNES)
    await found.index()
    return found


async def test_what_is_called_as_it_was_begun_comes_first_with_all_of_its_organization(directory: Search) -> None:
    """The little word at the end is half of another one."""
    owner = await organization(directory.session, "Étoile se levant")
    for name, of in (("Bureau", owner), ("Atelier", owner), ("L’Étoile filante", None), ("Étoile du sport", None)):
        await directory.add(name, at=LYON, **({"of": of} if of else {}))
    await directory.index()
    assert set((await directory.names("étoile se"))[:2]) == {"Bureau", "Atelier"}
    assert (await directory.names("étoile fi"))[0] == "L’Étoile filante"


async def test_names_come_before_whatever_else_is_for_the_same_people(directory: Search) -> None:
    for name in ("Maison Brune", "Maison Verte", "Femmes debout", "Maison Grise"):
        await directory.add(name, at=LYON, listed={"welcomes": ["women"]})
    await directory.index()
    assert (await directory.names("femmes"))[0] == "Femmes debout"


async def test_of_all_towns_that_half_a_name_may_become_the_one_with_services_is_meant(directory: Search) -> None:
    found = await directory.ask("emergency shelter trur")
    assert (found.understood.place and found.understood.place.name) == "Truro"
    assert directory.called(found)[0] == "Night shelter"
    nowhere = await directory.ask("kiné hial")
    assert nowhere.understood.place is None
    assert directory.called(nowhere)


async def test_a_town_without_anything_may_go_on_as_one_that_has(directory: Search) -> None:
    await directory.add("Anger management", at=MIAMI)
    await directory.index()
    found = await directory.ask("anger management kendal")
    assert (found.understood.place and found.understood.place.name) == "Kendall"
    assert directory.called(found) == ["Anger management"]


def test_half_a_word_stays_the_last_one_beside_whom_nobody_names_in_codes(words: Vocabulary, towns: PlaceIndex) -> None:
    meant = understand("low income boo", words, towns).spoken_of(("for:minimum-income",))
    assert meant is not None
    assert meant.said == ("low", "income", "boo")


@pytest.mark.parametrize("text", ["aide alim", "legal ai"])
def test_of_ways_to_say_the_same_the_first_is_meant(words: Vocabulary, towns: PlaceIndex, text: str) -> None:
    meant = understand(text, words, towns)
    assert meant.terms
    assert meant.said in (("alimentaire",), ("legal", "aid"))


async def test_what_is_called_so_and_lies_within_reach_comes_before_what_only_has_one_of_the_words(
    directory: Search,
) -> None:
    """`senior` is a wish, and half of the name."""
    await directory.add("Centre for trees", at=TRURO, listed={"min_age": 60})
    await directory.add("Senior centre", at=TRURO)
    await directory.add("Senior centre of the south", at=MIAMI)
    await directory.index()
    for text in ("senior centre Truro", "senior centre trur"):
        assert (await directory.names(text))[0] == "Senior centre", text


@pytest.mark.parametrize("text", ["child care dora", "dentist dora"])
def test_beside_a_need_half_a_town_is_no_everyday_word(words: Vocabulary, towns: PlaceIndex, text: str) -> None:
    assert "Doral" in [place.name for place in understand(text, words, towns).places]
    assert not understand("bleu dora", words, towns).places


async def test_what_offers_just_what_is_typed_comes_before_who_has_the_words_apart(directory: Search) -> None:
    await directory.add("After school", at=MIAMI, listed={"foreign_terms": ["Support groups"]})
    await directory.add("District 13", at=MIAMI, listed={"foreign_terms": ["Free school supplies"]})
    await directory.index()
    assert (await directory.names("school sup"))[0] == "District 13"


async def test_a_name_in_which_it_stands_comes_before_one_that_has_the_words_apart(directory: Search) -> None:
    """Also where all of it means a need: `assisted liv`."""
    mission = await organization(directory.session, "Lyon Rescue Mission")
    for name, of in (("Lyon fire rescue", None), ("Bargain barn", mission), ("Lyon water rescue", None)):
        await directory.add(name, at=LYON, **({"of": of} if of else {}))
    await directory.add("Living assistance", needs=("care-home",), at=LYON)
    await directory.add("Assisted living of the south", needs=("care-home",), at=LYON)
    await directory.index()
    assert (await directory.names("lyon rescu"))[0] == "Bargain barn"
    assert (await directory.names("assisted liv"))[0] == "Assisted living of the south"
