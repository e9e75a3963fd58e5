"""From what a package says to rows for our tables: ids made, values read, everything that has no place here counted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from hashlib import blake2b
from typing import Any
from uuid import UUID

from referrals.exchange import corrections, reasons
from referrals.exchange.ids import content_key, key_of, record_id
from referrals.exchange.plain import is_plain, tidy
from referrals.exchange.report import Rejection, Report, Where
from referrals.exchange.shapes import LEAVES, SHAPES, Field
from referrals.exchange.values import LONGEST, READERS, NotKnown, markers, short, text
from referrals.kit.text import fold
from referrals.taxonomy.vocabulary import Vocabulary

MAY_BE_EMPTY = LEAVES | {"contact"}
"""Where a row that says nothing is no loss, because nothing refers to it."""

REMEMBERED = 50_000
"""Records of a tree whose repetition is noticed at once."""

LINKS = {"attribute": ("link_id", "link_entity"), "metadata": ("resource_id", "resource_type")}


@dataclass(slots=True)
class Raw:
    """One record as a package has it. `table` is the source's own name for where it stood, for the count of what was lost."""

    entity: str
    table: str
    values: dict[str, Any]
    where: Where
    nested: bool = False
    """Out of a tree of objects, where one record may be told many times."""


@dataclass(slots=True)
class Row:
    """One record for one of our tables: `values` in the order of the shape's columns."""

    entity: str
    id: UUID
    key: str
    values: tuple[Any, ...]
    digest: str
    filled: int
    where: Where
    nested: bool = False
    alias: UUID | None = None
    """The id that this service would have if somebody took it for an organization, as some packages do."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is asked of every record of one kind, worked out once: a package has a hundred thousand of them."""

    names: tuple[str, ...]
    refs: tuple[tuple[str, str], ...]
    """Column and the entity it names."""
    says: tuple[str, ...]
    known: frozenset[str]
    plain: frozenset[str]
    """Texts of which nothing more is asked than that they are plain."""
    blanks: tuple[tuple[str, object], ...]
    required: tuple[str, ...]
    required_refs: tuple[str, ...]
    translated: bool


@cache
def _plan(entity: str) -> _Plan:
    shape = SHAPES[entity]
    return _Plan(
        names=tuple(shape.fields),
        refs=tuple((name, ref.entity) for name, ref in shape.refs.items()),
        says=(*shape.fields, *LINKS.get(entity, ())),
        known=frozenset({"id", *shape.refs, *(name for pair in LINKS.values() for name in pair)}),
        plain=frozenset(name for name, spec in shape.fields.items() if spec.kind is str) - corrections.CHECKED,
        blanks=tuple((name, spec.blank) for name, spec in shape.fields.items() if spec.blank is not None),
        required=tuple(name for name, spec in shape.fields.items() if spec.required),
        required_refs=tuple(name for name, ref in shape.refs.items() if ref.required),
        translated="translations" in shape.fields,
    )


