"""Papers that are held need not be brought; a paper that is only nearly the one asked for is still to be brought."""

import pytest

from referrals.matching.papers import is_held, to_bring

HELD = frozenset({"prescription", "identity", "disabled-worker", "health-card", "address", "carte de pret"})


@pytest.mark.parametrize(
    "asked",
    [
        "Ordonnance", "Prescription", "Une pièce d’identité", "Passeport ou tout document d’identité", "Justificatif de domicile",
        "Notification RQTH ou accusé de réception de la demande", "Carte Vitale ou carte d’AME", "Proof of address and passport",
        "Carte de prêt",
    ],
)  # fmt: skip
def test_a_paper_that_they_have_need_not_be_brought(asked: str) -> None:
    assert is_held(asked, HELD)


@pytest.mark.parametrize(
    "asked",
    [
        "Ordonnance portant la mention « à domicile »", "Prescription stating the long-term condition", "Tax notice",
        "Certificat médical de moins d’un an", "Proof of address and payslips", "Bilan sanguin de moins d’un mois", "",
    ],
)  # fmt: skip
def test_a_paper_that_may_be_another_one_is_still_to_be_brought(asked: str) -> None:
    assert not is_held(asked, HELD)


def test_only_what_is_missing_is_left_in_the_words_of_the_listing() -> None:
    assert to_bring(("Ordonnance", "Radiographies"), frozenset({"prescription"})) == ("Radiographies",)


def test_who_holds_nothing_brings_everything() -> None:
    assert to_bring(("Ordonnance",), frozenset()) == ("Ordonnance",)
