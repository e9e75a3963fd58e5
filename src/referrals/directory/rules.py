"""Who may come, as a sentence: ages, and the rule over audiences. Pure; speaks the language being spoken."""

from typing import Any

from referrals.kit.db import Json
from referrals.kit.html import listed, number
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.vocabulary import AUDIENCE, Vocabulary


def ages(low: float | None, high: float | None) -> str:
    """`From 18 to 25 years`; empty where no limit is known."""
    if low is not None and high is not None:
        return _("From %(low)s to %(high)s years old") % {"low": number(low), "high": number(high)}
    if low is not None:
        return _("From %(low)s years old") % {"low": number(low)}
    if high is not None:
        return _("Up to %(high)s years old") % {"high": number(high)}
    return ""


def sentence(rule: Json | None, words: Vocabulary) -> str:
    """`Only for: women, and refugee or asylum seeker. Not for: prison leaver.` Empty without a rule."""
    if not rule:
        return ""
    wanted, barred = who(rule, words)
    said = []
    if wanted:
        said.append(_("Only for: %(who)s.") % {"who": wanted})
    if barred:
        said.append(_("Not for: %(who)s.") % {"who": barred})
    return " ".join(said)


def who(rule: Json, words: Vocabulary) -> tuple[str, str]:
    """Whom it is for, and whom it is not for: `women, and refugee or asylum seeker`, `prison leaver`; each may be empty."""
    wanted, barred = _parts(rule, words)
    return _and(wanted), listed(barred, "or")


def _parts(rule: Any, words: Vocabulary) -> tuple[list[str], list[str]]:
    """What must hold, and what must not: only a `not` at the top or directly in its `all` can be said apart."""
    rule = _plainer(rule)
    conditions = rule.get("all", [rule])
    wanted = [_said(part, words) for part in conditions if "not" not in part]
    barred = [_at_once(part["not"], words) for part in conditions if "not" in part]
    return [part for part in wanted if part], [part for part in barred if part]


def _plainer(node: Any) -> Any:
    """The same rule without "not not", and with what is denied behind what is asked for, where "or" reads without doubt."""
    if "not" in node:
        inside = node["not"]
        return _plainer(inside["not"]) if "not" in inside else {"not": _plainer(inside)}
    if "all" in node:
        return {"all": [_plainer(part) for part in node["all"]]}
    if "any" in node:
        return {"any": sorted((_plainer(part) for part in node["any"]), key=lambda part: "not" in part)}
    return node


def _at_once(node: Any, words: Vocabulary) -> str:
    """Who is left out only where all of it is so of them: `homeless and couple at once`."""
    return _("%(who)s at once") % {"who": _together(node, words)} if _is_several(node) else _said(node, words)


def _said(node: Any, words: Vocabulary) -> str:
    if "term" in node:
        return _label(node["term"], words)
    if "any" in node:
        return _either(node["any"], words)
    if "all" in node:
        return _and([said for part in node["all"] if (said := _said(part, words))])
    if "not" in node:
        return _("not %(who)s") % {"who": _inside(node["not"], words)}
    return ""


def _either(parts: list[Any], words: Vocabulary) -> str:
    """`refugee or asylum seeker`; with more than a word in one of them, `refugee; or homeless and not couple`."""
    if any(_is_several(part) for part in parts):
        return _("; or ").join(said for part in parts if (said := _together(part, words)))
    return listed([said for part in parts if (said := _said(part, words))], "or")


def _together(node: Any, words: Vocabulary) -> str:
    """What must hold at once, said in one breath: `homeless and not couple`."""
    if "all" not in node:
        return _said(node, words)
    return _(" and ").join(said for part in node["all"] if (said := _inside(part, words)))


def _inside(node: Any, words: Vocabulary) -> str:
    """In brackets where it would be read wrongly without."""
    said = _said(node, words)
    several = ("any" in node and len(node["any"]) > 1) or _is_several(node)
    return f"({said})" if several and said else said


def _is_several(node: Any) -> bool:
    return "all" in node and len(node["all"]) > 1


def _and(parts: list[str]) -> str:
    """With an "or" inside, "and" needs its comma to be read right."""
    if len(parts) == 1:
        return parts[0]
    return _(", and ").join(parts)


def _label(code: str, words: Vocabulary) -> str:
    label = words.label(AUDIENCE, code, current_language())
    acronym = label[:2].isupper()
    return label if acronym else label[:1].lower() + label[1:]
