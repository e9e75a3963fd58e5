"""What a format cannot say of what the directory holds, counted by field while the file is written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from referrals.kit.i18n import N_

NO_PLACE = "no-place"
OURS_ALONE = "ours-alone"
HIDDEN = "hidden"
NOT_PUBLIC = "not-public"
COARSER = "coarser"
IN_WORDS = "in-words"
ONE_OF_MANY = "one-of-many"
TOO_LONG = "too-long"
NO_CODE = "no-code"
NOT_VALID = "not-valid"
ONE_LANGUAGE = "one-language"

REASONS = {
    NO_PLACE: N_("This format has no place for it."),
    OURS_ALONE: N_("It travels in a field of our own, which other programs skip."),
    HIDDEN: N_("It would tell a confidential address; the area alone leaves."),
    NOT_PUBLIC: N_("It is not public, so it stays here."),
    COARSER: N_("It is told more coarsely."),
    IN_WORDS: N_("It is told in words, which programs cannot read."),
    ONE_OF_MANY: N_("This format has room for one; the others are left out."),
    TOO_LONG: N_("It is longer than this format allows, so its end is cut off."),
    NO_CODE: N_("This format’s list has no code for it."),
    NOT_VALID: N_("It does not keep to this format’s rules, so it is left out."),
    ONE_LANGUAGE: N_("This format tells one language; the other is left out."),
}
"""Why something is lost, as the report says it."""


@dataclass(frozen=True, slots=True)
class Loss:
    """`count` records hold something in this field that the file does not tell, or not to everybody."""

    entity: str
    field: str
    reason: str
    count: int


@dataclass
class Losses:
    """Grows while a file is written."""

    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    told: dict[str, dict[str, int]] = field(default_factory=dict)
    """In a format of its own fields: kind -> field -> how often it says something."""

    def lose(self, entity: str, name: str, reason: str, count: int = 1) -> None:
        if count:
            self.counts[entity, name, reason] += count

    def tell(self, kind: str, record: Mapping[str, object]) -> None:
        counts = self.told.setdefault(kind, {})
        for name, value in record.items():
            counts[name] = counts.get(name, 0) + (value is not None)

    def listed(self) -> tuple[Loss, ...]:
        """By kind of record and field, so that two reports can be laid side by side."""
        return tuple(Loss(*key, count) for key, count in sorted(self.counts.items()))
