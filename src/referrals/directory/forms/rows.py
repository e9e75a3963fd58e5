"""Questions that are answered as often as one likes: phone numbers, people, prices, papers; one row each."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as of_type
from typing import Any, ClassVar

from litestar.datastructures import FormMultiDict

from referrals.directory.changes import Values
from referrals.directory.changes.places import NEW
from referrals.directory.forms.questions import TONGUES, wrong
from referrals.directory.forms.sheet import Entered, Sheet, amount, one, pressed, tidied
from referrals.kit.html import locale
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.kit.settings import LANGUAGES
from referrals.places.money import currency_of

MOST = 40
"""Rows of one kind that a page takes."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of a row. `options`: a choice; `translated`: kept in both languages; `of_sheet`: the sheet's places."""

    name: str
    label: str
    input: str = "text"
    hint: str = ""
    needed: bool = False
    width: str = "l"
    options: tuple[tuple[str, str], ...] = ()
    translated: bool = False
    places: bool = False
    rest: str = ""
    """What a choice is when nothing was chosen."""

    def names(self) -> list[tuple[str, str]]:
        """(name in the form, language)."""
        return (
            [(f"{self.name}_{language}", language) for language in LANGUAGES] if self.translated else [(self.name, "")]
        )


@dataclass(frozen=True, slots=True)
class Rows:
    """A collection of children. What a cell does not show of a row is kept as it was."""

    kind: ClassVar[str] = "rows"
    field: str
    label: str
    one: str
    """What a row is called: `Phone number`."""
    add: str
    cells: tuple[Cell, ...]
    hint: str = ""
    fixed: dict[str, Any] = of_type(default_factory=dict)
    """Columns of every new row."""
    empty: str = N_("None yet.")
    together: Callable[[dict[str, str]], tuple[str, str]] | None = None
    """What is wrong with a row that no cell can know alone: (cell, sentence); an empty sentence where nothing is."""

    @property
    def name(self) -> str:
        return self.field

    def fields(self, sheet: Sheet) -> tuple[str, ...]:
        return (self.field,)

    def show(self, sheet: Sheet, present: Values, into: Entered) -> None:
        into.raw[self.field] = [self._shown(sheet, row) for row in _rows(present, self.field)]

    def enter(self, sheet: Sheet, data: FormMultiDict, present: Values, into: Entered) -> None:
        rows = self._typed(data)
        asked = pressed(data, "remove")
        if asked[:1] == [self.field] and asked[1:2] and asked[1].isdecimal() and int(asked[1]) < len(rows):
            del rows[int(asked[1])]
            into.again, into.focus = True, f"add-{self.field}"
            into.said = _("%(what)s taken out. Save to make it so.") % {"what": _(self.one)}
        if not one(data, "do"):
            rows = [row for row in rows if not self._blank(row)]
        if pressed(data, "add") == [self.field]:
            if not rows or not self._blank(rows[-1]):
                rows.append({cell.name: currency_of(sheet.country) for cell in self.cells if cell.name == "currency"})
            into.again, into.focus = True, f"{self.field}-{len(rows) - 1}-{self.cells[0].names()[0][0]}"
        into.raw[self.field] = rows
        if not into.again:
            self._check(sheet, rows, into)
        known = {str(row.get("id")): row for row in _rows(present, self.field)}
        into.values[self.field] = [self._value(sheet, row, known.get(row.get("id", ""), {})) for row in rows if row]

    def _blank(self, row: dict[str, str]) -> bool:
        return not any(value for name, value in row.items() if not self._silent(name))

    def _silent(self, name: str) -> bool:
        """Says nothing by itself: a choice that is always made, the id."""
        return name == "id" or any(cell.name == name and cell.rest for cell in self.cells)

    def _typed(self, data: FormMultiDict) -> list[dict[str, str]]:
        inputs = {"id": "text"} | {name: cell.input for cell in self.cells for name, _language in cell.names()}
        rows = []
        for at in range(MOST):
            if any(f"{self.field}-{at}-{name}" in data for name in inputs):
                typed = {name: tidied(input, one(data, f"{self.field}-{at}-{name}")) for name, input in inputs.items()}
                rows.append(typed)
        return rows

    def _check(self, sheet: Sheet, rows: list[dict[str, str]], into: Entered) -> None:
        for at, row in enumerate(rows):
            where = _("%(what)s %(number)s") % {"what": _(self.one), "number": at + 1}
            for cell in self.cells:
                names = [name for name, _language in cell.names()]
                typed = next((row[name] for name in names if row.get(name)), "")
                problem = _problem(cell, typed, sheet) or (_twice(cell, rows[:at], typed) if cell.places else "")
                if problem:
                    _refuse(into, f"{self.field}-{at}-{names[0]}", where, problem)
            name, problem = self.together(row) if self.together else ("", "")
            if problem:
                _refuse(into, f"{self.field}-{at}-{name}", where, problem)

    def _shown(self, sheet: Sheet, row: dict[str, Any]) -> dict[str, str]:
        shown = {"id": str(row.get("id") or "")}
        for cell in self.cells:
            for name, language in cell.names():
                shown[name] = _in(row, cell.name, language, sheet) if language else str(row.get(cell.name) or "")
        return shown

    def _value(self, sheet: Sheet, row: dict[str, str], before: dict[str, Any]) -> dict[str, Any]:
        value = {**(before or self.fixed)}
        for cell in self.cells:
            if cell.translated:
                _translate(value, cell.name, {language: row.get(name, "") for name, language in cell.names()}, sheet)
            else:
                typed = row.get(cell.name, "") or cell.rest
                value[cell.name] = (
                    str(found) if cell.input == "money" and (found := amount(typed)) is not None else typed
                )
        return value


