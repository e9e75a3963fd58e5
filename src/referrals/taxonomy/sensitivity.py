"""What the mere name of a need gives away about a person, from `seed/taxonomy/sensitivity.json`."""

import json
from collections.abc import Iterable, Mapping
from functools import cache

from referrals.kit.settings import seed_home

CODES = ("sud", "mental_health", "hiv", "dv", "justice", "minor")


def of_term(code: str) -> frozenset[str]:
    """What this need gives away; nothing for a need that we do not know."""
    return _table().get(code, frozenset())


def terms_of(sensitivity: str) -> list[str]:
    """Every need that gives this away."""
    return sorted(code for code, given in _table().items() if sensitivity in given)


def of_offer(needs: Iterable[str]) -> frozenset[str]:
    """What being sent there gives away: whatever at least half of what is offered there does.

    A house for addiction tells it of everybody who goes there; a general practice that also treats it tells nothing.
    """
    offered = [of_term(code) for code in needs]
    return frozenset(code for code in CODES if 2 * sum(code in given for given in offered) >= max(1, len(offered)))


@cache
def _table() -> Mapping[str, frozenset[str]]:
    """Term -> codes, inherited from above. A term that lists nothing takes nothing from above either."""
    home = seed_home() / "taxonomy"
    said: dict[str, list[str]] = json.loads((home / "sensitivity.json").read_text(encoding="utf-8"))["terms"]
    terms = json.loads((home / "taxonomy.json").read_text(encoding="utf-8"))["taxonomies"]["need"]["terms"]
    parents = {term["code"]: term.get("parent") for term in terms}

    def given(code: str | None) -> frozenset[str]:
        if code is None or said.get(code) == []:
            return frozenset()
        return frozenset(said.get(code, ())) | given(parents.get(code))

    return {code: given(code) for code in parents}
