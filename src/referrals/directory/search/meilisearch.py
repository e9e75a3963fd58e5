"""The engine as a server beside us: Meilisearch, through its own client.

The client is not asynchronous, so each call runs in a thread. Writing waits until the server has done what it was told,
for a job that ends before is a job that cannot be repeated when it fails.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from time import monotonic, sleep
from typing import Any, Final, TypeVar
from uuid import UUID

from anyio import to_thread
from meilisearch import Client
from meilisearch.errors import MeilisearchApiError, MeilisearchError
from meilisearch.models.task import TaskInfo

from referrals.directory.search.meilisearch_shape import SETTINGS, VERSION, entry, filters, hits, question
from referrals.directory.search.port import BOUND, Batches, Document, Hit, Page, Query, SearchUnavailable
from referrals.directory.search.tags import group_of, offered

T = TypeVar("T")
_FEW: Final = 5
_QUICK: Final = 2
"""Seconds that a search may take; then the database answers instead."""
_PATIENT: Final = 600
"""Seconds that the server may take to write."""
_LOOK_AGAIN: Final = 20
"""Milliseconds between two looks at a task."""


class Meilisearch:
    """Both sides of the port. `key`: one that may search, or one that may write (see `meilisearch_keys`).

    `name`: of the index, before its version; several installations may share a server.
    """

    def __init__(self, url: str, key: str | None = None, *, name: str = "services") -> None:
        self._asking = Client(url, key, timeout=_QUICK)
        self._writing = Client(url, key, timeout=60)
        self.index = f"{name}-v{VERSION}"

    async def find(self, query: Query) -> Page[Hit]:
        """All words first; where that finds too little, any of them. How a name begins it cannot tell."""
        if query.begins:
            return Page((), 0)
        answer = await self._ask(question(query, self.index))
        if answer["estimatedTotalHits"] < _FEW and len(query.words) > 1 and query.match == "any":
            answer = await self._ask(question(query, self.index, apart=True))
        found = hits(answer)
        facets = await self._facets(query, answer) if query.faceted and found else {}
        total = max(answer["estimatedTotalHits"], len(found)) if len(found) > BOUND else len(found)
        return Page(tuple(found[:BOUND]), min(total, BOUND), total > BOUND, facets=facets)

    async def exists(self) -> bool:
        """Raises SearchUnavailable where the server does not answer."""
        return await _in_thread(self._exists)

    async def put(self, documents: Iterable[Document]) -> None:
        await self.change(list(documents), ())

    async def remove(self, ids: Sequence[UUID]) -> None:
        await self.change((), ids)

    async def change(self, documents: Sequence[Document], ids: Sequence[UUID]) -> None:
        await _in_thread(self._change, documents, ids)

    async def rebuild(self, batches: Batches) -> int:
        """The new index is filled beside the old one; the server then changes their names at one blow."""
        beside = f"{self.index}-next"
        await _in_thread(self._begin, beside)
        count = 0
        async for documents in batches:
            count += len(documents)
            await _in_thread(self._add, beside, documents)
        await _in_thread(self._change_over, beside)
        return count

    def forget(self) -> None:
        """Take our index off the server. Raises MeilisearchError."""
        self._done(self._writing.delete_index(self.index), missing=True)

    async def _ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        said = partial(self._asking.multi_search, asked["queries"], asked.get("federation"))
        return await _in_thread(said)

    async def _facets(self, query: Query, answer: dict[str, Any]) -> dict[str, int]:
        """Of a group that was asked for, its tags are counted as if it had not been: any of them will do."""
        counts: dict[str, int] = dict(answer["facetsByIndex"][self.index]["distribution"]["wishes"])
        asked = question(query, self.index)["queries"][0]
        bare = {key: asked[key] for key in ("indexUid", "q", "attributesToSearchOn", "matchingStrategy")}
        more = [{**bare, "filter": filters(query, wish), "facets": ["wishes"], "limit": 0} for wish in query.wishes]
        if more:
            others = await self._ask({"queries": more})
            for wish, other in zip(query.wishes, others["results"], strict=True):
                group = group_of(wish[0])
                without: dict[str, int] = other["facetDistribution"]["wishes"]
                kept = [(tag, count) for tag, count in counts.items() if group_of(tag) != group]
                counts = dict([*kept, *((tag, count) for tag, count in without.items() if group_of(tag) == group)])
        return offered(counts)

    def _exists(self) -> bool:
        try:
            self._writing.get_index(self.index)
        except MeilisearchApiError as error:
            if error.code == "index_not_found":
                return False
            raise
        return True

    def _change(self, documents: Sequence[Document], ids: Sequence[UUID]) -> None:
        if not self._exists():
            self._done(self._writing.create_index(self.index, {"primaryKey": "id"}))
            self._done(self._writing.index(self.index).update_settings(SETTINGS))
        staying = {document.id for document in documents}
        gone = [str(id) for id in ids if id not in staying]
        if gone:
            self._done(self._writing.index(self.index).delete_documents(filter=f"id IN [{', '.join(gone)}]"))
        if documents:
            self._add(self.index, documents)

    def _begin(self, name: str) -> None:
        """An unfinished one of an earlier try is thrown away."""
        self._done(self._writing.delete_index(name), missing=True)
        self._done(self._writing.create_index(name, {"primaryKey": "id"}))
        self._done(self._writing.index(name).update_settings(SETTINGS))

    def _add(self, name: str, documents: Sequence[Document]) -> None:
        self._done(self._writing.index(name).add_documents([entry(document) for document in documents]))

    def _change_over(self, beside: str) -> None:
        if not self._exists():
            self._done(self._writing.create_index(self.index, {"primaryKey": "id"}))
        filled = self._made(beside)
        told = self._writing.swap_indexes([{"indexes": [self.index, beside]}])
        try:
            self._done(told)
        except MeilisearchApiError as error:
            if error.code != "task_not_found":
                raise
            self._wait_until_made(filled)
        self._done(self._writing.delete_index(beside))

    def _wait_until_made(self, at: object) -> None:
        """A task of two indexes is of none, so a key for ours alone may give it and not look at it: when the index that
        bears our name is the one made then, it is done.
        """
        until = monotonic() + _PATIENT
        while self._made(self.index) != at:
            if monotonic() > until:
                raise SearchUnavailable("indexSwap: not done in time")
            sleep(_LOOK_AGAIN / 1000)

    def _made(self, name: str) -> object:
        """When: it stays with what is in it."""
        return self._writing.get_index(name).created_at

    def _done(self, told: TaskInfo, *, missing: bool = False) -> None:
        """Waits. `missing`: that the index is not there is no failure."""
        task = self._writing.wait_for_task(told.task_uid, timeout_in_ms=_PATIENT * 1000, interval_in_ms=_LOOK_AGAIN)
        if task.status == "succeeded" or (missing and (task.error or {}).get("code") == "index_not_found"):
            return
        raise SearchUnavailable(f"{task.type} {task.status}: {(task.error or {}).get('message', '')}")


async def _in_thread(call: Callable[..., T], *given: object) -> T:
    """Raises SearchUnavailable for whatever the server or the way to it says."""
    try:
        return await to_thread.run_sync(partial(call, *given))
    except MeilisearchError as error:
        raise SearchUnavailable(str(error)) from error
