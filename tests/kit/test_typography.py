"""French is set with its own signs."""

import pytest

from referrals.kit.typography import typeset


@pytest.mark.parametrize(
    ("typed", "set_so"),
    [
        ("L'abri d'urgence", "L’abri d’urgence"),
        ("Particuliers uniquement ; pas d'artisans", "Particuliers uniquement\u202f; pas d’artisans"),
        ("Vraiment ? Oui !", "Vraiment\u202f? Oui\u202f!"),
        ("Par SMS : envoyez « aide »", "Par SMS\u00a0: envoyez «\u00a0aide\u00a0»"),
        ("http://a.fr/?q=x:y 19 h 30", "http://a.fr/?q=x:y 19 h 30"),
        ("' seul, 5' et 6'2", "' seul, 5' et 6'2"),
        ("", ""),
    ],
)
def test_french_is_set_with_its_own_spaces_and_apostrophes(typed: str, set_so: str) -> None:
    assert typeset(typed, "fr") == set_so
    assert typeset(set_so, "fr") == set_so


def test_other_languages_stay_as_they_are() -> None:
    assert typeset("Don't : wait ;", "en") == typeset("Don't : wait ;", None) == "Don't : wait ;"
