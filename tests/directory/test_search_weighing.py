"""In which order answers stand, from what speaks for each."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from referrals.directory.search.port import Hit
from referrals.directory.search.understand import understand
from referrals.directory.search.weighing import BEGUN, Evidence, by_words, says, share, telling, weigh
from referrals.kit.geo import Km
from referrals.places.lookup import PlaceIndex
from referrals.taxonomy.vocabulary import Vocabulary

A, B, C = (UUID(int=number) for number in (1, 2, 3))


def _order(offered: list[Hit], named: Sequence[Hit] = (), **evidence: dict[UUID, float]) -> list[UUID]:
    found = Evidence(evidence.get("said", {}), evidence.get("beside", {}), evidence.get("needs", {}))
    return [hit.id for hit in weigh(offered, named, found)]


def test_of_those_who_offer_the_need_the_nearest_comes_first() -> None:
    assert _order([Hit(A, 1.0, Km(30)), Hit(B, 0.5, Km(2))]) == [B, A]


def test_who_says_what_was_typed_comes_before_who_only_offers_it() -> None:
    assert _order([Hit(A, 1.0), Hit(B, 0.5)], said={B: 0.6}) == [B, A]


def test_a_name_alone_comes_after_who_offers_the_need_and_says_so() -> None:
    assert _order([Hit(A, 1.0), Hit(B, 0.5)], [Hit(C, 0.9)], said={A: 0.5, C: 0.9}) == [C, A, B]
    assert _order([Hit(A, 1.0), Hit(B, 0.5)], [Hit(C, 0.9)], said={A: 0.8, C: 0.9}) == [A, C, B]


def test_what_has_the_words_beside_the_need_comes_first() -> None:
    assert _order([Hit(A, 1.0), Hit(B, 0.5)], beside={B: 0.5}) == [B, A]


def test_more_of_the_needs_is_better() -> None:
    assert _order([Hit(A, 1.0), Hit(B, 0.5)], needs={A: 0.75, B: 1.0}) == [B, A]


def test_what_has_no_address_goes_first_where_it_fits_much_better_and_else_is_mixed_in() -> None:
    near = [Hit(B, 0.9, Km(2)), Hit(C, 0.8, Km(3))]
    assert _order([*near, Hit(A, 1.0)], said={A: 1.0}) == [A, B, C]
    assert _order([*near, Hit(A, 1.0)]) == [B, C, A]


def test_words_alone_and_nearness() -> None:
    assert [hit.id for hit in by_words([Hit(A, 0.5, Km(1)), Hit(B, 0.9, Km(40)), Hit(C, 0.4, Km(1))])] == [B, A, C]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Foreclosure Prevention Loan Modification", False),
        ("Home Modification Loans", True),
        ("Home modifications", True),
        ("Homes", False),
    ],
)
def test_a_name_must_say_all_of_it(name: str, said: bool) -> None:  # what is expected
    assert says(name, (telling("home modification"), telling("stairlift"))) is said


@pytest.mark.parametrize(
    ("name", "way", "said"),
    [("Eye Care America", "carie", False), ("Soin des caries", "carie", True), ("Vet SOS", "vêtement", False), ("Cars for all", "car", True)],
)  # fmt: skip
def test_what_is_left_of_a_word_by_the_rules_of_another_language_is_no_name(name: str, way: str, said: bool) -> None:
    assert says(name, (telling(way),)) is said


def test_after_half_a_word_a_name_that_begins_so_stands_before_who_only_offers_the_need() -> None:
    found = Evidence(said={A: 0.5, C: 0.7}, beside={}, needs={}, literally=BEGUN)
    assert [hit.id for hit in weigh([Hit(A, 1.0), Hit(B, 0.5)], [Hit(C, 0.7)], found)] == [C, A, B]


def test_words_found_apart_are_no_name() -> None:
    assert _order([Hit(A, 1.0)], [Hit(C, 0.42)], said={C: 0.42}) == [C, A]
    assert _order([Hit(A, 1.0, Km(8))], [Hit(C, 0.42, Km(8))], said={A: 0.3, C: 0.42}) == [A, C]


def test_a_court_next_door_is_no_refuge(words: Vocabulary, towns: PlaceIndex) -> None:
    meant = understand("he hits me", words, towns)
    refuge, court = UUID(int=1), UUID(int=2)
    needs = {refuge: share(meant, ["domestic-violence-refuge"]), court: share(meant, ["domestic-violence"])}
    offered = [Hit(refuge, 1.0, Km(37)), Hit(court, 1.0, Km(0.2))]
    assert needs[refuge] == 1.0
    assert [hit.id for hit in weigh(offered, [], Evidence({}, {}, needs))] == [refuge, court]
