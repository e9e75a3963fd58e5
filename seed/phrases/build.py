"""Collect `common.txt`: everyday words of both languages, from the sentences of our screens, documents and demo directory, and
from `everyday.txt`, which is written by hand.

Run `python seed/phrases/build.py` when many of them have changed. Words written with a capital within a sentence are
names and stay out, and so does what stands there once.
"""

import re
import unicodedata
from collections import Counter
from pathlib import Path

import yaml

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
_WORD = re.compile(r"(?<![\w@.])[^\W\d_]{2,}(?![\w@])")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae"})
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_TYPED = re.compile(r'`[^`\n]*`|"[^"\n]*"')
"""What our documents quote as somebody types it: towns without a capital among it."""
_FREQUENT = 2


def main() -> None:
    seen: Counter[str] = Counter()
    for text in texts():
        seen.update(fold(word) for word in _WORD.findall(text) if word.islower())
    words = sorted(word for word, times in seen.items() if times >= _FREQUENT)
    (HERE / "common.txt").write_text("\n".join(words) + "\n", "utf-8")
    print(len(words), "words")


def texts():
    for path in sorted((ROOT / "frontend" / "locale" / "fr").glob("*.po")):
        lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
        yield from _QUOTED.findall("\n".join(lines))
    for path in sorted(ROOT.glob("docs/**/*.md")):
        yield _TYPED.sub(" ", path.read_text("utf-8"))
    yield (HERE / "everyday.txt").read_text("utf-8") * _FREQUENT
    for path in sorted((ROOT / "seed" / "directory").glob("*.yaml")):
        yield from said(yaml.safe_load(path.read_text("utf-8")))


def said(value):
    """Whatever is given in both languages: never keys, addresses or mail."""
    if isinstance(value, dict) and set(value) == {"fr", "en"}:
        yield from value.values()
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from said(part)


def fold(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.lower().translate(_LETTERS))
    return "".join(c for c in plain if not unicodedata.combining(c))


if __name__ == "__main__":
    main()
