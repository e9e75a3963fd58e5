"""Whatever a rule finds can be said, in both languages, with nothing left to fill in."""

import re
from typing import Any

import pytest

from referrals.kit import i18n
from referrals.matching.constraints import CONSTRAINTS, Finding, Verdict
from referrals.matching.constraints.finding import hindered
from referrals.matching.sentences import FINDINGS, ages, duration, say
from referrals.taxonomy.vocabulary import Vocabulary
from tests.matching.small import TODAY, found, need, offer, person
from tests.matching.test_constraints import CASES

NO_WORDS = Vocabulary("", {})
ALL = [
    rule(person(**who), need(**what), offer(**where), TODAY)
    for id, who, what, where, _, _ in CASES
    for rule in (CONSTRAINTS[int(id[1:]) - 1],)
]
TO_SAY = [finding for finding in ALL if finding.verdict is not Verdict.MEETS]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("finding", TO_SAY, ids=[f"{one.id}-{one.code}" for one in TO_SAY])
def test_every_objection_and_every_doubt_is_a_sentence(finding: Finding, language: str) -> None:
    i18n.speak(language)
    said = say(finding, NO_WORDS)
    i18n.speak("en")
    assert len(said) > 3
    assert not re.search(r"%\(|None|\bnan\b|  ", said)


def test_the_codes_of_all_rules_differ_so_that_each_has_its_own_sentence() -> None:
    by_code = {(finding.code, finding.id) for finding in TO_SAY}
    assert len({code for code, _ in by_code}) == len(by_code)
    assert {code for code, _ in by_code} <= FINDINGS.keys()


@pytest.mark.parametrize(
    ("language", "finding", "sentence"),
    [
        ("en", "too_far", "47 min by car, at most 45 min"),
        ("fr", "too_far", "47 min en voiture, au plus 45 min"),
        ("en", "full", "Full (said on 20 Nov)"),
        ("fr", "full", "Complet (indiqué le 20 nov.)"),
        ("en", "outside_age", "18 to 65 years only"),
        ("en", "too_late", "A wait of 8 weeks, past 15 Jan"),
        ("en", "too_dear", "€71 a session, at most €70"),
    ],
)
def test_it_is_said_as_people_say_it(language: str, finding: str, sentence: str) -> None:
    i18n.speak(language)
    said = next(say(one, NO_WORDS) for one in TO_SAY if one.code == finding)
    i18n.speak("en")
    assert said == sentence


_RULE = {"all": [{"term": "women"}, {"any": [{"term": "refugee"}, {"term": "veteran"}]}, {"not": {"term": "couple"}}]}


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ({"audience": frozenset({"couple"})}, "Only for: women, and refugee or veteran. Not for: couple"),
        ({"gender": "female", "audience": frozenset({"couple", "refugee"})}, "Not for: couple"),
        ({"gender": "female", "audience": frozenset({"refugee"})}, "For them: women, and refugee"),
        ({"gender": "female", "audience": frozenset({"refugee"}), "audience_unknown": frozenset({"couple"})}, "Not for: couple. Does that leave them out?"),
    ],
)  # fmt: skip
def test_of_a_rule_what_decided_is_said_with_its_and_its_or_and_its_not(who: dict[str, Any], said: str) -> None:
    assert say(found("H7", person(**who), where=offer(rule=_RULE)), NO_WORDS) == said


@pytest.mark.parametrize(
    ("days", "said"), [(0, "a day"), (1, "1 day"), (10, "10 days"), (21, "3 weeks"), (90, "3 months")]
)
def test_a_wait_is_said_in_its_own_unit(days: int, said: str) -> None:
    assert duration(days) == said


@pytest.mark.parametrize(
    ("low", "high", "said"), [(None, 17, "Under 18"), (60, None, "From 60 years"), (16, 25, "16 to 25 years")]
)
def test_an_age_limit_is_said_by_what_it_lets_in(low: float | None, high: float | None, said: str) -> None:
    assert ages(low, high) == said


@pytest.mark.parametrize(
    ("language", "said"), [("en", "304 km away, more than 5 h by car"), ("fr", "À 304 km, plus de 5 h en voiture")]
)
def test_far_away_a_way_is_told_in_kilometres_and_its_limit_as_one(language: str, said: str) -> None:
    far = hindered("H5", "too_far", "person.travel", minutes=430.6, km=304.0, mode="car", limit=300, limit_km=None)
    i18n.speak(language)
    assert say(far, NO_WORDS).replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ") == said
    i18n.speak("en")


@pytest.mark.parametrize(
    ("minutes", "limit", "km", "limit_km", "said"),
    [
        (40.3, 40, 12.0, None, "A little more than 40 min by bus or train"),
        (121.0, 120, 60.0, None, "A little more than 2 h by bus or train"),
        (40.6, 40, 12.0, None, "41 min by bus or train, at most 40 min"),
        (None, None, 5.02, 5.0, "A little more than 5 km away"),
        (None, None, 5.6, 5.0, "5.6 km away, at most 5 km"),
    ],
)
def test_nothing_is_left_out_at_the_very_figure_of_its_limit(
    minutes: float | None, limit: float | None, km: float, limit_km: float | None, said: str
) -> None:
    far = hindered(
        "H5", "too_far", "person.travel", minutes=minutes, limit=limit, km=km, limit_km=limit_km, mode="transit"
    )
    assert say(far, NO_WORDS).replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ") == said
