"""Lines that contradict themselves, by chance: everyday words, wishes, several towns and filters that do not go together.

Nothing fits most of them, so every way out is tried. They have no limit to stand beside; what is held is that each ends
(a statement is given `PATIENCE` seconds) and that ten times as many services cost no more than `GROWTH` times as much.
"""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from referrals.directory.search.embedded import Embedded
from referrals.directory.search.find import search
from referrals.kit import db
from referrals.kit.geo import Km, LatLon
from referrals.places.queries import index
from referrals.taxonomy.queries import vocabulary

MANY: Final = 60
PATIENCE: Final = 20
_SEED: Final = 7
_NOW: Final = datetime(2026, 11, 23, 20, tzinfo=UTC)
_WORDS: Final = (
    "dentiste kiné psy avocat logement hébergement alcool drogue food shelter housing job crèche aide yoga piscine médecin "
    "gratuit free femmes women men hommes arabe polish samedi sunday tonight soir ouvert distance remote domicile home "
    "children enfants teen veterans lgbt chien wheelchair fauteuil nhs rapide attente xyzzy lyon truro paris marseille "
    "london toronto saint-denis 69003 33130 brest de la pour with"
)
_TAGS: Final = (
    "room",
    "step-free",
    "lang:pl",
    "lang:ar",
    "for:children",
    "for:women",
    "mode:home-visit",
    "mode:remote",
    "pays:nhs",
)
_POINTS: Final = (LatLon(48.85, 2.35), LatLon(-90, 0), LatLon(51.5, -0.1), LatLon(0, 170))


def lines(many: int = MANY) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is typed, and what was chosen beside it."""
    words = _WORDS.split()
    chance = random.Random(_SEED)  # noqa: S311 - to be repeated, not to be secret
    for _ in range(many):
        chosen: dict[str, Any] = {"tags": tuple(chance.sample(_TAGS, chance.choice((0, 0, 1, 2, 3))))}
        if chance.random() < 0.3:
            chosen["near"] = chance.choice(_POINTS)
        if chance.random() < 0.2:
            chosen["radius_km"] = Km(chance.choice((1, 5, 300)))
        chosen["order"] = chance.choice(("fit", "fit", "near", "soon"))
        yield " ".join(chance.sample(words, chance.randint(2, 9))), chosen


async def measure(url: str, home: Path) -> list[float]:
    """Milliseconds of each line, in order of length."""
    spent = []
    engine, embedded = db.connect(url, patience=PATIENCE), Embedded(home)
    try:
        async with db.transaction(db.session_maker(engine)) as session:
            words, places = await vocabulary(session), await index(session)
            for text, chosen in lines():
                began = time.perf_counter()
                await search(session, embedded, words, places, text, language="fr", now=_NOW, **chosen)
                spent.append((time.perf_counter() - began) * 1000)
    finally:
        await engine.dispose()
    return sorted(spent)
