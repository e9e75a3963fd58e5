"""What the last run brought into its first ten and nobody has graded yet.

    python -m tests.relevance.pool demo|miami

Prints (question, listing) pairs; grade them by RULES.md and add them to the file of grades, a 0 as well.
"""

import argparse
import json
import sys
from pathlib import Path

from referrals.kit.settings import CHECKOUT
from tests.relevance.judged import HOMES, grades, questions
from tests.relevance.measure import LAST_RUN


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", choices=list(HOMES))
    parser.add_argument("--home", type=Path, default=CHECKOUT / ".local")
    options = parser.parse_args()
    runs = json.loads((options.home / LAST_RUN.format(options.directory)).read_text(encoding="utf-8"))
    graded, asked = grades(options.directory), {one.id: one for one in questions(options.directory)}
    met: dict[tuple[str, str], list[str]] = {}
    for engine, run in runs.items():
        for id, found in run.items():
            for key in found:
                if not asked[id].fits_nothing and key not in graded.get(id, {}):
                    met.setdefault((id, key), []).append(engine)
    for (id, key), engines in sorted(met.items()):
        sys.stdout.write(f"{id}\t{asked[id].text}\t{key}\t{', '.join(engines)}\n")


if __name__ == "__main__":
    main()
