"""What the order is measured by: weights, outcomes, what goes together, turns among equals. Pure."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from referrals.matching.facts import Capacity, NeedAsked, Offer
from referrals.matching.judging import beside_each_other, judge, match_of
from referrals.matching.order.criteria import delay
from referrals.matching.scoring import ALONE, PLAIN, Context, Yardstick, rank, reasons, seed
from referrals.matching.weights import BOUNDS, CRITERIA, DEFAULT, PRESETS, WISHES, Own, weights
from referrals.tracking.evidence import Estimate, Evidence, Prior, Record, Usual
from tests.matching.small import NEED, OFFER, PERSON, SAID, TODAY, need, offer, person
from tests.matching.test_scoring import asked, listings

A, B, C = UUID(int=11), UUID(int=12), UUID(int=13)
USUAL = Usual(Prior(0.6), 0.3, Prior(0.7), Prior(4.0), Prior(20.0))
means = st.floats(0, 1)
estimates = st.builds(Estimate, means, st.integers(1, 50), st.floats(0.1, 50))
days = st.builds(Estimate, st.floats(0, 90), st.integers(1, 50), st.floats(0.1, 50))
records = st.builds(Record, st.none() | estimates, st.none() | estimates, st.none() | days, st.none() | days)
shares = st.builds(
    weights, st.sampled_from(sorted(PRESETS)), st.permutations(sorted(WISHES)).map(tuple) | st.just(()),
    outcome_weight=st.sampled_from([None, 0.0, 18.0]),
)  # fmt: skip
crowds = st.lists(listings, min_size=2, max_size=8, unique_by=lambda one: one.service_id)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Offer], Yardstick]:
    """Some offers, and all that may be known of them."""
    crowd = draw(crowds)
    told = {one.service_id: draw(records) for one in crowd if draw(st.booleans())}
    loads = {one.service_id: draw(st.integers(0, 5)) for one in crowd}
    near = draw(st.lists(st.sampled_from(crowd), max_size=2))
    context = Context(known_services=frozenset(draw(st.lists(st.just(crowd[0].service_id), max_size=1))))
    return crowd, Yardstick(draw(shares), Evidence(USUAL, told), context.beside(near), loads)


def order(crowd: list[Offer], by: Yardstick = PLAIN, wanted: NeedAsked = NEED) -> list[UUID]:
    return [match.offer.service_id for match in judge(PERSON, wanted, crowd, TODAY, by).ranked]


# Weights


@pytest.mark.parametrize("model", sorted(PRESETS))
def test_every_model_shares_out_a_hundred(model: str) -> None:
    assert sum(weights(model).shares.values()) == pytest.approx(100)


def test_a_ranking_deals_out_the_fifty_points_of_the_four_wishes() -> None:
    dealt = weights("brokerage", ("near", "mine", "soon", "cheap")).shares
    assert dealt["travel"] == pytest.approx(50 * 0.521)
    assert dealt["preferences"] == pytest.approx(50 * 0.271)
    assert dealt["timeliness"] == pytest.approx(50 * 0.146)
    assert dealt["cost"] == pytest.approx(50 * 0.062)
    assert dealt["fit"] == pytest.approx(DEFAULT["fit"])


def test_whoever_names_only_what_counts_most_leaves_the_rest_alike() -> None:
    dealt = weights("brokerage", ("cheap",)).shares
    assert dealt["cost"] == pytest.approx(26.05)
    assert dealt["timeliness"] == dealt["travel"] == dealt["preferences"] == pytest.approx(50 * 0.479 / 3)


def test_a_wish_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="famous"):
        weights("brokerage", ("famous",))


def test_models_put_their_weight_where_they_are_strong() -> None:
    usual = weights().shares
    assert weights("intensive").shares["timeliness"] > usual["timeliness"]
    assert weights("clinical").shares["continuity"] > 1.9 * usual["continuity"]
    assert weights("strengths").shares["preferences"] > usual["preferences"]


def test_an_organization_decides_and_the_person_ranks_within_it() -> None:
    own = Own(3, {**DEFAULT, "travel": 30})
    found = weights("brokerage", ("soon", "near", "cheap", "mine"), own)
    assert found.version == 3
    block = sum(found.shares[criterion] for criterion in WISHES.values())
    assert found.shares["timeliness"] == pytest.approx(block * 0.521)
    assert block == pytest.approx(100 * 68 / 118)


def test_the_usual_weights_lie_within_what_an_organization_may_choose() -> None:
    assert all(low <= DEFAULT[criterion] <= high for criterion, (low, high) in BOUNDS.items())
    assert set(BOUNDS) == set(DEFAULT) == set(CRITERIA)


def test_the_weights_that_counted_are_returned() -> None:
    found = judge(PERSON, NEED, [OFFER], TODAY)
    assert sum(found.weights.values()) == pytest.approx(100)
    assert set(found.weights) == {"fit", "timeliness", "travel", "preferences", "cost", "language"}


# Outcomes


def known(mean: float, count: int = 20) -> Record:
    return Record(quality=Estimate(mean, count, count))


def test_who_helped_more_people_stands_before_who_helped_fewer() -> None:
    crowd = [offer(service_id=id) for id in (A, B, C)]
    by = Yardstick(evidence=Evidence(USUAL, {A: known(0.4), C: known(0.8)}))
    assert order(crowd, by) == [C, B, A]


def test_a_service_without_outcomes_keeps_what_is_usual() -> None:
    by = Yardstick(evidence=Evidence(USUAL, {A: known(0.6)}))
    parts = [match_of(PERSON, NEED, offer(service_id=id), TODAY, by).part("outcomes") for id in (A, B)]
    assert [part and part.utility for part in parts] == [0.5, 0.5]
    assert [part and part.known for part in parts] == [True, False]


def test_where_nobody_knows_of_any_outcome_the_criterion_is_left_out() -> None:
    assert match_of(PERSON, NEED, OFFER, TODAY).part("outcomes") is None


@settings(max_examples=40)
@given(world=worlds(), wanted=asked)
def test_services_without_outcomes_stand_as_if_none_were_known_of_anybody(
    world: tuple[list[Offer], Yardstick], wanted: NeedAsked
) -> None:
    crowd, by = world
    unknown, silent = replace(by, evidence=Evidence(USUAL)), replace(by, evidence=Evidence())
    before, after = (judge(PERSON, wanted, crowd, TODAY, one).ranked for one in (silent, unknown))
    assert [match.offer for match in after] == [match.offer for match in before]
    assert [match.by_itself for match in after] == pytest.approx([match.score for match in before], abs=0.02)


@pytest.mark.parametrize(("count", "said"), [(4, False), (5, True)])
def test_no_figure_stands_on_fewer_than_five_outcomes(count: int, said: bool) -> None:
    by = Yardstick(evidence=Evidence(USUAL, {A: known(0.9, count)}))
    told = reasons(match_of(PERSON, NEED, offer(service_id=A), TODAY, by))
    assert any(part.criterion == "outcomes" for part in told.strengths) is said


@settings(max_examples=25)
@given(world=worlds())
def test_with_the_switch_off_the_order_is_as_if_nothing_had_been_recorded(world: tuple[list[Offer], Yardstick]) -> None:
    crowd, by = world
    off = replace(by, weights=weights(by.weights.model, by.weights.wishes, outcome_weight=0))
    found = judge(PERSON, NEED, crowd, TODAY, replace(off, evidence=Evidence()))
    assert all(match.part("outcomes") is None for match in found.ranked)
    assert sum(found.weights.values()) == pytest.approx(100 if found.ranked else 0)
    assert set(order(crowd, off)) == set(order(crowd, by))


@settings(max_examples=40)
@given(world=worlds(), seen=estimates, more=st.floats(0, 0.5))
def test_better_outcomes_never_lower_a_service(
    world: tuple[list[Offer], Yardstick], seen: Estimate, more: float
) -> None:
    crowd, by = world
    first = crowd[0].service_id
    for field in ("quality", "acceptance"):
        places = []
        for mean in (seen.mean, min(1.0, seen.mean + more)):
            record = replace(by.evidence.of(first), **{field: replace(seen, mean=mean)})
            told = replace(by, evidence=Evidence(USUAL, {**by.evidence.services, first: record}))
            places.append(order(crowd, told))
        if first in places[0]:
            assert places[1].index(first) <= places[0].index(first)


def test_slow_answers_and_refusals_cost_days() -> None:
    usual = delay(Record(), USUAL)
    slow = delay(Record(answer_days=Estimate(9.0, 8, 8)), USUAL)
    often_full = delay(Record(acceptance=Estimate(0.2, 8, 8)), USUAL)
    assert usual == 0
    assert slow == pytest.approx(5)
    assert often_full == pytest.approx(0.5 * 24)
    assert delay(Record(acceptance=Estimate(0.2, 8, 8)), Usual()) == 0


def test_the_wait_that_others_had_stands_in_for_one_that_is_not_said() -> None:
    silent = offer(service_id=A, capacity=None)
    short, long = (
        match_of(PERSON, NEED, silent, TODAY, Yardstick(evidence=Evidence(USUAL, {A: Record(wait_days=Estimate(mean, 6, 6))})))
        for mean in (10.0, 100.0)
    )  # fmt: skip
    unknown = match_of(
        PERSON, NEED, silent, TODAY, Yardstick(evidence=Evidence(USUAL, {A: Record(wait_days=Estimate(10, 4, 4))}))
    )
    assert short.score > long.score
    part = unknown.part("timeliness")
    assert part is not None
    assert (part.code, part.utility, part.known) == ("places_not_said", 0.5, False)
    assert [check.id for check in short.checks] == ["H11"]


# What goes together


def test_where_they_are_known_already_stands_first_at_equal_fit() -> None:
    crowd = [offer(service_id=id, organization_id=UUID(int=id.int + 100)) for id in (A, B)]
    for id in (A, B):
        by = Yardstick(context=ALONE.with_known(["physiotherapy", str(id)]))
        match = judge(PERSON, NEED, crowd, TODAY, by).ranked[0]
        assert match.offer.service_id == id
        part = match.part("continuity")
        assert part is not None
        assert part.code == "known_service"


def _need(term: str, **changes: Any) -> NeedAsked:
    return replace(NEED, id=UUID(int=len(term)), term=term, narrower=frozenset(), broader=(), **changes)


def test_one_place_for_two_needs_stands_before_two_places_at_equal_fit() -> None:
    both = offer(service_id=C, needs=frozenset({"physiotherapy", "occupational-therapy"}), organization_id=UUID(int=7))
    crowd = [
        both,
        *(offer(service_id=id, needs=frozenset({"physiotherapy"}), organization_id=id) for id in (A, B)),
        *(offer(service_id=UUID(int=20 + n), needs=frozenset({"occupational-therapy"}), organization_id=UUID(int=n)) for n in (1, 2)),
    ]  # fmt: skip
    wanted = [_need("physiotherapy"), _need("occupational-therapy")]
    clinical = Yardstick(weights("clinical"))
    found = beside_each_other([judge(PERSON, one, crowd, TODAY, clinical) for one in wanted])
    assert [one.ranked[0].offer for one in found] == [both, both]
    assert all(one.ranked[0].part("continuity") is not None for one in found)


def test_an_activity_that_trains_what_another_need_asks_for_is_no_other_focus() -> None:
    gardening = _need("gardening-group")
    plain, training = (
        offer(service_id=A, needs=frozenset({"gardening-group"})),
        offer(service_id=B, needs=frozenset({"gardening-group"}), specialisms=frozenset({"fine-motor"})),
    )
    alone = judge(PERSON, gardening, [plain, training], TODAY)
    assert alone.ranked[0].offer is plain
    hand = judge(PERSON, _need("fine-motor-rehabilitation", specialisms=frozenset({"fine-motor"})), [], TODAY)
    beside = beside_each_other([alone, hand])[0]
    assert beside.ranked[0].score == beside.ranked[1].score


# Turns


def test_of_equals_the_less_loaded_stands_first() -> None:
    crowd = [offer(service_id=id) for id in (A, B, C)]
    assert order(crowd, Yardstick(loads={A: 4, C: 1}))[0] == B
    assert order(crowd, Yardstick(loads={A: 4, C: 1, B: 2}))[0] == C


def test_equals_take_turns_from_day_to_day_and_stay_for_the_day() -> None:
    crowd = [offer(service_id=UUID(int=n)) for n in range(1, 6)]
    firsts = set()
    for number in range(40):
        day = TODAY + timedelta(days=number % 10)
        fresh = [
            replace(one, capacity=Capacity("has-capacity", 10, 3, SAID + timedelta(days=number % 10))) for one in crowd
        ]
        found = judge(PERSON, NEED, fresh[:: 1 if number < 20 else -1], day).ranked
        firsts.add((day, found[0].offer.service_id))
    assert len(firsts) == 10
    assert len({id for _, id in firsts}) > 2


def test_the_tie_and_its_seed_are_told() -> None:
    crowd = [offer(service_id=A), offer(service_id=B), offer(service_id=C, capacity=None)]
    ranked = judge(PERSON, NEED, crowd, TODAY).ranked
    ties = [match.tie for match in ranked]
    assert ties[0] is not None
    assert set(ties[0].members) == {A, B}
    assert ties[0].propensity == 0.5
    assert ties[0].seed == seed(PERSON, NEED, TODAY) == "2026-11-23/physiotherapy/GB/TR1"
    assert ties[2] is not None
    assert ties[2].members == (C,)


def test_no_organization_stands_alone_on_the_first_three_places_while_another_is_as_good() -> None:
    big = [offer(service_id=UUID(int=n), organization_id=UUID(int=900)) for n in range(1, 6)]
    other = offer(service_id=UUID(int=50), organization_id=UUID(int=901))
    for number in range(8):
        loads = {other.service_id: number + 1}
        first = judge(PERSON, NEED, [*big, other], TODAY, Yardstick(loads=loads)).ranked[:3]
        assert {match.offer.organization_id for match in first} == {UUID(int=900), UUID(int=901)}
    worse = replace(other, specialisms=frozenset({"knee"}), capacity=None)
    first = judge(PERSON, NEED, [*big, worse], TODAY).ranked[:3]
    assert {match.offer.organization_id for match in first} == {UUID(int=900)}


# Whatever the listings and the story say


@settings(max_examples=40)
@given(world=worlds(), wanted=asked, other=listings)
def test_what_does_not_fit_reorders_nothing_whatever_is_known(
    world: tuple[list[Offer], Yardstick], wanted: NeedAsked, other: Offer
) -> None:
    crowd, by = world
    assert order([replace(other, status="inactive"), *crowd], by, wanted) == order(crowd, by, wanted)


@settings(max_examples=40)
@given(world=worlds(), wanted=asked)
def test_the_same_question_has_the_same_answer_from_any_beginning(
    world: tuple[list[Offer], Yardstick], wanted: NeedAsked
) -> None:
    crowd, by = world
    found = judge(PERSON, wanted, crowd, TODAY, by).ranked
    assert judge(PERSON, wanted, crowd[::-1], TODAY, by).ranked == found
    assert sorted(found, key=lambda match: -match.score)[0].score - found[0].score < by.tie if found else True
    assert all(match.tie and match.offer.service_id in match.tie.members for match in found)
    assert {match.offer.service_id for match in found} == {match.offer.service_id for match in rank(found, by.loads)}


@settings(max_examples=40)
@given(world=worlds(), wanted=asked, price=st.integers(0, 70), less=st.integers(0, 70))
def test_a_lower_price_never_lowers_a_service(
    world: tuple[list[Offer], Yardstick], wanted: NeedAsked, price: int, less: int
) -> None:
    crowd, by = world
    assume(less <= price)
    paying = replace(PERSON, funding=frozenset({"self-pay"}))
    places = []
    for amount in (price, less):
        priced = replace(crowd[0], funding=frozenset({"self-pay"}), price=amount, contribution=None)
        found = judge(paying, wanted, [priced, *crowd[1:]], TODAY, by).ranked
        places.append([match.offer.service_id for match in found])
    if crowd[0].service_id in places[0]:
        assert places[1].index(crowd[0].service_id) <= places[0].index(crowd[0].service_id)


@settings(max_examples=40)
@given(world=worlds(), wanted=asked)
def test_what_a_group_of_people_is_called_moves_nothing(
    world: tuple[list[Offer], Yardstick], wanted: NeedAsked
) -> None:
    crowd, by = world
    other = {"brain-injury": "zz", "veteran": "aa", "women": "women"}
    renamed = [
        replace(
            one, welcomes=frozenset(other[code] for code in one.welcomes),
            rule={"term": other[one.rule["term"]]} if one.rule else None,
        )
        for one in crowd
    ]  # fmt: skip
    them = person(audience=frozenset({"zz"}))
    found = judge(them, wanted, renamed, TODAY, by).ranked
    assert [match.offer.service_id for match in found] == order(crowd, by, wanted)


@settings(max_examples=40)
@given(world=worlds(), wanted=asked)
def test_reasons_are_few_and_come_from_what_is_known(world: tuple[list[Offer], Yardstick], wanted: NeedAsked) -> None:
    crowd, by = world
    for match in judge(PERSON, wanted, crowd, TODAY, by).ranked:
        told = reasons(match)
        assert len(told.strengths) <= 3
        assert len(told.weaknesses) <= 2
        assert all(part.known for part in (*told.strengths, *told.weaknesses))
        assert (told.check is None) is (not match.checks)
        assert 0 <= match.score <= 100


def test_a_list_of_proposals_says_what_it_was_measured_by() -> None:
    by = Yardstick(weights("intensive", ("soon", "near", "cheap", "mine")))
    found = judge(PERSON, need(), [OFFER], TODAY, by)
    assert found.by.weights.wishes == ("soon", "near", "cheap", "mine")
