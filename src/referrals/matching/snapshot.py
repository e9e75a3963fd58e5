"""The match as it was when somebody chose it: enough to explain it later, and to prove that nothing was changed since."""

from datetime import date
from hashlib import sha256
from typing import Any

import msgspec

from referrals.matching.constraints import Finding
from referrals.matching.facts import NeedAsked, Person
from referrals.matching.models import Choice
from referrals.matching.scoring import RULES_VERSION, Match, Part
from referrals.tracking.said import Snapshot

Jsonable = dict[str, Any]


def snapshot(
    person: Person, need: NeedAsked, match: Match, today: date, *, position: int | None, override: str | None,
    chosen: Choice | None = None,
) -> Snapshot:  # fmt: skip
    """`position`: where it stood in the list; None when it was chosen from its own page. `chosen`: what the person chose
    and why, as codes; their own words stay in their file.
    """
    return Snapshot(
        rules=RULES_VERSION,
        failed=tuple(finding.id for finding in match.failures),
        override_reason=override if match.failures else None,
        details={
            "inputs": digest(person, need, match),
            "today": today.isoformat(),
            "position": position,
            "chosen": _choice(chosen),
            "score": match.score,
            "band": match.band.value,
            "findings": [_finding(finding) for finding in match.findings],
            "parts": [_part(part) for part in match.parts],
        },
    )


def digest(person: Person, need: NeedAsked, match: Match) -> str:
    """SHA-256 over everything that the rules were given, in an order that does not depend on the run."""
    return sha256(msgspec.json.encode((person, need, match.offer), order="deterministic")).hexdigest()


def _choice(chosen: Choice | None) -> Jsonable | None:
    if chosen is None:
        return None
    return {
        "by": chosen.chosen_by, "reason": chosen.reason, "list": str(chosen.list_id) if chosen.list_id else None,
        "compared": [str(id) for id in chosen.compared],
    }  # fmt: skip


def _finding(finding: Finding) -> Jsonable:
    return {
        "id": finding.id, "verdict": finding.verdict.value, "class": finding.cls.value, "code": finding.code,
        "facts": dict(finding.facts), "datum": finding.datum, "dated": finding.dated.isoformat() if finding.dated else None,
    }  # fmt: skip


def _part(part: Part) -> Jsonable:
    return {
        "criterion": part.criterion, "weight": round(part.weight, 3), "utility": round(part.utility, 4),
        "known": part.known, "code": part.code,
    }  # fmt: skip
