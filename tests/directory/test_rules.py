"""Who may come, as a sentence."""

from typing import Any

import pytest

from referrals.directory import rules
from referrals.kit.i18n import speak
from referrals.taxonomy.vocabulary import Vocabulary

NB, NNB = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("rule", "french", "english"),
    [
        (None, "", ""),
        ({"term": "women"}, f"Réservé à{NB}: femmes.", "Only for: women."),
        ({"all": [{"term": "women"}]}, f"Réservé à{NB}: femmes.", "Only for: women."),
        (
            {"all": [{"term": "women"}, {"any": [{"term": "refugee"}, {"term": "asylum-seeker"}]}]},
            f"Réservé à{NB}: femmes, et réfugié ou protégé ou demandeur d'asile.",
            "Only for: women, and refugee or asylum seeker.",
        ),
        ({"not": {"term": "couple"}}, f"Pas pour{NB}: couple.", "Not for: couple."),
        (
            {"all": [{"term": "men"}, {"not": {"term": "couple"}}]},
            f"Réservé à{NB}: hommes. Pas pour{NB}: couple.",
            "Only for: men. Not for: couple.",
        ),
        (
            {"any": [{"term": "lgbt"}, {"not": {"term": "single"}}]},
            f"Réservé à{NB}: personnes LGBT+ ou pas personne isolée.",
            "Only for: LGBT+ people or not single person.",
        ),
        (
            {"any": [{"not": {"term": "single"}}, {"term": "veteran"}]},
            f"Réservé à{NB}: ancien combattant ou pas personne isolée.",
            "Only for: veteran or not single person.",
        ),
        (
            {"not": {"all": [{"term": "homeless"}, {"term": "couple"}]}},
            f"Pas pour{NB}: sans domicile et couple à la fois.",
            "Not for: homeless and couple at once.",
        ),
        ({"not": {"not": {"term": "couple"}}}, f"Réservé à{NB}: couple.", "Only for: couple."),
        (
            {"any": [{"term": "refugee"}, {"all": [{"term": "homeless"}, {"not": {"term": "couple"}}]}]},
            f"Réservé à{NB}: réfugié ou protégé{NNB}; ou sans domicile et pas couple.",
            "Only for: refugee; or homeless and not couple.",
        ),
        (
            {
                "any": [
                    {"all": [{"term": "women"}, {"any": [{"term": "refugee"}, {"term": "homeless"}]}]},
                    {"term": "carers"},
                ]
            },
            f"Réservé à{NB}: femmes et (réfugié ou protégé ou sans domicile){NNB}; ou aidants.",
            "Only for: women and (refugee or homeless); or carers.",
        ),
    ],
)
def test_a_rule_is_a_sentence(words: Vocabulary, rule: Any, french: str, english: str) -> None:
    speak("fr")
    assert rules.sentence(rule, words) == french
    speak("en")
    assert rules.sentence(rule, words) == english


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (18, None, "From 18 years old"),
        (None, 25.0, "Up to 25 years old"),
        (16, 25, "From 16 to 25 years old"),
        (None, None, ""),
    ],
)
def test_ages_are_a_sentence(low: float | None, high: float | None, said: str) -> None:
    speak("en")
    assert rules.ages(low, high) == said
