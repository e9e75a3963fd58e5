"""How well each engine answers the judged questions: one run, one table.

python -m tests.relevance.measure demo            the questions for development
python -m tests.relevance.measure miami --held    the ones held back, which nobody looks at while tuning
options: --all (both), --worst (the questions for development that ours answers badly), --again (load the directory anew)

Ends with 1 where a goal is missed: over the demo an answer among the first three for 95% of the questions; over all above
every other engine, and below none of them on any slice of 15 questions or more.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from referrals.kit.settings import CHECKOUT
from tests.relevance.engines import available
from tests.relevance.judged import HOMES, READ_WHOLE, Grades, Question, grades, questions, said_by
from tests.relevance.metrics import Figures, exact, kappa, ndcg, success
from tests.relevance.world import World, world

Run = dict[str, list[str]]
"""Question id -> keys of services, best first."""
Belongs = Callable[[Question], bool]
LAST_RUN = "relevance-{}-run.json"
"""In the data folder: what each engine answered, for `tests.relevance.pool`."""
OURS = "embedded"
SUCCESS = {"demo": 0.95}
ENOUGH = 15
"""Questions of a slice, before a goal is asked of it."""
_SLACK = 0.0005
"""What a table with three digits does not show is no difference."""
_LANGUAGES = {"fr": "asked in French", "en": "asked in English"}


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything that a table needs, of one directory."""

    directory: str
    asked: Sequence[Question]
    graded: Grades
    runs: dict[str, Run]

    def figures(self, engine: str, belongs: Belongs) -> Figures:
        return Figures.over([
            (self.runs[engine][one.id], self.graded.get(one.id, {}))
            for one in self.asked if belongs(one) and not one.fits_nothing
        ])  # fmt: skip

    def empty(self, engine: str) -> tuple[int, int]:
        """How many of the questions that nothing fits were answered with an empty page, and of how many."""
        those = [one for one in self.asked if one.fits_nothing]
        return sum(not self.runs[engine][one.id] for one in those), len(those)

    def unjudged(self, engine: str) -> list[tuple[Question, str]]:
        """What stands in the first ten and has no grade."""
        if self.directory in READ_WHOLE:
            return []
        return [
            (one, key) for one in self.asked if not one.fits_nothing
            for key in self.runs[engine][one.id] if key not in self.graded.get(one.id, {})
        ]  # fmt: skip


async def measured(there: World, asked: Sequence[Question]) -> Measured:
    """Every engine that can be asked here, on the same questions, in the order of the list."""
    runs: dict[str, Run] = {}
    for name, make in available().items():
        engine = await make(there)
        runs[name] = {one.id: await engine(one) for one in asked}
    return Measured(there.name, asked, grades(there.name), runs)


def slices(asked: Iterable[Question]) -> dict[str, Belongs]:
    """All, the first set and the half words that were added, each language of askers, each class."""
    asked = list(asked)
    found: dict[str, Belongs] = {"all": lambda one: True}
    if any(one.was_added for one in asked):
        found |= {"first set": lambda one: not one.was_added, "half words added": lambda one: one.was_added}
    for language, name in _LANGUAGES.items():
        found[name] = lambda one, language=language: one.language == language  # type: ignore[misc]  # bound here
    for name in sorted({name for one in asked if not one.fits_nothing for name in one.classes}):
        found[name] = lambda one, name=name: name in one.classes  # type: ignore[misc]  # bound here
    return found


def table(result: Measured) -> str:
    width = max(map(len, result.runs)) + 2
    lines = [f"{'':18}{'n':>4}" + "".join(f"{name:>{width + 16}}" for name in result.runs)]
    lines.append(" " * 22 + "".join(f"{'nDCG@10':>{width + 6}}{'success@3':>10}" for _ in result.runs))
    for name, belongs in slices(result.asked).items():
        rows = [result.figures(engine, belongs) for engine in result.runs]
        figures = "".join(f"{one.ndcg:>{width + 6}.3f}{one.success:>10.3f}" for one in rows)
        lines.append(f"{name:18}{rows[0].questions:>4}{figures}")
    for engine in result.runs:
        empty, of = result.empty(engine)
        lines.append(
            f"{engine}: {len(result.unjudged(engine))} answers in the first ten have no grade and count as 0; "
            f"{empty} of {of} questions that nothing fits got an empty page"
        )
    return "\n".join(lines)


