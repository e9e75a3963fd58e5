"""Whether something costs little, for whoever asks for a small price. Pure."""

from typing import Final

LITTLE: Final = 20
"""Euros, pounds or dollars for one time: more is dear for somebody who asks."""
_LIKE_EUROS: Final = frozenset({"EUR", "GBP", "USD", "CAD", "AUD", "CHF", None})
"""Currencies of which so much buys nearly the same."""


def rank(free: bool | None, amount: float | None, currency: str | None) -> int:
    """0 for what is free or costs little, 1 where nobody knows, 2 for what is dear. `amount`: what is left to pay."""
    if free or amount == 0:
        return 0
    if amount is None or currency not in _LIKE_EUROS:
        return 1
    return 0 if amount <= LITTLE else 2
