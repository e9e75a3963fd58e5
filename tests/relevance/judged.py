"""The judged questions of a directory and what the judges said of its listings."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Split = Literal["dev", "held"]
Judge = Literal["first", "second", "settled"]
_FILES: dict[Judge, str] = {"first": "grades", "second": "grades-second", "settled": "grades-settled"}
Grades = Mapping[str, Mapping[str, int]]
"""Question id -> key of a service -> 0 to 3."""
DEMO = Path(__file__).parent
MIAMI = DEMO.parent / "real" / "relevance"
HOMES = {"demo": DEMO, "miami": MIAMI}
NOTHING = "nothing"
"""Class of the questions that no listing fits."""
FIRST_SET = 200
"""Up to this number the questions are of the first set."""
READ_WHOLE = ("demo",)
"""Of these directories every listing was read for every question: what has no grade deserves 0."""


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    text: str
    language: str
    """The asker's, `fr` or `en`."""
    classes: tuple[str, ...]
    split: Split

    @property
    def was_added(self) -> bool:
        """A half word of the second set (`RULES.md`)."""
        return int(self.id[1:]) > FIRST_SET

    @property
    def fits_nothing(self) -> bool:
        return NOTHING in self.classes


def questions(directory: str) -> list[Question]:
    read = json.loads((HOMES[directory] / f"{directory}-queries.json").read_text(encoding="utf-8"))
    return [
        Question(one["id"], one["text"], one["language"], tuple(one["classes"]), one["split"]) for one in read
    ]  # fmt: skip


def grades(directory: str) -> Grades:
    """What counts: the first judge's grades, and where the judges were far apart what was settled."""
    first, settled = said_by("first", directory), said_by("settled", directory)
    return {id: {**given, **settled.get(id, {})} for id, given in first.items()}


def said_by(judge: Judge, directory: str) -> Grades:
    """Empty where that judge has not judged this directory."""
    file = _file(directory, judge)
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def write_grades(directory: str, judge: Judge, given: Grades) -> None:
    """One question a line, so that a change is seen."""
    lines = ",\n".join(f"{json.dumps(id)}: {json.dumps(dict(given[id]))}" for id in sorted(given))
    _file(directory, judge).write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def _file(directory: str, judge: Judge) -> Path:
    return HOMES[directory] / f"{directory}-{_FILES[judge]}.json"


def splits(asked: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, Split]:
    """For questions of the first set (id, classes) in the order of their ids: each goes where its classes are fewer so far."""
    so_far: dict[Split, Counter[str]] = {"dev": Counter(), "held": Counter()}
    taken: dict[str, Split] = {}
    for id, classes in asked:
        taken[id] = _fewer(id, classes, so_far)
        so_far[taken[id]].update(classes)
    return taken


def _fewer(id: str, classes: tuple[str, ...], so_far: Mapping[Split, Counter[str]]) -> Split:
    dev, held = (sum(so_far[split][one] for one in classes) for split in ("dev", "held"))
    if dev == held:
        return "dev" if int(id[1:]) % 2 else "held"
    return "dev" if dev < held else "held"
