"""Which question to the provider settles what a listing leaves open. Pure; nothing of the person goes into it but what is asked for."""

from collections.abc import Mapping
from typing import Final

from referrals.matching.constraints import Finding

_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "access_not_said": ("access", "features"), "places_not_said": ("places", ""), "places_said_long_ago": ("places", ""),
    "waitlist": ("places", ""), "languages_not_said": ("language", "language"),
    "interpreter_not_said": ("interpreter", ""), "practitioner_not_said": ("practitioner", ""),
    "mode_not_said": ("mode", ""), "offers_broader": ("includes", "term"), "payers_not_said": ("free", ""),
    "price_not_said": ("price", ""), "hours_not_said": ("hours", ""), "area_not_said": ("area", ""),
    "intensity_not_said": ("intensity", ""),
}  # fmt: skip
"""Finding -> kind of question, and the fact that says what it is about."""


def questions(finding: Finding) -> list[tuple[str, str]]:
    """(kind, subject) for each thing to be asked; none where the person's own file leaves it open."""
    if not finding.to_check or finding.about_person or finding.code not in _KINDS:
        return []
    kind, about = _KINDS[finding.code]
    said = finding.facts.get(about) if about else ""
    return [(kind, one) for one in said] if isinstance(said, tuple) else [(kind, str(said or ""))]
