"""Photographs every page in both languages, wide and narrow, light and dark, and lets axe look at each.

    python -m tests.e2e.screens [--only NAME …] [--at http://127.0.0.1:8000 --database CONNINFO]

Writes `screens/<page>-<language>-<width>-<theme>.png` and one `screens/contact-sheet.png`; ends with 1 on a violation.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from referrals.accounts.models import Role
from referrals.caseload import ACCOUNTS, PASSWORD
from referrals.kit import cluster
from referrals.kit.settings import CHECKOUT
from tests.e2e.conftest import CHROMIUM, QUIET
from tests.e2e.running import RunningDemo
from tests.e2e.walk import Stop, records, stops

WIDTHS = (1280, 320)
FOLDER = CHECKOUT / "screens"


@dataclass(frozen=True, slots=True)
class View:
    language: str
    width: int
    theme: str


VIEWS = tuple(View(*view) for view in product(("fr", "en"), WIDTHS, ("light", "dark")))
PAIRS = (View("fr", 320, "light"), View("en", 1280, "dark"))
"""Two views in which each language, width and theme is seen once: what the tests look at. `make screens` looks at all."""


def look_at(
    browser: Browser, base: str, walk: Iterable[Stop], views: Iterable[View], folder: Path | None,
    share: tuple[int, int] = (0, 1),
) -> Iterator[str]:  # fmt: skip
    """Every complaint of every page; photographs land in `folder`. `share`: with (0, 2) axe looks at every second page, with
    (1, 2) at the others: it takes longer than all the rest together, and two walks can share it.
    """
    walk = list(walk)
    judged = {stop for number, stop in enumerate(walk) if number % share[1] == share[0]}
    for view in views:
        for role in sorted({stop.role for stop in walk}, key=str):
            context = browser.new_context(viewport={"width": view.width, "height": 900}, color_scheme=view.theme)  # type: ignore[arg-type]  # light or dark
            page = context.new_page()
            strangers, wrong = _listen(page, base)
            if role is not None:
                sign_in(page, base, role)
            yield from (f"sign-in ({role}): console: {text[:160]}" for text in wrong)
            for stop in (stop for stop in walk if stop.role == role):
                yield from _complaints(page, base, stop, view, folder, strangers, wrong, stop in judged)
            context.close()


def _listen(page: Page, base: str) -> tuple[list[str], list[str]]:
    """Requests to anybody else, and complaints in the console; both lists fill as the page lives."""
    strangers: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda asked: None if asked.url.startswith((base, "data:")) else strangers.append(asked.url))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    return strangers, wrong


def sign_in(page: Page, base: str, role: Role, language: str = "en") -> None:
    who = next(account for account in ACCOUNTS if account.role == role)
    page.goto(f"{base}/{language}/sign-in")
    with page.expect_request_finished(lambda asked: "/htmx-" in asked.url):  # fetched at the first touch
        page.fill("#f-email", who.email)
    page.fill("#f-password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


def _complaints(
    page: Page, base: str, stop: Stop, view: View, folder: Path | None, strangers: list[str], wrong: list[str],
    judged: bool,
) -> Iterator[str]:  # fmt: skip
    where = f"{stop.name} ({view.language}, {view.width} px, {view.theme})"
    wrong.clear()
    answer = page.goto(f"{base}/{view.language}{stop.path}")
    expected = 404 if stop.name == "not-found" else 200
    if answer is None or answer.status != expected:
        yield f"{where}: answered {answer and answer.status}"
    if folder is not None:
        page.screenshot(path=folder / f"{stop.name}-{view.language}-{view.width}-{view.theme}.png", full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        yield f"{where}: scrolls sideways by {wide} px"
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"] if judged else []
    for violation in found:
        nodes = "; ".join(node["html"][:110] for node in violation["nodes"][:3])
        yield f"{where}: axe {violation['id']}: {violation['help']}: {nodes}"
    yield from (f"{where}: asked a third party: {url}" for url in strangers)
    yield from (f"{where}: console: {text[:160]}" for text in wrong if expected == 200)
    strangers.clear()


def contact_sheet(folder: Path, names: list[str]) -> Path:
    """One row a page, one column a view, each shrunk to a stamp."""
    width, height, label = 220, 300, 16
    sheet = Image.new("RGB", (width * len(VIEWS), (height + label) * len(names)), "white")
    pen = ImageDraw.Draw(sheet)
    for row, name in enumerate(names):
        for column, view in enumerate(VIEWS):
            file = folder / f"{name}-{view.language}-{view.width}-{view.theme}.png"
            at = (column * width, row * (height + label))
            pen.text((at[0] + 4, at[1] + 2), f"{name} {view.language} {view.width} {view.theme}", fill="black")
            if file.exists():
                with Image.open(file) as picture:
                    whole = picture.convert("RGB")
                    whole = whole.crop(
                        (0, 0, whole.width, min(whole.height, int(whole.width * (height / width) * 1.6)))
                    )
                    whole.thumbnail((width - 6, height - 4))
                    sheet.paste(whole, (at[0] + 3, at[1] + label))
    path = folder / "contact-sheet.png"
    sheet.save(path)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description="Photograph every page.")
    parser.add_argument("--only", nargs="*", help="names of routes")
    parser.add_argument("--at", help="a demo that is running already")
    parser.add_argument("--database", help="its database, for libpq")
    chosen = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    with _demo(chosen.at, chosen.database) as (base, database), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        walk = stops(records(database), chosen.only)
        complaints = list(look_at(browser, base, walk, VIEWS, FOLDER))
        browser.close()
    sheet = contact_sheet(FOLDER, [stop.name for stop in walk])
    print("\n".join(complaints))  # noqa: T201 - a command for people
    print(f"{len(walk)} pages in {len(VIEWS)} views, {len(complaints)} complaints: {sheet}")  # noqa: T201
    sys.exit(1 if complaints else 0)


@contextmanager
def _demo(base: str | None, database: str | None) -> Iterator[tuple[str, str]]:
    if base and database:
        yield base, database
        return
    server = cluster.ensure(CHECKOUT / ".local", durable=False)
    cluster.drop_database(server, "screens")
    cluster.ensure_database(server, "screens")
    with tempfile.TemporaryDirectory() as home:
        demo = RunningDemo(Path(home), server.url("screens").replace("+psycopg", ""))
        demo.start()
        try:
            yield demo.base, server.conninfo("screens")
        finally:
            demo.stop()


if __name__ == "__main__":
    main()
