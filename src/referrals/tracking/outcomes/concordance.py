"""Whether what a service says it gave and what the person says they received go together. One table."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Concordance(StrEnum):
    ONE_VOICE = "one_voice"
    """Somebody has not spoken yet."""
    AGREE = "agree"
    SHADE = "shade"
    """They differ by a degree; nobody is asked about it."""
    LATER = "later"
    """All of it was given, they say, and it has not arrived yet: the person is asked again."""
    DISPUTE = "full_but_no"
    """All of it was given, says the one; nothing was received, says the other."""
    ELSEWHERE = "none_but_yes"
    """Nothing was given, says the one; help was received, says the other: from somebody else?"""


FROZEN: Final = frozenset({Concordance.DISPUTE, Concordance.ELSEWHERE})
"""Where the case manager is asked, and nothing is learned until it is settled."""

_A, _S, _L, _D, _E = (
    Concordance.AGREE, Concordance.SHADE, Concordance.LATER, Concordance.DISPUTE, Concordance.ELSEWHERE,
)  # fmt: skip
TABLE: Final[Mapping[str, Mapping[str, Concordance]]] = {
    "full":          {"yes": _A, "partly": _S, "no": _D, "not_yet": _L},
    "partial":       {"yes": _S, "partly": _A, "no": _S, "not_yet": _S},
    "assessed_only": {"yes": _S, "partly": _A, "no": _A, "not_yet": _A},
    "none":          {"yes": _E, "partly": _S, "no": _A, "not_yet": _A},
}  # fmt: skip
"""What the service says -> what the person says -> how they go together."""


def concordance(delivery: str | None, received: str | None) -> Concordance:
    if delivery is None or received is None:
        return Concordance.ONE_VOICE
    return TABLE[delivery][received]


SETTLEMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    Concordance.DISPUTE: ("helped", "in_part", "not_helped", "unclear"),
    Concordance.ELSEWHERE: ("elsewhere", "helped", "in_part", "unclear"),
}
"""What a case manager may find out about each kind."""
SPEAKS: Final = frozenset({"helped", "in_part", "not_helped", "agreed"})
"""Settled like this, the verdict says something about the service; `unclear` and `elsewhere` stay out of what is learned."""


def standing(
    judgement: str, verified_by: str, *, resolved: str | None, delivery: str | None, disputed: bool
) -> str | None:
    """Why this verdict may not stand on this evidence, as a code; None where it may.

    `resolved`, `delivery`: what the person and the service said last. `met` needs somebody's word, and that word must
    have been given: the person's is written down first, and the service's counts for half.
    """
    if judgement not in ("met", "partly"):
        return None
    against = {
        "disputed": disputed,
        "nobody": verified_by == "none" and judgement == "met",
        "client_silent": verified_by == "client" and resolved is None,
        "client_says_no": verified_by == "client" and judgement == "met" and resolved == "no",
        "provider_silent": verified_by == "provider" and delivery in (None, "none"),
    }
    return next((code for code, holds in against.items() if holds), None)
