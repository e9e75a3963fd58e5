"""The picture of an ablation: how good the order is without each criterion, beside all of them. One SVG, light and dark."""

from collections.abc import Sequence
from html import escape
from typing import Final

from referrals.evaluation.robustness import Without
from referrals.matching.metrics import Measured

CALLED: Final = {
    "fit": "fit", "outcomes": "outcomes", "timeliness": "time", "travel": "way", "preferences": "wishes and ties",
    "cost": "price", "language": "language", "continuity": "what goes together",
}  # fmt: skip
_WIDTH, _ROW, _LEFT, _BAR = 640, 30, 190, 330
_STYLE: Final = (
    "text{font:14px system-ui,sans-serif;fill:#1f2933}.quiet{fill:#52606d}rect{fill:#7b9e89}.all{fill:#2f6f4e}"
    "@media(prefers-color-scheme:dark){text{fill:#e4e7eb}.quiet{fill:#9aa5b1}rect{fill:#5d8a72}.all{fill:#8fd3ae}}"
)


def picture(whole: Measured, without: Sequence[Without]) -> str:
    """Bars of nDCG@5, the worst loss first; the scale begins where a list in any order would stand."""
    floor = 0.75
    lost = sorted(without, key=lambda one: one.measured.ndcg_at_5 or 0.0)
    lines = [("all criteria", whole.ndcg_at_5 or 0.0, "all")]
    lines += [(f"without {CALLED[one.criterion]}", one.measured.ndcg_at_5 or 0.0, "") for one in lost]
    height = _ROW * len(lines) + 50
    title = f"nDCG@5 with all criteria is {lines[0][1]:.3f}; " + ", ".join(
        f"{name} {value:.3f}" for name, value, _ in lines[1:]
    )
    bars = "".join(_bar(40 + at * _ROW, *line, floor) for at, line in enumerate(lines))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(title)}">'
        f"<style>{_STYLE}</style>"
        f'<text x="{_LEFT}" y="22" class="quiet">nDCG@5, from {floor:g} (about any order of what fits) to 1</text>{bars}</svg>\n'
    )  # fmt: skip


def _bar(y: int, name: str, value: float, kind: str, floor: float) -> str:
    width = max(0.0, min(1.0, (value - floor) / (1 - floor))) * _BAR
    return (
        f'<text x="{_LEFT - 10}" y="{y + 15}" text-anchor="end">{escape(name)}</text>'
        f'<rect class="{kind}" x="{_LEFT}" y="{y}" width="{width:.1f}" height="20" rx="3"/>'
        f'<text x="{_LEFT + width + 8:.1f}" y="{y + 15}">{value:.3f}</text>'
    )
