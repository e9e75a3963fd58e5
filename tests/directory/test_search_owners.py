"""An organization that is typed by its name: all that it offers, before whoever only offers the like."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.search.embedded import Embedded
from referrals.directory.search.likeness import named
from referrals.directory.search.understand import understand
from referrals.places.lookup import PlaceIndex
from referrals.taxonomy.vocabulary import Vocabulary
from tests.directory.search_world import LYON, organization
from tests.directory.test_search_find import Search

COUNCILS = ("Girl Scouts of the Gulf Coast, Inc.", "Girl Scouts Council of the South")


@pytest.fixture
async def directory(session: AsyncSession, embedded: Embedded, words: Vocabulary, towns: PlaceIndex) -> Search:
    return Search(session, embedded, words, towns)


async def _offering(found: Search, owner: str, needs: tuple[str, ...], *names: str, **more: Any) -> None:
    of = await organization(found.session, owner)
    for name in names:
        await found.add(name, needs=needs, at=LYON, of=of, **more)


async def test_a_name_that_is_a_need_too_is_who_is_called_so(directory: Search) -> None:
    await _offering(directory, "Alcoholics Anonymous", ("addiction-support-group",), "Downtown", "Harbour")
    await _offering(directory, "Narcotics Anonymous", ("counselling",), "South area", "North area")
    await directory.index()
    answer = await directory.ask("narcotics anonymous", language="en")
    assert set(directory.called(answer)[:2]) == {"South area", "North area"}
    assert set(directory.called(answer)) >= {"Downtown", "Harbour"}


async def test_what_people_ask_for_may_be_a_name(directory: Search) -> None:
    await _offering(directory, "Open Door", ("youth-work",), "Friday club", "Youth café", "Street team")
    await _offering(directory, COUNCILS[0], ("youth-work",), COUNCILS[0])
    await _offering(directory, COUNCILS[1], ("holiday-activities",), "Camp of the dunes")
    await directory.index()
    assert understand("girl scouts", directory.words, directory.towns).by_ear == ("girl", "scouts")
    answer = await directory.ask("girl scouts", language="en")
    assert set(directory.called(answer)[:2]) == {COUNCILS[0], "Camp of the dunes"}


async def test_what_is_called_so_is_no_name_that_only_holds_it(directory: Search) -> None:
    await _offering(directory, "Legal Aid of the Harbour", ("food-bank",), "Basket")
    await directory.add("Advice", needs=("legal-advice",), at=LYON)
    await directory.index()
    assert understand("legal aid", directory.words, directory.towns).by_ear == ()
    assert directory.called(await directory.ask("legal aid", language="en"))[0] == "Advice"


@pytest.mark.parametrize("typed", ["L.I.F.E. center", "life center", "LIFE Center"])
async def test_letters_with_stops_are_one_word_in_a_name(directory: Search, typed: str) -> None:
    await _offering(directory, "L.I.F.E. Center for Growth", (), "Workshop", "Evening course")
    await _offering(directory, "Centre of Town", (), "Life drawing")
    await directory.index()
    assert set(directory.called(await directory.ask(typed, language="en"))[:2]) == {"Workshop", "Evening course"}


def test_two_names_that_begin_with_all_of_it_are_both_meant_and_many_are_not() -> None:
    assert set(named(("girl", "scouts"), ("girl", "scouts"), COUNCILS)) == set(COUNCILS)
    many = tuple(f"Family Resource Centre {number}" for number in ("one", "two", "three", "four"))
    assert not named(("family", "resource"), ("family", "resource"), many)


def test_a_slip_is_no_other_name() -> None:
    """`baptst hea`: two houses of one name, and a church."""
    names = ("Baptist Health South Florida, Inc.", "Baptist Health - Fisher Hospital", "First Baptist Church")
    assert set(named(("baptst", "hea"), ("baptst", "hea"), names, "hea")) == set(names[:2])


def test_a_need_and_nothing_else_names_only_who_is_called_just_that() -> None:
    names = ("Narcotics Anonymous", "Narcotics Anonymous of the Keys Area Group")
    assert list(named(("narcotics", "anonymous"), (), names)) == [names[0]]
