"""Values as people read them."""

import pytest

from referrals.kit import i18n
from referrals.kit.html import inside, money, unbroken


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


@pytest.mark.parametrize(
    ("alone", "within"),
    [
        ("À la charge de la personne", "à la charge de la personne"), ("L’aide sociale", "l’aide sociale"),
        ("Children", "children"), ("NHS", "NHS"), ("French insurance", "French insurance"),
    ],
)  # fmt: skip
def test_a_label_within_a_sentence_begins_small_unless_it_is_a_name(alone: str, within: str) -> None:
    assert inside(alone) == within


def test_words_with_a_hyphen_stay_on_one_line() -> None:
    assert unbroken("De quoi avez-vous <besoin> ?") == 'De quoi <span class="nowrap">avez-vous</span> &lt;besoin&gt; ?'
