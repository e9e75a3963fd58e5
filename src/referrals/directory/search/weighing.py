"""The order of answers that were found: a need that is offered counts most, then the words, then nearness. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp
from typing import Final
from uuid import UUID

from referrals.directory.queries.structure import mix
from referrals.directory.search import heard
from referrals.directory.search.little import LITTLE, words_set
from referrals.directory.search.port import Hit
from referrals.directory.search.stems import stems, tells
from referrals.directory.search.understand import Understood
from referrals.kit.geo import Km
from referrals.kit.settings import LANGUAGES
from referrals.kit.text import fold

NAMED: Final = 0.4
"""An engine's score from which words were found in a name or a need, not only somewhere in a description."""
_NEARBY: Final = Km(15)
"""Distance at which nearness has lost two thirds of its worth."""
_NEED, _WORDS, _NEARNESS = 0.5, 0.35, 0.15
_BESIDE: Final = 0.2
"""What the words beside a need are worth, of what the need is: `kiné genou`."""
LITERALLY: Final = 0.7
"""What a name that holds every word is worth beside a need that is offered: half of a directory may have no needs."""
WHOLE: Final = 0.6
"""An engine's score below which the words were found apart from each other, or in a name that needs are called besides."""
BEGUN: Final = 0.95
"""The same where the need was read from half a word: whatever begins so may have been meant just as well."""
_ONE_OF_MANY: Final = 0.5
"""What one need of several is worth where it is alone, beside all of them together."""
NARROWER: Final = 0.95
"""What a narrower need is worth where a broad one was asked for: all else equal, whoever offers just that comes first."""
_MUCH: Final = 0.03
"""By so much better, without any nearness, than what is near and fits best."""
_JOINED: Final = re.compile(r" (?:and|et|or|ou) ")
_SAYS_LITTLE: Final = words_set(
    "advice support help services service aide conseil conseils accompagnement soutien droit des de du la le les d l"
)
NAMES: Final = 32
"""Other names of a need that nobody offers: half of a directory may say what it offers in no code."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What else than the need speaks for a service, 0 to 1. `said`: all that was typed is found in it; `beside`: the words
    beside the need are; `needs`: of several needs the part that it offers.
    """

    said: Mapping[UUID, float]
    beside: Mapping[UUID, float]
    needs: Mapping[UUID, float]
    whom: Mapping[UUID, float] = field(default_factory=dict)
    """It is said in words whom it is for, where nothing stands beside the need but that."""
    literally: float = LITERALLY
    """What a name that holds every word is worth beside a need that is offered."""


def weigh(offered: Sequence[Hit], named: Sequence[Hit], evidence: Evidence) -> list[Hit]:
    """One order of what offers the need and what is called as it was typed. What comes here is mixed in."""
    known, literally = {hit.id: hit for hit in offered}, {hit.id: hit for hit in named}
    said, beside = max(evidence.said.values(), default=1.0), max(evidence.beside.values(), default=0.0)
    whom = max(evidence.whom.values(), default=1.0)
    worth = _BESIDE if evidence.beside or evidence.whom else 0.0
    together: list[Hit] = []
    for id, hit in {**known, **literally, **known}.items():
        away = hit.distance_km
        need = (
            evidence.needs.get(id, 1.0) if id in known else evidence.literally * min(literally[id].score / WHOLE, 1.0)
        )
        if evidence.whom:
            also = evidence.whom.get(id, 0.0) / whom
        else:
            also = 1.0 if id in literally else evidence.beside.get(id, 0.0) / max(beside, NAMED)
        words = evidence.said.get(id, 0.0) / said
        score = (_NEED - worth) * need + worth * also + _WORDS * words + _NEARNESS * _nearness(away)
        together.append(Hit(id, round(score, 4), away))
    return _ordered(together)


