"""Words that tell two offers apart where everything else reads the same. Pure; English and French."""

import re
from collections.abc import Container, Iterable
from typing import Final

from referrals.kit.text import fold

_GROUPS: Final[tuple[tuple[str, ...], ...]] = (
    ("child children kid kids pediatric paediatric enfant enfants pediatrique", "adult adults adulte adultes",
     "teen teens teenager adolescent adolescents youth jeune jeunes ado ados",
     "senior seniors elderly older elder aine aines age ages retraite", "infant infants toddler baby babies bebe nourrisson",
     "preschool maternelle"),
    ("men man male homme hommes masculin father fathers pere peres boys garcons",
     "women woman female femme femmes feminin mother mothers mere meres girls filles"),
    ("english anglais", "spanish espagnol hispanic", "creole haitian", "french francais", "arabic arabe"),
    ("summer ete", "winter hiver", "after afterschool periscolaire", "before", "spring printemps"),
    ("morning matin", "evening soir soiree night nuit", "afternoon apres"),
    ("monday lundi", "tuesday mardi", "wednesday mercredi", "thursday jeudi", "friday vendredi", "saturday samedi",
     "sunday dimanche"),
    ("north northern nord", "south southern sud", "east eastern est", "west western ouest", "central"),
    ("inpatient residential hospitalisation internat", "outpatient ambulatoire externe", "detox"),
    ("beginner beginners debutant debutants", "intermediate intermediaire", "advanced avance avances confirme"),
    ("assessment evaluation bilan diagnostic", "treatment traitement soins therapy therapie", "prevention education"),
    ("individual individuel individuelle", "group groupe collectif"),
    ("legal juridique", "medical dental dentaire", "housing logement", "employment emploi", "food alimentaire"),
    ("public publique", "private prive privee", "independent"),
    ("emergency emergencies urgence urgences", "permanent", "temporary temporaire transitional"),
)  # fmt: skip
_LEVEL = re.compile(r"\b(?:i{1,3}|iv|v|vi|[1-9]\d{0,3})\b")
_ROMAN: Final = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6"}
_SIDES: Final[dict[str, tuple[int, int]]] = {
    word: (group, side)
    for group, sides in enumerate(_GROUPS)
    for side, words in enumerate(sides)
    for word in words.split()
}

_NARROWING: Final = frozenset(
    word for group in (0, 1, 2, 3, 4, 5, 7, 8, 13) for side in _GROUPS[group] for word in side.split()
) | frozenset(
    """
    unit unite division section chapter antenne mobile itinerant camp camps hotline helpline transition district region
    weekend weekends volunteer volunteers benevoles donation donations dons veteran veterans combattants student students
    etudiant etudiants refugee refugees refugies homeless migrant migrants immigrant immigrants caregiver caregivers aidants
    pregnant enceintes
    """.split()  # noqa: SIM905  (words are read more easily as a text)
)
"""Whom, when, by which step or by which part of a body: beside a record that says none of it, a part of what that offers."""


def between(a: str, b: str) -> tuple[str, ...]:
    """One word of each that cannot both describe one offer: (`summer`, `after`). Nothing where none is there."""
    mine, others = _sides(a), _sides(b)
    for group in sorted(mine.keys() & others.keys()):
        only_a, only_b = mine[group].keys() - others[group].keys(), others[group].keys() - mine[group].keys()
        if only_a and only_b:
            return mine[group][min(only_a)], others[group][min(only_b)]
    return ()


def ages(text: str) -> frozenset[str]:
    """For people of which age a text says it is, in every word for them: `children` -> {child, children, kid, …}."""
    return frozenset(
        word for side in _GROUPS[0] if set(fold(text).split()) & set(side.split()) for word in side.split()
    )


def narrowing(words: Iterable[str], beside: Iterable[str]) -> tuple[str, ...]:
    """Those of the words that limit an offer which is told without them beside it."""
    return tuple(sorted(word for word in set(words) - set(beside) if _known(word, _NARROWING)))


def numbers(text: str) -> frozenset[str]:
    """Levels and numbers that a name carries: `Group II` -> {2}."""
    return frozenset(_ROMAN.get(found, found) for found in _LEVEL.findall(fold(text).replace("24 7", " ")))


def _sides(text: str) -> dict[int, dict[int, str]]:
    found: dict[int, dict[int, str]] = {}
    for word in fold(text).split():
        known = _known(word, _SIDES)
        if known:
            group, side = _SIDES[known]
            found.setdefault(group, {}).setdefault(side, word)
    return found


def _known(word: str, words: Container[str]) -> str:
    """The word, or its singular: `saturdays`."""
    return next((one for one in (word, word.removesuffix("s")) if one in words), "")
