"""Streets from somebody else, for a house that wants them: off by default, and never behind anybody's back."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from litestar import Litestar
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.kit.geo import Km, LatLon
from referrals.kit.settings import Settings, from_environment
from referrals.places.map import Marker, draw
from referrals.places.tiles import Tiles
from referrals.places.view import around
from tests.browser import Browser
from tests.directory import pages_world
from tests.directory.pages_world import Pages

LYON = LatLon(45.7578, 4.8320)
TILES = Tiles("https://tiles.example.org/{z}/{x}/{y}.png", "© Streets & Co")


@pytest.fixture(scope="session")
def engine(pages_database: AsyncEngine) -> AsyncEngine:
    return pages_database


@pytest.fixture
async def pages(session: AsyncSession, tmp_path: Path) -> Pages:
    return await pages_world.load(session, tmp_path)


def test_tiles_cover_the_map_and_lie_where_they_belong() -> None:
    svg = draw(LYON, [Marker(LYON, 1, "Here")], view=around(LYON, Km(12), 480, 500), tiles=TILES, title="Lyon")
    found = re.findall(
        r'<image href="https://tiles\.example\.org/(\d+)/(\d+)/(\d+)\.png" x="([-\d.]+)" y="([-\d.]+)" width="([\d.]+)"',
        svg,
    )
    assert {z for z, *_ in found} == {"12"}
    assert 4 <= len(found) <= 16
    assert min(float(x) for *_, x, _y, _w in found) <= 0
    assert max(float(x) + float(wide) for *_, x, _y, wide in found) >= 480
    # The middle of Lyon lies in tile 2102, 1461 of level 12 (its number follows from Mercator's formula).
    (x, y, wide), *_ = [(float(x), float(y), float(w)) for z, tx, ty, x, y, w in found if (tx, ty) == ("2102", "1461")]
    assert x <= 240 <= x + wide
    assert y <= 250 <= y + wide
    assert "© Streets &amp; Co" in svg
    assert "map-land" not in svg


@pytest.mark.parametrize(
    "url", ["http://tiles.example.org/{z}/{x}/{y}.png", "https://tiles.example.org/", "javascript:{z}{x}{y}"]
)
def test_an_address_that_is_no_tile_server_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="TILES_URL"):
        from_environment({"REFERRALS_DATA": str(tmp_path), "TILES_URL": url})


async def test_without_the_setting_nobody_else_is_asked(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/en/services?need=physiotherapy&near=Truro")
    assert "<image" not in page.html
    assert "img-src 'self' data:;" in page.response.headers["Content-Security-Policy"]
    assert "come from this site alone" in await browser.open("/en/privacy")


async def test_with_it_the_policy_admits_that_host_alone_and_the_privacy_page_names_it(
    browser: Browser, pages: Pages, app: Litestar, settings: Settings
) -> None:
    app.state.settings = replace(settings, tiles_url=TILES.url, tiles_credit=TILES.credit)
    page = await browser.open("/en/services?need=physiotherapy&near=Truro")
    assert '<image href="https://tiles.example.org/' in page.html
    assert "img-src 'self' https://tiles.example.org data:;" in page.response.headers["Content-Security-Policy"]
    assert "comes from tiles.example.org" in await browser.open("/en/privacy")
    assert "tiles.example.org" not in (await browser.open("/en/")).response.headers["Content-Security-Policy"]
