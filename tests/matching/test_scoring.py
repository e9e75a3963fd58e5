"""The order: what may never happen to it, whatever the listings say."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referrals.kit import i18n
from referrals.kit.geo import LatLon
from referrals.matching.cards import card
from referrals.matching.facts import (
    CAPPED,
    FREE,
    PUBLIC,
    Capacity,
    Exclusion,
    NeedAsked,
    Offer,
    Person,
    Preference,
    Slot,
    Spot,
    Travel,
)
from referrals.matching.looked_at import said
from referrals.matching.queries import Name, judge, match_of
from referrals.matching.saying import saying
from referrals.matching.scoring import Band, rank, strongest, weakest
from referrals.matching.sentences import say
from referrals.taxonomy.vocabulary import Vocabulary
from tests.matching.small import NEED, OFFER, ONE, PERSON, SAID, TODAY, matched, need, north, offer, person

STATES = ("has-capacity", "waitlist", "no-capacity", "assessment-required")
PAYERS = sorted(PUBLIC | CAPPED | {FREE})
capacities = st.none() | st.builds(
    Capacity, st.sampled_from(STATES), st.none() | st.integers(0, 200), st.none() | st.integers(0, 9),
    st.sampled_from([SAID, datetime(2026, 10, 1, tzinfo=UTC)]),
)  # fmt: skip
listings = st.builds(
    replace,
    st.just(OFFER),
    service_id=st.uuids(version=4),
    needs=st.sampled_from(
        [frozenset({"physiotherapy"}), frozenset({"sports-physiotherapy"}), frozenset({"rehabilitation"})]
    ),
    specialisms=st.frozensets(st.sampled_from(["fracture", "knee", "tbi"])),
    min_age=st.none() | st.integers(0, 60),
    max_age=st.none() | st.integers(20, 100),
    languages=st.lists(st.sampled_from(["en", "fr", "ar"]), unique=True).map(tuple),
    interpreter=st.none() | st.sampled_from(["interpreter-available", "no-interpreter"]),
    modes=st.frozensets(st.sampled_from(["on-site", "remote", "home-visit"])),
    funding=st.frozensets(st.sampled_from(PAYERS), max_size=3),
    price=st.none() | st.integers(0, 200),
    contribution=st.none() | st.integers(0, 100),
    capacity=capacities,
    area_postcodes=st.sampled_from([(), ("TR",), ("PL",)]),
    welcomes=st.frozensets(st.sampled_from(["brain-injury", "veteran"])),
    rule=st.sampled_from([None, {"term": "brain-injury"}, {"term": "veteran"}, {"term": "women"}]),
    spots=st.integers(0, 80).map(north) | st.just(()),
)
asked = st.builds(
    replace, st.just(NEED), specialisms=st.frozensets(st.sampled_from(["fracture", "knee"])), remote_ok=st.booleans(),
    urgency=st.sampled_from(["urgent", "routine"]), need_by=st.none() | st.integers(1, 120).map(lambda days: TODAY + timedelta(days)),
)  # fmt: skip


def places(person: Person, wanted: NeedAsked, offers: list[Offer]) -> dict[UUID, int]:
    """Who stands where."""
    return {match.offer.service_id: at for at, match in enumerate(judge(person, wanted, offers, TODAY).ranked)}


@settings(max_examples=40)
@given(wanted=asked, crowd=st.lists(listings, min_size=2, max_size=8))
def test_relaxing_what_is_asked_never_removes_a_service(wanted: NeedAsked, crowd: list[Offer]) -> None:
    before = places(PERSON, wanted, crowd)
    for relaxed in (
        replace(PERSON, travel=Travel("car", 90)), replace(PERSON, ceiling=500), replace(PERSON, funding=frozenset(PAYERS)),
        replace(PERSON, languages=("en", "fr", "ar")),
    ):  # fmt: skip
        assert before.keys() <= places(relaxed, wanted, crowd).keys()
    for eased in (replace(wanted, remote_ok=True), replace(wanted, need_by=None)):
        assert before.keys() <= places(PERSON, eased, crowd).keys()


@settings(max_examples=40)
@given(wanted=asked, one=listings)
def test_dropping_a_limit_from_a_listing_never_excludes(wanted: NeedAsked, one: Offer) -> None:
    if not match_of(PERSON, wanted, one, TODAY).eligible:
        return
    anywhere = replace(one, area_postcodes=() if not one.comes_to_them else one.area_postcodes)
    for freer in (replace(one, min_age=None, max_age=None), replace(one, rule=None), anywhere):
        assert match_of(PERSON, wanted, freer, TODAY).eligible


@settings(max_examples=40)
@given(wanted=asked, crowd=st.lists(listings, min_size=2, max_size=8), km=st.integers(1, 27))
def test_coming_closer_never_lowers_a_service(wanted: NeedAsked, crowd: list[Offer], km: int) -> None:
    far = replace(crowd[0], spots=north(km))
    near = replace(far, spots=north(km / 2))
    before, after = places(PERSON, wanted, [far, *crowd[1:]]), places(PERSON, wanted, [near, *crowd[1:]])
    if far.service_id in before:
        assert after[far.service_id] <= before[far.service_id]


@settings(max_examples=40)
@given(wanted=asked, crowd=st.lists(listings, min_size=2, max_size=8), days=st.integers(1, 100))
def test_a_shorter_wait_never_lowers_a_service(wanted: NeedAsked, crowd: list[Offer], days: int) -> None:
    late = replace(crowd[0], capacity=Capacity("waitlist", days, None, SAID))
    soon = replace(late, capacity=Capacity("waitlist", days // 2, None, SAID))
    before, after = places(PERSON, wanted, [late, *crowd[1:]]), places(PERSON, wanted, [soon, *crowd[1:]])
    if late.service_id in before:
        assert after[late.service_id] <= before[late.service_id]


@settings(max_examples=60)
@given(
    wanted=asked, one=listings,
    gap=st.sampled_from([
        {"capacity": None}, {"languages": ()}, {"funding": frozenset()}, {"modes": frozenset()}, {"spots": ()},
        {"needs": frozenset({"rehabilitation"})},
    ]),
)  # fmt: skip
def test_what_is_not_said_never_beats_what_is_known_and_fits(
    wanted: NeedAsked, one: Offer, gap: dict[str, Any]
) -> None:
    known = match_of(PERSON, wanted, one, TODAY)
    silent = match_of(PERSON, wanted, replace(one, service_id=ONE, **gap), TODAY)
    if not (known.eligible and silent.eligible):
        return
    changed = {a.id for a, b in zip(known.findings, silent.findings, strict=True) if a.code != b.code}
    if all(known.finding(id).verdict == "meets" for id in changed) and len(changed) == 1:
        first = rank([silent, known])[0]
        assert first.offer is known.offer or known.score == silent.score


@settings(max_examples=40)
@given(wanted=asked, crowd=st.lists(listings, min_size=2, max_size=8), other=listings)
def test_a_service_that_does_not_fit_changes_nothing_for_the_others(
    wanted: NeedAsked, crowd: list[Offer], other: Offer
) -> None:
    barred = replace(other, status="inactive")
    assert places(PERSON, wanted, crowd) == places(PERSON, wanted, [barred, *crowd])


@settings(max_examples=30)
@given(wanted=asked, crowd=st.lists(listings, min_size=2, max_size=8, unique_by=lambda one: one.service_id))
def test_the_order_is_the_same_in_both_languages_and_from_any_beginning(wanted: NeedAsked, crowd: list[Offer]) -> None:
    i18n.speak("fr")
    french = places(PERSON, wanted, crowd)
    i18n.speak("en")
    assert places(PERSON, wanted, crowd[::-1]) == french


@given(crowd=st.lists(listings, min_size=1, max_size=8))
@settings(max_examples=40)
def test_a_score_lies_between_nought_and_a_hundred(crowd: list[Offer]) -> None:
    for match in judge(PERSON, NEED, crowd, TODAY).ranked:
        assert 0 <= match.score <= 100
        assert sum(part.weight for part in match.parts) == pytest.approx(100)


def test_gender_and_origin_move_nothing_where_no_rule_is_published() -> None:
    crowd = [offer(service_id=UUID(int=n), spots=north(n * 3)) for n in range(1, 6)]
    orders = [places(person(gender=gender), NEED, crowd) for gender in ("female", "male", "other", None)]
    assert all(order == orders[0] for order in orders)


def test_within_three_points_the_surest_stands_first_then_the_best_fit() -> None:
    unsure, sure = (
        offer(service_id=UUID(int=5), languages=(), spots=north(0)),
        offer(service_id=UUID(int=4), spots=north(20)),
    )
    close = [replace(matched(where=one), score=90 - at) for at, one in enumerate((unsure, sure))]
    assert [match.offer for match in rank(close)] == [sure, unsure]
    focused = offer(service_id=UUID(int=6), specialisms=frozenset({"knee"}))
    close = [replace(matched(where=one), score=90 - at) for at, one in enumerate((focused, OFFER))]
    assert [match.offer for match in rank(close)] == [OFFER, focused]


@pytest.mark.parametrize(
    ("changes", "band"),
    [
        ({}, Band.STRONG),
        ({"capacity": None}, Band.GOOD),
        ({"capacity": None, "languages": ()}, Band.POSSIBLE),
        ({"needs": frozenset({"rehabilitation"})}, Band.GOOD),
        ({"welcomes": frozenset({"veteran"})}, Band.GOOD),
        ({"specialisms": frozenset({"knee"})}, Band.GOOD),
        ({"welcomes": frozenset({"brain-injury"})}, Band.STRONG),
    ],
)
def test_what_must_be_checked_or_speaks_against_it_decides_how_sure_we_sound(
    changes: dict[str, object], band: Band
) -> None:
    assert matched(where=offer(**changes)).band is band


def test_a_way_counts_half_at_the_limit_of_whoever_ranked_what_counts_for_them() -> None:
    there = offer(spots=north(28.5))  # 45 minutes by car, all but seconds
    utility = {who.wishes: matched(who, where=there).part("travel") for who in (PERSON, person(wishes=("near",)))}
    usual, ranked = utility[()], utility[("near",)]
    assert usual is not None
    assert ranked is not None
    assert round(usual.utility, 2) == 0.68
    assert round(ranked.utility, 2) == 0.5


def test_the_strongest_reasons_come_with_the_specialism_asked_for() -> None:
    wanted = need(specialisms=frozenset({"fracture"}))
    match = matched(what=wanted, where=offer(specialisms=frozenset({"fracture"})))
    assert strongest(match.parts)[0].code == "specialised"
    assert weakest(matched(what=wanted).parts)[0].code == "not_specialised"


def test_easing_one_thing_says_how_many_more_there_would_be() -> None:
    crowd = [offer(service_id=UUID(int=n), spots=north(30 + n)) for n in range(1, 4)]
    crowd.append(offer(service_id=UUID(int=8), modes=frozenset({"remote"}), spots=()))
    found = judge(PERSON, NEED, crowd, TODAY)
    assert not found.ranked
    assert [(one.code, one.value, one.count) for one in found.unlocks] == [("travel", 60, 3), ("remote", None, 1)]


@pytest.mark.parametrize(
    ("who", "where", "code", "value"),
    [
        (person(travel=Travel("walk", None, 3)), {"spots": north(8)}, "farther", 10),
        (person(travel=Travel("none")), {"spots": north(8)}, "taken_there", 60),
        (person(availability=(Slot(frozenset({"SA"}), time(9), time(12)),)), {}, "hours", None),
        (person(practitioner=Preference("female", must=True)), {"practitioner": "male"}, "wish", None),
        (person(practitioner=Preference("female", must=True), exclusions=(Exclusion(service_id=ONE),)), {}, "", None),
    ],
)
def test_every_limit_of_a_person_can_be_tried_otherwise_but_not_what_keeps_them_safe(
    who: Person, where: dict[str, object], code: str, value: float | None
) -> None:
    found = judge(who, NEED, [offer(**where)], TODAY)
    assert not found.ranked
    assert [(one.code, one.value, one.count) for one in found.unlocks] == ([(code, value, 1)] if code else [])


def test_what_is_left_out_begins_with_what_comes_closest() -> None:
    hopeless = offer(service_id=UUID(int=3), max_age=20)
    far = offer(service_id=UUID(int=4), spots=north(50))
    farther = offer(service_id=UUID(int=5), spots=north(80))
    assert [m.offer for m in judge(PERSON, NEED, [hopeless, farther, far], TODAY).left_out] == [far, farther, hopeless]


def test_what_begins_on_a_later_day_has_the_wait_until_then_and_says_so() -> None:
    later = matched(where=offer(available_from=TODAY + timedelta(days=90)))
    waits = later.part("timeliness")
    assert waits is not None
    assert (waits.code, waits.facts["days"]) == ("late", 90)
    assert later.score < matched().score
    assert later.band is not Band.STRONG
    assert list(saying(later, Vocabulary("", {})))[1] == "from <b>21 February 2027</b>"


def test_a_kind_of_what_is_asked_for_is_not_called_exactly_this() -> None:
    fit = matched(where=offer(needs=frozenset({"sports-physiotherapy"}))).part("fit")
    assert fit is not None
    assert (fit.code, fit.facts["term"]) == ("narrower", "sports-physiotherapy")


def test_what_is_a_days_travel_away_is_no_more_than_possible_where_nobody_said_how_far_they_can_go() -> None:
    assert matched(person(travel=None), where=offer(spots=north(400))).band is Band.POSSIBLE
    assert matched(person(travel=None), where=offer(spots=north(20))).band is not Band.POSSIBLE


def test_the_town_beside_a_name_is_the_one_to_which_the_way_was_measured() -> None:
    far = Spot("PL1", "GB", "Plymouth", LatLon(50.37, -4.14), "exact")
    two = matched(where=offer(spots=(far, *OFFER.spots)))
    shown = card(two, 1, Name("Clinic", "House", ONE), PERSON, Vocabulary("", {}))
    assert shown.subtitle == "House · Truro"


@pytest.mark.parametrize("precision", ["postcode", "town"])
def test_a_way_to_a_place_without_a_point_of_its_own_is_told_as_about(precision: str) -> None:
    words = Vocabulary("", {})
    exact, roughly = (matched(where=offer(spots=north(2, known))) for known in ("exact", precision))
    told = str(next(saying(exact, words)))
    assert told.startswith("<b>")
    assert str(next(saying(roughly, words))) == f"about {told}"
    assert said(roughly.finding("H5"), words) == f"about {said(exact.finding('H5'), words)}"
    assert say(matched(where=offer(spots=north(30, precision))).finding("H5"), words).startswith("about ")
    assert roughly.score == exact.score


def test_a_price_of_nothing_is_free_and_no_amount() -> None:
    words = Vocabulary("", {})
    assert "<b>free</b>" in list(saying(matched(where=offer(price=0.0)), words))
    assert "<b>free</b>" not in list(saying(matched(where=offer(price=0.0, contribution=5.0)), words))
