"""Single questions: a text in both languages, a line, terms to tick, yes or no for each feature, for whom it is."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from litestar.datastructures import FormMultiDict

from referrals.directory.changes import Value, Values
from referrals.directory.forms.sheet import Entered, Sheet, day, many, one, pressed, tidied
from referrals.kit.forms import is_email
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.settings import LANGUAGES
from referrals.taxonomy.queries import suggest
from referrals.taxonomy.vocabulary import NEED

Check = Callable[[str], str]
"""A typed text -> what is wrong with it, or nothing."""
_PHONE = re.compile(r"\+?[\d\s().\-/]{2,24}")
TONGUES = {"fr": "français", "en": "English"}


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is kept in both languages, side by side."""

    kind: ClassVar[str] = "text"
    column: str
    label: str
    hint: str = ""
    rows: int = 1
    needed: bool = False
    """In the record's own language."""

    def fields(self, sheet: Sheet) -> tuple[str, ...]:
        return tuple(self.field(sheet, language) for language in LANGUAGES)

    def field(self, sheet: Sheet, language: str) -> str:
        return self.column if language == sheet.own else f"translations.{language}.{self.column}"

    def show(self, sheet: Sheet, present: Values, into: Entered) -> None:
        for language in LANGUAGES:
            into.raw[f"{self.column}_{language}"] = present.get(self.field(sheet, language)) or ""

    def enter(self, sheet: Sheet, data: FormMultiDict, present: Values, into: Entered) -> None:
        for language in LANGUAGES:
            name = f"{self.column}_{language}"
            into.raw[name] = into.values[self.field(sheet, language)] = one(data, name)
        if self.needed and not into.raw[f"{self.column}_{sheet.own}"]:
            into.errors[f"{self.column}_{sheet.own}"] = _("Please fill this in.")


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `input`: text, email, tel, url, number. `options`: a choice instead."""

    kind: ClassVar[str] = "line"
    field: str
    label: str
    hint: str = ""
    input: str = "text"
    width: str = "l"
    options: tuple[tuple[str, str], ...] = ()

    def fields(self, sheet: Sheet) -> tuple[str, ...]:
        return (self.field,)

    def show(self, sheet: Sheet, present: Values, into: Entered) -> None:
        value = present.get(self.field)
        into.raw[self.field] = (
            f"{value:g}" if isinstance(value, float) and self.width == "s" else value if value is not None else ""
        )

    def enter(self, sheet: Sheet, data: FormMultiDict, present: Values, into: Entered) -> None:
        typed = into.raw[self.field] = tidied(self.input, one(data, self.field))
        if problem := wrong(self.input, typed) if typed else "":
            into.errors[self.field] = problem
        into.values[self.field] = typed


@dataclass(frozen=True, slots=True)
class Ages:
    """From which age, up to which: both inclusive."""

    kind: ClassVar[str] = "ages"

    def fields(self, sheet: Sheet) -> tuple[str, ...]:
        return ("minimum_age", "maximum_age")

    def show(self, sheet: Sheet, present: Values, into: Entered) -> None:
        for name in self.fields(sheet):
            value = present.get(name)
            into.raw[name] = "" if value is None else f"{float(str(value)):g}"

    def enter(self, sheet: Sheet, data: FormMultiDict, present: Values, into: Entered) -> None:
        known: list[float] = []
        for name in self.fields(sheet):
            typed = into.raw[name] = one(data, name)
            into.values[name] = typed.replace(",", ".") or None
            if typed and not re.fullmatch(r"\d{1,3}([.,]\d)?", typed):
                into.errors[name] = _("Please give an age in years, from 0 to 120.")
            elif typed:
                known.append(float(typed.replace(",", ".")))
        if len(known) == 2 and known[0] > known[1]:
            into.errors["maximum_age"] = _("The oldest may not be younger than the youngest.")


@dataclass(frozen=True, slots=True)
class Codes:
    """Terms of one of our taxonomies. `single`: one of them, or nothing said."""

    kind: ClassVar[str] = "codes"
    taxonomy: str
    label: str
    hint: str = ""
    single: bool = False

    @property
    def name(self) -> str:
        return self.taxonomy

    def fields(self, sheet: Sheet) -> tuple[str, ...]:
        return (f"attributes.{self.taxonomy}",)

    def options(self, sheet: Sheet) -> list[tuple[str, str]]:
        return sheet.words.options(self.taxonomy, current_language())

    def show(self, sheet: Sheet, present: Values, into: Entered) -> None:
        into.raw[self.name] = codes(present, self.taxonomy)

    def enter(self, sheet: Sheet, data: FormMultiDict, present: Values, into: Entered) -> None:
        ticked = into.raw[self.name] = many(data, self.name)
        into.values[f"attributes.{self.taxonomy}"] = kept_marks(sheet, present, self.taxonomy, ticked)


@dataclass(frozen=True, slots=True)
class Needs:
    """What is offered, out of our tree of needs: ticked below its headings, or found by one's own words."""

    kind: ClassVar[str] = "needs"
    label: str = N_("What you offer")

    def fields(self, sheet: Sheet) -> tuple[str, ...]:
        return ("attributes.need",)

    def show(self, sheet: Sheet, present: Values, into: Entered) -> None:
        self._draw(sheet, codes(present, NEED), into)

    def enter(self, sheet: Sheet, data: FormMultiDict, present: Values, into: Entered) -> None:
        ticked, typed = list(dict.fromkeys(many(data, NEED))), one(data, "need_words")
        into.raw["need_words"] = typed
        if one(data, "do") == "suggest" or (typed and not pressed(data, "save")):
            found = [one.term.code for one in suggest(sheet.words, typed, current_language(), 6) if one.term.taggable]
            into.raw["suggested"] = [
                (code, sheet.words.label(NEED, code, current_language())) for code in found if code not in ticked
            ]
            into.again, into.focus = True, "need_words"
            if not into.raw["suggested"]:
                into.errors["need_words"] = _(
                    "We know no need of that name. Try another word, or look below the headings."
                )
                into.again = bool(typed) or one(data, "do") == "suggest"
        self._draw(sheet, ticked, into)
        into.values["attributes.need"] = kept_marks(sheet, present, NEED, ticked)

    def _draw(self, sheet: Sheet, ticked: list[str], into: Entered) -> None:
        language = current_language()
        into.raw[NEED] = ticked
        into.raw["chosen"] = [(code, sheet.words.label(NEED, code, language)) for code in ticked]
        into.raw["headings"] = [
            (head.label(language), [(code, sheet.words.label(NEED, code, language)) for code in sheet.words.descendants(head.code)
                                    if (term := sheet.words.need(code)) and term.taggable and code not in ticked])
            for head in sheet.words.children(None)
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Features:
    """Each term of a taxonomy with yes, no, or nothing said."""

    kind: ClassVar[str] = "features"
    taxonomy: str
    label: str
    hint: str = ""

    def fields(self, sheet: Sheet) -> tuple[str, ...]:
        return (f"attributes.{self.taxonomy}",)

    def options(self, sheet: Sheet) -> list[tuple[str, str]]:
        return [
            (f"{self.taxonomy}-{code}", label) for code, label in sheet.words.options(self.taxonomy, current_language())
        ]

    def show(self, sheet: Sheet, present: Values, into: Entered) -> None:
        said = {row["code"]: row.get("value", "") for row in marks(present, self.taxonomy)}
        into.raw |= {f"{self.taxonomy}-{code}": said.get(code, "") for code in sheet.words.terms.get(self.taxonomy, {})}

    def enter(self, sheet: Sheet, data: FormMultiDict, present: Values, into: Entered) -> None:
        rows = []
        for code in sheet.words.terms.get(self.taxonomy, {}):
            said = into.raw[f"{self.taxonomy}-{code}"] = one(data, f"{self.taxonomy}-{code}")
            if said in ("yes", "no"):
                rows.append({"code": code, "value": said})
        into.values[f"attributes.{self.taxonomy}"] = rows


@dataclass(frozen=True, slots=True)
class Flag:
    """One term that is there or not."""

    kind: ClassVar[str] = "flag"
    taxonomy: str
    code: str
    label: str
    hint: str = ""

    def fields(self, sheet: Sheet) -> tuple[str, ...]:
        return (f"attributes.{self.taxonomy}",)

    def show(self, sheet: Sheet, present: Values, into: Entered) -> None:
        into.raw[self.code] = "yes" if self.code in codes(present, self.taxonomy) else ""

    def enter(self, sheet: Sheet, data: FormMultiDict, present: Values, into: Entered) -> None:
        into.raw[self.code] = one(data, self.code)
        others = [row for row in marks(present, self.taxonomy) if row["code"] != self.code]
        into.values[f"attributes.{self.taxonomy}"] = [*others, *([{"code": self.code}] if into.raw[self.code] else [])]


@dataclass(frozen=True, slots=True)
class Season:
    """Offered only from one date, or until another."""

    kind: ClassVar[str] = "season"

    def fields(self, sheet: Sheet) -> tuple[str, ...]:
        return ("attributes.window",)

    def show(self, sheet: Sheet, present: Values, into: Entered) -> None:
        said = {row["code"]: row.get("value", "") for row in marks(present, "window")}
        into.raw |= {code: said.get(code, "") for code in ("available-from", "available-until")}

    def enter(self, sheet: Sheet, data: FormMultiDict, present: Values, into: Entered) -> None:
        rows, known = [], []
        for code in ("available-from", "available-until"):
            typed = into.raw[code] = one(data, code)
            if typed and (found := day(typed)) is None:
                into.errors[code] = _("Please give a date, for example 2027-01-15.")
            elif typed and found:
                rows.append({"code": code, "value": found.isoformat()})
                known.append(found)
        if len(known) == 2 and known[0] > known[1]:
            into.errors["available-until"] = _("The end lies before the beginning.")
        into.values["attributes.window"] = rows


def wrong(input: str, typed: str) -> str:
    """What is wrong with a line, in a sentence."""
    if input == "email" and not is_email(typed):
        return _("This does not look like an e-mail address.")
    if input == "tel" and not _PHONE.fullmatch(typed):
        return _("This does not look like a phone number.")
    if input == "url" and not re.fullmatch(r"https?://[^\s/]+\.[^\s]+", typed):
        return _("A web address begins with https:// or http://.")
    if input == "number" and not re.fullmatch(r"[0-9]{1,9}", typed):
        return _("Only digits, please.")
    return ""


def marks(present: Values, taxonomy: str) -> list[dict[str, Any]]:
    found: Value = present.get(f"attributes.{taxonomy}")
    return list(found) if isinstance(found, list) else []


def codes(present: Values, taxonomy: str) -> list[str]:
    return [row["code"] for row in marks(present, taxonomy)]


def kept_marks(sheet: Sheet, present: Values, taxonomy: str, ticked: list[str]) -> list[dict[str, Any]]:
    """Those ticked, with the values they had; a code that is none of ours is left out."""
    before = {row["code"]: row for row in marks(present, taxonomy)}
    return [before.get(code, {"code": code}) for code in dict.fromkeys(ticked) if sheet.words.term(taxonomy, code)]
