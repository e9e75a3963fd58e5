"""Lines of the case manager's day that come from what was said afterwards: two voices that differ, help that did not last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from referrals.kit.html import Addresses
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.vocabulary import Vocabulary
from referrals.tracking import labels
from referrals.tracking.queries.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Afterwards:
    """As the page draws it, beside the lines of the day."""

    title: str
    text: str
    badge: str
    kind: str
    href: str
    action: str
    action_url: str
    next_best: None = None
    review: None = None


def afterwards(outcomes: Sequence[Outcome], words: Vocabulary, url: Addresses) -> list[Afterwards]:
    return [_line(one, words, url) for one in outcomes]


def to_close_once_settled(outcomes: Sequence[Outcome]) -> set[UUID]:
    """Needs that are not ready to be closed, though both have spoken: what they said does not go together."""
    return {one.need.id for one in outcomes if one.what == "dispute"}


TEXTS: Mapping[str, str] = {
    "dispute": N_("%(service)s. Put both side by side and find out how it was."),
    "not_lasting": N_("%(service)s. They say that it is not settled any more."),
    "to_ask": N_("%(service)s. They agreed to be asked whether it lasts, and there is no safe way to write."),
}
ACTIONS: Mapping[str, tuple[str, str]] = {
    "dispute": (N_("To settle"), N_("Look at both")),
    "not_lasting": (N_("It did not last"), N_("Look")),
    "to_ask": (N_("To ask"), N_("Ask by telephone")),
}
"""Badge and button."""


def _line(one: Outcome, words: Vocabulary, url: Addresses) -> Afterwards:
    referral = url("referral", referral_id=one.referral_id)
    to = {
        "dispute": url("dispute", dispute_id=one.id), "not_lasting": referral,
        "to_ask": url("client-voice", referral_id=one.referral_id),
    }[one.what]  # fmt: skip
    badge, action = ACTIONS[one.what]
    need = words.label("need", one.need.term, current_language())
    lowered = need[:1].lower() + need[1:] if not need[:2].isupper() else need
    said = _(labels.CONCORDANCE[one.code]) + ". " if one.what == "dispute" else ""
    text = said + _(TEXTS[one.what]) % {"service": one.service.text("name", current_language())}
    return Afterwards(f"{one.name} · {lowered}", text, _(badge), "attention", referral, _(action), to)
