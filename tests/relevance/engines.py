"""The engines that are measured, each behind one port: what somebody typed in, keys of services out, best first."""

import os
import re
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from uuid import UUID

from anyio import to_thread
from meilisearch import Client
from sqlalchemy import text

from referrals.directory import jobs
from referrals.directory.search import find
from referrals.directory.search.documents import documents
from referrals.directory.search.meilisearch import Meilisearch
from referrals.directory.search.port import Document, ServiceSearch
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


_DICTIONARIES = {"fr": "french", "en": "english"}
Maker = Callable[[World], Awaitable[Engine]]


def available(environment: Mapping[str, str] = os.environ) -> dict[str, Maker]:
    """By the name that the table gives them; the two of Meilisearch where `MEILISEARCH_URL` names a server."""
    found: dict[str, Maker] = {"embedded": embedded, "full text": fulltext}
    if environment.get("MEILISEARCH_URL"):
        found |= {"meili, ours": meilisearch, "meili, default": meilisearch_as_it_comes}
    return found


async def embedded(world: World) -> Engine:
    """Our search as a page asks it, over the embedded index."""
    return await _ours(world, world.index)


async def meilisearch(world: World) -> Engine:
    """Our search as a page asks it, over Meilisearch with our settings."""
    engine = Meilisearch(*_server(), name=f"relevance-{world.name}")
    await jobs.reindex(world.session, engine=engine)
    return await _ours(world, engine)


async def meilisearch_as_it_comes(world: World) -> Engine:
    """Meilisearch by itself with its default settings: the same texts put in, what was typed asked as it is."""
    keys = await source_keys(world.session)
    told = await documents(world.session, [UUID(id) for id in keys], await vocabulary(world.session))
    client, name = Client(*_server()), f"relevance-{world.name}-default"
    await to_thread.run_sync(_fill, client, name, [_plain(one) for one in told])

    async def ask(question: Question) -> list[str]:
        found = await to_thread.run_sync(lambda: client.index(name).search(question.text, {"limit": DEPTH}))
        return [keys[hit["id"]] for hit in found["hits"]]

    return ask


async def fulltext(world: World) -> Engine:
    """Plain PostgreSQL full text: `fulltext.sql`."""
    for statement in (_DOCUMENTS, _INDEX):
        await world.session.execute(text(statement))
    question_ = text(_QUESTION)

    async def ask(question: Question) -> list[str]:
        words = re.findall(r"\w+", question.text)
        said = {"any": " or ".join(words), "all": " ".join(words), "configuration": _DICTIONARIES[question.language]}
        return list(await world.session.scalars(question_, said)) if words else []

    return ask


async def _ours(world: World, engine: ServiceSearch) -> Engine:
    words, places = await vocabulary(world.session), await index(world.session)
    keys = await source_keys(world.session)

    async def ask(question: Question) -> list[str]:
        found = await find.search(
            world.session, engine, words, places, question.text, language=question.language, now=NOW
        )
        return [keys[str(hit.id)] for hit in found.hits[:DEPTH]]

    return ask


def _server() -> tuple[str, str | None]:
    return os.environ["MEILISEARCH_URL"], os.environ.get("MEILISEARCH_KEY")


def _plain(one: Document) -> dict[str, object]:
    return {
        "id": str(one.id), "names": one.names, "organization": one.organization, "cities": one.cities,
        "needs": {language: (*said, *one.synonyms[language]) for language, said in one.needs.items()},
        "descriptions": one.descriptions,
    }  # fmt: skip


def _fill(client: Client, name: str, entries: list[dict[str, object]]) -> None:
    for told in (
        client.delete_index(name),  # of an earlier run; where there is none, that task fails and nothing is lost
        client.create_index(name, {"primaryKey": "id"}),
        client.index(name).add_documents(entries),
    ):
        client.wait_for_task(told.task_uid, timeout_in_ms=600_000)
