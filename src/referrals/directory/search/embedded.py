"""The engine in our own process: tantivy, in a folder that one process writes and many read.

tantivy scores every misspelt or unfinished word 1.0, so each kind of hit gets a constant weight of ours instead:
a name above a need, a need above an organization, then the town, then the description; the word itself above its
stem, the stem above the beginning of a word, that above a slip of the finger; a rare word above a common one.
"""

import shutil
from collections.abc import Iterable, Sequence
from math import log
from pathlib import Path
from time import time_ns
from uuid import UUID

import tantivy
from anyio import to_thread
from rapidfuzz import fuzz
from tantivy import Filter, Occur, TextAnalyzerBuilder, Tokenizer
from tantivy import Query as Ask

from referrals.directory.search.port import BOUND, Batches, Document, Hit, Page, Query, SearchUnavailable
from referrals.directory.search.square import square
from referrals.kit.text import fold

VERSION = 1
"""Of the schema below; a folder made by another one is not opened."""
WEIGHTS = {"name": 6.0, "need": 4.0, "organization": 3.0, "city": 2.0, "description": 1.0}
STEMMED = ("name", "need", "description")
LIKENESS = {"word": 1.0, "stem": 0.9, "beginning": 0.7, "slip": 0.5}
FUZZY_FROM = 4
"""Letters. Shorter words have too many neighbours."""
_STEMMERS = {"fr": "french", "en": "english"}
_HEAP = 64_000_000
_CURRENT = "current"


