"""How people write places."""

import pytest

from referrals.kit.geo import LatLon
from referrals.places.entry import Entry
from referrals.places.words import area_code, area_name, display, key, split


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("St-Étienne", "saint etienne"),
        ("Ste Foy lès Lyon", "Sainte-Foy-lès-Lyon"),
        ("Villeneuve s/ Lot", "Villeneuve-sur-Lot"),
        ("King's Lynn", "kings lynn"),
        ("L’Haÿ-les-Roses", "l'hay les roses"),
        ("Lyon 3", "Lyon 3e Arrondissement"),
        ("lyon 3ème", "Lyon 03"),
        ("Marseille 1er", "marseille 1"),
        ("11e arrondissement de Paris", "Paris 11"),
        ("3rd arrondissement of Lyon", "Lyon 3e"),
    ],
)
def test_two_spellings_of_a_name_have_one_key(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("line", "name", "hint", "postcode"),
    [
        ("69003", "", "", "69003"),
        ("69003 Lyon", "lyon", "", "69003"),
        ("Lyon, 69 003", "lyon", "", "69003"),
        ("TR1 2AB", "", "", "TR1"),
        ("tr112ab falmouth", "falmouth", "", "TR11"),
        ("Truro, Cornwall", "truro", "cornwall", ""),
        ("Saint-Denis (93)", "saint denis", "93", ""),
        ("lyon 3", "lyon 3", "", ""),
        ("  ", "", "", ""),
    ],
)
def test_a_line_is_a_name_a_hint_and_a_postcode(line: str, name: str, hint: str, postcode: str) -> None:
    asked = split(line)
    assert (asked.name, asked.hint, asked.postcode) == (name, hint, postcode)


@pytest.mark.parametrize(
    ("place", "french", "english"),
    [
        (("Truro", "town", "GB", "ENG England", "Cornwall"), "Truro (Cornouailles)", "Truro (Cornwall)"),
        (("Plymouth", "town", "GB", "ENG England", "Plymouth"), "Plymouth (Angleterre)", "Plymouth (England)"),
        (("Miami", "town", "US", "FL Florida", "Miami-Dade County"), "Miami (Floride)", "Miami (Florida)"),
        (("Cornwall", "town", "CA", "ON Ontario", ""), "Cornwall (Ontario)", "Cornwall (Ontario)"),
        (
            ("Lyon 3e Arrondissement", "arrondissement", "FR", "84 Auvergne-Rhône-Alpes", "69 Rhône"),
            "Lyon 3e",
            "Lyon 3e",
        ),
        (("Paris", "commune", "FR", "11 Île-de-France", "75 Paris"), "Paris", "Paris"),
        (
            ("Saint-Denis", "commune", "FR", "04 La Réunion", "974 La Réunion"),
            "Saint-Denis (Réunion)",
            "Saint-Denis (Réunion)",
        ),
        (
            ("Finistère", "department", "FR", "53 Bretagne", "29 Finistère"),
            "Finistère (Bretagne)",
            "Finistère (Bretagne)",
        ),
        (("England", "region", "GB", "ENG England", ""), "Angleterre", "England"),
    ],
)
def test_a_place_says_where_it_is(place: tuple[str, str, str, str, str], french: str, english: str) -> None:
    name, kind, country, region, department = place
    shown = Entry("-", name, kind, country, region, department, "", (), 0, LatLon(0, 0), "exact")
    assert (display(shown, "fr"), display(shown, "en")) == (french, english)


@pytest.mark.parametrize(
    ("area", "code", "name"),
    [
        ("69 Rhône", "69", "Rhône"),
        ("2A Corse-du-Sud", "2A", "Corse-du-Sud"),
        ("974 La Réunion", "974", "La Réunion"),
        ("ENG England", "ENG", "England"),
        ("DC District of Columbia", "DC", "District of Columbia"),
        ("St. Helens", "", "St. Helens"),
    ],
)
def test_an_area_is_a_code_and_a_name(area: str, code: str, name: str) -> None:
    assert (area_code(area), area_name(area)) == (code, name)
