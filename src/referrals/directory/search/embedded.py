"""The engine in our own process: tantivy, in a folder that one process writes and many read.

tantivy scores every misspelt or unfinished word 1.0, so each kind of hit gets a constant weight of ours instead:
a name above a need, a need above an organization, then what needs are called besides, the town, the description; the word
itself above its stem, the stem above the beginning of a word, that above a slip of the finger; a rare word above a common
one. What is found in two places is worth a little more.
"""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log
from pathlib import Path
from time import time_ns
from typing import Any
from uuid import UUID

import tantivy
from anyio import to_thread
from tantivy import Occur, TextAnalyzerBuilder, Tokenizer
from tantivy import Query as Ask

from referrals.directory.search.cells import ANYWHERE, cells, cells_of
from referrals.directory.search.little import ARTICLES
from referrals.directory.search.openings import Keys
from referrals.directory.search.port import BOUND, Batches, Document, Hit, Page, Query, SearchUnavailable
from referrals.directory.search.spelling import singular
from referrals.directory.search.stems import ANALYZERS, APART, STEMMERS, stem, tells
from referrals.directory.search.tags import AGE, FOR, MODE, group_of, groups, offered
from referrals.kit.text import fold

VERSION = 8
"""Of the schema below; a folder made by another one is not opened."""
WEIGHTS = {"name": 6.0, "need": 4.0, "organization": 3.0, "synonym": 2.75, "city": 2.0, "description": 2.0}
_NAMED_IN = tuple(field for field in WEIGHTS if field != "description")
STEMMED = ("name", "need", "synonym", "description")
_WHOLE = {"called": WEIGHTS["name"], "owner": 0.95 * WEIGHTS["name"]}
"""Names as they are, each one term: the own one, and the organization's."""
_IN_A_ROW = {"name": 0.9 * WEIGHTS["name"], "organization": 0.85 * WEIGHTS["name"], "need": 0.66 * WEIGHTS["name"]}
"""Where else all that was typed may stand."""
LIKENESS = {"word": 1.0, "stem": 0.9, "beginning": 0.7, "slip": 0.5}
FUZZY_FROM = 5
TWO_SLIPS_FROM = 8
"""Letters. Shorter words have too many neighbours."""
BEGINNING_FROM = 2
_FEW_BEGIN_SO = 4
"""Letters. Fewer are the beginning of very many words."""
_IN_A_NAME = WEIGHTS["need"] / WEIGHTS["name"] + 0.01
"""Part of the best score that no need alone gives."""
_OF_HALF = 0.35
"""What half of a thing is called besides is worth, of what a whole one is: what begins with what was typed goes first."""
_BESIDE = 1.36
"""How much more a beginning is worth where whole words stand before it and it can be nothing but half a word: `mains viv`
is nearly `mains vives`, and names hold both.
"""
_BEGUN = 1.36
"""How much more it is worth that a need begins with half a word: nearly what a name is that does."""
_HALF_ALONE = 0.3
"""What half a word is worth where the whole ones beside it are not found with it."""
_SELECTIVE = 0.1
"""What it costs, the less of the name was typed, that many of those who ask may not come."""
_LITTLE_ELSE = 6
"""Things that a service may offer and still be made for each of them."""
_LESS_TELLING = 0.01
"""By how much each further name of one thing is worth less."""
_FEW = 5
_BEGINNING = 101
"""Names that begin as it was typed: some pages of them stand before everything else."""
_PARTLY = 0.75
"""What it is worth to have some of the words, where others have all."""
_LOW = (1 << 64) - 1
_HEAP = 64_000_000
_CURRENT = "current"


