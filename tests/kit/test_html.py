"""Values as people read them."""

import pytest

from referrals.kit import i18n
from referrals.kit.html import money


@pytest.mark.parametrize(
    ("language", "currency", "said"),
    [("en", "GBP", "£35"), ("en", "gbp", "£35"), ("en", "usd", "$35"), ("en", None, "€35"), ("fr", "gbp", "35\xa0£")],
)
def test_a_price_has_the_sign_of_its_currency_however_the_code_is_written(
    language: str, currency: str | None, said: str
) -> None:
    i18n.speak(language)
    shown = money(35, currency)
    i18n.speak("en")
    assert shown == said
