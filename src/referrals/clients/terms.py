"""What was typed for a kind of help becomes a term of ours, or the few that may be meant. Pure."""

from collections.abc import Sequence
from typing import Final

from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.text import fold
from referrals.taxonomy.queries import suggest
from referrals.taxonomy.vocabulary import TermInfo, Vocabulary

_SURE: Final = 99
FEW: Final = 5


def meant(words: Vocabulary, typed: str) -> str | list[TermInfo]:
    """The code, where there is no doubt: a code itself, a label, words that mean one thing. Else the likeliest, or none."""
    known = words.need(typed)
    if known is not None and known.taggable:
        return known.code
    found = [hit for hit in suggest(words, typed, current_language(), limit=FEW + 2) if hit.term.taggable][:FEW]
    if found and (found[0].score >= _SURE or len(found) == 1):
        return found[0].term.code
    return [hit.term for hit in found]


def likely(words: Vocabulary, typed: str) -> list[TermInfo]:
    """What to offer while somebody types: nothing once the words are a need's own."""
    found = meant(words, typed)
    if isinstance(found, list):
        return found
    term = words.need(found)
    named = {fold(term.label_fr), fold(term.label_en), fold(term.code)} if term else set()
    return [term] if term and fold(typed) not in named else []


def did_you_mean(found: Sequence[TermInfo]) -> str:
    if not found:
        return _("We do not know this word. Try another one, or choose from the list.")
    names = ", ".join(term.label(current_language()) for term in found)
    return _("Did you mean one of these: %(names)s?") % {"names": names}
