"""Needs that a line tells of, without naming one."""

import pytest

from referrals.directory.search import heard
from referrals.directory.search.understand import understand
from referrals.places.lookup import PlaceIndex
from referrals.taxonomy.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("stroke left my mum weak down one side", "neuro-physiotherapy"),
        ("I have MS and my balance is going", "neuro-physiotherapy"),
        ("depuis son AVC ma mère titube", "neuro-physiotherapy"),
        ("her balence is bad since the stroke", "neuro-physiotherapy"),
    ],
)
def test_words_near_one_another_tell_of_a_need_in_any_order(
    words: Vocabulary, towns: PlaceIndex, text: str, need: str
) -> None:
    assert [term.code for term in understand(text, words, towns).terms] == [need]


def test_signs_are_not_heard_beside_a_need_that_is_named(words: Vocabulary, towns: PlaceIndex) -> None:
    meant = understand("counselling, stroke left my arm weak", words, towns)
    assert [term.code for term in meant.terms] == ["counselling"]


def test_words_far_from_one_another_are_no_sign(words: Vocabulary, towns: PlaceIndex) -> None:
    far = "stroke of luck " + "green " * 12 + "balance"
    assert understand(far, words, towns).terms == ()


def test_what_a_sign_took_goes_with_one_press_and_comes_back_as_words(words: Vocabulary, towns: PlaceIndex) -> None:
    meant = understand("stroke left my mum weak", words, towns)
    first = next(part for part in meant.parts if part.kind == "need")
    again = understand(meant.plainly(first), words, towns)
    assert again.terms == ()
    assert {"stroke", "weak"} <= set(again.words)


def test_words_between_quotation_marks_tell_of_nothing(words: Vocabulary, towns: PlaceIndex) -> None:
    assert understand('"stroke" weak balance', words, towns).terms == ()


def test_every_sign_is_of_a_need_and_of_groups_that_the_file_has(words: Vocabulary) -> None:
    groups = heard.sign_groups()
    used = {name.removeprefix("-") for _, sign in heard.signs() for name in sign.split()}
    assert {code for code, _ in heard.signs() if not words.need(code)} == set()
    assert used == set(groups)
    assert all(len([name for name in sign.split() if name[0] != "-"]) > 1 for _, sign in heard.signs())