class Embedded:
    """`home`: the folder that holds the indexes. Both sides of the port; a process that only reads never calls `put`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._pointer = home / _CURRENT
        self._open: _Open | None = None

    async def find(self, query: Query) -> Page[Hit]:
        # In the loop on purpose: it takes about a millisecond, less than handing it to a thread and back.
        try:
            page = self._reader().ask(query)
        except (ValueError, OSError):
            # The folder may have been changed for another between two looks: the second one sees the new.
            self._open = None
            try:
                page = self._reader().ask(query)
            except (ValueError, OSError) as error:
                raise SearchUnavailable(str(error)) from error
        return page

    def prepared(self, query: Query) -> "Prepared":
        return self._reader().prepared(query)

    async def put(self, documents: Iterable[Document]) -> None:
        await to_thread.run_sync(self._write, list(documents), ())

    async def remove(self, ids: Sequence[UUID]) -> None:
        await to_thread.run_sync(self._write, (), ids)

    async def change(self, documents: Sequence[Document], ids: Sequence[UUID]) -> None:
        await to_thread.run_sync(self._write, documents, ids)

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

    async def exists(self) -> bool:
        """Whether there is an index of this version to ask."""
        return self._current() is not None

    def _write(self, documents: Sequence[Document], gone: Sequence[UUID]) -> None:
        name = self._current()
        if name is None:
            name = f"services-v{VERSION}-{time_ns():x}"
            (self.home / name).mkdir(parents=True)
        writer = _index(self.home / name).writer(_HEAP, 1)
        for id in {*gone, *(document.id for document in documents)}:
            writer.delete_documents_by_term("id", str(id))
        _add(writer, documents)
        _finish(writer)
        self._point_to(name)

    def _reader(self) -> "_Open":
        name = self._current()
        if name is None:
            raise SearchUnavailable("there is no index yet")
        if self._open is None or self._open.name != name:
            self._open = _Open(name, self.home / name)
        self._open.refresh()
        return self._open

    def _current(self) -> str | None:
        try:
            name = self._pointer.read_bytes().decode().strip()
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

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._meta = folder / "meta.json"
        self._changed = self._meta.stat().st_mtime_ns
        self._index = tantivy.Index.open(str(folder))
        self._index.config_reader("manual")
        self._index.reload()
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    def refresh(self) -> None:
        if (changed := self._meta.stat().st_mtime_ns) != self._changed:
            self._index.reload()
            self._searcher = self._index.searcher()
            self._changed = changed

    def prepared(self, query: Query) -> "Prepared":
        return Prepared(self, self._chosen(query).asked)

    def bare(self, asked: Ask) -> tuple[list[UUID], dict[str, int]]:
        """What the engine itself says: everything up to the bound in its own order, counted, with its tags."""
        found = self._searcher.search(asked, BOUND + 1, count=True)
        return self._ids([address for _, address in found.hits]), self._counts(asked)

    def ask(self, query: Query) -> Page[Hit]:
        chosen = self._chosen(query)
        best = self._worth(word for said in chosen.clauses if said != _WAYS for word in said.split()) * WEIGHTS["name"]
        for_whom = any(group_of(tag) in (FOR, AGE) for tag in (*query.tags, *query.wished))
        closed = 0.0 if for_whom else _SELECTIVE
        hits = self._ranked(
            chosen.found.hits, len(query.begins.split()) or len(chosen.clauses), best or WEIGHTS["name"], closed
        )
        if chosen.whole is not None:
            hits = _whole_first(hits, set(self._ids([address for _, address in chosen.whole])))
        hits = hits[:BOUND]
        many = len(chosen.found.hits) if query.begins else chosen.found.count
        facets = self._facets(chosen) if query.faceted and many > query.counted_beyond else {}
        return Page(tuple(hits), min(many, BOUND), many > BOUND, facets=facets)

    def _chosen(self, query: Query) -> "_Chosen":
        """All words first; where that finds too little, any of them."""
        clauses, limits = self._asked_for(query), self._limits(query)
        needed = len(clauses)
        asked = self._all(clauses, needed, limits)
        if query.begins:
            begun: Any = self._searcher.search(asked, _BEGINNING, count=False)
            return _Chosen(asked, begun, clauses, needed, limits, None)
        found: Any = self._searcher.search(asked, BOUND + 1, count=True)
        whole = None
        if found.count < _FEW and needed > 1 and query.match == "any":
            aloud = self._clauses(replace(query, texts=True))  # half a word may go on in a text
            whole = self._searcher.search(self._all(aloud, needed, limits), BOUND + 1, count=False).hits
            needed = 1
            clauses = self._half_says_less(clauses, query)
            asked = self._all(clauses, needed, limits)
            found = self._searcher.search(asked, BOUND + 1, count=True)
        return _Chosen(asked, found, clauses, needed, limits, whole)

    def _asked_for(self, query: Query) -> dict[str, Ask]:
        if query.begins:
            return self._begun_so(query.begins)
        return self._named_so(query.ways) if query.ways else self._clauses(query)

    def _begun_so(self, typed: str) -> dict[str, Ask]:
        """One clause: a name that begins with all of it; or one in which it stands, of what is offered too."""
        begun = [
            Ask.const_score_query(Ask.fuzzy_term_query(self._schema, field, typed, 0, True, True), worth)
            for field, worth in _WHOLE.items()
        ]
        *whole, half = typed.split()
        for field, worth in _IN_A_ROW.items() if whole else ():
            # Few have that beginning at all: the places of the words are compared in those alone.
            there = Ask.fuzzy_term_query(self._schema, field, half, 0, True, True)
            row = self._in_a_row(field, whole, half)
            begun.append(Ask.const_score_query(Ask.boolean_query([(Occur.Must, there), (Occur.Must, row)]), worth))
        return {_WAYS: Ask.disjunction_max_query(begun)}

    def _in_a_row(self, field: str, whole: Sequence[str], half: str) -> Ask:
        """The engine looks at the first fifty words alone that begin so, which is not all where hardly anything was typed."""
        if len(half) < _FEW_BEGIN_SO:
            return Ask.regex_phrase_query(self._schema, field, [*whole, f"{half}.*"])
        return Ask.phrase_prefix_query(self._schema, field, [*whole, half])

    def _clauses(self, query: Query) -> dict[str, Ask]:
        """One for each word, and one for words that are written in other ways too."""
        last = query.words[-1] if query.words else ""
        unseen = bool(last) and not self._seen(last)
        half = unseen and self._begins(last)
        told = unseen and not half and self._begins(last, ("description",))
        half = half or told
        each = {word: self._word(word, self._seen(word)) for word in query.words if word != last}
        if last:
            begun = _BESIDE if half and each else 1.0
            each[last] = self._word(
                last, self._seen(last), last=True, half=half, begun=begun, texts=query.texts or told
            )
        for words, ways in (*query.alike, *(() if half else query.perhaps)):
            if all(word in each for word in words):
                own = Ask.boolean_query([(Occur.Must, each.pop(word)) for word in dict.fromkeys(words)])
                less = _OF_HALF if (half or query.unfinished) and words[-1] == last else 1.0
                instead = (Ask.boost_query(self._instead(words, way), less) for way in ways)
                each[" ".join(words)] = Ask.disjunction_max_query([own, *instead])
        return each

    def _half_says_less(self, clauses: dict[str, Ask], query: Query) -> dict[str, Ask]:
        """Where any word will do: what half a word alone finds stands behind what a whole one does."""
        last = query.words[-1]
        if last not in clauses or self._seen(last):
            return clauses
        return {**clauses, last: Ask.boost_query(clauses[last], _HALF_ALONE)}

    def _instead(self, words: Sequence[str], way: Sequence[str]) -> Ask:
        """Another way of writing some words, worth a little less than they are. It is spelt right, so it has no slips."""
        said = set(way)
        apart = Ask.boolean_query([(Occur.Must, self._word(word, self._seen(word) or 1)) for word in said])
        known = self._worth(words)
        found = [Ask.boost_query(apart, LIKENESS["stem" if len(said) == 1 else "beginning"] * known / self._worth(way))]
        for field in ("name", "need", "synonym") if len(said) > 1 else ():
            together = Ask.boolean_query([(Occur.Must, self._said(field, word)) for word in said])
            found.append(Ask.const_score_query(together, LIKENESS["stem"] * WEIGHTS[field] * known))
        return Ask.disjunction_max_query(found)

    def _worth(self, words: Iterable[str]) -> float:
        return sum(self._rarity(self._seen(word)) for word in words)

    def _named_so(self, ways: Sequence[Sequence[str]]) -> dict[str, Ask]:
        """One clause: any of the names, each whole and at one place; the first ones tell most."""
        whole = [
            Ask.const_score_query(
                Ask.boolean_query([(Occur.Must, self._said(field, word)) for word in way]),
                WEIGHTS["need"] * (1 - _LESS_TELLING * (at + offered)),
            )
            for at, way in enumerate(ways)
            for offered, field in enumerate(("name", "need"))
        ]
        return {_WAYS: Ask.disjunction_max_query(whole, 0.005)}

    def _said(self, field: str, word: str) -> Ask:
        """The word or its stem."""
        terms = {(field, word), *self._forms(field, word)}
        return Ask.boolean_query([(Occur.Should, Ask.term_query(self._schema, name, said)) for name, said in terms])

    def _forms(self, field: str, word: str) -> set[tuple[str, str]]:
        """Its stems; where one is too short to tell (`vêtements` would be `vet`), its singular and its plural."""
        if word in APART:
            return {(field, form) for form in APART[word]}
        stems = {(f"{field}_{tongue}", stemmed) for tongue in STEMMERS if tells(stemmed := stem(word, tongue), word)}
        one = singular(word)
        return stems if len(stems) == len(STEMMERS) else {*stems, (field, one), (field, f"{one}s")}

    def _all(self, clauses: Mapping[str, Ask], needed: int, limits: Mapping[str, Ask]) -> Ask:
        some = [(Occur.Should, clause) for clause in clauses.values()]
        words = Ask.boolean_query(some, needed) if some else Ask.all_query()
        return Ask.boolean_query([(Occur.Must, words), *((Occur.Must, limit) for limit in limits.values())])

    def _word(
        self, word: str, seen: int, *, last: bool = False, half: bool = False, begun: float = 1.0, texts: bool = False
    ) -> Ask:
        """The best place and the best likeness count; the others are worth little more. A known word is no slip of
        another, only the last one may be the beginning of another, and half a word is nothing else. Texts are searched for
        beginnings where no name has any, or `texts` says so. `begun`: how much more a beginning is worth than usual.
        """
        rarity = self._rarity(seen)
        not_these = {"slip", "stem"} if half else {"slip"} if seen else set[str]()
        kinds = [kind for kind in LIKENESS if kind not in not_these and (kind != "beginning" or last)]
        told = ("beginning", "description")
        ways = [
            self._way(kind, field, word, rarity * begun if kind == "beginning" else rarity)
            for field in WEIGHTS for kind in kinds
            if (kind, field) != told or not (seen or (half and not texts))
        ]  # fmt: skip
        if half:
            ways.append(self._way("beginning", "need", word, rarity * begun * _BEGUN))
        return Ask.disjunction_max_query([way for way in ways if way is not None], 0.04)

    def _way(self, way: str, field: str, word: str, rarity: float) -> Ask | None:
        score = WEIGHTS[field] * LIKENESS[way] * rarity
        if way == "word":
            return Ask.const_score_query(Ask.term_query(self._schema, field, word), score)
        if way == "stem":
            if field not in STEMMED:
                return None
            stems = self._forms(field, word)
            asked = [(Occur.Should, Ask.term_query(self._schema, name, stemmed)) for name, stemmed in stems]
            return Ask.const_score_query(Ask.boolean_query(asked), score)
        if len(word) < (FUZZY_FROM if way == "slip" else BEGINNING_FROM) or (way == "slip" and field == "description"):
            return None
        slips = 0 if way == "beginning" else 1 if len(word) < TWO_SLIPS_FROM else 2
        close = Ask.fuzzy_term_query(self._schema, field, word, slips, True, way == "beginning")
        return Ask.const_score_query(close, score)

    def _begins(self, word: str, fields: Iterable[str] = _NAMED_IN) -> bool:
        """Whether a word of names or needs begins so: then it is half a word, and no slip nor form of another one."""
        ways = (self._way("beginning", field, word, 1.0) for field in fields)
        return any(way is not None and self._searcher.search(way, 1, count=False).hits for way in ways)

    def _seen(self, word: str) -> int:
        """On how many services the word is."""
        return max(self._searcher.doc_freq(field, word) for field in WEIGHTS)

    def _rarity(self, seen: int) -> float:
        """0.3 for a word on every service, 1 for one on hardly any."""
        many = max(self._searcher.num_docs, 1)
        return 0.3 + 0.7 * log((many + 1) / (seen + 1)) / log(many + 1)

    def _limits(self, query: Query) -> dict[str, Ask]:
        """What must hold besides the words. A group of tags is named by its tags, so that it can be left out once."""
        limits: dict[str, Ask] = {}
        if query.terms:
            limits["term"] = self._among("term", query.terms)
        if query.besides:
            limits["besides"] = self._among("term", query.besides)
        if query.distant == "only":
            limits["remote"] = self._among("tag", (f"{MODE}:remote",))
        for wish in query.wishes:
            limits[_named(wish)] = self._among("tag", wish)
        for number, wish in enumerate(groups(query.wished)):
            limits[f"typed {number}"] = self._among("tag", wish)
        if query.open:
            limits["open"] = self._open_at(query.open.keys())
        if (
            query.near
            and query.radius_km
            and query.distant != "only"
            and (around := cells(query.near.at, query.radius_km))
        ):
            limits["near"] = self._among("cell", (*around, ANYWHERE))
        return limits

    def _open_at(self, keys: Keys) -> Ask:
        usual = Ask.boolean_query(
            [(Occur.Must, self._among("week", keys.week)), (Occur.MustNot, self._among("dated", keys.different))]
        )
        either = [(Occur.Should, self._among("dated", keys.dated)), (Occur.Should, usual)]
        return Ask.const_score_query(Ask.boolean_query(either), 0.0)

    def _among(self, field: str, values: Sequence[str] | Sequence[int]) -> Ask:
        return Ask.const_score_query(Ask.term_set_query(self._schema, field, list(values)), 0.0)

    def _facets(self, chosen: "_Chosen") -> dict[str, int]:
        """Of all that was found; a group that was asked for is counted as if it had not been."""
        counts = self._counts(chosen.asked)
        for named in [name for name in chosen.limits if name.startswith(_WISH)]:
            without = {name: limit for name, limit in chosen.limits.items() if name != named}
            group = group_of(named.removeprefix(_WISH))
            others = self._counts(self._all(chosen.clauses, chosen.needed, without))
            counts = {tag: count for tag, count in counts.items() if group_of(tag) != group}
            counts |= {tag: count for tag, count in others.items() if group_of(tag) == group}
        return offered(counts)

    def _counts(self, asked: Ask) -> dict[str, int]:
        told = self._searcher.aggregate(asked, {"tags": {"terms": {"field": "tag", "size": 200}}})
        return {bucket["key"]: int(bucket["doc_count"]) for bucket in told["tags"]["buckets"]}

    def _ranked(
        self, found: list[tuple[float, tantivy.DocAddress]], words: int, best: float, closed: float
    ) -> list[Hit]:
        """Ours on top of the engine's: of two names that hold the words, the shorter one is nearer to them; of two services
        that offer what was typed, the one that offers little else, and that takes everybody. Whose name was typed is
        found by it, whoever may come.
        """
        addresses = [address for _, address in found]
        hits = []
        lengths, breadths = self._numbers("length", addresses), self._numbers("breadth", addresses)
        ids, some = self._ids(addresses), self._numbers("selective", addresses)
        for (score, _), id, long, broad, few in zip(found, ids, lengths, breadths, some, strict=True):
            part = min(score / best, 1.0)
            ours = (
                0.95 * part
                + 0.05 * _nearly_all(part, words, long, broad)
                - closed * few * (1 - part if words > 1 else 1.0)
                if words
                else 1.0
            )
            hits.append(Hit(id, round(ours, 4)))
        return sorted(hits, key=lambda hit: (-hit.score, hit.id.int))

    def _ids(self, addresses: list[tantivy.DocAddress]) -> list[UUID]:
        halves = zip(self._numbers("high", addresses), self._numbers("low", addresses), strict=True)
        return [UUID(int=high << 64 | low) for high, low in halves]

    def _numbers(self, field: str, addresses: list[tantivy.DocAddress]) -> list[int]:
        found: list[Any] = self._searcher.fast_field_values(field, addresses)
        return found


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A question as it was asked in the end, what was found, and what it was made of."""

    asked: Ask
    found: Any
    clauses: Mapping[str, Ask]
    needed: int
    limits: Mapping[str, Ask]
    whole: list[tuple[float, tantivy.DocAddress]] | None
    """Where any word will do, those that have all of them."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question as the engine is asked it, all words at once: for whoever measures what it takes at least."""

    reader: _Open
    asked: Ask

    def ids(self) -> list[UUID]:
        return self.reader.bare(self.asked)[0]


