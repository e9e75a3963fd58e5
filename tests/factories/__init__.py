"""Small worlds for tests: each function adds what a story needs and returns it."""

from tests.factories import world
from tests.factories.people import PASSWORD, account
from tests.factories.world import (
    World,
    acting,
    case_manager,
    client,
    consent,
    listing,
    need,
    organization,
    sent,
    service,
)

__all__ = [
    "PASSWORD", "World", "account", "acting", "case_manager", "client", "consent", "listing", "need", "organization",
    "sent", "service", "world",
]  # fmt: skip
