"""A rule about people, written as descriptions: what is read back is what was written, and nothing is lost on the way."""

from typing import Any

import pytest

from referrals.directory.forms.for_whom import Description, Rule, known, tree

W, R, H, C = ({"term": code} for code in ("women", "refugee", "homeless", "couple"))
PAIRS: list[tuple[Any, Rule]] = [
    (None, Rule()),
    ({"all": [W]}, Rule("all", (Description("any", ("women",)),))),
    ({"any": [R, H]}, Rule("all", (Description("any", ("refugee", "homeless")),))),
    ({"all": [R, H]}, Rule("all", (Description("all", ("refugee", "homeless")),))),
    ({"all": [H, {"not": C}]}, Rule("all", (Description("any", ("homeless",), ("couple",)),))),
    ({"all": [{"not": C}]}, Rule("all", (Description("any", (), ("couple",)),))),
    ({"any": [R, {"all": [H, {"not": C}]}]}, Rule("any", (Description("any", ("refugee",)), Description("any", ("homeless",), ("couple",))))),
    ({"all": [W, {"any": [R, H]}]}, Rule("all", (Description("any", ("women",)), Description("any", ("refugee", "homeless"))))),
    (
        {"any": [{"all": [W, R]}, {"any": [H, C]}]},
        Rule("any", (Description("all", ("women", "refugee")), Description("any", ("homeless", "couple")))),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("written", "rule"), PAIRS)
def test_what_is_read_back_is_what_was_written(written: Any, rule: Rule) -> None:
    assert known(written) == rule
    assert tree(rule) == written


@pytest.mark.parametrize(
    ("written", "flat"),
    [
        ({"term": "women"}, {"all": [W]}),
        ({"all": [{"any": [R, H]}]}, {"any": [R, H]}),
        ({"not": C}, {"all": [{"not": C}]}),
        ({"not": {"any": [C, H]}}, {"all": [{"not": C}, {"not": H}]}),
        ({"all": [R, {"any": [W, H]}, {"not": C}]}, {"all": [R, {"not": C}, {"any": [W, H]}]}),
    ],
)
def test_the_same_said_otherwise_is_understood(written: Any, flat: Any) -> None:
    rule = known(written)
    assert rule is not None
    assert tree(rule) == flat


@pytest.mark.parametrize(
    "deep",
    [
        {"any": [R, {"all": [H, {"any": [W, {"all": [C, R]}]}]}]},
        {"not": {"all": [R, H]}},
        {"all": [{"any": [R, {"not": H}]}, W]},
        {"unread": "women, mostly"},
        {"any": [R], "all": [H]},
        {"any": ["women"]},
        {"all": []},
    ],
)
def test_a_rule_that_says_more_is_left_as_it_is(deep: Any) -> None:
    assert known(deep) is None
