"""What a service may say of what it gave: which answers fit together, as its form asks for them."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from referrals.kit.i18n import gettext as _
from referrals.tracking.labels import NEXT_STEP, NOT_ALL

MOST_SESSIONS = 999


def problems(
    outcome: str, why_not: str, sessions: int | None, first_day: date | None, last_day: date | None, next_step: str
) -> dict[str, str]:
    """Field -> sentence. Whoever gave less than all of it says why; that is what the next service can learn from."""
    wrong = {
        "why_not": (bool(outcome) and outcome != "full" and not why_not, _("Please say why it was not all of it.")),
        "sessions": (sessions is not None and not 0 <= sessions <= MOST_SESSIONS, _("Please give a number.")),
        "first_day": (
            first_day is not None and last_day is not None and first_day > last_day,
            _("The first day comes before the last."),
        ),
        "next_step": (next_step not in ("", *NEXT_STEP), _("This is not one of the choices.")),
    }
    found = {field: sentence for field, (holds, sentence) in wrong.items() if holds}
    return found | ({"why_not": _("This is not one of the choices.")} if why_not not in ("", *NOT_ALL) else {})


def levels(said: Mapping[str, str]) -> dict[UUID, int]:
    """Goal -> level from -2 to +2, of what a form holds; what is neither is left out."""
    found = {}
    for goal, level in said.items():
        try:
            found[UUID(goal)] = int(level)
        except ValueError:
            continue
    return {goal: level for goal, level in found.items() if -2 <= level <= 2}
