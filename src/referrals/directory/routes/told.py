"""What a record says and how it came to say it, as lines for its keeper."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import hours as times
from referrals.directory import labels
from referrals.directory.changes import Values
from referrals.directory.changes.fields import text_field, unwritten
from referrals.directory.changes.labels import field_label
from referrals.directory.changes.show import Difference, difference, lines
from referrals.directory.forms.questions import Text
from referrals.directory.forms.sheet import Page, Sheet
from referrals.directory.forms.times import known
from referrals.directory.models import Metadata
from referrals.directory.queries.mine import Change
from referrals.kit.errors import NotFound
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.vocabulary import Vocabulary

_LONG = 160
"""Letters of a value that the history shows."""
_LEAD = 40
"""Letters before the first that became another, where a text is too long to be shown from its beginning."""


@dataclass(frozen=True, slots=True)
class Told:
    """A change as the history shows it. `language`: that of the texts; `id`: of a change that can be taken back."""

    field: str
    difference: Difference
    language: str | None
    who: str
    at: datetime
    id: UUID | None


async def change(session: AsyncSession, id: UUID) -> Metadata:
    """Raises NotFound."""
    row = await session.get(Metadata, id)
    if row is None or row.resource_type not in ("service", "organization", "location"):
        raise NotFound("change")
    return row


def said(one: Change, words: Vocabulary, own: str, places: Mapping[str, str]) -> Told:
    column = text_field(one.field)
    language = (one.field.split(".")[1] if one.field.startswith("translations.") else own) if column else None
    who = one.who or _("somebody whose account is closed")
    return Told(field_label(one.field, own), _difference(one, words, places), language, who, one.at, one.undoable)


def hours(code: str, present: Values, sheet: Sheet) -> list[tuple[str, list[str]]]:
    """The lines of the overview: what comes back and what is different; closures on a page of their own."""
    there = known(present)
    if code == "closure":
        coming = [one for one in there.closure if one.last is None or one.last >= sheet.today]
        return [("", [times.special(one, sheet.today) for one in coming])] if coming else []
    plain = times.Hours(
        there.rules, tuple(one for one in there.specials if not one.temporary), there.holidays, there.others
    )
    found = [*times.told(plain, sheet.today), *there.notes]
    if not found and sheet.elsewhere:
        return [(_("As at its place"), list(sheet.elsewhere))]
    return [("", found)] if found else []


def fields(part: Page, present: Values, sheet: Sheet) -> list[tuple[str, list[str]]]:
    """Label and lines of each field that says something; a text in the language of the page, else in the other."""
    names = part.fields(sheet)
    for item in part.items:
        if isinstance(item, Text):
            here = item.field(sheet, current_language())
            names = tuple(
                name for name in names if name == here or name not in item.fields(sheet) or not present.get(here)
            )
    return [
        (_label(name, sheet), found)
        for name in names
        if (found := lines(name, present.get(name), sheet.words, sheet.places))
    ]


def _label(name: str, sheet: Sheet) -> str:
    """Only a text in another language than the page's says which."""
    label = field_label(name, sheet.own)
    column = text_field(name)
    spoken = name.split(".")[1] if name.startswith("translations.") else sheet.own
    return label.split(" · ")[0] if column and spoken == current_language() else label


def _difference(one: Change, words: Vocabulary, places: Mapping[str, str]) -> Difference:
    """As people read it; what an older rule wrote, as it was written."""
    if one.field == "attributes.capacity-status":
        answers = [(_(labels.ANSWERS[code]),) if code in labels.ANSWERS else () for code in (one.before, one.after)]
        return Difference(answers[0], answers[1], ())
    try:
        before, after = (unwritten(one.entity, one.field, value) for value in (one.before, one.after))
    except (ValueError, KeyError, json.JSONDecodeError):
        return Difference(_short(one.before), _short(one.after), ())
    found = difference(one.field, before, after, words, places)
    begins = _beginning(found.gone, found.new)
    return Difference(
        tuple(line for text in found.gone for line in _short(text, begins)),
        tuple(line for text in found.new for line in _short(text, begins)), (),
    )  # fmt: skip


def _beginning(gone: tuple[str, ...], new: tuple[str, ...]) -> int:
    """Where two long texts that begin alike are shown from, so that what became another is seen."""
    if len(gone) != 1 or len(new) != 1 or max(len(gone[0]), len(new[0])) < _LONG:
        return 0
    same = takewhile(lambda pair: pair[0] == pair[1], zip(gone[0], new[0], strict=False))
    alike = len(list(same)) - _LEAD
    return new[0].rfind(" ", 0, alike) + 1 if alike > _LEAD else 0


def _short(text: str | None, begins: int = 0) -> tuple[str, ...]:
    if not text:
        return ()
    shown = text[begins:] if len(text) - begins < _LONG else text[begins : begins + _LONG].rstrip() + "…"
    return ("…" + shown if begins else shown,)
