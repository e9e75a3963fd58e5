"""Puts templates, catalogs, built assets and seeds into the wheel; an editable install reads them where they are."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CARRIED = {
    "frontend/templates": "referrals/_frontend/templates",
    "frontend/locale": "referrals/_frontend/locale",
    "frontend/static/dist": "referrals/_frontend/static/dist",
    "seed": "referrals/_seed",
}
TOOLS = {".py", ".pyc"}
"""The scripts that make the seeds stay at home."""


class CarryData(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "standard":
            return
        root = Path(self.root)
        if not (root / "frontend/static/dist/manifest.json").exists():
            raise RuntimeError("frontend/static/dist is not built, so pages would have no style: run make setup first.")
        build_data["force_include"] |= {
            str(file): f"{inside}/{file.relative_to(root / outside).as_posix()}"
            for outside, inside in CARRIED.items()
            for file in sorted((root / outside).rglob("*"))
            if file.is_file() and file.suffix not in TOOLS
        }
