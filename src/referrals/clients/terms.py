"""What was typed for a kind of help becomes a term of ours, or the few that may be meant. Pure."""

from collections.abc import Sequence
from typing import Final

from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.text import fold
from referrals.taxonomy.queries import Suggestion, suggest
from referrals.taxonomy.spoken import spoken
from referrals.taxonomy.vocabulary import TermInfo, Vocabulary

_SURE: Final = 99
_ALONE: Final = 90
"""How alike what is found must be to be taken where nothing else was found."""
_LIKE: Final = 84
"""How alike the whole of what was typed must be to stand among the likeliest; less only where no word says anything."""
FEW: Final = 5


def meant(words: Vocabulary, typed: str) -> str | list[TermInfo]:
    """The code, where there is no doubt: a code itself, a label, words that mean one thing. Else the likeliest, or none."""
    known = words.need(typed)
    if known is not None and known.taggable:
        return known.code
    found = _hits(words, typed)
    if found and (found[0].score >= _SURE or (len(found) == 1 and found[0].score >= _ALONE)):
        return found[0].term.code
    said = [(one.score, one.term) for one in spoken(words).meant(typed, current_language(), FEW)]
    said += [(hit.score, hit.term) for hit in found if hit.score >= _LIKE or not said]
    likeliest = sorted(said, key=lambda one: -one[0])
    return list({term.code: term for _, term in likeliest}.values())[:FEW]


def _hits(words: Vocabulary, typed: str) -> list[Suggestion]:
    found = suggest(words, typed, current_language(), limit=FEW + 2)
    return [hit for hit in found if hit.term.taggable][:FEW]


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
