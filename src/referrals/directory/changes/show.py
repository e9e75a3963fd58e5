"""A field's value as lines that a person can read, and what differs between two values."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from referrals.directory import hours, rules
from referrals.directory.changes.fields import Value
from referrals.directory.changes.labels import STATUSES
from referrals.directory.changes.places import NEW
from referrals.kit.html import language_name, money, number
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.vocabulary import Vocabulary

Row = Mapping[str, Any]
_LONG_AGO: Final = date(2000, 1, 1)
"""A day from which nothing is over yet, and every date is told with its year."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Lines that leave, that come, and that stay."""

    gone: tuple[str, ...]
    new: tuple[str, ...]
    kept: tuple[str, ...]


def difference(name: str, before: Value, after: Value, words: Vocabulary, places: Mapping[str, str]) -> Difference:
    """`places`: id of a location -> its name, for the fields that name one. Where two values read the same and are not,
    everything that they say is shown.
    """
    old, new = lines(name, before, words, places), lines(name, after, words, places)
    if sorted(old) == sorted(new) and isinstance(before, list) and isinstance(after, list):
        old, new = [_everything(row) for row in before], [_everything(row) for row in after]
    return Difference(
        tuple(line for line in old if line not in new),
        tuple(line for line in new if line not in old),
        tuple(line for line in old if line in new),
    )


def lines(name: str, value: Value, words: Vocabulary, places: Mapping[str, str]) -> list[str]:
    """Nothing for a field that says nothing."""
    if value is None or value in ("", []):
        return []
    if not isinstance(value, list):
        return [_scalar(name, value)]
    if name.startswith("attributes."):
        return [_mark(name.removeprefix("attributes."), row, words) for row in value]
    if name == "schedules":
        return _hours(value)
    if name == "service_at_locations":
        return [_place(row, places) for row in value]
    return [said for row in value if (said := _ROWS.get(name, _everything)(row))]


def _scalar(name: str, value: str | float) -> str:
    if name == "status":
        return _(STATUSES.get(str(value), str(value)))
    return number(value) if isinstance(value, int | float) and name != "year_incorporated" else str(value)


def _mark(taxonomy: str, row: Row, words: Vocabulary) -> str:
    if row.get("code") == "eligibility-rule":
        try:
            return rules.sentence(json.loads(str(row.get("value"))), words) or str(row.get("value"))
        except ValueError:
            return str(row.get("value"))
    label = words.label(taxonomy, str(row["code"]), current_language())
    said = {"yes": _("Yes"), "no": _("No")}.get(str(row.get("value")), row.get("value"))
    return _("%(label)s: %(value)s") % {"label": label, "value": said} if said else label


def _hours(rows: list[dict[str, Any]]) -> list[str]:
    """As sentences, what is over too; and what cannot be reckoned with, word for word."""
    known = hours.of(rows)
    return [*hours.told(known, _LONG_AGO), *known.notes]


def _price(row: Row) -> str:
    amount = money(float(row["amount"]), row.get("currency")) if row.get("amount") is not None else ""
    kind = {"per-session": _("a session"), "client-contribution": _("to pay yourself")}.get(
        str(row.get("option")), row.get("option")
    )
    return _joined(amount, kind, row.get("amount_description"))


def _address(row: Row) -> str:
    town = " ".join(str(row[name]) for name in ("postal_code", "city") if row.get(name))
    return ", ".join(str(part) for part in (row.get("attention"), row.get("address_1"), row.get("address_2"), town,
                                            row.get("state_province"), row.get("country")) if part)  # fmt: skip


def _place(row: Row, places: Mapping[str, str]) -> str:
    """One that is known, or all that a new one says."""
    if new := row.get(NEW):
        said = ", ".join(part for part in (new.get("name"), _address(new)) if part)
        secret = _("confidential address") if new.get("confidential") else None
        return _joined(_("New place: %(place)s") % {"place": said}, secret, row.get("description"))
    return _joined(places.get(str(row.get("location_id")), _("A place without a name")), row.get("description"))


def _language(row: Row) -> str:
    return _joined(language_name(str(row["code"])) if row.get("code") else row.get("name"), row.get("note"))


def _line(row: Row) -> str:
    """What kind of number it is, where it is not simply a telephone."""
    return {"sms": _("Text messages"), "fax": _("Fax"), "tty": _("For deaf people (text)")}.get(
        str(row.get("type")), ""
    )


def _papers(row: Row) -> list[str]:
    """In each of its languages."""
    others = (row.get("translations") or {}).values()
    return [str(said["document"]) for said in (row, *others) if said.get("document")]


def _joined(*parts: object) -> str:
    return " · ".join(str(part) for part in parts if part not in (None, ""))


def _everything(row: Row) -> str:
    return _joined(*(value for name, value in row.items() if name not in ("id", "translations", "language")))


_ROWS: Final[Mapping[str, Callable[[Row], str]]] = {
    "phones": lambda row: _joined(row.get("number"), row.get("extension"), _line(row), row.get("description")),
    "contacts": lambda row: _joined(row.get("name"), row.get("title"), row.get("department"), row.get("email")),
    "cost_options": _price,
    "languages": _language,
    "required_documents": lambda row: _joined(*_papers(row), row.get("uri")),
    "service_areas": lambda row: _joined(row.get("name"), row.get("description"), row.get("extent")),
    "addresses": _address,
    "accessibility": lambda row: _joined(row.get("description"), row.get("details"), row.get("url")),
    "organization_identifiers": lambda row: _joined(row.get("identifier_type"), row.get("identifier")),
    "additional_urls": lambda row: _joined(row.get("label"), row.get("url")),
    "additional_websites": lambda row: _joined(row.get("label"), row.get("url")),
    "funding": lambda row: _joined(row.get("source_text")),
}
