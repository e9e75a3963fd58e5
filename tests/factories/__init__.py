"""Small worlds for tests: each function adds what a story needs and returns it."""

from tests.factories.people import PASSWORD, account

__all__ = ["PASSWORD", "account"]
