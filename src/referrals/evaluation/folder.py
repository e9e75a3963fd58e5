"""A folder to evaluate: taxonomy, directory and graded cases, in the form of docs/directory-profile.md."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from referrals.matching import asked_json
from referrals.matching.facts import NeedAsked, Person
from referrals.taxonomy import load
from referrals.taxonomy.vocabulary import Vocabulary

TAXONOMY, DIRECTORY, VIGNETTES = "taxonomy.json", "directory.json", "vignettes.json"
Raw = Mapping[str, Any]


class Unusable(ValueError):
    """The folder cannot be evaluated; the text says which file and why."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What people said of one need: a grade for each service that has to do with it, and which may not be shown."""

    grades: Mapping[UUID, int]
    excluded: frozenset[UUID]
    no_match: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One person with their needs, on a day."""

    id: str
    person: Person
    needs: tuple[NeedAsked, ...]
    expected: tuple[Expected, ...]
    today: date


@dataclass(frozen=True, slots=True)
class Folder:
    path: Path
    taxonomy: Raw
    vignettes: tuple[Raw, ...]

    @property
    def directory(self) -> Path:
        return self.path / DIRECTORY

    @property
    def nothing_offered(self) -> bool:
        """A directory without a service: then nothing fits anybody, and that can be right."""
        return bool(_json(self.directory) == [])

    @property
    def first_day(self) -> date:
        """The earliest day on which somebody asks."""
        return min(_day(raw, f"{VIGNETTES}, vignette {raw.get('id')}") for raw in self.vignettes)

    def cases(self, words: Vocabulary) -> list[Case]:
        """Raises Unusable where a vignette cannot be read."""
        return [_case(raw, words) for raw in self.vignettes]


def opened(path: Path) -> Folder:
    """Raises Unusable, naming the file."""
    if not path.is_dir():
        raise Unusable(f"{path} is no folder.")
    taxonomy, vignettes = _json(path / TAXONOMY), _json(path / VIGNETTES)
    if not isinstance(taxonomy, dict) or not isinstance(taxonomy.get("taxonomies"), dict):
        raise Unusable(f"{TAXONOMY}: there is no “taxonomies” in it.")
    if not isinstance(_json(path / DIRECTORY), list):
        raise Unusable(f"{DIRECTORY}: this is no list of services.")
    if not isinstance(vignettes, list) or not vignettes:
        raise Unusable(f"{VIGNETTES}: this is no list of vignettes, or an empty one.")
    for number, raw in enumerate(vignettes, start=1):
        if not isinstance(raw, dict):
            raise Unusable(f"{VIGNETTES}, entry {number}: this is no vignette.")
    folder = Folder(path, taxonomy, tuple(vignettes))
    folder.cases(Vocabulary("", {}))  # what cannot be read is said before anything is made
    return folder


def taxonomy_beside_ours(folder: Folder, into: Path) -> Path:
    """One file with all of the folder's terms, and ours where it has none; where both have one, the folder's facts hold."""
    ours = json.loads(load.seed_file().read_text(encoding="utf-8"))["taxonomies"]
    theirs = folder.taxonomy["taxonomies"]
    merged = {name: _merged(name, ours.get(name, {}), theirs.get(name, {})) for name in {**ours, **theirs}}
    into.write_text(json.dumps({"taxonomies": merged}, ensure_ascii=False), encoding="utf-8")
    return into


def _merged(name: str, ours: Raw, theirs: Raw) -> Raw:
    if not isinstance(theirs, dict) or not isinstance(theirs.get("terms", []), list):
        raise Unusable(f"{TAXONOMY}, taxonomy “{name}”: there is no list of terms in it.")
    terms: dict[str, dict[str, Any]] = {term["code"]: term for term in ours.get("terms", [])}
    for term in theirs.get("terms", []):
        if not isinstance(term, dict) or not isinstance(term.get("code"), str):
            raise Unusable(f"{TAXONOMY}, taxonomy “{name}”: a term has no code.")
        code = term["code"]
        told = {**terms.get(code, {}), **term}
        spoken = {f"label_{language}": told.get(f"label_{language}") or code for language in ("fr", "en")}
        terms[code] = {**told, **spoken, "id": told.get("id") or str(uuid5(UUID(int=0), f"{name}/{code}"))}
    known = {"id": str(uuid5(UUID(int=0), name)), "label_en": name, "label_fr": name}
    about = {**known, **{k: v for k, v in {**ours, **theirs}.items() if k != "terms" and v}}
    return {**about, "terms": _parents_first(name, terms)}


def _parents_first(name: str, terms: Mapping[str, dict[str, Any]]) -> list[Raw]:
    """In an order in which each parent stands before its children."""
    placed: dict[str, Raw] = {}

    def place(code: str, below: tuple[str, ...] = ()) -> None:
        if code in placed:
            return
        parent = terms[code].get("parent")
        if parent is not None and (parent not in terms or parent in below or parent == code):
            raise Unusable(f"{TAXONOMY}, taxonomy “{name}”: the parent of “{code}” is not there, or is below it.")
        if parent is not None:
            place(parent, (*below, code))
        placed[code] = terms[code]

    for code in terms:
        place(code)
    return list(placed.values())


def _case(raw: Raw, words: Vocabulary) -> Case:
    where = f"{VIGNETTES}, vignette {raw.get('id') or '?'}"
    day = _day(raw, where)
    if not isinstance(raw.get("client"), dict) or not raw.get("needs"):
        raise Unusable(f"{where}: a client and at least one need must be there.")
    read = asked_json.read(raw, words, day).vignette
    wanted = [need.get("id") for need in raw["needs"] if isinstance(need, dict)]
    if [need.id for need in read.needs] != wanted:
        raise Unusable(f"{where}: its needs must each have an id of their own and a term.")
    expect = raw.get("expect")
    if not isinstance(expect, dict):
        raise Unusable(f"{where}: there is no “expect”.")
    expected = tuple(_expected(expect.get(need.id), f"{where}, need {need.id}") for need in read.needs)
    return Case(str(raw.get("id")), read.person, tuple(one.need for one in read.needs), expected, day)


def _expected(raw: object, where: str) -> Expected:
    if not isinstance(raw, dict) or not isinstance(raw.get("grades"), dict):
        raise Unusable(f"{where}: nothing is expected of it (“expect” with “grades”).")
    grades = {id: grade for id, grade in _by_service(raw["grades"], where) if isinstance(grade, int)}
    if len(grades) != len(raw["grades"]) or not all(0 <= grade <= 3 for grade in grades.values()):
        raise Unusable(f"{where}: grades go from 0 to 3.")
    excluded = frozenset(id for id, _ in _by_service(raw.get("excluded") or {}, where))
    no_match = raw.get("no_match")
    known = no_match if isinstance(no_match, bool) else not any(grades.values())
    return Expected(grades, excluded, known)


def _by_service(raw: Raw, where: str) -> Iterator[tuple[UUID, Any]]:
    for id, value in raw.items():
        try:
            yield UUID(id), value
        except ValueError:
            raise Unusable(f"{where}: {id} is no id of a service.") from None


def _day(raw: Raw, where: str) -> date:
    try:
        return date.fromisoformat(raw["asked_on"])
    except (KeyError, TypeError, ValueError):
        raise Unusable(f"{where}: “asked_on” must be a date.") from None


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Unusable(f"{file.name} is missing in {file.parent}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{file.name} cannot be read: {error}.") from None
    except json.JSONDecodeError as error:
        raise Unusable(f"{file.name} is broken, line {error.lineno}: {error.msg}.") from None
