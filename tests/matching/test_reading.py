"""A file as the rules see it: everything that was said, and what nobody has asked yet told apart from "none"."""

from datetime import date, time
from typing import Any
from uuid import UUID

import pytest

from referrals.clients.models import Client, KeepAway, Need
from referrals.matching.facts import Exclusion, Person, Preference, Slot
from referrals.matching.reading import need_of, person_of
from referrals.taxonomy.vocabulary import AUDIENCE, TermInfo, Vocabulary

TODAY = date(2026, 11, 23)
WORDS = Vocabulary("small", {
    AUDIENCE: {code: TermInfo(UUID(int=at), AUDIENCE, code, None, code, code, "", "", True, None, {})
               for at, code in enumerate(("refugee", "homeless", "women", "children"), start=1)},
})  # fmt: skip


def _read(*away: KeepAway, **said: Any) -> Person:
    file = {"alias": "P.", "languages": [], "audience": [], "audience_unknown": [], "funding": []}
    return person_of(Client(**{**file, **said}), None, WORDS, TODAY, away)


def test_everything_that_was_said_reaches_the_rules() -> None:
    person = _read(
        accessibility=["step-free"], availability=[{"days": ["MO", "TU"], "opens": "18:00", "closes": "21:00"}],
        practitioner="female", practitioner_must=True, formats=["group"], formats_must=True, affinities=["writing"],
        guardian_consent=False, receives=["home-care"], documents=["identity", "Carte de prêt"],
        wishes=["near", "soon", "mine", "cheap"], model="strengths",
    )  # fmt: skip
    assert person.accessibility == {"step-free"}
    assert person.availability == (Slot(frozenset({"MO", "TU"}), time(18), time(21)),)
    assert person.practitioner == Preference("female", must=True)
    assert (person.formats, person.affinities, person.receives) == (
        frozenset({"group"}), frozenset({"writing"}), frozenset({"home-care"}),
    )  # fmt: skip
    assert (person.formats_must, person.guardian_consent) == (True, False)
    assert person.documents == {"identity", "carte de pret"}
    assert (person.wishes, person.model) == (("near", "soon", "mine", "cheap"), "strengths")


def test_what_to_keep_away_from_is_read_without_its_kind_or_reason() -> None:
    person = _read(KeepAway(area="TR1", kind="safety"), KeepAway(service_id=UUID(int=7), kind="refused"))
    assert person.exclusions == (Exclusion(area="TR1"), Exclusion(service_id=UUID(int=7)))
    assert set(Exclusion.__slots__) == {"organization_id", "service_id", "area"}


def test_nobody_asked_is_not_none() -> None:
    assert "accessibility" in _read().unasked
    assert "accessibility" not in _read(said_none=["accessibility"]).unasked
    assert "accessibility" not in _read(accessibility=["step-free"]).unasked


@pytest.mark.parametrize(
    ("said", "unknown"),
    [
        ({}, {"refugee", "homeless"}),
        ({"said_none": ["audience"]}, set()),
        ({"audience": ["refugee"]}, set()),
        ({"audience": ["refugee"], "audience_unknown": ["homeless"]}, {"homeless"}),
    ],
)
def test_situations_are_unknown_until_somebody_has_asked(said: dict[str, Any], unknown: set[str]) -> None:
    assert _read(birth_year=1990, **said).audience_unknown == unknown


def test_nobody_pays_is_an_answer() -> None:
    assert _read().funding is None
    assert _read(said_none=["funding"]).funding == frozenset()


def test_a_need_brings_its_prescription_its_strength_and_its_way() -> None:
    need = Need(
        id=UUID(int=1), term="physiotherapy", specialisms=[], urgency="routine", remote_ok=True, remote_only=True,
        prescription_held=False, min_intensity=3,
    )  # fmt: skip
    asked = need_of(need, WORDS)
    assert (asked.remote_only, asked.prescription_held, asked.min_intensity) == (True, False, 3)
