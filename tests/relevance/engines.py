"""The engines that are measured, each behind one port: what somebody typed in, keys of services out, best first."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy import text

from referrals.directory.search import find
from referrals.places.queries import index
from referrals.taxonomy.queries import vocabulary
from tests.relevance.judged import Question
from tests.relevance.world import NOW, World, source_keys

Engine = Callable[[Question], Awaitable[list[str]]]
DEPTH = 10
"""Nobody looks further in a measure."""
_DOCUMENTS, _INDEX, _QUESTION = re.split(
    r"^-- (?:index|question)\n", Path(__file__).with_name("fulltext.sql").read_text("utf-8"), flags=re.MULTILINE
)


async def embedded(world: World) -> Engine:
    """Our search as a page asks it, over the embedded index."""
    words, places = await vocabulary(world.session), await index(world.session)
    keys = await source_keys(world.session)

    async def ask(question: Question) -> list[str]:
        found = await find.search(
            world.session, world.index, words, places, question.text, language=question.language, now=NOW
        )
        return [keys[str(hit.id)] for hit in found.hits[:DEPTH]]

    return ask


async def fulltext(world: World) -> Engine:
    """Plain PostgreSQL full text: `fulltext.sql`."""
    for statement in (_DOCUMENTS, _INDEX):
        await world.session.execute(text(statement))
    question_ = text(_QUESTION)

    async def ask(question: Question) -> list[str]:
        words = re.findall(r"\w+", question.text)
        said = {"any": " or ".join(words), "all": " ".join(words)}
        return list(await world.session.scalars(question_, said)) if words else []

    return ask


ENGINES: dict[str, Callable[[World], Awaitable[Engine]]] = {"embedded": embedded, "full text": fulltext}