def for_them_first(hits: Sequence[Hit], told: Sequence[Hit]) -> list[Hit]:
    """What words found, with what says in words whom it is for a little before the others. `told`: that, out of 0 to 1."""
    if not told:
        return list(hits)
    whom, most = {hit.id: hit.score for hit in told}, max(hit.score for hit in told) or 1.0
    best = max(hit.score for hit in hits) or 1.0
    weighed = [
        hit._replace(score=hit.score * (1 - _BESIDE) + _BESIDE * best * whom.get(hit.id, 0.0) / most) for hit in hits
    ]
    return sorted(weighed, key=lambda hit: -hit.score)


def by_words(hits: Sequence[Hit]) -> list[Hit]:
    """Of answers that words alone found."""
    best = max((hit.score for hit in hits), default=1.0) or 1.0
    weighed = [
        Hit(
            hit.id,
            round((_NEED + _WORDS) * hit.score / best + _NEARNESS * _nearness(hit.distance_km), 4),
            hit.distance_km,
        )
        for hit in hits
    ]
    return _ordered(weighed)


def other_names(meant: Understood, language: str) -> tuple[tuple[str, ...], ...]:
    """All that the needs are called, first in the language that is spoken."""
    tongues = sorted(LANGUAGES, key=lambda one: one != language)
    names = (
        _called(name)
        for tongue in tongues
        for term in meant.terms
        for name in (term.label(tongue), *_parts(term.label(tongue)), *term.synonyms(tongue))
    )
    return tuple(dict.fromkeys(name for name in names if name))[:NAMES]


def _called(name: str) -> tuple[str, ...]:
    """None where one word would be left of several: `à la rue` is not every street; nor of letters that are an everyday
    word: a `PASS` is no bus pass.
    """
    words = telling(name)
    if name.isupper() and heard.common().issuperset(words):
        return ()
    return words if len(words) > 1 or len(fold(name).split()) == 1 else ()


def _parts(label: str) -> list[str]:
    """`Immigration and asylum advice` is called immigration by most, and nobody writes all of it."""
    said = [" ".join(word for word in part.split() if word not in _SAYS_LITTLE) for part in _JOINED.split(fold(label))]
    return [part for part in said if part] if len(said) > 1 else []


def says(name: str, ways: Iterable[Sequence[str]]) -> bool:
    said = frozenset(stem for word in fold(name).split() for stem in _roots(word))
    return any(all(said & _roots(word) for word in way) for way in ways)


def _roots(word: str) -> frozenset[str]:
    return frozenset(stem for stem in stems(word) if tells(stem, word)) | {word}


def says_much(words: Iterable[str]) -> bool:
    """Not only that some help is looked for."""
    return any(word not in _SAYS_LITTLE for word in words)


def telling(text: str) -> tuple[str, ...]:
    return tuple(word for word in fold(text).split() if word not in LITTLE)


def share(meant: Understood, offered: Collection[str]) -> float:
    """1 for all of the needs, or for what they mean together."""
    if meant.aim and meant.aim.code in offered:
        return 1.0
    some = sum(term.code in offered for term in meant.terms) / len(meant.terms)
    if meant.aim:  # a court next door is no refuge, however far that is
        some *= _ONE_OF_MANY
    return _ONE_OF_MANY + (1 - _ONE_OF_MANY) * some


def _nearness(away: Km | None) -> float:
    return exp(-away / _NEARBY) if away is not None else 0.0


def _ordered(hits: Sequence[Hit]) -> list[Hit]:
    best = sorted(hits, key=lambda hit: (-hit.score, hit.distance_km if hit.distance_km is not None else 1e9))
    near = [hit for hit in best if hit.distance_km is not None]
    others = [hit for hit in best if hit.distance_km is None]
    if not near:
        return best
    # What fits much better goes before what is near: a refuge has no address, and a hostel across the street is no refuge.
    first = [hit for hit in others if hit.score > near[0].score + _MUCH]
    return [*first, *mix(near, others[len(first) :])]
