"""The French is complete, written as French is written, and one English sentence has one French sentence."""

from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from referrals.kit import catalogs, french
from referrals.kit.settings import CHECKOUT

NBSP = "\u00a0"


@pytest.mark.parametrize("room", catalogs.rooms(CHECKOUT))
def test_the_french_of_a_room_is_complete_and_well_written(room: str) -> None:
    found = [f"{flaw.what}: {flaw.english}" for flaw in _flaws() if flaw.room == room]
    assert not found, "\n".join(["run make catalogs, then translate:", *found])


@pytest.mark.parametrize(
    "sentence",
    [
        "Rien n’est perdu.", f"Est-ce urgent{NBSP}?", "Est-ce urgent\u202f?", f"«{NBSP}Oui{NBSP}», dit-elle.", "À 14:30",
        "https://example.org/", f"Trop tard{NBSP}!", "%(n)d\u00a0%%", f"Vraiment{NBSP}?!", "(?)", "Aide &amp; conseil",
    ],
)  # fmt: skip
def test_good_french_has_no_flaw(sentence: str) -> None:
    assert not list(french.flaws(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "L'adresse",
        "Est-ce urgent?",
        "Est-ce urgent ?",
        "« Oui »",
        '"Oui"',
        "Attendez...",
        "Besoin: aucun",
        "Déjà! Bien",
        "25 €",
        "Fixez un rendez-vous ici\u00a0\x01 elle en est prévenue.",
    ],
)
def test_each_sign_out_of_place_is_found(sentence: str) -> None:
    assert list(french.flaws(sentence))


def test_spaces_are_set_right_where_a_space_was_typed() -> None:
    said = french.spaced("Est-ce «oui » ? Alors : tant mieux !")
    assert said == "Est-ce «\u00a0oui\u00a0»\u202f? Alors\u00a0: tant mieux\u202f!"
    assert french.spaced(said) == said
    assert french.spaced("https://example.org/?q=1") == "https://example.org/?q=1"


def test_collecting_keeps_translations_adds_new_sentences_and_drops_gone_ones(tmp_path: Path) -> None:
    _room(tmp_path, "garden", 'TITLE = N_("Rose")\nCOUNT = ngettext("%(num)d bee", "%(num)d bees", 2)\n')
    catalogs.update(tmp_path)
    assert [flaw.what for flaw in catalogs.flaws(tmp_path)] == ["not translated"] * 2

    po = tmp_path / "frontend/locale/fr/garden.po"
    po.write_text(po.read_text().replace('"Rose"\nmsgstr ""', '"Rose"\nmsgstr "Rosier"'))
    _room(tmp_path, "garden", 'TITLE = N_("Rose")\nBED = pgettext("soil", "Bed")\n')
    catalogs.update(tmp_path)
    kept = catalogs.translated(tmp_path, "garden")
    assert _said(kept) == {("", "Rose"): "Rosier", ("soil", "Bed"): ""}

    before = po.read_bytes()
    catalogs.update(tmp_path)
    assert po.read_bytes() == before


def test_a_room_takes_the_french_that_another_room_has(tmp_path: Path) -> None:
    _room(tmp_path, "garden", '_("Rose")')
    catalogs.update(tmp_path)
    po = tmp_path / "frontend/locale/fr/garden.po"
    po.write_text(po.read_text().replace('msgstr ""\n', 'msgstr "Rosier"\n').replace('msgstr "Rosier"', 'msgstr ""', 1))
    _room(tmp_path, "house", '_("Rose")')
    catalogs.update(tmp_path)
    assert _said(catalogs.translated(tmp_path, "house")) == {("", "Rose"): "Rosier"}


@pytest.mark.parametrize(
    ("french_there", "what"),
    [
        ("", "not translated"),
        ("Bonjour", "its placeholders differ"),
        ("Bonjour %(nom)s", "its placeholders differ"),
        ("C'est %(name)s", "a straight apostrophe, where ’ belongs"),
    ],
)
def test_a_flaw_in_a_catalog_is_found(tmp_path: Path, french_there: str, what: str) -> None:
    _room(tmp_path, "garden", '_("Hello %(name)s")')
    _translate(tmp_path, "garden", "Hello %(name)s", french_there)
    assert [flaw.what for flaw in catalogs.flaws(tmp_path)] == [what]


def test_a_sentence_that_was_cut_is_found(tmp_path: Path) -> None:
    _room(tmp_path, "garden", '_("What happened is kept without your name.")')
    _translate(tmp_path, "garden", "What happened is kept without your name.", "Ce qu’une demand")
    assert [flaw.what for flaw in catalogs.flaws(tmp_path)] == ["it does not end as the English does"]


def test_one_sentence_with_two_translations_is_found(tmp_path: Path) -> None:
    for room, words in (("garden", "Rose"), ("house", "Rosier")):
        _room(tmp_path, room, '_("Rose")')
        _translate(tmp_path, room, "Rose", words)
    assert [flaw.what for flaw in catalogs.flaws(tmp_path)] == ["translated otherwise in garden"]


def test_a_sentence_that_nobody_says_is_found(tmp_path: Path) -> None:
    _room(tmp_path, "garden", "")
    _translate(tmp_path, "garden", "Rose", "Rosier")
    assert [flaw.what for flaw in catalogs.flaws(tmp_path)] == ["nobody says this any more"]


@cache
def _flaws() -> list[catalogs.Flaw]:
    return sorted(set(catalogs.flaws(CHECKOUT)))


def _room(checkout: Path, name: str, code: str) -> None:
    package = checkout / "src/referrals" / name
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text(code)
    (checkout / "frontend/locale/fr").mkdir(parents=True, exist_ok=True)


def _translate(checkout: Path, room: str, english: str, french_there: str) -> None:
    po = checkout / "frontend/locale/fr" / f"{room}.po"
    po.write_text(f'{catalogs.HEADER}msgid "{english}"\nmsgstr "{french_there}"\n')


def _said(catalog: Catalog) -> dict[tuple[str, str], str]:
    return {(m.context or "", str(m.id)): str(m.string) for m in catalog if m.id}
