"""An area that nobody lies in is refused while somebody can still mend it; what another directory says is left alone."""

import pytest

from referrals.directory.forms.areas import area_problem
from referrals.kit.i18n import speak


@pytest.mark.parametrize(
    ("kind", "typed", "wrong"),
    [
        ("postcode-prefix", "69, 01,2A", ""),
        ("", "TR,PL15,ex23,TR1 2AB,H2X", ""),
        (
            "postcode-prefix",
            "PL15,Cornwall",
            "“Cornwall” is not the beginning of a postcode. For example 69,01 or PL15,TR.",
        ),
        ("postcode-prefix", "ZZ%%", "“ZZ%%” is not the beginning of a postcode. For example 69,01 or PL15,TR."),
        ("country", "fr,GB", ""),
        ("country", "Wonderland", "“Wonderland” is not the code of a country. For example FR or GB."),
        ("country", "ZZ", "“ZZ” is not the code of a country. For example FR or GB."),
        ("commune", "35238 and around", ""),
    ],
)
def test_an_area_is_a_postcode_or_a_country(kind: str, typed: str, wrong: str) -> None:
    speak("en")
    assert area_problem({"extent_type": kind, "extent": typed}) == ("extent", wrong)
