"""Puts the verdicts of two judges together: what both say counts, where they differ the pair is left open.

    python -m tests.real.duplicates.verdicts final FIRST.json SECOND.json

reads lists of {"n": …, "verdict": "same" or "different"} for the pairs of `pairs-final.json`, writes `labels-final.json`.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(drawn: str, first: Path, second: Path) -> None:
    asked = [one["n"] for one in json.loads((HERE / f"pairs-{drawn}.json").read_text(encoding="utf-8"))]
    said = [
        {one["n"]: one["verdict"] for one in json.loads(judge.read_text(encoding="utf-8"))} for judge in (first, second)
    ]
    rows = []
    for n in asked:
        a, b = (verdicts[n] for verdicts in said)
        if {a, b} - {"same", "different"}:
            raise SystemExit(f"pair {n}: a verdict is neither same nor different")
        rows.append({"n": n, "first": a, "second": b, "label": a if a == b else "open"})
    lines = ",\n".join(json.dumps(row) for row in rows)
    (HERE / f"labels-{drawn}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
