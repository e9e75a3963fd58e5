"""Takes in what the second judge wrote.

    python -m tests.relevance.second BLIND_FOLDER ANSWER…

Each answer is {"query": {"listing": grade}}. Refused, in a sentence, where it grades what was not asked, leaves something
out, or gives another grade than 0 to 3.
"""

import json
import sys
from pathlib import Path

from tests.relevance.judged import said_by, write_grades

Asked = dict[str, list[str]]
Given = dict[str, dict[str, int]]


def problems(asked: Asked, given: Given) -> list[str]:
    """What is wrong with these answers to these questions; empty where nothing is."""
    found = [f"{id}: not asked" for id in given if id not in asked]
    for id, candidates in asked.items():
        got = given.get(id, {})
        found += [f"{id}: {key} is not graded" for key in candidates if key not in got]
        found += [f"{id}: {key} was no candidate" for key in got if key not in candidates]
        found += [f"{id}: {key} has the grade {grade!r}" for key, grade in got.items() if grade not in (0, 1, 2, 3)]
    return found


def main() -> None:
    folder, files = Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]
    given: Given = {}
    for file in files:
        given |= json.loads(file.read_text(encoding="utf-8"))
    for directory in ("demo", "miami"):
        asked: Asked = {
            one["id"]: one["candidates"]
            for file in sorted(folder.glob(f"judge-{directory}-*.json"))
            for one in json.loads(file.read_text(encoding="utf-8"))["queries"]
        }
        here = {id: given[id] for id in asked if id in given}
        if not here:
            continue
        wrong = problems({id: asked[id] for id in here}, here)
        sys.stdout.write("".join(f"{one}\n" for one in wrong[:20]))
        if wrong:
            sys.exit(f"{directory}: {len(wrong)} mistakes; nothing was taken in.")
        write_grades(directory, "second", {**said_by("second", directory), **here})
        sys.stdout.write(f"{directory}: {len(here)} of {len(asked)} questions taken in.\n")


if __name__ == "__main__":
    main()
