"""What cannot be true in a listing, and what only looks odd."""

from dataclasses import replace
from datetime import date, time
from typing import Any
from uuid import uuid4

import pytest

from referrals.directory.contradictions.record import Hours, Near, Record, Said, Spot
from referrals.directory.contradictions.rules import dialable, findings
from referrals.directory.contradictions.sentences import KINDS, said
from referrals.kit.geo import Km, LatLon
from referrals.kit.i18n import speak

TODAY = date(2026, 11, 23)
PLACE = uuid4()
LYON = Near((LatLon(45.76, 4.84),), Km(20), "postcode")


def record(**changes: Any) -> Record:
    plain: dict[str, Any] = {
        "service_id": uuid4(), "status": "active", "texts": {"name": "Kiné", "description": "Des séances."},
        "minimum_age": None, "maximum_age": None, "needs": ("physiotherapy",), "capacity_status": None,
        "capacity_available": None, "capacity_maximum": None, "available_until": None, "licence_until": None, "hours_until": None,
        "area_postcodes": (), "telling": (), "country": "FR",
    }  # fmt: skip
    return Record(**(plain | changes))


def spot(latitude: float | None, longitude: float | None) -> Spot:
    return Spot(PLACE, "physical", latitude, longitude, "9 rue Cachée", "Lyon", "Rhône", "69003", "FR")


def kinds(one: Record) -> list[str]:
    return [found.kind for found in findings(one, {PLACE: LYON}, TODAY)]


def open_(opens: str, closes: str, days: str = "MO") -> Hours:
    return Hours(PLACE, days, time.fromisoformat(opens), time.fromisoformat(closes))


def test_a_plain_listing_contradicts_nothing() -> None:
    assert kinds(record(spots=[spot(45.75, 4.85)])) == []


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"spots": [spot(0.0, 0.0)]}, "point_zero"),
        ({"spots": [spot(4.84, 45.76)]}, "point_swapped"),
        ({"spots": [spot(45.76, -4.84)]}, "point_minus"),
        ({"spots": [spot(48.85, 2.35)]}, "point_far"),
        ({"spots": [spot(457.6, 484.0)]}, "point_off"),
        ({"status": "inactive", "capacity_status": "has-capacity"}, "closed_with_room"),
        ({"status": "temporarily closed", "capacity_status": "has-capacity"}, "closed_with_room"),
        ({"available_until": date(2026, 11, 22)}, "ended"),
        ({"hours_until": date(2026, 11, 22)}, "hours_over"),
        ({"licence_until": date(2026, 1, 1)}, "licence_over"),
        ({"minimum_age": 25, "maximum_age": 18}, "ages_crossed"),
        ({"numbers": [Said("12", "service", PLACE)]}, "phone"),
        ({"mails": [Said("accueil@example", "service", PLACE)]}, "mail"),
        ({"links": [Said("releasethesilence", "service", PLACE)]}, "link"),
        ({"links": [Said("javascript:alert(1)", "service", PLACE)]}, "link"),
        ({"hours": [open_("09:00", "05:00")]}, "hours_backward"),
        ({"hours": [open_("09:00", "12:00"), open_("11:00", "14:00")]}, "hours_overlap"),
        ({"capacity_available": 12, "capacity_maximum": 10}, "room_over"),
        ({"area_postcodes": ("75",), "spots": [spot(45.75, 4.85)]}, "area"),
        ({"needs": ()}, "no_need"),
        ({"texts": {"name": "Kiné", "description": " "}}, "no_description"),
        ({"telling": ("description",)}, "hidden_told"),
        ({"spots": [replace(spot(45.75, 4.85), twin=True)]}, "hidden_twin"),
    ],
)  # fmt: skip
def test_each_contradiction_is_found_and_said_in_both_languages(changes: dict[str, Any], kind: str) -> None:
    found = findings(record(**changes), {PLACE: LYON}, TODAY)
    assert [one.kind for one in found] == [kind]
    sentences = []
    for language in ("en", "fr"):
        speak(language)
        sentences.append(said(kind, found[0].facts))
    speak("en")
    assert sentences[0] != sentences[1]
    assert "%(" not in "".join(sentences)


@pytest.mark.parametrize(
    "changes",
    [
        {"hours": [open_("19:00", "08:00")]}, {"hours": [open_("00:00", "00:00")]},
        {"hours": [open_("09:00", "12:00"), open_("12:00", "14:00")]},
        {"hours": [open_("09:00", "12:00", "MO"), open_("11:00", "14:00", "TU")]},
        {"spots": [spot(None, None)]}, {"minimum_age": 18, "maximum_age": 18}, {"available_until": TODAY}, {"hours_until": TODAY},
        {"status": "temporarily closed", "capacity_status": "waitlist"},
        {"capacity_available": 99, "capacity_maximum": 10}, {"links": [Said("www.example.org/a", "service", PLACE)]},
        {"area_postcodes": ("69",), "spots": [spot(45.75, 4.85)]},
    ],
)  # fmt: skip
def test_what_is_only_unusual_is_left_alone(changes: dict[str, Any]) -> None:
    assert kinds(record(**changes)) == []


@pytest.mark.parametrize(
    ("number", "country", "right"),
    [
        ("04 72 00 00 00", "FR", True), ("3919", "FR", True), ("115", "FR", True), ("211", "US", True),
        ("305-891-8850 xOPT2", "US", True), ("1-800-MIAMI-11", "US", True), ("+44 1632 960001", "GB", True),
        ("000-000-*347", "US", False), ("call us", "US", False), ("04 72", "FR", False), ("020 7946 0000", "", True),
    ],
)  # fmt: skip
def test_a_number_is_wrong_when_nobody_can_dial_it(number: str, country: str, right: bool) -> None:
    assert dialable(number, country) is right


def test_every_kind_has_its_sentence() -> None:
    assert all(kind.title and kind.sentence for kind in KINDS.values())
