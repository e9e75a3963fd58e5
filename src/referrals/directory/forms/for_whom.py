"""For whom it is: the hard rule as descriptions of people, of which one is enough or all must apply.

A description is "at least one of these" or "all of these", and perhaps "but none of those". That is a tree of two levels,
and covers what listings say; a rule that goes deeper is kept as it is until somebody writes it anew.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from litestar.datastructures import FormMultiDict

from referrals.directory import rules
from referrals.directory.changes import Values
from referrals.directory.forms.questions import marks
from referrals.directory.forms.sheet import Entered, Sheet, many, one, pressed
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.vocabulary import AUDIENCE

MOST: Final = 8
"""Descriptions that a page takes."""
Node = Mapping[str, Any]
Joined = Literal["any", "all"]
_JOINS: Final[tuple[Joined, ...]] = ("all", "any")


@dataclass(frozen=True, slots=True)
class Description:
    """People to whom any or all of `who` applies, and nothing of `but_not`."""

    how: Joined = "any"
    who: tuple[str, ...] = ()
    but_not: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """`join`: whether one description is enough, or all must apply. None at all: everybody may come."""

    join: Joined = "all"
    descriptions: tuple[Description, ...] = ()


@dataclass(frozen=True, slots=True)
class ForWhom:
    kind: ClassVar[str] = "for-whom"

    def fields(self, sheet: Sheet) -> tuple[str, ...]:
        return ("attributes.eligibility",)

    def options(self, sheet: Sheet) -> list[tuple[str, str]]:
        return [pair for pair in sheet.words.options(AUDIENCE, current_language()) if pair[0] != "everyone"]

    def show(self, sheet: Sheet, present: Values, into: Entered) -> None:
        there = _there(present)
        rule = known(there)
        into.raw["rule"] = "kept" if rule is None else "only" if rule.descriptions else "everybody"
        _draw(sheet, rule or Rule(), into)
        into.raw["reads"] = rules.sentence(dict(there), sheet.words) if there else ""

    def enter(self, sheet: Sheet, data: FormMultiDict, present: Values, into: Entered) -> None:
        how, rule = one(data, "rule"), _typed(sheet, data)
        into.raw["rule"] = how
        arranged = _arranged(data, rule, into)
        _draw(sheet, arranged or rule, into)
        said = tree(rule) if how == "only" else None
        into.raw["reads"] = rules.sentence(said, sheet.words) if said else ""
        if arranged is None and how == "only":
            _check(sheet, rule, into)
        others = [row for row in marks(present, "eligibility") if row["code"] != "eligibility-rule"]
        before = [row for row in marks(present, "eligibility") if row["code"] == "eligibility-rule"]
        stood = known(_there(present))
        if how == "kept" or (how == "only" and stood is not None and _sorted(rule) == _sorted(stood)):
            others += before
        elif said:
            others.append({"code": "eligibility-rule", "value": json.dumps(said)})
        into.values["attributes.eligibility"] = others


def tree(rule: Rule) -> dict[str, Any] | None:
    """As listings keep it, as flat as it can be said."""
    nodes = [list(_nodes(description)) for description in rule.descriptions]
    nodes = [parts for parts in nodes if parts]
    if not nodes:
        return None
    if len(nodes) == 1:
        return dict(nodes[0][0]) if len(nodes[0]) == 1 and "any" in nodes[0][0] else {"all": nodes[0]}
    if rule.join == "any":
        return {"any": [parts[0] if len(parts) == 1 else {"all": parts} for parts in nodes]}
    return {"all": [part for parts in nodes for part in parts]}


def known(there: Node | None) -> Rule | None:
    """The rule as descriptions; None where it says more than these can."""
    if there is None:
        return Rule()
    whole = _description(there)
    if whole is not None:
        return Rule("all", (whole,))
    for join in _JOINS:
        parts = there.get(join)
        if isinstance(parts, list) and len(there) == 1:
            found = [_description(part) for part in (_gathered(parts) if join == "all" else parts)]
            if found and all(found):
                return Rule(join, tuple(one for one in found if one))
    return None


def _sorted(rule: Rule) -> Rule:
    """In whichever order it was ticked."""
    rows = [
        Description(row.how, tuple(sorted(row.who)), tuple(sorted(row.but_not)))
        for row in rule.descriptions
    ]  # fmt: skip
    return Rule(rule.join if len(rows) > 1 else "all", tuple(sorted(rows, key=repr)))


def _gathered(parts: Sequence[Any]) -> list[Any]:
    """What must all apply: the plain words stand in one description, each choice in one of its own."""
    plain = [part for part in parts if isinstance(part, dict) and ("term" in part or "not" in part)]
    others = [part for part in parts if part not in plain]
    return [*([{"all": plain}] if plain else []), *others]


def _nodes(description: Description) -> Iterator[dict[str, Any]]:
    who = [{"term": code} for code in description.who]
    if description.how == "any" and len(who) > 1:
        yield {"any": who}
    else:
        yield from who
    for code in description.but_not:
        yield {"not": {"term": code}}


def _description(node: Any) -> Description | None:
    if not isinstance(node, dict) or len(node) != 1:
        return None
    if (codes := _terms(node.get("any"))) is not None:
        return Description("any", codes)
    parts = node["all"] if isinstance(node.get("all"), list) else [node]
    choices = [part for part in parts if isinstance(part, dict) and "any" in part]
    plain = _terms([part for part in parts if isinstance(part, dict) and "term" in part])
    barred = [_barred(part) for part in parts if isinstance(part, dict) and "not" in part]
    if plain is None or not all(barred) or len(choices) + len(plain) + len(barred) != len(parts) or not parts:
        return None
    but_not = tuple(code for codes in barred if codes for code in codes)
    if not choices:
        return Description("all" if len(plain) > 1 else "any", plain, but_not)
    chosen = _terms(choices[0].get("any"))
    return Description("any", chosen, but_not) if len(choices) == 1 and not plain and chosen else None


def _terms(parts: Any) -> tuple[str, ...] | None:
    """Codes, where these are nothing but words of the taxonomy."""
    if not isinstance(parts, list) or not all(isinstance(part, dict) and set(part) == {"term"} for part in parts):
        return None
    return tuple(str(part["term"]) for part in parts)


def _barred(node: Node) -> tuple[str, ...] | None:
    inside = node["not"]
    if isinstance(inside, dict) and "term" in inside:
        return _terms([inside])
    return _terms(inside.get("any")) if isinstance(inside, dict) else None


def _there(present: Values) -> Node | None:
    """The rule that stands. One that cannot be read says what nobody can know."""
    for row in marks(present, "eligibility"):
        if row["code"] == "eligibility-rule":
            try:
                found = json.loads(row.get("value") or "")
            except ValueError:
                return {"unread": row.get("value")}
            return found if isinstance(found, dict) else {"unread": found}
    return None


def _typed(sheet: Sheet, data: FormMultiDict) -> Rule:
    found = []
    for at in range(MOST):
        who, but_not = (
            tuple(code for code in many(data, f"rule{at}_{part}") if sheet.words.term(AUDIENCE, code))
            for part in ("who", "not")
        )
        if f"rule{at}_how" in data or who or but_not:
            found.append(Description("all" if one(data, f"rule{at}_how") == "all" else "any", who, but_not))
    # Of one alone, any and all are the same; an empty first row is the question, not an answer.
    rows = [row if len(row.who) > 1 else Description("any", row.who, row.but_not) for row in found]
    return Rule("any" if one(data, "rule_join") == "any" and len(rows) > 1 else "all", tuple(rows))


def _draw(sheet: Sheet, rule: Rule, into: Entered) -> None:
    into.raw["rule_join"] = rule.join
    into.raw["descriptions"] = rule.descriptions or (Description(),)
    for at, row in enumerate(into.raw["descriptions"]):
        into.raw |= {f"rule{at}_how": row.how, f"rule{at}_who": list(row.who), f"rule{at}_not": list(row.but_not)}


def _arranged(data: FormMultiDict, rule: Rule, into: Entered) -> Rule | None:
    """One description more or less, or how all of it reads: the page comes back, nothing is saved."""
    rows = list(rule.descriptions)
    asked = pressed(data, "remove")
    if pressed(data, "reads") == ["rule"]:
        into.again, into.focus = True, "reads"
        return rule
    if pressed(data, "add") == ["rule"] and len(rows) < MOST:
        rows.append(Description())
        into.again, into.focus, into.raw["rule"] = True, f"rule{len(rows) - 1}", "only"
        return Rule("any" if len(rows) == 2 else rule.join, tuple(rows))
    if asked[:1] == ["rule"] and asked[1:2] and asked[1].isdecimal() and int(asked[1]) < len(rows):
        del rows[int(asked[1])]
        into.again, into.focus = True, "add-rule"
        into.said = _("Description %(number)s taken out. Save to make it so.") % {"number": int(asked[1]) + 1}
        return Rule(rule.join, tuple(rows))
    return None


def _check(sheet: Sheet, rule: Rule, into: Entered) -> None:
    """Rules that leave nobody, or that say nothing, are said as such."""
    for at, row in enumerate(rule.descriptions or (Description(),)):
        if not row.who and not row.but_not:
            into.errors[f"rule{at}_who"] = _("Who? Tick at least one, or say that everybody may come.")
        both = [code for code in row.who if code in row.but_not]
        if both:
            into.errors[f"rule{at}_not"] = _("“%(who)s” is asked for and turned away: which is it?") % {
                "who": _label(sheet, both[0])
            }
        if row.how == "all" and {"women", "men"} <= set(row.who):
            into.errors[f"rule{at}_who"] = _("Nobody is all of these at once. Perhaps at least one of them is enough?")
    if rule.join == "all":
        _contradicting(sheet, rule, into)


def _contradicting(sheet: Sheet, rule: Rule, into: Entered) -> None:
    """All must apply: what one description asks for, another may not turn away."""
    asked = {code for row in rule.descriptions if row.how == "all" or len(row.who) == 1 for code in row.who}
    for at, row in enumerate(rule.descriptions):
        if (both := [code for code in row.but_not if code in asked]) and f"rule{at}_not" not in into.errors:
            into.errors[f"rule{at}_not"] = _("“%(who)s” is asked for and turned away: which is it?") % {
                "who": _label(sheet, both[0])
            }


def _label(sheet: Sheet, code: str) -> str:
    return sheet.words.label(AUDIENCE, code, current_language())
