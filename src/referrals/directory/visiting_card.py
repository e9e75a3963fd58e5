"""Whom to call, as a card that every telephone takes into its address book: vCard 3.0 (RFC 2426). Pure.

3.0, because telephones in use read it, and not all read 4.0. Escaping and folding are those of calendars, from the same
library: the two formats share them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from icalendar import vText
from icalendar.parser import Contentline

from referrals.kit.geo import LatLon


@dataclass(frozen=True, slots=True)
class Address:
    """Empty where it is not public."""

    street: str = ""
    city: str = ""
    area: str = ""
    postcode: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """`phones`: number and kind, `fax` or any other."""

    id: UUID
    name: str
    organization: str
    phones: Sequence[tuple[str, str | None]] = ()
    email: str = ""
    web: str = ""
    address: Address | None = None
    point: LatLon | None = None
    note: str = ""


def written(contact: Contact) -> bytes:
    return b"".join(_folded(line) + b"\r\n" for line in _lines(contact))


def _lines(contact: Contact) -> Iterator[str]:
    yield "BEGIN:VCARD"
    yield "VERSION:3.0"
    yield f"UID:{contact.id.urn}"
    yield f"FN:{_text(contact.name)}"
    yield f"N:{_text(contact.name)};;;;"
    yield f"ORG:{_text(contact.organization)}"
    for number, kind in contact.phones:
        yield f"TEL;TYPE={'FAX' if kind == 'fax' else 'VOICE'}:{_text(number)}"
    if contact.email:
        yield f"EMAIL;TYPE=INTERNET:{_text(contact.email)}"
    if contact.web:
        yield f"URL:{_line(contact.web)}"
    if contact.address:
        at = contact.address
        yield "ADR;TYPE=WORK:" + ";".join(map(_text, ("", "", at.street, at.city, at.area, at.postcode, at.country)))
    if contact.point:
        yield f"GEO:{contact.point.lat:.6f};{contact.point.lon:.6f}"
    if contact.note:
        yield f"NOTE:{_text(contact.note)}"
    yield "END:VCARD"


def _folded(line: str) -> bytes:
    return bytes(Contentline(line).to_ical())  # type: ignore[no-untyped-call]  # the library's own types end here


def _text(said: str) -> str:
    return bytes(vText(said).to_ical()).decode()


def _line(said: str) -> str:
    """An address of the web is not escaped, and holds no line of its own."""
    return "".join(sign for sign in said if sign.isprintable())
