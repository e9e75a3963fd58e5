"""What is typed for a kind of help: taken where there is no doubt, else asked about, never guessed."""

import pytest

from referrals.clients import terms
from referrals.kit.i18n import speak
from referrals.taxonomy.spoken import spoken
from referrals.taxonomy.vocabulary import Vocabulary
from tests.directory import conftest

words = conftest.words


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("help with debts", "debt-advice"),
        ("physiotherapy for my knee", "physiotherapy"),
        ("kiné après une fracture", "physiotherapy"),
        ("une place pour dormir ce soir", "emergency-shelter"),
        ("phisyoterapy for my knie", "physiotherapy"),
        ("fisio for her leg", "physiotherapy"),
        ("kinesiterapi apres une fractur", "physiotherapy"),
        ("hebergemnt urgence ce soir", "emergency-shelter"),
        ("sleping rough tonite", "emergency-shelter"),
        ("i have detts to pay", "debt-advice"),
        ("counciling after a trauma", "ptsd-counselling"),
        ("neuropsycology asessment", "neuropsychology"),
        ("advise about my evicton", "eviction-prevention"),
        ("aide juridik", "legal-advice"),
        ("kreativ writing", "creative-writing-group"),
        ("garde pour mon enfan", "childcare"),
    ],
)
def test_a_sentence_is_asked_about_by_the_words_in_it(words: Vocabulary, typed: str, first: str) -> None:
    speak("en")
    found = terms.meant(words, typed)
    assert not isinstance(found, str), "what is only like it is not taken without asking"
    assert found[0].code == first


def test_what_is_a_word_of_ours_is_taken_and_what_is_like_none_is_not(words: Vocabulary) -> None:
    speak("en")
    assert terms.meant(words, "detox") == "alcohol-withdrawal"
    assert terms.meant(words, "xylophone") == []


@pytest.mark.parametrize("typed", ["xylophone on mars", "asdf qwer", "I need help", "aide", "the of and"])
def test_words_that_say_no_need_find_none_in_a_sentence(words: Vocabulary, typed: str) -> None:
    assert spoken(words).meant(typed, "en", 5) == []
