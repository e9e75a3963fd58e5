"""In which language a listing is written whose source does not say."""

import pytest

from referrals.directory.changes.fields import own_language
from referrals.directory.models import Organization, Service
from referrals.directory.tongue import written_in
from referrals.directory.upkeep.links import spoken


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (("FOOD PANTRY", "Provides food to families in need. Must call for an appointment with the office."), "en"),
        (("Le Héron", "Un repas chaud pour les personnes qui dorment dehors, sans rendez-vous."), "fr"),
        (("FOOD PANTRY", None), None),
        (("Comida", "Comida caliente todos los días"), None),
        (("Repas / Meals", "Un repas chaud pour vous. A hot meal for you and your family."), None),
        ((), None),
    ],
)
def test_little_words_tell_the_language(texts: tuple[str | None, ...], language: str | None) -> None:
    assert written_in(texts) == language


def test_a_listing_that_does_not_name_its_language_is_edited_and_written_to_in_the_one_it_is_written_in() -> None:
    said = "Helps the families of the county with food, and with the rent."
    assert own_language(Service(name="PANTRY", description=said)) == "en"
    assert own_language(Service(name="PANTRY", description=said, language="fr")) == "fr", "what is said counts"
    assert spoken(Organization(name="HARBOUR", description=said)) == "en"
