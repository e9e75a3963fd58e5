"""Keeps the catalogs in step with the sentences: one `.po` file for each room and language.

English needs none, for the English sentence is the key. A room's file holds what its code and its templates say, in the
order of the alphabet and without line numbers or dates, so that a diff shows sentences and nothing else.
"""

import io
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from referrals.kit import french
from referrals.kit.settings import CHECKOUT

LANGUAGE = "fr"
GROUND = "kit"
"""The room that speaks for whatever lies in no room: the shell of every page, the parts of pages, `app` and the commands."""
MAIL = {
    "accounts": ("invitation", "forgotten"),
    "directory": ("claim_", "listing_", "proposal_", "report_", "upkeep_"),
}  # fmt: skip
"""Messages lie in one folder whoever posts them: room -> how its messages' names begin; all others tell of a referral."""
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
JINJA_OPTIONS = {"extensions": "jinja2.ext.do", "newstyle_gettext": "true", "silent": "false"}
HEADER = (
    'msgid ""\n'
    'msgstr ""\n'
    f'"Language: {LANGUAGE}\\n"\n'
    '"MIME-Version: 1.0\\n"\n'
    '"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Content-Transfer-Encoding: 8bit\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
)
PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[sd%]")

ENDS = tuple(".?:")

Key = tuple[str, str]
"""A sentence's context (mostly none) and its English, the singular one."""


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    room: str
    english: str
    what: str


@click.command("catalogs")
@click.option("--check", is_flag=True, help="Only say what is missing or wrong; write nothing.")
def catalogs(check: bool) -> None:
    """Collect the sentences of code and templates into the French catalogs, and say what is still to be translated."""
    if not (CHECKOUT / "frontend" / "templates").is_dir():
        click.echo("The catalogs are kept in a checkout, and this is not one.", err=True)
        sys.exit(1)
    if not check:
        update(CHECKOUT)
    found = sorted(flaws(CHECKOUT))
    for flaw in found:
        click.echo(f"{flaw.room}: {flaw.what}: {flaw.english}")
    click.echo(f"{len(found)} to look at." if found else "The French catalogs are complete.")
    if found and check:
        sys.exit(1)


def update(checkout: Path) -> None:
    """Rewrite every room's catalog: new sentences come in, gone ones go, translations stay (with the spaces set right).

    A new sentence that another room has translated already takes that translation: one sentence, one French.
    """
    kept = {room: translated(checkout, room) for room in rooms(checkout)}
    known = {_key(message): message for catalog in kept.values() for message in _entries(catalog)}
    for room, before in kept.items():
        wanted = said(checkout, room)
        for message in _entries(wanted):
            old = before.get(message.id, message.context) or known.get(_key(message))
            if old is not None and old.id == message.id:
                message.string = _spaced(old.string)
        _write(_file(checkout, room), wanted)


def flaws(checkout: Path) -> Iterator[Flaw]:
    """Everything that keeps the French from being complete and well written."""
    everywhere: dict[Key, tuple[str, object]] = {}
    for room in rooms(checkout):
        here, wanted = translated(checkout, room), said(checkout, room)
        for message in _entries(wanted):
            if not _is_translated(here.get(message.id, message.context)):
                yield _flaw(room, message, "not translated")
        for gone in here.obsolete.values():
            yield _flaw(room, gone, "nobody says this any more")
        for message in _entries(here):
            if wanted.get(message.id, message.context) is None:
                yield _flaw(room, message, "nobody says this any more")
            if not _is_translated(message):
                continue
            first, french_there = everywhere.setdefault(_key(message), (room, message.string))
            if french_there != message.string:
                yield _flaw(room, message, f"translated otherwise in {first}")
            yield from (_flaw(room, message, what) for what in _flaws_of(message))


def rooms(checkout: Path) -> list[str]:
    return sorted(file.parent.name for file in (checkout / "src" / "referrals").glob("*/__init__.py"))


def said(checkout: Path, room: str) -> Catalog:
    """What the code and the templates of this room say, untranslated."""
    catalog = Catalog(locale=LANGUAGE)
    for file in _sources(checkout, room):
        method, options = ("python", {}) if file.suffix == ".py" else ("jinja2.ext:babel_extract", JINJA_OPTIONS)
        for _, message, _, context in extract_from_file(method, file, keywords=KEYWORDS, options=options):
            catalog.add(message, context=context)
    return catalog


def translated(checkout: Path, room: str) -> Catalog:
    """The catalog as it lies there; an empty one where there is none."""
    file = _file(checkout, room)
    if not file.exists():
        return Catalog(locale=LANGUAGE)
    with file.open("rb") as text:
        return read_po(text, locale=LANGUAGE, abort_invalid=True)


def _file(checkout: Path, room: str) -> Path:
    return checkout / "frontend" / "locale" / LANGUAGE / f"{room}.po"


def _sources(checkout: Path, room: str) -> Iterator[Path]:
    package, templates = checkout / "src" / "referrals", checkout / "frontend" / "templates"
    yield from sorted((package / room).rglob("*.py"))
    yield from sorted(file for file in (templates / room).rglob("*") if file.suffix in {".html", ".txt"})
    yield from sorted(file for file in (templates / "mail").glob("*.txt") if _posted_by(file) == room)
    if room == GROUND:
        yield from sorted(package.glob("*.py"))
        yield from sorted(templates.glob("*.html"))
        yield from sorted((templates / "components").glob("*.html"))


def _posted_by(mail: Path) -> str:
    return next((room for room, begins in MAIL.items() if mail.stem.startswith(begins)), "tracking")


def _write(file: Path, catalog: Catalog) -> None:
    entries = io.BytesIO()
    write_po(entries, catalog, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    if not entries.getvalue().strip():
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(HEADER + entries.getvalue().decode().strip() + "\n")


def _entries(catalog: Catalog) -> Iterator[Message]:
    """The catalog without its header."""
    return (message for message in catalog if message.id)


def _key(message: Message) -> Key:
    return message.context or "", _english(message)


def _english(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _flaw(room: str, message: Message, what: str) -> Flaw:
    return Flaw(room, _english(message), what)


def _is_translated(message: Message | None) -> bool:
    return message is not None and all(_forms(message.string))


def _flaws_of(message: Message) -> Iterator[str]:
    if message.fuzzy:
        yield "still to be confirmed (fuzzy)"
    if not _same_placeholders(message):
        yield "its placeholders differ"
    if not _ends_alike(message):
        yield "it does not end as the English does"
    yield from sorted({what for form in _forms(message.string) for what in french.flaws(form)})


def _same_placeholders(message: Message) -> bool:
    """The plural has all that the English one has; a singular may leave the number out, as in English, or say it."""
    one, many = _placeholders(_forms(message.id)[0]), _placeholders(_forms(message.id)[-1])
    return _placeholders(_forms(message.string)[0]) in (one, many) and _placeholders(_forms(message.string)[-1]) == many


def _ends_alike(message: Message) -> bool:
    """A sentence that was cut somewhere has lost its full stop."""
    pairs = zip(_forms(message.id), _forms(message.string), strict=False)
    return all(_end(english) == _end(said) for english, said in pairs)


def _end(text: str) -> str:
    return text[-1:] if text[-1:] in ENDS else ""


def _placeholders(text: str) -> set[str]:
    return {found[0] for found in PLACEHOLDER.finditer(text)}


def _spaced(text: str | Sequence[str] | None) -> str | tuple[str, ...] | None:
    if text is None or isinstance(text, str):
        return text and french.spaced(text)
    return tuple(french.spaced(form) for form in text)


def _forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ("",)) if isinstance(text, list | tuple) else ("",)
