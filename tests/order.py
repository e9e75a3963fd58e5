"""The order of the tests and which process runs which, so that all processes are busy to the end."""

from collections.abc import Iterable

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

LONG = ("tests/e2e/", "tests/kit/", "tests/exchange/", "tests/directory/", "tests/journeys/")
"""What takes long comes first; what is left at the end is short, and ends everywhere at about the same time."""
DEMO = "tests/e2e/"
LAST = "tests/e2e/test_killed.py"
"""It pulls the plug on the demo."""


READING = {"tests/test_house.py", "tests/test_routes.py", "tests/directory/test_quality.py"}
"""They read the whole code as data, which one process does once."""


class ByModule(LoadScopeScheduling):  # type: ignore[misc]
    """A module's tests run in one process, which makes the module's world once; all tests of the one demo do too."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        config.option.loadscopereorder = False  # a module's number of tests says little about how long it takes
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return scope(nodeid)


def scope(nodeid: str) -> str:
    module = nodeid.partition("::")[0]
    if module in READING:
        return "reading"
    return DEMO if module.startswith(DEMO) else module


def longest_first(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The modules stay whole, and each keeps the order in which it tells its story."""
    return sorted(items, key=lambda item: _rank(item.nodeid))


def _rank(nodeid: str) -> tuple[int, bool]:
    known = [place for place, start in enumerate(LONG) if nodeid.startswith(start)]
    return (known or [len(LONG)])[0], nodeid.startswith(LAST)