class Embedded:
    """`home`: the folder that holds the indexes. Both sides of the port; a process that only reads never calls `put`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._open: _Open | None = None

    async def find(self, query: Query) -> Page[Hit]:
        # In the loop on purpose: it takes about a millisecond, less than handing it to a thread and back.
        try:
            hits = self._reader().ask(query)
        except (ValueError, OSError):
            # The folder may have been changed for another between two looks: the second one sees the new.
            self._open = None
            try:
                hits = self._reader().ask(query)
            except (ValueError, OSError) as error:
                raise SearchUnavailable(str(error)) from error
        return Page(tuple(hits[:BOUND]), min(len(hits), BOUND), len(hits) > BOUND)

    async def put(self, documents: Iterable[Document]) -> None:
        await to_thread.run_sync(self._write, list(documents), ())

    async def remove(self, ids: Sequence[UUID]) -> None:
        await to_thread.run_sync(self._write, (), ids)

    async def rebuild(self, batches: Batches) -> int:
        name = f"services-v{VERSION}-{time_ns():x}"
        folder = self.home / name
        folder.mkdir(parents=True)
        writer = _index(folder).writer(_HEAP, 1)
        count = 0
        async for documents in batches:
            count += len(documents)
            await to_thread.run_sync(_add, writer, documents)
        await to_thread.run_sync(_finish, writer)
        self._point_to(name)
        self._tidy(name)
        return count

    def exists(self) -> bool:
        """Whether there is an index of this version to ask."""
        return self._current() is not None

    def _write(self, documents: Sequence[Document], gone: Sequence[UUID]) -> None:
        name = self._current()
        if name is None:
            name = f"services-v{VERSION}-{time_ns():x}"
            (self.home / name).mkdir(parents=True)
        writer = _index(self.home / name).writer(_HEAP, 1)
        for id in [*gone, *(document.id for document in documents)]:
            writer.delete_documents_by_term("id", str(id))
        _add(writer, documents)
        _finish(writer)
        self._point_to(name)

    def _reader(self) -> "_Open":
        name = self._current()
        if name is None:
            raise SearchUnavailable("there is no index yet")
        changed = (self.home / name / "meta.json").stat().st_mtime_ns
        if self._open is None or self._open.name != name:
            self._open = _Open(name, self.home / name, changed)
        self._open.refresh(changed)
        return self._open

    def _current(self) -> str | None:
        try:
            name = (self.home / _CURRENT).read_text().strip()
        except OSError:
            return None
        return name if name.startswith(f"services-v{VERSION}-") else None

    def _point_to(self, name: str) -> None:
        """Readers see either the old folder or the new one, whole."""
        if self._current() != name:
            beside = self.home / f"{_CURRENT}.new"
            beside.write_text(name)
            beside.replace(self.home / _CURRENT)

    def _tidy(self, name: str) -> None:
        for folder in self.home.glob("services-v*"):
            if folder.name != name:
                shutil.rmtree(folder, ignore_errors=True)


class _Open:
    """One opened index, and how it is asked."""

    def __init__(self, name: str, folder: Path, changed: int) -> None:
        self.name = name
        self._changed = changed
        self._index = tantivy.Index.open(str(folder))
        self._index.config_reader("manual")
        self._index.reload()
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    def refresh(self, changed: int) -> None:
        if changed != self._changed:
            self._index.reload()
            self._searcher = self._index.searcher()
            self._changed = changed

    def ask(self, query: Query) -> list[Hit]:
        """All words first; where that finds too little, most of them, then any."""
        words = [(word, self._seen(word)) for word in dict.fromkeys(query.words)]
        limits = self._limits(query)
        clauses = [self._word(word, seen) for word, seen in words]
        needed = len(words)
        found = self._search(clauses, needed, limits)
        if len(found) < 5 and needed > 1 and query.match == "any":
            found = self._search(clauses, 1, limits)
        best = sum(self._rarity(seen) for _, seen in words) * WEIGHTS["name"]
        return self._ranked(found, query, best) if words else []

    def _search(
        self, clauses: list[Ask], needed: int, limits: list[tuple[Occur, Ask]]
    ) -> list[tuple[float, tantivy.DocAddress]]:
        words = Ask.boolean_query([(Occur.Should, clause) for clause in clauses], needed)
        asked = Ask.boolean_query([(Occur.Must, words), *limits])
        hits: list[tuple[float, tantivy.DocAddress]] = self._searcher.search(asked, BOUND + 1, count=False).hits
        return hits

    def _word(self, word: str, seen: int) -> Ask:
        """The best place and the best likeness count; the others only break ties. A known word is no slip of another."""
        rarity = self._rarity(seen)
        kinds = [kind for kind in LIKENESS if kind != "slip" or not seen]
        ways = [self._way(kind, field, word, rarity) for field in WEIGHTS for kind in kinds]
        return Ask.disjunction_max_query([way for way in ways if way is not None], 0.02)

    def _way(self, way: str, field: str, word: str, rarity: float) -> Ask | None:
        score = WEIGHTS[field] * LIKENESS[way] * rarity
        if way == "word":
            return Ask.const_score_query(Ask.term_query(self._schema, field, word), score)
        if way == "stem":
            if field not in STEMMED:
                return None
            stems = {(f"{field}_{tongue}", stem(word, tongue)) for tongue in _STEMMERS}
            asked = [(Occur.Should, Ask.term_query(self._schema, name, stemmed)) for name, stemmed in stems]
            return Ask.const_score_query(Ask.boolean_query(asked), score)
        if field == "description" or len(word) < (FUZZY_FROM if way == "slip" else 3):
            return None
        distance = 1 if way == "slip" else 0
        close = Ask.fuzzy_term_query(self._schema, field, word, distance, True, way == "beginning")
        return Ask.const_score_query(close, score)

    def _seen(self, word: str) -> int:
        """On how many services the word is."""
        return max(self._searcher.doc_freq(field, word) for field in WEIGHTS)

    def _rarity(self, seen: int) -> float:
        """0.3 for a word on every service, 1 for one on hardly any."""
        many = max(self._searcher.num_docs, 1)
        return 0.3 + 0.7 * log((many + 1) / (seen + 1)) / log(many + 1)

    def _limits(self, query: Query) -> list[tuple[Occur, Ask]]:
        limits: list[tuple[Occur, Ask]] = []
        modes = ("remote",) if query.distant == "only" else query.modes
        for field, values in (("term", query.terms), ("mode", modes), ("spoken", query.languages)):
            if values:
                among = Ask.term_set_query(self._schema, field, list(values))
                limits.append((Occur.Must, Ask.const_score_query(among, 0.0)))
        if query.near and query.radius_km and query.distant != "only":
            box = square(query.near.at, query.radius_km)
            inside = [
                (Occur.Must, Ask.range_query(self._schema, field, tantivy.FieldType.Float, low, high))
                for field, low, high in (("lat", box.south, box.north), ("lon", box.west, box.east))
            ]
            roaming = Ask.term_query(self._schema, "roams", "yes")
            either = [(Occur.Should, Ask.boolean_query(inside)), (Occur.Should, roaming)]
            limits.append((Occur.Must, Ask.const_score_query(Ask.boolean_query(either), 0.0)))
        return limits

    def _ranked(self, found: list[tuple[float, tantivy.DocAddress]], query: Query, best: float) -> list[Hit]:
        """Ours on top of the engine's: a name that is the very words, or holds them in this order, comes first."""
        asked = " ".join(query.words)
        hits = []
        for score, address in found:
            document = self._searcher.doc(address)
            likeness = max((fuzz.token_set_ratio(asked, name) for name in document["shown"]), default=0.0)
            whole = max((fuzz.ratio(asked, name) for name in document["shown"]), default=0.0)
            ours = 0.9 * min(score / best, 1.0) + 0.05 * likeness / 100 + 0.05 * whole / 100
            hits.append(Hit(UUID(document["id"][0]), round(ours, 4)))
        return sorted(hits, key=lambda hit: (-hit.score, hit.id))