def missed(result: Measured) -> list[str]:
    """Each goal that our search does not reach, in a sentence."""
    found = []
    ours = result.figures(OURS, lambda one: True)
    if ours.success < SUCCESS.get(result.directory, 0.0):
        found.append(f"success@3 is {ours.success:.3f}, the goal {SUCCESS[result.directory]}")
    for name, belongs in slices(result.asked).items():
        mine = result.figures(OURS, belongs)
        for other in [engine for engine in result.runs if engine not in (OURS, "meili, ours")]:
            theirs = result.figures(other, belongs)
            worse = [
                what for what, a, b in (("nDCG@10", mine.ndcg, theirs.ndcg), ("success@3", mine.success, theirs.success))
                if a < b - _SLACK
            ]  # fmt: skip
            if worse and mine.questions >= ENOUGH:
                found.append(f"{name}: below {other} in {' and '.join(worse)}")
    return found


def agreement(directory: str) -> str:
    """Of the two judges, on what both graded; a candidate that the first left out got 0 from that one."""
    first, second = said_by("first", directory), said_by("second", directory)
    if not second:
        return "Judged once so far."
    pairs = [(first.get(id, {}).get(key, 0), grade) for id, given in second.items() for key, grade in given.items()]
    return f"Two judges, {len(pairs)} pairs: quadratic kappa {kappa(pairs):.2f}, the same grade in {exact(pairs):.1%}"


def worst(result: Measured, engine: str = OURS, most: int = 25) -> str:
    """The questions that this engine answers worst, with what it brought."""
    unknown = "0" if result.directory in READ_WHOLE else "?"
    scored = sorted(
        (ndcg(result.runs[engine][one.id], result.graded[one.id]), one.id, one)
        for one in result.asked if not one.fits_nothing
    )  # fmt: skip
    return "\n".join(
        f"{value:.2f} {'' if success(result.runs[engine][id], result.graded[id]) else 'MISSED '}{id} {one.text!r}: "
        + ", ".join(f"{key}={result.graded[id].get(key, unknown)}" for key in result.runs[engine][id][:5])
        for value, id, one in scored[:most]
    )


async def _run(options: argparse.Namespace, home: Path) -> list[str]:
    asked = [one for one in questions(options.directory) if _wanted(one, options)]
    async with world(options.directory, home, fresh=options.again) as there:
        result = await measured(there, asked)
    _keep(home, result)
    which = "all" if options.all else "held back" if options.held else "for development"
    sys.stdout.write(f"{options.directory}: {len(asked)} questions ({which})\n{table(result)}\n")
    sys.stdout.write(f"{agreement(options.directory)}\n")
    if options.worst and not (options.held or options.all):
        sys.stdout.write(f"{worst(result)}\n")
    return missed(result)


def _wanted(one: Question, options: argparse.Namespace) -> bool:
    return bool(options.all or (one.split == "held") == options.held)


def _keep(home: Path, result: Measured) -> None:
    (home / LAST_RUN.format(result.directory)).write_text(json.dumps(result.runs, indent=0), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", choices=list(HOMES))
    for flag in ("held", "all", "worst", "again"):
        parser.add_argument(f"--{flag}", action="store_true")
    parser.add_argument("--home", type=Path, default=CHECKOUT / ".local")
    options = parser.parse_args()
    short = asyncio.run(_run(options, options.home))
    sys.stdout.write("".join(f"MISSED {one}\n" for one in short) or "Every goal is reached.\n")
    sys.exit(1 if short else 0)


if __name__ == "__main__":
    main()