@dataclass
class Reader:
    """Turns raw records into rows, one package long."""

    source: str
    words: Vocabulary
    report: Report
    language: str | None = None
    """What the package's texts speak, where it does not say so itself."""
    today: date = date.max
    """Nobody has checked a service later than this."""
    dates_move: bool = False
    """The package counts its dates from today, so that a new date alone is no change."""
    kept: set[tuple[str, UUID]] = field(default_factory=set)
    """Records that were turned away now: what is known of them from before is left as it is."""
    _unread: set[tuple[str, str | None, str]] = field(default_factory=set)
    _met: dict[bytes, str] = field(default_factory=dict)
    _taxonomies: dict[str, str] = field(default_factory=dict)
    _ours: dict[UUID, UUID] = field(default_factory=dict)
    _term_taxonomy: dict[UUID, str] = field(default_factory=dict)

    def rows(self, raw: Raw) -> Iterator[Row]:
        for part in corrections.parts(raw.entity, raw.table, raw.values, self.report):
            row = self._row(raw, part.entity, part.values)
            if part.in_words and row is not None:
                self.report.mend(raw.where, part.entity, _given(part.values), reasons.HOURS_IN_WORDS)
            if row is not None:
                yield row

    def _row(self, raw: Raw, entity: str, values: dict[str, Any]) -> Row | None:
        plan = _plan(entity)
        read = self._read(raw, entity, plan, values)
        if entity in MAY_BE_EMPTY and not any(_says(values, name) for name in plan.says):
            self.report.empty[raw.table] += 1
            return None
        key = key_of(values.get("id")) or content_key(entity, sorted((k, str(v)) for k, v in values.items()))
        if entity == "taxonomy_term":
            read |= self._term(values, read, key)
        id = record_id(self.source, entity, key)
        if entity in ("taxonomy", "taxonomy_term") and self._is_ours(entity, id, values, read):
            return None
        refs = self._refs(entity, plan, values, read)
        missing = [name for name in plan.required if read.get(name) is None]
        missing += [name for name in plan.required_refs if refs.get(name) is None]
        if missing:
            names = " and no ".join(name.removesuffix("_id").replace("_", " ") for name in missing)
            self._turn_away(raw, entity, id, _given(values), reasons.MISSING % {"fields": names})
            return None
        fields = list(map(read.get, plan.names))
        named = [refs.get(name) for name, _ in plan.refs]
        digest = self._digest(fields, named)
        if raw.nested and self._told_just_so(id, digest):
            return None
        alias = record_id(self.source, "organization", key) if entity == "service" else None
        filled = len(fields) - fields.count(None) + len(refs)
        return Row(entity, id, key, (*fields, *named), digest, filled, raw.where, raw.nested, alias)

    def _digest(self, fields: list[Any], named: list[UUID | None]) -> str:
        said = [None if isinstance(one, date) else one for one in fields] if self.dates_move else fields
        names = "".join(", None" if one is None else f", UUID('{one}')" for one in named)
        return blake2b(f"({repr(said)[1:-1]}{names})".encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()

    def _read(self, raw: Raw, entity: str, plan: _Plan, values: dict[str, Any]) -> dict[str, Any]:
        """The shape's fields with their values read. What cannot be read, or belongs nowhere, is counted as lost."""
        read: dict[str, Any] = {}
        specs = SHAPES[entity].fields
        for name, value in values.items():
            if not value and (value is None or value in ("", [])):
                continue
            if name in plan.plain and type(value) is str and is_plain(value) and len(value) <= LONGEST:
                read[name] = value.strip() or None  # what nearly every cell is
                continue
            spec = specs.get(name)
            if spec is None:
                if name not in plan.known and not name.startswith("_"):
                    self.report.lose(raw.where, raw.entity, _given(values), f"{raw.table}.{name}")
                continue
            for marker in markers(value):
                self.report.lose(raw.where, raw.entity, _given(values), f"{raw.table}.{name} {marker}")
            read[name] = self._value(raw, values, spec, name, value)
        for name, blank in plan.blanks:
            if read.get(name) is None:
                read[name] = blank
        if entity == "location":
            self._point(raw, values, read)
        if plan.translated and not read.get("language"):
            read["language"] = self.language
        return read

    def _value(self, raw: Raw, values: dict[str, Any], spec: Field, name: str, value: Any) -> Any:
        if name in ("link_id", "resource_id"):
            return None  # a reference, resolved with the others
        try:
            found = self._text(raw, values, name, value) if spec.kind is str else READERS[spec.kind](value)
            if found is None:
                return None
            kept = corrections.checked(raw.entity, name, found, self.today)
            if isinstance(kept, str) and (odd := corrections.odd(raw.entity, name, found, kept)) is not None:
                self._mend(raw, values, name, odd)
            return kept
        except NotKnown as unknown:
            self._mend(raw, values, name, str(unknown))
        except ValueError as problem:
            self._unreadable(raw, values, name, str(problem))
        return None

    def _text(self, raw: Raw, values: dict[str, Any], name: str, value: Any) -> str | None:
        """A plain text; whatever had to be done to it is told."""
        if isinstance(value, list) and value and all(isinstance(one, str | int | float) for one in value):
            self._mend(raw, values, name, reasons.LISTED)
            value = ", ".join(map(str, value))
        if not isinstance(value, str):
            return text(value)
        plain = tidy(value)
        for reason in plain.told:
            self._mend(raw, values, name, reason)
        return short(plain.text)

    def _point(self, raw: Raw, values: dict[str, Any], read: dict[str, Any]) -> None:
        """The point 0, 0 is where programs put what they cannot find."""
        if read.get("latitude") == 0 and read.get("longitude") == 0:
            for name in ("latitude", "longitude"):
                read[name] = None
                self._unreadable(raw, values, name, reasons.NULL_ISLAND)

    def _mend(self, raw: Raw, values: dict[str, Any], name: str, reason: str) -> None:
        if self._news(raw, values, f"{name} {reason}"):
            self.report.mend(raw.where, raw.entity, _given(values), reason, name)

    def _unreadable(self, raw: Raw, values: dict[str, Any], name: str, reason: str) -> None:
        self.report.lost[f"{raw.table}.{name}"] += 1
        if self._news(raw, values, name):
            where = raw.where
            self.report.unreadable.append(Rejection(where.file, where.line, raw.entity, _given(values), reason, name))

    def _news(self, raw: Raw, values: dict[str, Any], what: str) -> bool:
        """A tree may repeat a record with each that names it: what is wrong with it is told once."""
        itself = (raw.entity, _given(values), what)
        new = not raw.nested or itself not in self._unread
        self._unread.add(itself)
        return new

    def _refs(self, entity: str, plan: _Plan, values: dict[str, Any], read: dict[str, Any]) -> dict[str, UUID]:
        refs = {
            name: record_id(self.source, target, key)
            for name, target in plan.refs
            if (given := values.get(name)) and (key := key_of(given))
        }
        if entity in LINKS:
            link, kind = LINKS[entity]
            if target := key_of(values.get(link)):
                read[link] = record_id(self.source, key_of(values.get(kind)), target)
        if entity == "attribute" and "taxonomy_term_id" in refs:
            term = refs["taxonomy_term_id"]
            refs["taxonomy_term_id"] = self._ours.get(term, term)
            read["link_type"] = read.get("link_type") or self._term_taxonomy.get(term)
        if entity == "taxonomy_term" and "taxonomy_id" not in refs:
            refs["taxonomy_id"] = record_id(self.source, "taxonomy", key_of(values.get("_taxonomy")))
        return refs

    def _term(self, values: dict[str, Any], read: dict[str, Any], key: str) -> dict[str, Any]:
        """A foreign term's code is its own, else its key; its taxonomy goes by a name."""
        taxonomy = key_of(values.get("taxonomy_id"))
        name = self._taxonomies.get(taxonomy) or key_of(values.get("_taxonomy")) or taxonomy or "terms"
        values.setdefault("_taxonomy", name)
        self._term_taxonomy[record_id(self.source, "taxonomy_term", key)] = name
        code = read.get("code") or key
        return {"code": code, "folded": fold(str(read.get("name") or ""))}

    def _is_ours(self, entity: str, id: UUID, values: dict[str, Any], read: dict[str, Any]) -> bool:
        """A term of our own taxonomies, by its id or by its code: linked to, never written."""
        if entity == "taxonomy":
            self._taxonomies[key_of(values.get("id"))] = str(read.get("name") or "")
            return id in self.words.taxonomy_ids
        if self.words.by_id(id) is not None:
            return True
        own = self.words.term(str(values["_taxonomy"]), str(read["code"]))
        if own is not None:
            self._ours[id] = own.id
        return own is not None

    def _told_just_so(self, id: UUID, digest: str) -> bool:
        """A tree tells an organization with each of its services. What slips through here is found among the staged rows."""
        if self._met.get(id.bytes) == digest:
            return True
        if len(self._met) >= REMEMBERED:
            self._met.clear()  # so that what is remembered does not grow with the package
        self._met[id.bytes] = digest
        return False

    def _turn_away(self, raw: Raw, entity: str, id: UUID, given: str | None, reason: str) -> None:
        self.kept.add((entity, id))
        self.report.reject(raw.where, entity, given, reason)


def _given(values: dict[str, Any]) -> str | None:
    return key_of(values.get("id")) or None


def _says(values: dict[str, Any], name: str) -> bool:
    value = values.get(name)
    return bool(value.strip()) if isinstance(value, str) else value not in (None, [], {})
