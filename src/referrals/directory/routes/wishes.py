"""Tags in words: what a chip, a filter and a sentence call a wish."""

from typing import Final

from referrals.directory.search import tags
from referrals.directory.search.tags import group_of
from referrals.kit.html import language_name
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.vocabulary import AUDIENCE, Vocabulary

_SAID: Final[dict[str, str]] = {
    tags.FREE: N_("free of charge"), tags.CHEAP: N_("at a small price"), tags.ROOM: N_("places free"), tags.WALK_IN: N_("come without an appointment"),
    tags.BY_ONESELF: N_("without a letter"), tags.INTERPRETER: N_("with an interpreter"),
    "mode:remote": N_("by phone or video"), "mode:on-site": N_("at a place"), "mode:home-visit": N_("comes to your home"),
    "mode:outreach": N_("comes to where you are"),
    tags.MINOR: N_("under 18"), tags.ADULT: N_("18 to 59"), tags.SENIOR: N_("60 and over"),
    "by:female": N_("by a woman"), "by:male": N_("by a man"),
}  # fmt: skip
_TAXONOMY: Final = {tags.FOR: AUDIENCE, tags.FORMAT: "format", tags.PAYS: "funding", tags.BY: "practitioner-gender"}


def said(tag: str, words: Vocabulary) -> str:
    """`free of charge`, `Arabic`, `women`: the wish as a reader calls it; its bare code where nobody gave it words."""
    if tag in _SAID:
        return _(_SAID[tag])
    group, _colon, code = tag.rpartition(":")
    if group == tags.LANGUAGE:
        return language_name(code)
    return words.label(_TAXONOMY.get(group, "accessibility"), code, current_language())


def exists(tag: str, words: Vocabulary) -> bool:
    """Whether there is such a thing: a language that the world knows, an audience that we do."""
    group, _colon, code = tag.rpartition(":")
    if tag in _SAID:
        return True
    if group == tags.LANGUAGE:
        return language_name(code) != code
    return words.term(_TAXONOMY.get(group, "accessibility"), code) is not None


__all__ = ["exists", "group_of", "said"]
