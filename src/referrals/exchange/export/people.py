"""One row a service, for people with a spreadsheet: in French with semicolons, in English with commas, as theirs expect."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import phonenumbers
from sqlalchemy import select

from referrals.directory import hours, labels, rules
from referrals.directory.models import Listing
from referrals.directory.queries.capacity import capacity
from referrals.exchange.export.desk import Desk
from referrals.exchange.export.losses import NO_PLACE, ONE_LANGUAGE, ONE_OF_MANY, Losses
from referrals.exchange.hsds import trees
from referrals.exchange.hsds.redaction import Tree
from referrals.kit import html, i18n
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import AUDIENCE, NEED, Vocabulary

DELIMITERS = {"fr": ";", "en": ","}
"""What a spreadsheet in this language takes for the end of a cell."""
_WHOSE = frozenset({"id", "service_id", "location_id", "service_at_location_id"})
Slot = tuple[tuple[str, Any], ...]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would reckon instead of showing."""


@dataclass(frozen=True)
class Row:
    """What the columns of one service are made of."""

    tree: Tree
    listing: Listing
    place: Tree
    """Its first place that is a place; empty where there is none."""
    address: Tree
    words: Vocabulary
    language: str
    now: datetime
    page: str

    def text(self, name: str, of: Mapping[str, Any] | None = None) -> str:
        """The field in the language of the file, else as it is."""
        tree = self.tree if of is None else of
        if tree.get("language") == self.language:
            return str(tree.get(name) or "")
        other = (tree.get("translations") or {}).get(self.language) or {}
        return str(other.get(name) or tree.get(name) or "")

    def said(self, taxonomy: str, codes: Sequence[str]) -> str:
        return ", ".join(self.words.label(taxonomy, code, self.language) for code in codes)


async def write(desk: Desk, path: Path) -> None:
    words = await vocabulary(desk.session)
    spoken = i18n.current_language()
    i18n.speak(desk.language)
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file, delimiter=DELIMITERS[desk.language])
            table.writerow([_(title) for title, _cell in COLUMNS])
            for ids in await desk.batches("service"):
                for row in await _rows(desk, ids, words):
                    table.writerow([guarded(cell(row)) for _title, cell in COLUMNS])
                    _count(row, desk.losses)
                desk.session.expunge_all()
                desk.tell(len(ids))
    finally:
        i18n.speak(spoken)


def guarded(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: one that begins like one gets an apostrophe before it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


async def _rows(desk: Desk, ids: list[UUID], words: Vocabulary) -> list[Row]:
    listed = select(Listing).where(Listing.service_id.in_(ids))
    listings = {str(one.service_id): one for one in await desk.session.scalars(listed)}
    found = await trees.services(desk.session, ids, organization="reachable", hidden=desk.scope.redaction)
    return [_row(desk, tree, listings[tree["id"]], words) for tree in found]


def _row(desk: Desk, tree: Tree, listing: Listing, words: Vocabulary) -> Row:
    places = [one["location"] for one in tree.get("service_at_locations") or () if one.get("location")]
    place: Tree = next((one for one in places if one.get("location_type") != "virtual"), {})
    address: Tree = next(iter(place.get("addresses") or ()), {})
    return Row(tree, listing, place, address, words, desk.language, desk.now, desk.page("service", UUID(tree["id"])))


def _phones(row: Row) -> str:
    own = row.tree.get("phones") or row.tree["organization"].get("phones") or ()
    return " / ".join(_dialled(str(one["number"])) for one in own if one.get("number") and one.get("type") != "fax")


def _dialled(number: str) -> str:
    """`+44 1632 960118` as `(+44) 1632 960118`: what begins with a plus would be reckoned."""
    try:
        read = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    rest = phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.INTERNATIONAL).partition(" ")[2]
    return f"(+{read.country_code}) {rest}"


def _street(row: Row) -> str:
    return ", ".join(str(row.address[name]) for name in ("address_1", "address_2") if row.address.get(name))


def _hours(row: Row) -> str:
    slots = tuple(
        tuple((name, value) for name, value in one.items() if name not in _WHOSE and not isinstance(value, list | dict))
        for one in row.tree.get("schedules") or ()
    )
    return _hours_told(slots, row.now.date(), row.language)


@lru_cache(maxsize=5000)
def _hours_told(slots: tuple[Slot, ...], today: date, _language: str) -> str:
    """Half of all services are open at the hours of others. In the language that is spoken, which is that of the file."""
    schedules = [dict(slot) for slot in slots]
    words = [str(one["description"]) for one in schedules if one.get("description") and not one.get("opens_at")]
    return " · ".join(hours.told(hours.of(schedules), today) or words)


