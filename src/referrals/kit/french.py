"""What French typography asks of a sentence. Pure; the catalogs are checked with it."""

import re
from collections.abc import Iterator

RULES = {
    "a straight apostrophe, where ’ belongs": re.compile(r"'"),
    "straight quotation marks, where « and » belong": re.compile(r'"'),
    "three dots, where … belongs": re.compile(r"\.\.\."),
    "no no-break space before : ; ? ! or »": re.compile(
        r"(?<![\u00a0\u202f?!(])[;?!»](?!\S*=)|(?<![\u00a0\u202f]):(?!//|\d)"
    ),
    "no no-break space after «": re.compile(r"«(?![\u00a0\u202f])"),
    "a sign that nobody can see": re.compile(r"[\x00-\x08\x0b-\x1f\x7f]"),
    "a space that may break between a number and %, € or °": re.compile(r"(?:\d|\)[sd]) (?:%%|€|°)"),
}
ENTITY = re.compile(r"&#?\w+;")


NARROW, WIDE = "\u202f", "\u00a0"


def spaced(sentence: str) -> str:
    """The same sentence with the no-break spaces where they belong, wherever somebody typed a space at all."""
    sentence = re.sub(f"[ {NARROW}{WIDE}]+([;?!])", NARROW + r"\1", sentence)
    sentence = re.sub(f"[ {NARROW}{WIDE}]+([:»])", WIDE + r"\1", sentence)
    return re.sub(f"«[ {NARROW}{WIDE}]*", "«" + WIDE, sentence)


def flaws(sentence: str) -> Iterator[str]:
    """What is wrong with the signs of a French sentence, one phrase for each rule that it breaks."""
    plain = ENTITY.sub("", sentence)
    for what, sign in RULES.items():
        if sign.search(plain):
            yield what