@dataclass(frozen=True, slots=True)
class NewPlaces(Rows):
    """Places that are not there yet, and come with the service that is given at them."""

    def fields(self, sheet: Sheet) -> tuple[str, ...]:
        return ("service_at_locations",)

    def show(self, sheet: Sheet, present: Values, into: Entered) -> None:
        into.raw[self.field] = []

    def enter(self, sheet: Sheet, data: FormMultiDict, present: Values, into: Entered) -> None:
        Rows.enter(self, sheet, data, present, into)
        typed, chosen = into.values.pop(self.field), into.values["service_at_locations"]
        assert isinstance(typed, list)
        assert isinstance(chosen, list), "stands on the page below the places that are there"
        chosen += [{NEW: place} for place in typed]


def _refuse(into: Entered, name: str, where: str, problem: str) -> None:
    into.errors.setdefault(name, _("%(where)s: %(problem)s") % {"where": where, "problem": problem})


def _twice(cell: Cell, earlier: list[dict[str, str]], typed: str) -> str:
    chosen = {row.get(cell.name) for row in earlier}
    return _("this place is chosen twice.") if typed and typed in chosen else ""


def _problem(cell: Cell, typed: str, sheet: Sheet) -> str:
    if not typed:
        return _("“%(field)s” is missing.") % {"field": _(cell.label)} if cell.needed else ""
    if cell.places and typed not in sheet.places:
        return _("This is not one of the choices.")
    if cell.input == "money":
        return _("Please give an amount, for example 25 or 12.50.") if amount(typed) is None else ""
    if cell.options and typed not in {code for code, _label in cell.options}:
        return ""
    sentence = wrong(cell.input, typed)
    if sentence and cell.input == "number":
        return _("“%(field)s” takes digits only, for example 12.") % {"field": _(cell.label)}
    return sentence


def _rows(present: Values, name: str) -> list[dict[str, Any]]:
    found = present.get(name)
    return found if isinstance(found, list) else []


def _in(row: dict[str, Any], column: str, language: str, sheet: Sheet) -> str:
    if language == (row.get("language") or sheet.own):
        return str(row.get(column) or "")
    return str(((row.get("translations") or {}).get(language) or {}).get(column) or "")


def _translate(value: dict[str, Any], column: str, typed: dict[str, str], sheet: Sheet) -> None:
    """Into the column in the row's own language, else among its translations; alone, any language is its own."""
    own = value.get("language") or sheet.own
    if not typed.get(own) and any(typed.values()):
        own = next(language for language, text in typed.items() if text)
    value["language"], value[column] = own, typed.get(own, "")
    others = {language: {column: text} for language, text in typed.items() if language != own and text}
    value["translations"] = others


LANGUAGE_OF = N_("%(label)s · %(language)s")


def label(cell: Cell, language: str) -> str:
    """`Paper · français`."""
    return _(LANGUAGE_OF) % {"label": _(cell.label), "language": TONGUES[language]} if language else _(cell.label)


def choices(cell: Cell, value: str) -> list[tuple[str, str]]:
    """For a list to choose from; a value that is none of them stays one."""
    known = [(code, _called(cell, code, label)) for code, label in cell.options]
    return known if not value or value in dict(cell.options) else [*known, (value, value)]


def _called(cell: Cell, code: str, label: str) -> str:
    return str(locale().territories.get(code, label)) if cell.input == "country" else _(label)
