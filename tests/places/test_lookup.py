"""From what people type to a place."""

import pytest

from referrals.places.answers import Ambiguous, Found
from referrals.places.lookup import PlaceIndex


@pytest.mark.parametrize(
    ("text", "code", "how"),
    [
        ("Lyon", "FR-69123", "name"),
        ("LYON", "FR-69123", "name"),
        ("lyon 3", "FR-69383", "name"),
        ("Lyon 3e arrondissement", "FR-69383", "name"),
        ("Paris 11", "FR-75111", "name"),
        ("69003", "FR-69383", "postcode"),
        ("69003 Lyon", "FR-69383", "postcode"),
        ("TR1 2AB", "GN-2635412", "postcode"),
        ("TR112AB", "GN-2649715", "postcode"),
        ("truro cornwall", "GN-2635412", "name"),
        ("Truro, Nova Scotia", "GN-6169587", "name"),
        ("Saint-Denis (93)", "FR-93066", "name"),
        ("st denis la réunion", "FR-97411", "name"),
        ("springfield il", "GN-4250542", "name"),
        ("Miami FL 33130", "GN-4164138", "name"),
        ("Havre", "FR-76351", "name"),
        ("kings lynn", "GN-2645456", "name"),
        ("Cherbourg", "FR-50129", "name"),
        ("93", "FR-D93", "name"),
        ("métropole de lyon", "FR-E200046977", "name"),
        ("cherbourg en", "FR-50129", "beginning"),
        ("renes", "FR-35238", "spelling"),
        ("Villeurbane", "FR-69266", "spelling"),
        ("Saint Etiene", "FR-42218", "spelling"),
    ],
)
def test_a_line_finds_its_place(index: PlaceIndex, text: str, code: str, how: str) -> None:
    found = index.find(text)
    assert isinstance(found, Found)
    assert (found.place.code, found.how) == (code, how)


@pytest.mark.parametrize("text", ["", "   ", "-", "xyzzy", "99999", "Lyon, Cornwall"])
def test_what_is_nowhere_is_not_found(index: PlaceIndex, text: str) -> None:
    assert index.find(text) is None


def test_two_large_towns_of_one_name_are_asked_back(index: PlaceIndex) -> None:
    answer = index.find("Saint-Denis")
    assert isinstance(answer, Ambiguous)
    assert [place.code for place in answer.places] == ["FR-97411", "FR-93066", "FR-11339"]


def test_a_large_town_wins_over_a_village_and_names_it(index: PlaceIndex) -> None:
    answer = index.find("Miami")
    assert isinstance(answer, Found)
    assert answer.place.code == "GN-4164138"
    assert [place.code for place in answer.others] == ["GN-4542692"]


def test_a_country_settles_it(index: PlaceIndex) -> None:
    assert isinstance(index.find("Truro"), Ambiguous)
    answer = index.find("Truro", country="GB")
    assert isinstance(answer, Found)
    assert answer.place.code == "GN-2635412"
    assert index.find("Truro", country="FR") is None


def test_a_village_does_not_hide_the_town_with_a_longer_name(index: PlaceIndex) -> None:
    answer = index.find("Neuilly")
    assert isinstance(answer, Ambiguous)
    assert [place.name for place in answer.places] == ["Neuilly-sur-Seine", "Neuilly-sur-Marne", "Neuilly"]


def test_a_town_wins_over_the_area_of_its_name(index: PlaceIndex) -> None:
    answer = index.find("Paris")
    assert isinstance(answer, Found)
    assert answer.place.kind == "commune"
    assert answer.others == ()


def test_a_postcode_of_several_villages_is_the_largest_of_them(index: PlaceIndex) -> None:
    answer = index.find("01300")
    assert isinstance(answer, Found)
    assert answer.place.name == "Belley"
    assert [place.name for place in answer.others] == ["Parves et Nattages"]


def test_type_ahead_begins_with_the_likeliest(index: PlaceIndex) -> None:
    assert [place.name for place in index.suggest("ly", limit=2)] == ["Lyon", "Lyon 3e Arrondissement"]
    assert index.suggest("saint-d")[0].code == "FR-97411"
    assert [place.code for place in index.suggest("st i")] == ["GN-2638778"]
    assert [place.code for place in index.suggest("TR1")] == ["GN-2635412"]
    assert index.suggest("cherb")[0].code == "FR-50129"
    assert index.suggest("villeurbane")[0].name == "Villeurbanne"
    assert index.suggest("") == []


def test_type_ahead_knows_where_most_people_are(index: PlaceIndex) -> None:
    assert index.suggest("mi", first="US")[0].name == "Miami"
    assert {place.country for place in index.suggest("s", country="GB")} == {"GB"}
    assert index.suggest("corn")[0].country == "CA"
    assert index.suggest("co", first="GB")[0].code == "GB-cornwall"


def test_the_nearest_settlement_to_a_point(index: PlaceIndex) -> None:
    near = index.nearest(50.2, -5.1)
    assert near is not None
    assert near.name == "Falmouth"
    assert index.nearest(0, 0) is None


def test_what_is_in_view_comes_largest_first(index: PlaceIndex) -> None:
    assert [place.name for place in index.within(45.7, 4.8, 45.8, 4.9)][:2] == ["Lyon", "Villeurbanne"]
    assert index.within(0, 0, 1, 1) == []


def test_a_department_has_the_postcodes_of_its_towns(index: PlaceIndex) -> None:
    rhone, truro = index.by_code("FR-D69"), index.by_code("GN-2635412")
    assert rhone is not None
    assert truro is not None
    assert "69003" in index.postcodes(rhone)
    assert index.postcodes(truro) == truro.postcodes


@pytest.mark.parametrize(
    ("typed", "first"),
    [("Turro", "GN-2635412"), ("Truroo TR1", "GN-2635412"), ("Turro, Cornwal", "GN-2635412"), ("Lyoon", "FR-69123")],
)
def test_a_name_that_is_none_has_likely_ones(index: PlaceIndex, typed: str, first: str) -> None:
    assert index.alike(typed)[0].code == first


def test_what_is_like_no_name_has_none(index: PlaceIndex) -> None:
    assert index.alike("Xqzwyk") == index.alike("") == index.alike("ab") == []
