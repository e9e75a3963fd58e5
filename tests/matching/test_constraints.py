"""Every rule in its three voices. The third is the one that matters: what is not known never excludes."""

from datetime import date, time
from typing import Any

import pytest

from referrals.matching.constraints import CONSTRAINTS, Class, Verdict, examine
from referrals.matching.constraints.way import within
from referrals.matching.facts import Capacity, Exclusion, Offer, Preference, Slot, Spot, Travel
from tests.matching.small import (
    LONG_AGO,
    NEED,
    OFFER,
    PERSON,
    SAID,
    TODAY,
    WEEKDAYS,
    found,
    need,
    north,
    offer,
    person,
)

MEETS, FAILS, UNKNOWN = Verdict.MEETS, Verdict.FAILS, Verdict.UNKNOWN
EVENINGS = (Slot(WEEKDAYS, time(18), time(21)),)
WOMEN = {"all": [{"term": "women"}]}
REFUGEES = {"all": [{"any": [{"term": "refugee"}, {"term": "asylum-seeker"}]}, {"not": {"term": "couple"}}]}
JAN = date(2027, 1, 15)
GROUP: dict[str, Any] = {"formats": frozenset({"group"}), "formats_must": True}

CASES: list[tuple[str, Any, Any, Any, str, str]] = [
    # rule, person, need, offer, verdict, code
    ("H1", {}, {}, {}, MEETS, "offers"),
    ("H1", {}, {}, {"needs": frozenset({"sports-physiotherapy"})}, MEETS, "offers_narrower"),
    ("H1", {}, {}, {"needs": frozenset({"rehabilitation"})}, UNKNOWN, "offers_broader"),
    ("H1", {}, {}, {"needs": frozenset({"food-bank"})}, FAILS, "does_not_offer"),
    ("H2", {}, {}, {}, MEETS, "open"),
    ("H2", {}, {}, {"available_from": date(2026, 12, 1)}, MEETS, "begins"),
    ("H2", {}, {}, {"status": "temporarily closed"}, FAILS, "not_active"),
    ("H2", {}, {}, {"status": "temporarily closed", "closures": ((date(2026, 11, 20), date(2027, 1, 15)),)}, FAILS, "closed_until"),
    ("H2", {}, {}, {"status": "temporarily closed", "closures": ((date(2026, 12, 20), date(2027, 1, 15)),)}, FAILS, "not_active"),
    ("H2", {}, {}, {"available_until": date(2026, 11, 22)}, FAILS, "ended"),
    ("H2", {}, {"need_by": date(2026, 11, 30)}, {"available_from": date(2026, 12, 1)}, FAILS, "begins_too_late"),
    ("H3", {}, {}, {}, MEETS, "within_age"),
    ("H3", {}, {}, {"min_age": None, "max_age": None}, MEETS, "any_age"),
    ("H3", {"ages": (65, 65)}, {}, {}, MEETS, "within_age"),
    ("H3", {"ages": (17, 18)}, {}, {}, UNKNOWN, "age_at_the_limit"),
    ("H3", {"ages": (65, 66)}, {}, {}, UNKNOWN, "age_at_the_limit"),
    ("H3", {"ages": None}, {}, {}, UNKNOWN, "age_not_known"),
    ("H3", {"ages": (66, 66)}, {}, {}, FAILS, "outside_age"),
    ("H3", {"ages": (16, 17)}, {}, {}, FAILS, "outside_age"),
    ("H4", {}, {}, {}, MEETS, "no_area_limit"),
    ("H4", {}, {}, {"area_postcodes": ("TR",)}, MEETS, "covers"),
    ("H4", {}, {}, {"area_countries": frozenset({"GB"})}, MEETS, "covers"),
    ("H4", {}, {}, {"modes": frozenset({"home-visit"})}, UNKNOWN, "area_not_said"),
    ("H4", {"postcode": None}, {}, {"area_postcodes": ("TR",)}, UNKNOWN, "postcode_not_known"),
    ("H4", {"postcode": None, "at": None}, {}, {"area_postcodes": ("TR",)}, UNKNOWN, "place_not_known"),
    ("H4", {"country": None}, {}, {}, UNKNOWN, "place_not_known"),
    ("H4", {}, {}, {"area_postcodes": ("PL",)}, FAILS, "outside_area"),
    ("H4", {}, {}, {"area_postcodes": ("TR10",)}, FAILS, "outside_area"),
    ("H4", {"country": "FR"}, {}, {}, FAILS, "other_country"),
    ("H5", {}, {}, {}, MEETS, "reachable"),
    ("H5", {}, {}, {"spots": north(28)}, MEETS, "reachable"),
    ("H5", {}, {}, {"spots": north(30)}, FAILS, "too_far"),
    ("H5", {}, {}, {"spots": (*north(300), *north(2))}, MEETS, "reachable"),
    ("H5", {}, {"remote_ok": True}, {"spots": north(300), "modes": frozenset({"on-site", "remote"})}, MEETS, "remote"),
    ("H5", {}, {}, {"modes": frozenset({"remote"}), "spots": ()}, MEETS, "no_way_to_go"),
    ("H5", {}, {}, {"spots": north(40), "modes": frozenset({"home-visit"})}, MEETS, "comes_to_them"),
    ("H5", {}, {}, {"spots": north(60), "modes": frozenset({"home-visit"})}, FAILS, "too_far"),
    ("H5", {}, {}, {"spots": north(60), "modes": frozenset({"home-visit"}), "area_postcodes": ("TR",)}, MEETS, "comes_to_them"),
    ("H5", {}, {}, {"spots": ()}, UNKNOWN, "address_not_said"),
    ("H5", {}, {}, {"spots": north(300, "department")}, UNKNOWN, "address_not_said"),
    ("H5", {"at": None}, {}, {}, UNKNOWN, "home_not_known"),
    ("H5", {"travel": None}, {}, {}, UNKNOWN, "travel_not_known"),
    ("H5", {"travel": Travel("car")}, {}, {"spots": north(300)}, UNKNOWN, "limit_not_known"),
    ("H5", {"travel": Travel("none")}, {}, {}, FAILS, "cannot_travel"),
    ("H6", {}, {}, {}, MEETS, "speaks"),
    ("H6", {"languages": ("ti", "en")}, {}, {}, MEETS, "speaks"),
    ("H6", {"languages": ("ti",)}, {}, {"interpreter": "interpreter-available"}, MEETS, "with_interpreter"),
    ("H6", {"languages": ("ti",)}, {}, {}, UNKNOWN, "interpreter_not_said"),
    ("H6", {}, {}, {"languages": ()}, UNKNOWN, "languages_not_said"),
    ("H6", {"languages": ()}, {}, {}, UNKNOWN, "languages_not_known"),
    ("H6", {"languages": ("ti",), "interpreter_ok": None}, {}, {}, UNKNOWN, "interpreter_not_said"),
    ("H6", {"languages": ("ti",), "interpreter_ok": False}, {}, {}, FAILS, "interpreter_refused"),
    ("H6", {"languages": ("ti",)}, {}, {"interpreter": "no-interpreter"}, FAILS, "no_interpreter"),
    ("H7", {}, {}, {}, MEETS, "no_rule"),
    ("H7", {"gender": "female"}, {}, {"rule": WOMEN}, MEETS, "rule_met"),
    ("H7", {"audience": frozenset({"refugee"})}, {}, {"rule": REFUGEES}, MEETS, "rule_met"),
    ("H7", {"gender": None}, {}, {"rule": WOMEN}, UNKNOWN, "rule_unclear"),
    ("H7", {"gender": "other"}, {}, {"rule": WOMEN}, UNKNOWN, "rule_unclear"),
    ("H7", {"audience_unknown": frozenset({"refugee"})}, {}, {"rule": REFUGEES}, UNKNOWN, "rule_unclear"),
    ("H7", {}, {}, {"rule": WOMEN}, FAILS, "rule_not_met"),
    ("H7", {"audience": frozenset({"refugee", "couple"})}, {}, {"rule": REFUGEES}, FAILS, "rule_not_met"),
    ("H7", {}, {}, {"rule": {"strange": []}}, UNKNOWN, "rule_unclear"),
    ("H8", {}, {}, {}, MEETS, "covered"),
    ("H8", {"funding": None}, {}, {"funding": frozenset({"free"})}, MEETS, "free"),
    ("H8", {}, {}, {"contribution": 50}, MEETS, "contribution_within"),
    ("H8", {"funding": frozenset({"self-pay"})}, {}, {"funding": frozenset({"self-pay"}), "price": 70}, MEETS, "within_ceiling"),
    ("H8", {"ceiling": None}, {}, {"contribution": 5}, UNKNOWN, "contribution"),
    ("H8", {"ceiling": None, "without_ceiling": True}, {}, {"contribution": 5}, MEETS, "contribution_within"),
    ("H8", {}, {}, {"funding": frozenset()}, UNKNOWN, "payers_not_said"),
    ("H8", {"funding": None}, {}, {}, UNKNOWN, "funding_not_known"),
    ("H8", {"funding": frozenset({"self-pay"})}, {}, {"funding": frozenset({"self-pay"})}, UNKNOWN, "price_not_said"),
    ("H8", {}, {}, {"funding": frozenset({"self-pay"})}, FAILS, "payer_not_accepted"),
    ("H8", {"funding": frozenset({"self-pay"})}, {}, {"funding": frozenset({"self-pay"}), "price": 71}, FAILS, "too_dear"),
    ("H8", {}, {}, {"contribution": 80}, FAILS, "contribution_too_high"),
    ("H9", {}, {}, {}, MEETS, "no_access_need"),
    ("H9", {"accessibility": frozenset({"step-free"})}, {}, {"accessibility": {"step-free": "yes"}}, MEETS, "accessible"),
    ("H9", {"accessibility": frozenset({"step-free"})}, {}, {}, UNKNOWN, "access_not_said"),
    ("H9", {"accessibility": frozenset({"step-free"})}, {}, {"accessibility": {"step-free": "no"}}, FAILS, "not_accessible"),
    (
        "H9", {"accessibility": frozenset({"step-free"})}, {},
        {"accessibility": {"step-free": "no"}, "modes": frozenset({"home-visit"})}, MEETS, "no_access_need",
    ),
    ("H10", {}, {}, {}, MEETS, "no_papers"),
    ("H9", {"unasked": frozenset({"accessibility"})}, {}, {"accessibility": {"step-free": "no"}}, UNKNOWN, "access_need_not_known"),
    ("H9", {"unasked": frozenset({"accessibility"})}, {}, {"accessibility": {"step-free": "yes"}}, MEETS, "no_access_need"),
    ("H9", {}, {}, {"accessibility": {"step-free": "no"}}, MEETS, "no_access_need"),
    (
        "H9", {"unasked": frozenset({"accessibility"})}, {},
        {"accessibility": {"step-free": "no"}, "modes": frozenset({"home-visit"})}, MEETS, "no_access_need",
    ),
    ("H10", {}, {}, {"documents": ("Prescription",)}, UNKNOWN, "bring"),
    ("H10", {}, {"prescription_held": True}, {"documents": ("Prescription",)}, MEETS, "papers_held"),
    ("H10", {"documents": frozenset({"address"})}, {}, {"documents": ("Justificatif de domicile", "RQTH")}, UNKNOWN, "bring"),
    ("H11", {}, {}, {}, MEETS, "place_within"),
    ("H11", {}, {}, {"capacity": Capacity("has-capacity", None, 2, SAID)}, MEETS, "has_places"),
    ("H11", {}, {"need_by": JAN}, {"capacity": Capacity("waitlist", 53, None, SAID)}, MEETS, "place_within"),
    ("H11", {}, {}, {"capacity": Capacity("waitlist", 400, None, SAID)}, MEETS, "place_within"),
    ("H11", {}, {}, {"capacity": None}, UNKNOWN, "places_not_said"),
    ("H11", {}, {}, {"capacity": Capacity("no-capacity", None, 0, LONG_AGO)}, UNKNOWN, "places_said_long_ago"),
    ("H11", {}, {}, {"capacity": Capacity("assessment-required", None, None, SAID)}, UNKNOWN, "assessment_first"),
    ("H11", {}, {}, {"capacity": Capacity("waitlist", None, None, SAID)}, UNKNOWN, "waitlist"),
    ("H11", {}, {}, {"capacity": Capacity("no-capacity", None, 0, SAID)}, FAILS, "full"),
    ("H11", {}, {"need_by": JAN}, {"capacity": Capacity("waitlist", 54, None, SAID)}, FAILS, "too_late"),
    ("H12", {}, {}, {}, MEETS, "no_route_said"),
    ("H12", {}, {}, {"routes": frozenset({"self", "prescription"})}, MEETS, "open_route"),
    ("H12", {}, {}, {"routes": frozenset({"professional", "prescription"})}, MEETS, "professional_route"),
    ("H12", {}, {}, {"routes": frozenset({"prescription"})}, UNKNOWN, "prescription"),
    ("H12", {}, {"prescription_held": True}, {"routes": frozenset({"prescription"})}, MEETS, "prescription_held"),
    ("H12", {}, {"prescription_held": False}, {"routes": frozenset({"prescription"})}, UNKNOWN, "prescription_to_get"),
    ("H12", {}, {}, {"routes": frozenset({"official-decision"})}, UNKNOWN, "official_decision"),
    ("H13", {}, {}, {}, MEETS, "any_hours"),
    ("H13", {"availability": (Slot(WEEKDAYS, time(11, 15), time(14)),)}, {}, {}, MEETS, "hours_meet"),
    ("H13", {"availability": EVENINGS}, {}, {"slots": ()}, UNKNOWN, "hours_not_said"),
    ("H13", {"availability": (Slot(WEEKDAYS, time(11, 16), time(14)),)}, {}, {}, FAILS, "hours_apart"),
    ("H14", {}, {}, {}, MEETS, "no_wish"),
    ("H14", {"practitioner": Preference("female", must=True)}, {}, {"practitioner": "choice"}, MEETS, "practitioner_as_wished"),
    ("H14", {"practitioner": Preference("female", must=True)}, {}, {}, UNKNOWN, "practitioner_not_said"),
    ("H14", {"practitioner": Preference("female", must=True)}, {}, {"practitioner": "male"}, FAILS, "not_wanted"),
    ("H14", {"practitioner": Preference("female", must=False)}, {}, {"practitioner": "male"}, MEETS, "no_wish"),
    ("H14", {"exclusions": (Exclusion(service_id=OFFER.service_id),)}, {}, {}, FAILS, "not_wanted"),
    ("H14", {"exclusions": (Exclusion(organization_id=OFFER.organization_id),)}, {}, {}, FAILS, "not_wanted"),
    ("H14", {"exclusions": (Exclusion(area="TR"),)}, {}, {}, FAILS, "not_wanted"),
    ("H14", {"exclusions": (Exclusion(area="TR"),)}, {}, {"modes": frozenset({"home-visit"})}, MEETS, "no_wish"),
    ("H14", {"exclusions": (Exclusion(area="TR1"),)}, {}, {"spots": (Spot("TR10 9AB", "GB"),)}, MEETS, "no_wish"),
    ("H14", {"exclusions": (Exclusion(area="TR1"),)}, {}, {"spots": (Spot("TR1 1AA", "GB"),)}, FAILS, "not_wanted"),
    ("H14", {"exclusions": (Exclusion(area="69"),)}, {}, {"spots": (Spot("69003", "FR"), Spot("38000", "FR"))}, MEETS, "no_wish"),
    ("H14", GROUP, {}, {"formats": frozenset({"group", "individual"})}, MEETS, "format_as_wished"),
    ("H14", GROUP, {}, {}, UNKNOWN, "format_not_said"),
    ("H14", GROUP, {}, {"formats": frozenset({"individual"})}, FAILS, "format_not_wanted"),
    ("H14", {**GROUP, "formats_must": False}, {}, {"formats": frozenset({"individual"})}, MEETS, "no_wish"),
    ("H14", {**GROUP, "practitioner": Preference("female", must=True)}, {}, {"practitioner": "male"}, FAILS, "not_wanted"),
    (
        "H14", {**GROUP, "practitioner": Preference("female", must=True)}, {},
        {"practitioner": "female", "formats": frozenset({"individual"})}, FAILS, "format_not_wanted",
    ),
    ("H15", {}, {}, {}, MEETS, "any_intensity"),
    ("H15", {}, {"min_intensity": 4}, {"intensity": 4}, MEETS, "intense_enough"),
    ("H15", {}, {"min_intensity": 4}, {}, UNKNOWN, "intensity_not_said"),
    ("H15", {}, {"min_intensity": 4}, {"intensity": 3}, FAILS, "too_light"),
    ("H16", {}, {}, {"routes": frozenset({"guardian-consent"})}, MEETS, "no_guardian_needed"),
    ("H16", {"ages": (16, 16)}, {}, {"routes": frozenset({"guardian-consent"})}, UNKNOWN, "guardian_consent"),
    (
        "H16", {"ages": (16, 16), "guardian_consent": False}, {}, {"routes": frozenset({"guardian-consent"})}, FAILS,
        "guardian_refused",
    ),
    ("H16", {"ages": (16, 16), "guardian_consent": True}, {}, {"routes": frozenset({"guardian-consent"})}, MEETS, "no_guardian_needed"),
    ("H16", {"ages": None}, {}, {"routes": frozenset({"guardian-consent"})}, UNKNOWN, "age_decides_guardian"),
    ("H17", {}, {}, {}, MEETS, "combines"),
    ("H17", {"receives": frozenset({"home-care"})}, {}, {"not_with": frozenset({"home-care"})}, FAILS, "not_with"),
    ("H18", {}, {}, {"licence_until": TODAY}, MEETS, "licensed"),
    ("H18", {}, {}, {"licence_until": date(2026, 11, 22)}, FAILS, "licence_ended"),
    ("H19", {}, {}, {}, MEETS, "form_fits"),
    ("H19", {}, {}, {"modes": frozenset()}, UNKNOWN, "mode_not_said"),
    ("H19", {}, {}, {"modes": frozenset({"remote"})}, FAILS, "remote_only"),
    ("H19", {}, {"remote_ok": True}, {"modes": frozenset({"remote"})}, MEETS, "form_fits"),
    ("H19", {}, {"remote_ok": True, "remote_only": True}, {}, FAILS, "not_remote"),
    ("H19", {}, {"remote_ok": True, "remote_only": True}, {"modes": frozenset({"remote", "on-site"})}, MEETS, "form_fits"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("id", "who", "what", "where", "verdict", "code"), CASES, ids=[f"{c[0]}-{c[4]}-{c[5]}" for c in CASES]
)
def test_a_rule_says(
    id: str, who: dict[str, object], what: dict[str, object], where: dict[str, object], verdict: Verdict, code: str
) -> None:
    said = found(id, person(**who), need(**what), offer(**where))
    assert (said.id, said.verdict, said.code) == (id, verdict, code)


def test_a_rule_says_what_decided_it_and_when_that_was_said() -> None:
    said = found("H11", where=offer(capacity=Capacity("no-capacity", None, 0, SAID)))
    assert said.datum == "listing.capacity"
    assert said.dated == SAID.date()


def test_a_listing_that_says_nothing_but_what_it_offers_is_never_excluded() -> None:
    silent = Offer(OFFER.service_id, OFFER.organization_id, frozenset({"physiotherapy"}))
    assert not [said for said in examine(PERSON, NEED, silent, TODAY) if said.excludes]


def test_a_person_of_whom_nothing_is_known_is_never_excluded() -> None:
    nobody = type(PERSON)()
    assert not [said for said in examine(nobody, NEED, OFFER, TODAY) if said.excludes]


def test_papers_and_routes_never_exclude() -> None:
    asking = offer(documents=("Prescription",), routes=frozenset({"prescription"}))
    said = examine(PERSON, NEED, asking, TODAY)
    assert {one.id for one in said if one.to_fix} == {"H10", "H12"}
    assert not [one for one in said if one.excludes or one.to_check]


def test_every_failure_says_whether_it_may_be_waved_through() -> None:
    assert found("H3", who=person(ages=(70, 70))).cls is Class.ABSOLUTE
    assert found("H5", where=offer(spots=north(200))).cls is Class.OVERRIDABLE


def test_there_are_nineteen_rules_in_their_order() -> None:
    said = examine(PERSON, NEED, OFFER, TODAY)
    assert [one.id for one in said] == [f"H{number}" for number in range(1, len(CONSTRAINTS) + 1)]
    assert len(CONSTRAINTS) == 19


@pytest.mark.parametrize(
    ("postcode", "area", "inside"),
    [
        ("69003", "69", True), ("69003", "69003", True), ("69003", "01", False), ("69003", "69009", False),
        ("TR1", "TR", True), ("TR1 2AB", "TR", True), ("TR1 2AB", "TR1", True), ("TR12AB", "TR1", True), ("TR10", "TR1", False),
        ("TR10 9EZ", "TR1", False), ("TR1", "TR10", False), ("T1", "TR", False), ("TRX1", "TR", False), ("33130", "331", True),
    ],
)  # fmt: skip
def test_a_postcode_lies_in_an_area(postcode: str, area: str, inside: bool) -> None:
    assert within(postcode, area) is inside


@pytest.mark.parametrize(("mode", "minutes"), [("walk", 173), ("bike", 58), ("transit", 43), ("car", 19)])
def test_ten_kilometres_take(mode: str, minutes: float) -> None:
    assert Travel(mode, 45).minutes(10) == pytest.approx(minutes)  # type: ignore[arg-type]
