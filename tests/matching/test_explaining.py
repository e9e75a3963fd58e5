"""What is said of a match: why it stands where it stands, why it does not fit, what can be asked, and what is kept of it."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import msgspec
import pytest

from referrals.directory.questions.kinds import KINDS
from referrals.kit.i18n import speaking
from referrals.matching import kept, provider
from referrals.matching.constraints import Class, examine
from referrals.matching.facts import Capacity, Exclusion, Offer, Preference, Travel
from referrals.matching.judging import judge
from referrals.matching.kept import AskedThen, Kept, KeptMatch, as_shown
from referrals.matching.looked_at import looked_at
from referrals.matching.order.yardstick import sites
from referrals.matching.plain import lines
from referrals.matching.scoring import ALONE, RULES_VERSION, Yardstick
from referrals.matching.unmet import NOTHING, binding
from referrals.matching.weights import weights
from referrals.matching.why_here import neighbours, why_here
from referrals.matching.why_not import May, because, least_change
from referrals.taxonomy.vocabulary import Vocabulary
from referrals.tracking.evidence import Estimate, Evidence, Prior, Record, Usual
from tests.matching import small
from tests.matching.small import LONG_AGO, NEED, OTHER, PERSON, SAID, TODAY, matched, need, offer, person

NO_WORDS = Vocabulary("test", {})
FULL = Capacity("no-capacity", None, 0, SAID)


@pytest.mark.parametrize(
    ("where", "text", "may", "change"),
    [
        (offer(capacity=FULL), "Full (said on 20 Nov)", May.DECIDE, "a place that comes free: ask when"),
        (offer(min_age=40), "40 to 65 years only", May.NOTHING, "waiting until they are 40"),
        (offer(spots=small.north(40)), "61 min by car, at most 45 min", May.DECIDE, "a way of 61 min"),
        (offer(modes=frozenset({"remote"})), "Only by phone or video", May.DECIDE, "help by phone or video"),
        (offer(licence_until=date(2026, 1, 1)), "Its licence ended on 1 January 2026", May.NOTHING, None),
    ],
)
def test_every_bar_is_said_with_what_may_be_done_about_it(
    where: Offer, text: str, may: May, change: str | None
) -> None:
    match = matched(where=where)
    with speaking("en"):
        [bar] = [one for one in because(match, NO_WORDS) if one.may in (May.NOTHING, May.DECIDE)]
        assert bar.may is may
        assert bar.text == text
        changes = least_change(match, PERSON, TODAY)
    assert (changes == []) if change is None else changes[0].startswith(change)


def test_of_wishes_and_safety_nothing_is_said_but_that() -> None:
    refused = person(exclusions=(Exclusion(service_id=small.ONE),))
    with speaking("en"):
        [bar] = [one for one in because(matched(refused), NO_WORDS) if one.may is May.NOTHING]
    assert (bar.text, bar.source) == ("Set aside (a wish, or safety)", "")
    with speaking("fr"):
        [bar] = [one for one in because(matched(refused), NO_WORDS) if one.may is May.NOTHING]
        assert "souhait" in bar.text
        assert least_change(matched(refused), refused, TODAY) == []


def test_what_is_to_be_arranged_and_asked_comes_after_what_bars() -> None:
    where = offer(capacity=FULL, documents=("Letter",), languages=())
    with speaking("en"):
        told = [one.may for one in because(matched(where=where), NO_WORDS)]
    assert told == [May.DECIDE, May.ARRANGE, May.ASK]


def test_where_several_things_bar_all_of_them_would_have_to_change() -> None:
    match = matched(where=offer(capacity=FULL, spots=small.north(40)))
    with speaking("en"):
        assert len(least_change(match, PERSON, TODAY)) == 2
    hopeless = matched(where=offer(capacity=FULL, licence_until=date(2026, 1, 1)))
    assert least_change(hopeless, PERSON, TODAY) == []


def test_the_place_in_the_list_has_its_sentence() -> None:
    soon, late = offer(), offer(service_id=OTHER, capacity=Capacity("has-capacity", 100, 3, SAID))
    with speaking("en"):
        [first, last] = _said(soon, late)
        assert first == "Before the next one mainly because it begins sooner."
        assert last == ""
        [first, _] = _said(soon, offer(service_id=OTHER, languages=()))
        assert first == "Before the next one because fewer things have to be asked first."
        [first, _] = _said(soon, offer(service_id=OTHER))
        assert first == "As good as 1 other. Today it is its turn to stand before the next one."
        ranked = judge(PERSON, NEED, [soon, offer(service_id=OTHER)], TODAY, Yardstick(loads={OTHER: 4})).ranked
        told = [why_here(one, then, {OTHER: 4}) for one, then in neighbours(ranked)]
        assert told[0] == "As good as 1 other. It stands first because fewer people were sent there lately."


def test_each_finding_says_where_it_comes_from_and_how_old_that_is() -> None:
    match = matched(where=offer(assured=date(2025, 6, 1)))
    with speaking("en"):
        rows = {one.rule: one for one in looked_at(match.findings, match.offer.assured, NO_WORDS)}
    assert rows["Room"].source == "said by the service on 20 November 2026"
    assert rows["Age"].source == "in their listing, checked on 1 June 2025"
    assert rows["The way there"].source == "in the person’s file"
    assert rows["The way there"].found == "6 min by car"


def test_every_question_that_a_finding_leads_to_exists() -> None:
    asked = set()
    silent = Offer(OTHER, UUID(int=100), frozenset({"health"}))
    wants = person(
        accessibility=frozenset({"step-free", "hearing-loop"}),
        practitioner=Preference("female", must=True),
        availability=(small.MORNINGS,),
    )
    what = need(min_intensity=2)
    for where in (silent, replace(silent, languages=("fr",)), offer(capacity=Capacity("waitlist", None, None, SAID)),
                  offer(capacity=Capacity("has-capacity", 3, 1, LONG_AGO)), offer(funding=frozenset({"self-pay"}))):  # fmt: skip
        for finding in examine(replace(wants, funding=frozenset({"self-pay"})), what, where, TODAY):
            asked |= {kind for kind, _ in provider.questions(finding)}
    assert asked == set(KINDS) - {"area", "room", "condition"}, (
        "the last two are asked after a refusal, not of a finding"
    )
    home = offer(modes=frozenset({"home-visit"}), spots=())
    assert [provider.questions(small.found("H4", where=home))] == [[("area", "")]], "and no word of where they live"


def test_what_the_persons_own_file_leaves_open_is_not_asked_of_a_provider() -> None:
    unknown = small.found("H5", person(travel=None))
    assert unknown.about_person
    assert provider.questions(unknown) == []


def test_what_is_looked_at_with_the_person_has_no_score_and_no_place() -> None:
    with speaking("en"):
        said = list(lines(matched(), PERSON, NO_WORDS))
    told = " ".join(" ".join((one.question, *one.answers)) for one in said)
    assert [one.question for one in said][:3] == ["How do I get there?", "When can it begin?", "What do I pay?"]
    assert not any(word in told for word in ("score", "rank", "%", "utility", "/100", "fit"))


def test_a_list_that_was_kept_gives_the_same_order_again() -> None:
    """Through JSON and back, with weights of their own, outcomes, load and a chosen door in sight."""
    offers = [offer(service_id=UUID(int=n), organization_id=UUID(int=100 + n % 3)) for n in range(1, 9)]
    offers += [offer(service_id=UUID(int=20), capacity=None), offer(service_id=UUID(int=21), spots=small.north(12))]
    seen = {UUID(int=3): Record(quality=Estimate(0.9, 12, 10)), UUID(int=4): Record(quality=Estimate(0.2, 12, 10))}
    by = Yardstick(
        weights("clinical", ("near", "soon")), Evidence(Usual(quality=Prior(0.5)), seen),
        ALONE.beside([offers[5]]), {UUID(int=5): 3},
    )  # fmt: skip
    found = judge(person(audience_unknown=frozenset({"refugees", "women"})), NEED, offers, TODAY, by)
    shown = [as_shown(one, place, f"S{place}", "O") for place, one in enumerate(found.ranked, start=1)]
    again = _through_json(AskedThen(found.person, found.need), by, shown)
    assert again.asked == AskedThen(found.person, found.need)
    assert [one.offer.service_id for one in kept.replay(again)] == [one.offer.service_id for one in found.ranked]
    assert [one.score for one in kept.replay(again)] == [one.score for one in found.ranked]
    assert kept.digest(again.asked, again.by, again.shown) == kept.digest(again.asked, by, shown)
    assert sites(again.shown[0].offer) == sites(found.ranked[0].offer)


def test_what_was_given_otherwise_has_another_fingerprint() -> None:
    shown = [as_shown(matched(), 1, "S", "O")]
    asked = AskedThen(PERSON, NEED)
    same = kept.digest(asked, Yardstick(), shown)
    assert kept.digest(AskedThen(replace(PERSON, travel=Travel("walk", 20)), NEED), Yardstick(), shown) != same
    assert kept.digest(asked, Yardstick(weights("intensive")), shown) != same
    assert kept.digest(asked, Yardstick(), [replace(shown[0], offer=offer(min_age=19))]) != same


def test_the_rule_that_stands_most_in_the_way_is_named() -> None:
    full, far = matched(where=offer(capacity=FULL)), matched(where=offer(spots=small.north(40)))
    both = matched(where=offer(capacity=FULL, licence_until=TODAY - timedelta(days=1)))
    assert binding([]) == NOTHING
    assert binding([full, full, far]) == "H11"
    assert binding([far, both]) == "H5", "what comes closest says what is missing"
    young = matched(where=offer(min_age=40))
    assert young.failures[0].cls is Class.ABSOLUTE
    assert binding([full, young]) == "H3", "of equals the one that nobody may wave through"


def _said(*offers: Offer) -> list[str]:
    ranked = judge(PERSON, NEED, offers, TODAY).ranked
    return [why_here(one, then, {}) for one, then in neighbours(ranked)]


def _through_json(asked: AskedThen, by: Yardstick, shown: list[KeptMatch]) -> Kept:
    def there_and_back(value: object, kind: type) -> object:
        plain = msgspec.to_builtins(value, str_keys=True)
        return msgspec.convert(msgspec.json.decode(msgspec.json.encode(plain)), kind)

    one = UUID(int=7)
    return Kept(
        one, one, one, one, SAID, TODAY, RULES_VERSION, "", there_and_back(asked, AskedThen),  # type: ignore[arg-type]
        there_and_back(by, Yardstick), len(shown), 0, tuple(there_and_back(shown, list[KeptMatch])),  # type: ignore[arg-type]
    )  # fmt: skip
