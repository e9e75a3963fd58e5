"""Writes what a second judge reads: questions with candidate listings in full words, shuffled, without any grade.

    python -m tests.relevance.blind DATA_HOME FOLDER

A question comes with what the first judge graded 1 or more (over the real directory a draw of `PER_GRADE` for each grade)
among as many that deserve 0 or were never graded: half of them brought up by plain full text, half drawn from all.
"""

import asyncio
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.duplicates.records import Entity
from referrals.kit.settings import LANGUAGES
from tests.real.duplicates.told import told
from tests.relevance import engines
from tests.relevance.judged import Grades, Question, grades, questions
from tests.relevance.world import world

SEED = "2026-11-22 blind"
FILES = 4
"""For each directory."""
PER_GRADE = {"demo": {3: 100, 2: 100, 1: 100}, "miami": {3: 3, 2: 3, 1: 2}}
ZEROS = {"demo": (5, 100), "miami": (5, 5)}
"""At least and at most; between them as many as there are others."""
LONGEST = 900
"""Characters of a text."""
LEFT_OUT = ("contacts", "phones", "email", "website", "place_names", "fees", "status")
SAYS = (
    "Read RULES.md. For every query grade every candidate 0 to 3 on the query and the listing alone. Write "
    'a JSON object {"<query id>": {"<listing key>": grade, …}, …} with every query and every candidate of this file.'
)
_MORE = """
SELECT s.id, s.source_key, s.translations, s.alert, l.modes, l.welcomes, l.rule, l.area_postcodes, l.area_countries, l.free,
       l.capacity_status, l.available_from::text, l.available_until::text
FROM service s JOIN listing l ON l.service_id = s.id
"""


async def write(home: Path, folder: Path) -> None:
    for directory in ("demo", "miami"):
        async with world(directory, home, fresh=False) as there:
            ask = await engines.fulltext(there)
            listings = await _listings(there.session)
            chance = random.Random(f"{SEED} {directory}")  # noqa: S311  # a draw that can be repeated
            asked = questions(directory)
            drawn = {
                one.id: _drawn(one, grades(directory), await ask(one), sorted(listings), directory, chance)
                for one in asked
            }
        for number in range(FILES):
            part = [one for place, one in enumerate(asked) if place % FILES == number]
            _write(folder / f"judge-{directory}-{number + 1}.json", part, drawn, listings)


def _drawn(
    one: Question, given: Grades, found: Sequence[str], everything: Sequence[str], directory: str, chance: random.Random
) -> list[str]:
    graded = given.get(one.id, {})
    chosen: list[str] = []
    for grade in (3, 2, 1):
        those = sorted(key for key, value in graded.items() if value == grade)
        chosen += chance.sample(those, min(len(those), PER_GRADE[directory][grade]))
    least, most = ZEROS[directory]
    zeros = min(max(len(chosen), least), most)
    hard = [key for key in found if key not in graded][: zeros // 2]
    others = [key for key in everything if key not in graded and key not in hard]
    chosen += [*hard, *chance.sample(others, zeros - len(hard))]
    chance.shuffle(chosen)
    return chosen


def _write(file: Path, part: Sequence[Question], drawn: dict[str, list[str]], listings: dict[str, Any]) -> None:
    needed = sorted({key for one in part for key in drawn[one.id]})
    told_ = {
        "what_to_do": SAYS,
        "queries": [
            {"id": one.id, "text": one.text, "language_of_asker": one.language, "candidates": drawn[one.id]}
            for one in part
        ],
        "listings": {key: listings[key] for key in needed},
    }
    file.write_text(json.dumps(told_, ensure_ascii=False, indent=0), encoding="utf-8")


async def _listings(session: AsyncSession) -> dict[str, dict[str, Any]]:
    """Key of a service -> everything that its listing says, each part in the language that it was written in."""
    rows = (await session.execute(text(_MORE))).mappings().all()
    full = await told(session, Entity.SERVICE, [row["id"] for row in rows])
    return {row["source_key"]: _short(full[row["id"]] | _more(row)) for row in rows if row["source_key"]}


def _short(said: dict[str, Any]) -> dict[str, Any]:
    return {
        field: value if not isinstance(value, str) or len(value) <= LONGEST else value[:LONGEST] + " …"
        for field, value in said.items() if field not in LEFT_OUT
    }  # fmt: skip


def _more(row: RowMapping) -> dict[str, Any]:
    names = [(row["translations"] or {}).get(language, {}).get("name") for language in LANGUAGES]
    said = {
        "name_in_other_language": next(filter(None, names), None),
        "given": row["modes"],
        "welcomes": row["welcomes"],
        "only_for": row["rule"],
        "area_served": [*row["area_postcodes"], *row["area_countries"]],
        "free": row["free"],
        "room": row["capacity_status"],
        "alert": row["alert"],
        "season": [day for day in (row["available_from"], row["available_until"]) if day],
    }
    return {field: value for field, value in said.items() if value not in (None, "", [], False)}


def main() -> None:
    folder = Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(write(Path(sys.argv[1]), folder))


if __name__ == "__main__":
    main()
