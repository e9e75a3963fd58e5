"""A real browser before the running demo."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from referrals.kit import cluster
from tests.e2e.running import PATIENCE, RunningDemo

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def demo(data_home: Path, worker_id: str) -> Iterator[RunningDemo]:
    """The demo from nothing, with a private, durable PostgreSQL of its own. The last of its tests pulls the plug."""
    home = data_home / f"demo-{worker_id}"
    cluster.remove(home)
    demo = RunningDemo(home)
    demo.start()
    yield demo
    demo.kill()
    cluster.remove(home)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """While it lives, its loop runs in this thread, and no test with a loop of its own can: such tests stand before it."""
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
    yield browser
    browser.close()