_WISH = "wish "
_WAYS = "any of these names"


def _whole_first(hits: list[Hit], whole: set[UUID]) -> list[Hit]:
    """A name that has one of the words is less than a text that has them all."""
    told = [hit if hit.id in whole else hit._replace(score=round(_PARTLY * hit.score, 4)) for hit in hits]
    return sorted(told, key=lambda hit: (-hit.score, hit.id.int)) if whole else hits


def _named(wish: Sequence[str]) -> str:
    return _WISH + wish[0]


def _nearly_all(part: float, words: int, long: int, broad: int) -> float:
    """How much of the name was typed; where it was found among what is offered, how much of that."""
    likeness = min(words / max(long, 1), 1.0)
    if part > _IN_A_NAME:
        return likeness
    return 0.6 * min(_LITTLE_ELSE / max(broad, 1), 1.0) + 0.4 * likeness


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    for field in WEIGHTS:
        places = "position" if field in _IN_A_ROW else "basic"
        builder.add_text_field(field, tokenizer_name="whitespace", index_option=places)
    for field in STEMMED:
        for language in STEMMERS:
            builder.add_text_field(f"{field}_{language}", tokenizer_name=language, index_option="basic")
    for field in ("term", *_WHOLE):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("tag", tokenizer_name="raw", index_option="basic", fast=True)
    for field in ("week", "dated", "cell"):
        builder.add_unsigned_field(field, indexed=True)
    for field in ("high", "low", "length", "breadth", "selective"):
        builder.add_unsigned_field(field, fast=True)
    return builder.build()


