"""Which wishes a listing contradicts, and of which it only does not speak."""

import pytest

from referrals.directory.queries.said import Said, contradicts
from referrals.directory.search.port import Query


@pytest.mark.parametrize(
    ("only_for", "wished", "against"),
    [
        (("men",), "for:women", True),
        (("women", "violence"), "for:men", True),
        (("women", "men"), "for:women", False),  # either of them
        (("homeless",), "for:women", False),  # she may be both
        (("men",), "for:homeless", False),
        ((), "for:women", False),  # the listing does not say
    ],
)
def test_who_asks_for_women_is_not_sent_to_a_place_for_men(
    only_for: tuple[str, ...], wished: str, against: bool
) -> None:
    said = Said(tags=(), free=None, hours=False, only_for=only_for)
    assert contradicts(said, Query(tags=(wished,))) is against
