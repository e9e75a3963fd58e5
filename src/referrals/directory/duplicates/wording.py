"""What a text says, as a set of telling words: two that tell one offer share them however their sentences run. Pure."""

import re
from functools import lru_cache
from typing import Final

from referrals.kit.text import fold

LONGEST: Final = 3000
"""Signs of a text that are read."""
_EMPTY: Final = frozenset(
    """
    about after all also among and any are area areas around available because been being between both but can each for from
    has have help helps how including includes include into its may more most must not off offer offered offering offers
    only other our out over program programs provide provided provider providers provides providing purpose require
    required seeking serve served serves service services serving should some such than that the their them there these they
    this those through under use used using various was well what when where which while who will with within without you
    your
    afin ainsi aussi autre autres aux avec avez ces cette chez comme dans depuis des dont elle elles entre est etre ils les
    leur leurs lors mais meme mise nos notre nous offre ont par pas peut peuvent plus pour propose proposent proposons
    qui que quel ses son sont sous sur tous tout toute toutes une vers vos votre vous programme programmes
    """.split()  # noqa: SIM905  (a list of this length is read more easily as a text)
)
_ENDINGS: Final = ("ements", "ement", "ations", "ation", "ings", "ing", "ies", "ees", "ed", "es", "s", "e", "y")
_STEM: Final = 4
"""Signs that stay of a word at least."""
_SENTENCE: Final = re.compile(r"(?<=[.!?;])\s+(?=[^a-z])|\n+")
_SHORT_FORM: Final = re.compile(r"\b(Inc|Corp|Co|Ltd|St|Ste|Dr|Mr|Mrs|Ms)\.", re.I)
_AIM: Final = re.compile(
    r"\b(?:mission|vision|dedicated|dedicates?|committed|strives?|seeks?|believes?|goals?|founded|established|incorporated|since"
    r"|has been|have been|non ?profit|not for profit|501"
    r"|vocation|a pour (?:but|objet|objectif)|s engage|oeuvre pour|fondee?|creee?|depuis|loi 1901|(?:sans but|non) lucratif)\b"
)
"""A sentence with one of these tells who a body is or what it strives for, in words that stand in no record of its offers."""


@lru_cache(maxsize=20_000)
def telling(text: str) -> frozenset[str]:
    """Stems of the words that say something: `They offer counselling to families` -> {counsell, famil}."""
    return frozenset(stem(word) for word in fold(text[:LONGEST]).split() if len(word) > 2 and word not in _EMPTY)


@lru_cache(maxsize=20_000)
def telling_beside(text: str, name: str) -> frozenset[str]:
    """The telling words of a text that speaks of itself by this name, without those of the name where it stands."""
    return telling(f" {fold(text[:LONGEST])} ".replace(f" {fold(name)} ", " "))


@lru_cache(maxsize=20_000)
def offered(text: str) -> str:
    """The sentences that tell what is offered; those about aims and origins are left out. Empty where there are none of these."""
    sentences = [one for one in _SENTENCE.split(_SHORT_FORM.sub(r"\1", text[:LONGEST])) if one.strip()]
    kept = [one for one in sentences if not _AIM.search(fold(one))]
    return " ".join(kept) if len(kept) < len(sentences) else ""


def stem(word: str) -> str:
    """One form of a word for its number and its endings, in either language: no more than comparing asks for."""
    return next(
        (word.removesuffix(end) for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= _STEM), word
    )