def _index(folder: Path) -> tantivy.Index:
    index = tantivy.Index(_schema(), path=str(folder))
    for language, analyzer in ANALYZERS.items():
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
    add_text, add_number = entry.add_text, entry.add_unsigned
    add_text("id", str(document.id))
    add_number("high", document.id.int >> 64)
    add_number("low", document.id.int & _LOW)
    called: list[str] = []
    for field, texts, plain in (
        ("name", document.names, fold), ("need", document.needs, _folded), ("synonym", document.synonyms, _folded),
        ("description", document.descriptions, fold),
    ):  # fmt: skip
        for language, said in texts.items():
            if said:
                folded = [*map(plain, said)]
                together = " ".join(folded)
                add_text(field, together)
                add_text(f"{field}_{language}", together)
                if field == "name":
                    called += folded
    owner = [*map(fold, document.organization)]
    add_number("length", min([name.count(" ") + 1 for name in called], default=0))
    add_number("selective", int(document.selective))
    add_number("breadth", max(map(len, document.needs.values()), default=0))
    add_text("organization", " ".join(owner))
    for field, names in (("called", called), ("owner", owner)):
        for one in dict.fromkeys([way for name in names for way in _ways_of_calling(name)]):
            add_text(field, one)
    add_text("city", " ".join(map(_folded, document.cities)))
    for field, codes in (("term", document.terms), ("tag", document.wishes)):
        for code in codes:
            add_text(field, code)
    for field, numbers in (("week", document.open_week), ("dated", document.open_dated), ("cell", _cells(document))):
        for number in numbers:
            add_number(field, number)
    return entry


def _ways_of_calling(name: str) -> tuple[str, ...]:
    """Nobody types the article of `The Arc`, or everybody."""
    first, _, rest = name.partition(" ")
    return (name, rest) if first in ARTICLES and rest else (name,)


@lru_cache(maxsize=100_000)
def _folded(text: str) -> str:
    """Of what many services share: towns, needs."""
    return fold(text)


def _cells(document: Document) -> set[int]:
    """One set to look into, wherever it may be had: looking into two costs as much again."""
    near = {number for point in document.points for number in cells_of(point)}
    return near | {ANYWHERE} if document.roams else near
