"""The pictures of a comparison: for each figure a bar for each order, and a line from the least to the most. Light and dark."""

from collections.abc import Mapping
from html import escape
from typing import Final

from referrals.evaluation.simulation.figures import Compared, Spread, spread
from referrals.evaluation.simulation.orders import CALLED

PICTURES: Final[Mapping[str, tuple[tuple[str, str, float, str], ...]]] = {
    "people": (
        ("need_met", "Of a hundred people, so many were helped", 100, ""),
        ("wait_median", "Days until help began: half of the people waited less", 1, " days"),
        ("wait_p90", "Days until help began: nine in ten waited less", 1, " days"),
    ),
    "services": (
        ("gini", "How unequally services are busy: 0 all alike, 100 one has everybody", 100, ""),
        ("newcomers", "Of a hundred people, so many found a new service", 100, ""),
    ),
}  # fmt: skip
"""Each picture's figures, with their headings, what they are multiplied by, and a unit."""
_WIDTH, _ROW, _LEFT, _BAR, _HEAD = 720, 28, 230, 360, 46
_STYLE: Final = (
    "text{font:14px system-ui,sans-serif;fill:#1f2933}.quiet{fill:#52606d}rect{fill:#9fb3a6}.all{fill:#2f6f4e}"
    "line{stroke:#1f2933;stroke-width:2}.due{stroke:#b3541e;stroke-dasharray:4 3}"
    "@media(prefers-color-scheme:dark){text{fill:#e4e7eb}.quiet{fill:#9aa5b1}rect{fill:#5d6f64}.all{fill:#8fd3ae}"
    "line{stroke:#e4e7eb}.due{stroke:#f0a36b}}"
)


def pictures(found: Compared) -> dict[str, str]:
    """Name of the file -> SVG."""
    return {f"simulation-{name}.svg": _picture(found, charts) for name, charts in PICTURES.items()}


def _picture(found: Compared, charts: tuple[tuple[str, str, float, str], ...]) -> str:
    tall = _HEAD + _ROW * len(found)
    drawn, told = "", []
    for at, (key, heading, times, unit) in enumerate(charts):
        values = {order: _times(spread(found, order, key), times) for order in found}
        drawn += _chart(at * tall, heading, values, unit)
        told.append(
            f"{heading}: " + ", ".join(f"{CALLED[order]} {one.mean:.0f}{unit}" for order, one in values.items())
        )
        if key == "newcomers":
            drawn += _due(at * tall, _times(spread(found, "ours", "newcomers_places"), times).mean, values, len(found))
    height = tall * len(charts) + 14
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape("; ".join(told))}">'
        f"<style>{_STYLE}</style>{drawn}</svg>\n"
    )  # fmt: skip


def _chart(top: float, heading: str, values: Mapping[str, Spread], unit: str) -> str:
    whole = _whole(values)
    bars = "".join(
        _bar(top + _HEAD - 12 + at * _ROW, order, one, whole, unit) for at, (order, one) in enumerate(values.items())
    )
    return f'<text x="10" y="{top + 24}" class="quiet">{escape(heading)}</text>{bars}'


def _bar(y: float, order: str, one: Spread, whole: float, unit: str) -> str:
    width, low, high = (_BAR * value / whole for value in (one.mean, one.least, one.most))
    return (
        f'<text x="{_LEFT - 10}" y="{y + 15}" text-anchor="end">{escape(CALLED[order])}</text>'
        f'<rect class="{"all" if order == "ours" else ""}" x="{_LEFT}" y="{y}" width="{width:.1f}" height="20" rx="3"/>'
        f'<line x1="{_LEFT + low:.1f}" x2="{_LEFT + high:.1f}" y1="{y + 10}" y2="{y + 10}"/>'
        f'<text x="{_LEFT + max(width, high) + 8:.1f}" y="{y + 15}">{one.mean:.0f}{unit}</text>'
    )


def _due(top: float, share: float, values: Mapping[str, Spread], rows: int) -> str:
    """The share of places that newcomers have, as a line through the bars."""
    x = _LEFT + _BAR * share / _whole(values)
    return (
        f'<line class="due" x1="{x:.1f}" x2="{x:.1f}" y1="{top + _HEAD - 16}" y2="{top + _HEAD - 12 + rows * _ROW}"/>'
    )


def _whole(values: Mapping[str, Spread]) -> float:
    return 1.1 * max(one.most for one in values.values()) or 1.0


def _times(one: Spread, times: float) -> Spread:
    return Spread(one.mean * times, one.least * times, one.most * times)
