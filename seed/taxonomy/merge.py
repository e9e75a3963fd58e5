"""Lay the words of `words/*.json` over the terms of `taxonomy.json`. May be run again at any time.

Run `python seed/taxonomy/merge.py`.
"""

import json
from pathlib import Path

HERE = Path(__file__).parent
TAXONOMY = HERE / "taxonomy.json"
# Identity comes from the project's list of terms, never from the words.
WORDS = {"synonyms_fr", "synonyms_en", "plain_fr", "plain_en", "data_inclusion"}


def main() -> None:
    book = json.loads(TAXONOMY.read_text("utf-8"))
    for path in sorted((HERE / "words").glob("*.json")):
        for name, words_by_code in json.loads(path.read_text("utf-8")).items():
            terms = {term["code"]: term for term in book["taxonomies"][name]["terms"]}
            for code, words in words_by_code.items():
                if not WORDS.issuperset(words):
                    raise SystemExit(f"{path.name}: {name}/{code} has unknown keys {set(words) - WORDS}")
                terms[code].update(words)
    TAXONOMY.write_text(json.dumps(book, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
