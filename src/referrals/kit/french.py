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
    "a space that may break between a number and %, € or °": re.compile(r"(?:\d|\)[sd]) (?:%%|€|°)"),
}
ENTITY = re.compile(r"&#?\w+;")


def flaws(sentence: str) -> Iterator[str]:
    """What is wrong with the signs of a French sentence, one phrase for each rule that it breaks."""
    plain = ENTITY.sub("", sentence)
    for what, sign in RULES.items():
        if sign.search(plain):
            yield what
