from pathlib import Path

import pytest

from referrals.places.load import read
from referrals.places.lookup import PlaceIndex

FEW = Path(__file__).with_name("places.csv")
"""Forty places out of the gazetteer, chosen for their quarrels over names."""


@pytest.fixture(scope="session")
def few_places() -> Path:
    return FEW


@pytest.fixture(scope="session")
def index() -> PlaceIndex:
    return PlaceIndex.load(read(FEW), [("Cherbourg", "FR-50129"), ("Nowhere", "FR-00000")])
