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
def demo(data_home: Path, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    """The demo with everything loaded, over a database of the test cluster."""
    server = cluster.ensure(data_home, durable=False)
    name = f"demo_{worker_id}"
    cluster.drop_database(server, name)
    cluster.ensure_database(server, name)
    demo = RunningDemo(tmp_path_factory.mktemp("demo"), server.url(name).replace("+psycopg", ""))
    demo.start()
    yield demo
    demo.stop()
    cluster.drop_database(server, name)


@pytest.fixture
def playwright() -> Iterator[Playwright]:
    """For one test: while it lives, its loop runs in this thread, and no test of ours with a loop of its own can."""
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
    yield browser
    browser.close()
