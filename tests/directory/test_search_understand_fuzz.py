"""Whatever is typed is read: nothing fails, and the work that it makes is bounded. Steps are counted, never time."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from referrals.directory.search.crisis import help_for
from referrals.directory.search.understand import Understood, understand
from referrals.kit.settings import seed_home
from referrals.places.answers import Ambiguous, Found
from referrals.places.entry import Entry
from referrals.places.load import read
from referrals.places.lookup import PlaceIndex
from referrals.taxonomy.vocabulary import Vocabulary

LONGEST = 10_000
STEPS = 40_000
"""Calls of functions for one line, however long: some twenty times what a usual sentence takes."""
LOOKS = 250
"""Questions to the gazetteer for one line."""

_TYPED = (
    "kiné psy gratuit à Lyon près de 69003 in near open now ce soir 15 ans moins 16-25 parle arabe Xyzville Saint-Denis femme "
    "zyxwvu hébergmeent durgence \" « » ( ) + - : * ' ; -- <script> </b> SELECT DROP OR AND NOT ~ ^ \\ % _ $1 \x00 \u202e "
    "مرحبا שלום 牙医 🙂 👩‍👩‍👧 A&E S.D.F. 24/7 où ou la le St"
)
_WORDS = st.sampled_from(_TYPED.split(" "))
_LINES = st.one_of(
    st.text(max_size=300),
    st.lists(_WORDS, max_size=80).map(" ".join),
    st.lists(_WORDS, max_size=12).map("".join),
    st.builds(lambda text, times: (text * times)[:LONGEST], st.text(min_size=1, max_size=40), st.integers(1, 2000)),
)
HOSTILE = [
    "", " ", "?!", '"', '""', '"""', "«", "a" * LONGEST, "à " * 5000, "à zyxwvu " * 1100, "zyxwvuq vlqsd " * 700, "1 " * 5000,
    "15 ans " * 1400, "saint " * 1600, "ou " * 3000, "de la " * 1600, "kiné lyon " * 1000, "🙂" * LONGEST, "é" * LONGEST, "A&" * 5000,
    "S.D." * 2500, "'; DROP TABLE service; --", "<script>alert(1)</script>", '+kiné -lyon "psy (avocat:* ^2 ~', "\x00\x01\x02", "\u202eénik",
    "ne me frappe pas de la " * 400, "quelqu'un pour m'aider à arrêter " * 300, "a b c d e f g h i j k l m n o p q r s t u v w x y z " * 190,
    "il elle mari pas repond couteau devant porte " * 200, "he not breathing knife door took all pills up floor " * 200,
    "he husband ex dad " * 300, "he takes my phone son online wants photos gun rope stroke mum pushed old " * 140, "il prend argent lit nuit tonton avc papa corde " * 200,
    "couteu pilulles reponds breathng hospitl " * 240,
]  # fmt: skip


class Counting:
    """A gazetteer that counts how often it is asked."""

    def __init__(self, places: PlaceIndex) -> None:
        self.places = places
        self.looks = 0

    def named(self, text: str) -> Found | Ambiguous | None:
        self.looks += 1
        return self.places.named(text)

    def begins(self, word: str) -> bool:
        return self.places.begins(word)

    def find(self, text: str) -> Found | Ambiguous | None:
        self.looks += 1
        return self.places.find(text)

    def beginning(self, text: str, least: int) -> tuple[Entry, ...]:
        self.looks += 1
        return self.places.beginning(text, least)


@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(text=_LINES)
def test_no_line_makes_it_fail(words: Vocabulary, towns: PlaceIndex, text: str) -> None:
    counting = Counting(towns)
    meant = understand(text, words, counting)
    assert counting.looks <= LOOKS
    _holds_together(meant)
    for country in ("FR", "GB"):
        help_for(text, country)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:20]))
def test_hostile_lines_cost_a_bounded_number_of_steps(words: Vocabulary, towns: PlaceIndex, text: str) -> None:
    for warm in ("kiné", "couteu"):  # what is read once, and what a danger may be a slip of
        understand(warm, words, towns)
    counting = Counting(towns)
    with _steps() as count:
        meant = understand(text, words, counting)
    _holds_together(meant)
    assert counting.looks <= LOOKS
    assert count() <= STEPS


def test_ten_times_the_gazetteer_at_most_doubles_the_steps(words: Vocabulary) -> None:
    own = [place for place in read(seed_home() / "gazetteer" / "places.csv") if place.population > 100_000]
    small = PlaceIndex.load(own)
    more = [
        replace(place, code=f"{place.code}-{copy}", name=_other(place.name, copy), population=place.population // copy, postcodes=())
        for copy in range(2, 11)
        for place in own
    ]  # fmt: skip
    large = PlaceIndex.load([*own, *more])
    lines = [
        "kiné genou lyon 3",
        "dentiste près de Machinchose",
        "food bank near falmuth",
        "je cherche un avocat à renes",
        "psy",
    ]
    for line in lines:
        understand(line, words, small)
    with _steps() as few:
        for line in lines:
            understand(line, words, small)
    with _steps() as many:
        for line in lines:
            understand(line, words, large)
    assert len(large) == 10 * len(small)
    assert many() <= 2 * few()


def _other(name: str, copy: int) -> str:
    """A name of the same shape that nothing else has."""
    letters = list(name.lower())
    at = (copy * 7) % len(letters)
    letters[at] = "bcdfglmnpr"[copy % 10]
    return "".join(letters) + ("" if copy % 2 else " le haut")


def _holds_together(meant: Understood) -> None:
    """The parts follow one another and every letter of each is the text's; each may be taken away."""
    end = 0
    for part in meant.parts:
        assert end <= part.start <= part.end <= len(meant.text)
        end = part.start
        assert part.kind == "little" or part.text
    for part in meant.parts[:3]:
        assert isinstance(meant.without(part), str)
        assert part.kind == "little" or '"' in meant.plainly(part)
    assert len(meant.words) <= 200
    assert meant.place is None or meant.place == meant.places[0]


@contextmanager
def _steps() -> Iterator[Callable[[], int]]:
    """Counts the functions that are called, of ours and of the language."""
    calls = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield lambda: calls
    finally:
        sys.setprofile(before)
