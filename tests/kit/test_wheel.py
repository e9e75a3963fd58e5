"""The wheel carries all that a page needs: it is built, installed apart from the checkout, and opened."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import Any

import pytest

from referrals.kit.settings import CHECKOUT

OPEN_A_PAGE = """
import asyncio, json, re, sys
from pathlib import Path

installed, dependencies, home, database = sys.argv[1:]
sys.path[:0] = [installed, dependencies]

import httpx
from referrals.app import create_app
from referrals.kit import db, settings


async def look():
    engine = db.connect(database)
    deployment = settings.Settings(Path(home), database, "wheel" * 16, "http://relais.test")
    app = create_app(deployment, db.session_maker(engine))
    async with app.lifespan(), httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://relais.test") as browser:
        pages = {language: await browser.get(f"/{language}/") for language in ("en", "fr")}
        style = re.search(r'rel="stylesheet" href="([^"]+)"', pages["en"].text)[1]
        css = await browser.get(style)
    await engine.dispose()
    return {
        "package": settings.__file__,
        "seeds": sorted(path.name for path in settings.seed_home().iterdir()),
        "status": {language: page.status_code for language, page in pages.items()},
        "french": 'lang="fr"' in pages["fr"].text and pages["fr"].text != pages["en"].text,
        "css": [css.status_code, css.headers["content-type"], len(css.content)],
    }


print(json.dumps(asyncio.run(look())))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _run("-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder), cwd=CHECKOUT)
    return next(folder.glob("*.whl"))


def test_an_installed_wheel_opens_a_page(wheel: Path, tmp_path: Path, database_url: str) -> None:
    installed = tmp_path / "installed"
    _run(
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        "--no-compile",
        "--target",
        str(installed),
        str(wheel),
    )
    dependencies = sysconfig.get_path("purelib")
    # Without `site`, nothing points back to the checkout.
    seen = _run("-I", "-S", "-c", OPEN_A_PAGE, str(installed), dependencies, str(tmp_path), database_url, cwd=tmp_path)
    said: dict[str, Any] = json.loads(seen.splitlines()[-1])
    assert Path(said["package"]).is_relative_to(installed)
    assert said["status"] == {"en": 200, "fr": 200}
    assert said["french"]
    assert {"directory", "gazetteer", "taxonomy"} <= set(said["seeds"])
    assert said["css"][:2] == [200, "text/css; charset=utf-8"]
    assert said["css"][2] > 10_000


def test_the_wheel_holds_what_it_must_and_no_tools(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
    assert any(name.endswith(".dist-info/licenses/NOTICE") for name in names)
    assert "referrals/migrations/versions/0001_ground.py" in names
    assert "referrals/_frontend/templates/layout.html" in names
    assert not [
        name
        for name in names
        if name.startswith(("referrals/_frontend/", "referrals/_seed/")) and name.endswith((".py", ".pyc"))
    ]
    assert len(names) == len(set(names))


def _run(*arguments: str, cwd: Path | None = None) -> str:
    done = subprocess.run(  # noqa: S603 - our own interpreter, with words written here
        [sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, timeout=120, check=False,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