def stem(word: str, language: str) -> str:
    """A folded word as the index keeps it in this language."""
    stems: list[str] = _ANALYZERS[language].analyze(word)
    return stems[0] if stems else word


def _analyzer(language: str) -> tantivy.TextAnalyzer:
    return TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.stemmer(_STEMMERS[language])).build()


_ANALYZERS = {language: _analyzer(language) for language in _STEMMERS}


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("shown", stored=True, tokenizer_name="raw", index_option="basic")
    for field in WEIGHTS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="basic")
    for field in STEMMED:
        for language in _STEMMERS:
            builder.add_text_field(f"{field}_{language}", tokenizer_name=language, index_option="basic")
    for field in ("term", "mode", "spoken", "roams"):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    for field in ("lat", "lon"):
        builder.add_float_field(field, fast=True)
    return builder.build()


def _index(folder: Path) -> tantivy.Index:
    index = tantivy.Index(_schema(), path=str(folder))
    for language, analyzer in _ANALYZERS.items():
        index.register_tokenizer(language, analyzer)
    index.register_tokenizer("whitespace", TextAnalyzerBuilder(Tokenizer.whitespace()).build())
    return index


def _add(writer: tantivy.IndexWriter, documents: Iterable[Document]) -> None:
    for document in documents:
        writer.add_document(_entry(document))


def _finish(writer: tantivy.IndexWriter) -> None:
    writer.commit()
    writer.wait_merging_threads()


def _entry(document: Document) -> tantivy.Document:
    """All texts go in folded, so that an accent more or less changes nothing."""
    entry = tantivy.Document()
    entry.add_text("id", str(document.id))
    for field, texts in (
        ("name", document.names), ("need", document.needs), ("description", document.descriptions),
    ):  # fmt: skip
        for language, said in texts.items():
            folded = [fold(text) for text in said]
            entry.add_text(field, " ".join(folded))
            entry.add_text(f"{field}_{language}", " ".join(folded))
            if field == "name":
                for name in folded:
                    entry.add_text("shown", name)
    entry.add_text("organization", " ".join(map(fold, document.organization)))
    entry.add_text("city", " ".join(map(fold, document.cities)))
    for field, codes in (("term", document.terms), ("mode", document.modes), ("spoken", document.languages)):
        for code in codes:
            entry.add_text(field, code)
    if document.roams:
        entry.add_text("roams", "yes")
    for point in document.points:
        entry.add_float("lat", point.lat)
        entry.add_float("lon", point.lon)
    return entry
