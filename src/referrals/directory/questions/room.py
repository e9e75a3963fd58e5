"""Asking several whether there is room, without a word that leads to anybody: a need, ten years of age, a county, a language. Pure."""

from dataclasses import dataclass
from typing import Final

from referrals.kit import html
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.vocabulary import Vocabulary

CODE: Final = "room"
_BAND: Final = 10


@dataclass(frozen=True, slots=True)
class Somebody:
    """All that a provider is told. `area`: a county or department, never a town; what is empty is not known."""

    need: str
    age_from: int | None = None
    area: str = ""
    language: str = ""


def somebody(need: str, age: int | None, area: str, language: str) -> Somebody:
    """`age` in years: told in bands of ten."""
    return Somebody(need, None if age is None else age // _BAND * _BAND, area, language)


def subject(one: Somebody) -> str:
    """As a question keeps it."""
    return "|".join(
        [one.need, "" if one.age_from is None else str(one.age_from), one.area.replace("|", " "), one.language]
    )


def read(text: str) -> Somebody:
    need, age, area, language = [*text.split("|"), "", "", ""][:4]
    return Somebody(need, int(age) if age.isdigit() else None, area, language)


def told(text: str, words: Vocabulary) -> str:
    """`physiotherapy, 30 to 39 years old, Cornwall, speaks English`."""
    one = read(text)
    parts = [words.label("need", one.need, current_language())]
    if one.age_from is not None:
        parts.append(_("%(low)d to %(high)d years old") % {"low": one.age_from, "high": one.age_from + _BAND - 1})
    if one.area:
        parts.append(one.area.partition(" ")[2] or one.area)
    if one.language:
        parts.append(_("speaks %(language)s") % {"language": html.language_name(one.language)})
    return ", ".join(parts)
