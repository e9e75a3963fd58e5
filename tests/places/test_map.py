"""Maps drawn without a network."""

import re
import xml.etree.ElementTree as ET

import pytest

from referrals.kit.geo import Km, LatLon, distance
from referrals.places.ground import Box, Ground, decode, ground
from referrals.places.labels import Rect, Sheet
from referrals.places.lookup import PlaceIndex
from referrals.places.map import Marker, draw
from referrals.places.view import fitted

LYON = LatLon(45.7578, 4.8320)
TRURO = LatLon(50.2653, -5.0544)
SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(str(svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))  # noqa: S314  # our own


def _area(of: Ground) -> float:
    return sum(shape.area for shape in of.land)


def classes(svg: str) -> set[str]:
    return {name for value in re.findall(r'class="([^"]+)"', svg) for name in value.split()}


def test_a_map_is_links_around_a_picture(index: PlaceIndex) -> None:
    markers = [Marker(LYON, 1, "Maison <Bleue>"), Marker(LatLon(45.77, 4.85), 2, "Le Pont", approximate=True)]
    svg = draw(LYON, markers, Km(5), towns=index.within, title="2 résultats à 5 km & moins")
    root = parsed(svg)
    links = root.findall(f".//{SVG}a")
    assert root.findtext(f"{SVG}title") == "2 résultats à 5 km & moins"
    assert root.get("role") == "group"
    assert [link.get("href") for link in links] == ["#result-1", "#result-2"]
    assert links[0].get("aria-label") == "1. Maison <Bleue>"
    assert {"map-sea", "map-land", "map-river", "map-town", "map-radius", "map-marker", "map-marker-number"} <= classes(
        svg
    )
    assert "map-marker-approximate" in classes(svg)


def test_a_map_without_links_is_an_image() -> None:
    root = parsed(draw(TRURO, [], Km(40), title="Cornwall"))
    assert root.get("role") == "img"
    assert root.findall(f".//{SVG}a") == []


def test_a_map_fits_the_strictest_page(index: PlaceIndex) -> None:
    svg = draw(TRURO, [Marker(TRURO, 1, "Somewhere")], Km(40), towns=index.within, title="Cornwall")
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=|javascript:|url\(", svg)
    assert len(svg) < 20_000


def test_towns_are_named_and_nothing_else_is_invented(index: PlaceIndex) -> None:
    svg = draw(LYON, [], Km(5), towns=index.within, title="Lyon")
    names = [text.text or "" for text in parsed(svg).findall(f".//{SVG}text")]
    assert {"Lyon", "Villeurbanne", "Lyon 3e"} <= set(names)
    assert all(re.match(r"^(Lyon.*|Villeurbanne|\d+ km|GeoNames.*)$", name) for name in names)


def test_land_and_sea_are_told_apart() -> None:
    around = ground(Box(49.9, -5.8, 50.8, -4.2))
    assert 0.2 < _area(around) / (0.9 * 1.6) < 0.7
    assert _area(ground(Box(45.7, 4.7, 45.8, 4.9))) == pytest.approx(0.02)
    assert any(importance == 2 for importance, _ in ground(Box(45.7, 4.7, 45.8, 4.9)).rivers)
    assert not ground(Box(-40, -120, -39, -119)).land


@pytest.mark.parametrize("center", [LYON, TRURO, LatLon(-20.88, 55.45)])
def test_distances_on_a_map_are_true(center: LatLon) -> None:
    view = fitted([], center, Km(40), 640, 440)
    east = LatLon(center.lat, center.lon + 0.4)
    north = LatLon(center.lat + 0.3, center.lon)
    for other in (east, north):
        (x, y), (u, v) = view.place(center), view.place(other)
        pixels = ((x - u) ** 2 + (y - v) ** 2) ** 0.5
        assert pixels * view.km_per_pixel == pytest.approx(distance(center, other), rel=0.003)


def test_a_map_shows_all_it_is_asked_for() -> None:
    far = [LatLon(46.2, 4.1), LatLon(45.1, 5.4)]
    view = fitted(far, LYON, Km(5), 640, 440)
    for at in (*far, LYON):
        x, y = view.place(at)
        assert 0 < x < 640
        assert 0 < y < 440
    assert fitted([LYON], None, None, 640, 440).span_km == pytest.approx(3)


def test_a_map_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        draw(None, [], title="")


def test_results_at_one_door_do_not_hide_each_other() -> None:
    svg = draw(LYON, [Marker(LYON, n, "Here") for n in range(1, 6)], Km(5), title="Five")
    spots = [
        (c.get("cx"), c.get("cy")) for link in parsed(svg).findall(f".//{SVG}a") for c in link.findall(f"{SVG}circle")
    ]
    assert len(set(spots)) == 5
    assert "map-leader" in classes(svg)


def test_labels_keep_off_each_other_and_on_the_sheet() -> None:
    sheet = Sheet(300, 100)
    assert sheet.label(150, 50, "Lyon", 12) is not None
    assert sheet.label(150, 50, "Villeurbanne", 12) is not None
    assert sheet.label(295, 50, "Caluire-et-Cuire", 12, gap=4) is not None
    assert all(not a.meets(b) for i, a in enumerate(sheet.taken) for b in sheet.taken[i + 1 :])
    assert not sheet.take(Rect(290, 90, 310, 95))


def test_lines_are_differences_of_rounded_degrees() -> None:
    assert list(decode("", 4)) == []
    assert list(decode("ACBD", 1)) == [(0.1, 0.2), (-0.1, -0.1)]
