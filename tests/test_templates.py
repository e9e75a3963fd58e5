"""Every template compiles, every link in it leads to a page, and nothing comes from another host."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter

import pytest
from jinja2 import Environment, nodes

from referrals.app import environment
from referrals.kit.html import addresses
from referrals.kit.settings import CHECKOUT

FRONTEND = CHECKOUT / "frontend"
TEMPLATES = sorted(
    file.relative_to(FRONTEND / "templates").as_posix()
    for file in (FRONTEND / "templates").rglob("*") if file.suffix in {".html", ".txt"}
)  # fmt: skip
PAGES = [name for name in TEMPLATES if name.endswith(".html")]
FOREIGN = re.compile(r"^\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
NAMES_ONLY = ("http://www.w3.org/",)
"""Addresses that name a vocabulary and are never fetched."""


@pytest.fixture(scope="module")
def jinja() -> Environment:
    return environment()


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles(jinja: Environment, name: str) -> None:
    jinja.get_template(name)


def test_every_icon_that_a_template_names_can_be_drawn() -> None:
    dist = FRONTEND / "static" / "dist"
    sprite = (dist / json.loads((dist / "manifest.json").read_text("utf-8"))["icons.svg"]).read_text("utf-8")
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    texts = [(FRONTEND / "templates" / name).read_text("utf-8") for name in PAGES]
    named = {icon for text in texts for icon in re.findall(r"""\b(?:icon|svg)(?:\(|=)\s*["']([a-z0-9-]+)["']""", text)}
    assert named - drawn == set()


def test_a_letters_subject_ends_with_its_line() -> None:
    """Jinja takes away the line's end behind a tag: what comes next would be part of the subject."""
    letters = (FRONTEND / "templates" / "mail").glob("*.txt")
    first = {letter.name: letter.read_text("utf-8").splitlines()[0] for letter in letters}
    assert first
    assert [name for name, line in first.items() if line.endswith("%}") and not line.endswith("+%}")] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_address_in_a_template_leads_to_a_page(jinja: Environment, name: str) -> None:
    known = addresses(jinja).routes
    wrong = []
    for call in _parsed(jinja, name).find_all(nodes.Call):
        if not (isinstance(call.node, nodes.Name) and call.node.name == "url" and call.args):
            continue
        page = call.args[0].value if isinstance(call.args[0], nodes.Const) else None
        if page is None:
            continue
        needed = {field for _, field, _, _ in Formatter().parse(known.get(page, "")) if field}
        if page not in known or (not call.dyn_kwargs and needed - {keyword.key for keyword in call.kwargs}):
            wrong.append(f"line {call.lineno}: {page}")
    assert not wrong, ", ".join(wrong)


@pytest.mark.parametrize("name", PAGES)
def test_a_template_has_no_script_or_style_of_its_own(name: str) -> None:
    """The content policy would silently ignore it."""
    wrong = [
        f"line {line}: <{tag} {key}>" for tag, key, _, line in _attributes(name)
        if key == "style" or key.startswith("on") or tag == "style" or (tag == "script" and key == "")
    ]  # fmt: skip
    assert not wrong, ", ".join(wrong)


@pytest.mark.parametrize("name", PAGES)
def test_a_template_loads_nothing_from_another_host(name: str) -> None:
    wrong = [
        f"line {line}: <{tag} {key}={value}>" for tag, key, value, line in _attributes(name)
        if FOREIGN.match(value) and not value.startswith(NAMES_ONLY) and (tag, key) != ("a", "href")
    ]  # fmt: skip
    assert not wrong, ", ".join(wrong)


@pytest.mark.parametrize("file", sorted((FRONTEND / "styles").glob("*.css")), ids=lambda file: file.name)
def test_a_style_sheet_loads_nothing_from_another_host(file: Path) -> None:
    loaded = re.findall(r"(?:url\(|@import)\s*[\"']?([^\"')\s;]+)", file.read_text())
    assert not [address for address in loaded if FOREIGN.match(address)]


@pytest.mark.parametrize("file", sorted((FRONTEND / "scripts").glob("*.js")), ids=lambda file: file.name)
def test_a_script_speaks_to_no_other_host(file: Path) -> None:
    code = re.sub(r"^\s*(?://|\*).*$", "", file.read_text(), flags=re.MULTILINE)
    found = re.findall(r"[\"'`]((?:https?:)?//[^\"'`]+)", code)
    assert not [address for address in found if not address.startswith(NAMES_ONLY)]


def test_what_the_build_ships_loads_nothing_from_another_host() -> None:
    for file in (FRONTEND / "static" / "dist").glob("*.css"):
        assert not re.findall(r"url\([\"']?(?:https?:)?//", file.read_text()), file.name
    for file in (FRONTEND / "static" / "dist").glob("*.svg"):
        assert not re.findall(r"href=[\"'](?:https?:)?//", file.read_text()), file.name


def _parsed(jinja: Environment, name: str) -> nodes.Template:
    return jinja.parse((FRONTEND / "templates" / name).read_text(), name)


def _attributes(name: str) -> Iterator[tuple[str, str, str, int]]:
    """Tag, attribute, value, line. A tag without attributes comes once, with an empty attribute."""
    reader = _Reader()
    # What Jinja prints stands for a word; what it decides is blanked, line breaks kept.
    text = (FRONTEND / "templates" / name).read_text()
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}", lambda found: "\n" * found[0].count("\n") or " ", text, flags=re.DOTALL)
    reader.feed(re.sub(r"\{\{.*?\}\}", "x", text, flags=re.DOTALL))
    yield from reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        keys = {key for key, _ in attrs}
        if tag == "script" and "src" not in keys and ("type", "application/ld+json") not in attrs:  # data, not a script
            self.found.append((tag, "", "", line))
        self.found += [(tag, key, value or "", line) for key, value in attrs] or [(tag, "-", "", line)]
