"""Words made comparable."""

import pytest

from referrals.kit.text import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Hébergement d’urgence", "hebergement d urgence"),
        ("  Œuvre -- Straße, ŁÓDŹ\t", "oeuvre strasse lodz"),
        ("e\u0301te\u0301 2026", "ete 2026"),
        ("ﬁn ½ K", "fin 1 2 k"),
        ("İstanbul", "istanbul"),
        ("مركز", ""),
        ("a中b\ud800c", "a b c"),
        ("", ""),
    ],
)
def test_a_text_is_folded_to_plain_letters_and_digits(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(fold(text)) == fold(text)


def test_a_sign_becomes_the_same_whatever_signs_stand_beside_it() -> None:
    """A text with one uncommon sign in it is folded the long way."""
    for sign in map(chr, range(0x2200)):
        assert fold(f"É{sign}o") == fold(f"É{sign}o 中"), hex(ord(sign))