def _who(row: Row) -> str:
    parts = [
        rules.ages(row.listing.min_age, row.listing.max_age), rules.sentence(row.listing.rule, row.words),
        row.text("eligibility_description"),
    ]  # fmt: skip
    return "\n".join(part for part in parts if part)


def _price(row: Row) -> str:
    listing = row.listing
    short = labels.price(listing.free, listing.price_per_session, listing.client_contribution, listing.currency)
    return "\n".join(part for part in (short, row.text("fees_description")) if part)


def _room(row: Row) -> str:
    found = labels.badge(capacity(row.listing, html.in_zone(row.now).date()), row.listing.status)
    return found.text if found else ""


def _papers(row: Row) -> str:
    return " · ".join(row.text("document", one) for one in row.tree.get("required_documents") or ())


def _area(row: Row) -> str:
    return labels.area(row.listing.area_postcodes, row.listing.area_countries)


def _access(row: Row) -> str:
    return ", ".join(
        row.words.label("accessibility", code, row.language)
        for code, said in row.listing.accessibility.items()
        if said == "yes"
    )


COLUMNS: tuple[tuple[str, Callable[[Row], str]], ...] = (
    (N_("Service"), lambda row: row.text("name")),
    (N_("Organization"), lambda row: row.text("name", row.tree["organization"])),
    (N_("What it helps with"), lambda row: row.said(NEED, row.listing.needs)),
    (N_("Description"), lambda row: row.text("description")),
    (N_("For the moment"), lambda row: row.text("alert")),
    (N_("Who may come"), _who),
    (N_("Welcomes"), lambda row: row.said(AUDIENCE, row.listing.welcomes)),
    (N_("How to come"), lambda row: row.text("application_process")),
    (N_("Papers to bring"), _papers),
    (N_("Price"), _price),
    (N_("Room"), _room),
    (N_("Opening hours"), _hours),
    (N_("On site, remote, at home"), lambda row: row.said("delivery-mode", row.listing.modes)),
    (N_("Languages"), lambda row: ", ".join(html.language_name(code) for code in row.listing.languages)),
    (N_("Accessibility"), _access),
    (N_("Area served"), _area),
    (N_("Place"), lambda row: row.text("name", row.place)),
    (N_("Address"), _street),
    (N_("Postcode"), lambda row: str(row.address.get("postal_code") or "")),
    (N_("Town"), lambda row: str(row.address.get("city") or "")),
    (N_("Department or county"), lambda row: str(row.address.get("state_province") or "")),
    (N_("Country"), lambda row: str(row.address.get("country") or "")),
    (N_("Telephone"), _phones),
    (N_("E-mail"), lambda row: row.listing.email or ""),
    (N_("Website"), lambda row: str(row.tree.get("url") or row.tree["organization"].get("website") or "")),
    (N_("Checked on"), lambda row: row.listing.assured_date.isoformat() if row.listing.assured_date else ""),
    (N_("Its page here"), lambda row: row.page),
    (N_("Identifier"), lambda row: str(row.tree["id"])),
)
"""Title, and what stands in the column."""
_ONE_LIST = (("service_at_locations", "service_at_location"),)
_UNTOLD = (
    "alternate_name", "interpretation_services", "accreditations", "licenses", "wait_time", "fees", "assurer_email",
    "last_modified", "program_id",
)  # fmt: skip
_UNTOLD_LISTS = (
    ("contacts", "contact"), ("funding", "funding"), ("additional_urls", "url"), ("metadata", "metadata"),
    ("service_areas", "service_area"),
)  # fmt: skip


def _count(row: Row, losses: Losses) -> None:
    for entity, tree in (("service", row.tree), ("location", row.place), ("organization", row.tree["organization"])):
        for language, said in (tree.get("translations") or {}).items():
            for name in said if language != row.language else ():
                losses.lose(entity, name, ONE_LANGUAGE)
    for key, entity in _ONE_LIST:
        losses.lose(entity, "id", ONE_OF_MANY, max(0, len(row.tree.get(key) or ()) - 1))
    for name in _UNTOLD:
        losses.lose("service", name, NO_PLACE, 1 if row.tree.get(name) else 0)
    for key, entity in _UNTOLD_LISTS:
        losses.lose(entity, "id", NO_PLACE, len(row.tree.get(key) or ()))
    for name in ("latitude", "transportation", "description", "external_identifier"):
        losses.lose("location", name, NO_PLACE, 1 if row.place.get(name) else 0)
