"""Every page in a real browser: it opens, does not scroll sideways, asks nobody else, and axe, in one of its views, finds
nothing."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.running import RunningDemo
from tests.e2e.screens import PAIRS, View, look_at
from tests.e2e.walk import records, stops


@pytest.mark.parametrize("view", PAIRS, ids=lambda view: f"{view.language}-{view.width}-{view.theme}")
def test_every_page_holds(chromium: Browser, demo: RunningDemo, view: View) -> None:
    assert demo.database_url is not None
    walk = stops(records(demo.database_url))
    complaints = list(look_at(chromium, demo.base, walk, [view], None, share=(PAIRS.index(view), len(PAIRS))))
    assert not complaints, "\n".join(complaints)
