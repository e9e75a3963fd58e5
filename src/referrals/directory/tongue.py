"""In which of our two languages something is written, told by its little words, where its source does not say. Pure."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from referrals.directory.models import Location, Organization, Service

_LITTLE: Final[dict[str, frozenset[str]]] = {
    language: frozenset(words.split())
    for language, words in (
        (
            "fr",
            "le la les des du une un et est sont aux au dans pour par sur avec sans vous votre vos nous qui que ou ce",
        ),
        ("en", "the and of to for with without is are be your you our we by from that this in at any who must call"),
    )
}
"""None of them a word of the other language."""
TEXTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "service": (
        "name", "description", "easy_text", "eligibility_description", "application_process", "fees_description",
        "interpretation_services", "alert",
    ),
    "organization": ("name", "description"),
    "location": ("name", "description", "transportation"),
})  # fmt: skip
"""Kept side by side in every language."""
_FEWEST: Final = 2
_CLEARLY: Final = 3
"""So many times as often as those of the other language."""


def written_in(texts: Iterable[str | None]) -> str | None:
    """`fr` or `en`; None where too little is said, or both are spoken."""
    words = [word for text in texts if text for word in re.findall(r"[^\W\d_]+", text.lower())]
    counted = {language: sum(word in little for word in words) for language, little in _LITTLE.items()}
    other, most = sorted(counted, key=counted.__getitem__)
    return most if counted[most] >= max(_FEWEST, _CLEARLY * counted[other]) else None


def tongue(record: Organization | Service | Location) -> str | None:
    """The one that the record's own columns speak, as far as it is known. Where an import did not say, what is written
    there tells.
    """
    return record.language or written_in(getattr(record, column) for column in TEXTS[record.__tablename__])
