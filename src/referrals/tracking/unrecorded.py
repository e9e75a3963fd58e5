"""What somebody had typed when another was quicker: shown back to them, so that nothing of it is lost."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from referrals.kit.forms import Filled
from referrals.kit.html import day
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.tracking.answers import CHOICES
from referrals.tracking.lifecycle import By

Typed = tuple[str, str]
"""What was asked, and what was written there."""
_ASKED: Final[Mapping[str, str]] = {
    "reason": N_("Why?"), "barrier": N_("If something stood in the way, what?"), "outcome": N_("Did they get the help?"),
    "why_not": N_("If not all of it, why?"), "sessions": N_("How many times?"), "first_day": N_("Since when?"), "next_step": N_("What comes next?"),
    "wait": N_("About how long?"), "weeks": N_("About how many weeks?"), "pick": N_("Which day?"), "day": N_("Which day?"),
    "at": N_("At what time?"), "words": N_("In your words"), "mistake": N_("What is wrong?"), "off_reason": N_("Why?"),
    **dict.fromkeys(("to_service", "note", "off_words"), N_("In your words")), "told_by": N_("Who told you?"),
}  # fmt: skip
_GROUPS: Final[Mapping[str, Sequence[str]]] = {"delivered": ("why_not", "day", "sessions", "first_day", "next_step")}


def answered(form: Filled[Any], options: Mapping[str, Sequence[tuple[str, str]]], part: By) -> list[Typed]:
    """An answer: which one, and every field that it has."""
    choice = next((one for one in CHOICES if one.event == form.raw["event"]), None)
    if choice is None:
        return []
    named = [part_ for name in choice.fields for part_ in _GROUPS.get(name.rstrip("?"), [name.rstrip("?")])]
    told = [("", _(choice.told if part is By.ON_BEHALF else choice.title))]
    return told + fields(form, [*named, "told_by"], options)


def fields(
    form: Filled[Any], names: Sequence[str], options: Mapping[str, Sequence[tuple[str, str]]] | None = None
) -> list[Typed]:
    """What was filled in, in words."""
    typed = [(name, str(form.raw.get(name) or "")) for name in names]
    return [(_(_ASKED[name]), _in_words(text, (options or {}).get(name, ()))) for name, text in typed if text]


def _in_words(text: str, options: Sequence[tuple[str, str]]) -> str:
    if label := dict(options).get(text):
        return label
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text
