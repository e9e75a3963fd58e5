"""One row of somebody's table as HSDS objects: an organization, a service of it, and the place where that is given."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from referrals.exchange import table
from referrals.exchange.formats import marks, timetable
from referrals.exchange.formats.cells import Word
from referrals.exchange.tongues import Spoken
from referrals.kit.text import fold
from referrals.taxonomy.vocabulary import Vocabulary

Tree = dict[str, Any]
_CURRENCIES = {"FR": "EUR", "BE": "EUR", "LU": "EUR", "GB": "GBP", "US": "USD", "CA": "CAD", "CH": "CHF"}


@dataclass
class Filled:
    """What a row says, target by target, in the order of its columns."""

    values: dict[str, list[object]] = field(default_factory=dict)

    def add(self, target: str, value: object) -> None:
        self.values.setdefault(target, []).append(value)

    def one(self, target: str) -> str | None:
        """The first value that says something."""
        return next((str(value) for value in self.values.get(target, ()) if value not in (None, "")), None)

    def all(self, target: str) -> list[Any]:
        return self.values.get(target, [])

    def text(self, target: str) -> str | None:
        """Several texts for one field stand below each other."""
        return "\n".join(str(value) for value in self.values.get(target, ())) or None


@dataclass
class Author:
    """Writes the objects of one table; remembers the names that ids stand for."""

    words: Vocabulary
    language: str
    file: str
    _organizations: dict[str, str] = field(default_factory=dict)
    _services: dict[str, tuple[str, str]] = field(default_factory=dict)

    def missing(self, filled: Filled) -> str:
        """What a row cannot be without and does not say; `name and no organization`."""
        id, name = filled.one("organization.id"), filled.one("organization.name")
        if id and name:
            self._organizations.setdefault(id, name)
        known = name or self._organizations.get(id or "")
        wanted = {"name": filled.one("service.name"), "organization": known}
        return " and no ".join(field for field, said in wanted.items() if not said)

    def clashes(self, filled: Filled) -> bool:
        """Whether this id was another service's on an earlier row. One service at several places is no clash."""
        id = filled.one("service.id")
        if id is None:
            return False
        itself = (self._organization(filled), fold(filled.one("service.name") or ""))
        return self._services.setdefault(id, itself) != itself

    def key(self, filled: Filled) -> str:
        """The service's id: its own, else made of its organization and its name."""
        return filled.one("service.id") or f"{self._organization(filled)}/{fold(filled.one('service.name') or '')}"

    def trees(self, filled: Filled) -> Iterator[tuple[str, Tree]]:
        yield "organization", self._organization_tree(filled)
        yield "service", self._service_tree(filled)

    def _organization(self, filled: Filled) -> str:
        return filled.one("organization.id") or f"organization:{fold(filled.one('organization.name') or '')}"

    def _organization_tree(self, filled: Filled) -> Tree:
        key = self._organization(filled)
        tree: Tree = {name: filled.one(f"organization.{name}") for name in ("email", "website", "legal_status")}
        tree |= {
            "id": key,
            "name": filled.one("organization.name") or self._organizations.get(key),
            "description": filled.text("organization.description"),
            "language": self.language,
        }
        if phone := filled.one("organization.phone"):
            tree["phones"] = [{"id": f"{key}:phone", "number": phone, "type": "voice"}]
        if number := filled.one("organization.identifier"):
            kind = "SIRET" if re.fullmatch(r"\d{14}", re.sub(r"\s", "", number)) else "register"
            tree["organization_identifiers"] = [{"id": f"{key}:{kind}", "identifier_type": kind, "identifier": number}]
        return _said(tree)

    def _service_tree(self, filled: Filled) -> Tree:
        key = self.key(filled)
        at = self._at(filled, key)
        schedules = list(_schedules(filled, at["id"] if at else key))
        if at and schedules:
            at["schedules"], schedules = schedules, []
        tree: Tree = {
            name: filled.one(f"service.{name}")
            for name in ("name", "alternate_name", "url", "email", "minimum_age", "maximum_age", "assured_date")
        }
        tree |= {
            name: filled.text(f"service.{name}")
            for name in (
                "description", "application_process", "fees_description", "eligibility_description",
                "interpretation_services", "accreditations", "alert",
            )
        }  # fmt: skip
        tree |= {
            "id": key,
            "organization_id": self._organization(filled),
            "status": filled.one("service.status") or "active",
            "language": self.language,
            "phones": list(_phones(filled, key)),
            "languages": list(_languages(filled, key)),
            "schedules": schedules,
            "attributes": list(self._attributes(filled, key)),
            "service_areas": list(_areas(filled, key)),
            "cost_options": list(_prices(filled, key)),
            "capacities": list(_capacities(filled, key)),
            "contacts": list(_contacts(filled, key)),
            "required_documents": [
                {"id": f"{key}:document:{fold(str(said))[:80]}", "document": said}
                for said in filled.all("service.documents")
            ],
            "service_at_locations": [at] if at else [],
        }
        return _said(tree)

    def _attributes(self, filled: Filled, key: str) -> Iterator[Tree]:
        told: set[str] = set()
        for target in ("service.needs", "service.audiences", "service.modes", "service.funding"):
            for word in filled.all(target):
                attribute = self._attribute(key, target, word)
                if attribute["id"] not in told:
                    told.add(attribute["id"])
                    yield attribute

    def _attribute(self, key: str, target: str, word: Word) -> Tree:
        term = self.words.term(word.taxonomy, word.code) if word.taxonomy else None
        if term is not None:
            return marks.ours(key, term, self.language)
        taxonomy = f"{table.stem(self.file)} {target.partition('.')[2]}"
        return marks.foreign(key, taxonomy, word.code, word.said)

    def _at(self, filled: Filled, service: str) -> Tree | None:
        told = {target for target in filled.values if target.startswith(("location.", "address."))}
        if not told - {"address.country"}:
            return None
        where = [filled.one(f"address.{name}") for name in ("address_1", "address_2", "postal_code", "city")]
        place = fold(" ".join(filter(None, [filled.one("location.name"), *where])))
        point = [filled.one(f"location.{name}") for name in ("latitude", "longitude")]
        key = filled.one("location.id") or f"{self._organization(filled)}/{place or ' '.join(filter(None, point))}"
        address = {
            name: filled.one(f"address.{name}")
            for name in ("address_1", "address_2", "postal_code", "city", "state_province", "country")
        }
        location: Tree = {
            "id": key,
            "organization_id": self._organization(filled),
            "location_type": "physical",
            "name": filled.one("location.name"),
            "transportation": filled.text("location.transportation"),
            "latitude": point[0],
            "longitude": point[1],
            "language": self.language,
        }
        if any(said for name, said in address.items() if name != "country"):
            location["addresses"] = [_said({"id": key, "address_type": "physical", **address})]
        if said := filled.text("location.accessibility"):
            location["accessibility"] = [{"id": key, "description": said}]
        return {"id": f"{service}@{key}", "location": _said(location)}


def _phones(filled: Filled, key: str) -> Iterator[Tree]:
    for kind, target in (("voice", "service.phone"), ("fax", "service.fax")):
        for place, number in enumerate(filled.all(target)):
            yield {"id": f"{key}:{kind}:{place}", "number": number, "type": kind}


def _languages(filled: Filled, key: str) -> Iterator[Tree]:
    spoken: list[Spoken] = [one for found in filled.all("service.languages") for one in found]
    for one in {one.code or one.name: one for one in spoken}.values():
        yield {"id": f"{key}:{one.code or one.name}", "code": one.code, "name": one.name, "note": one.note}


def _schedules(filled: Filled, key: str) -> Iterator[Tree]:
    for place, said in enumerate(filled.all("service.hours")):
        yield from timetable.schedules(f"{key}:hours:{place}", said)


def _areas(filled: Filled, key: str) -> Iterator[Tree]:
    if prefixes := [str(said).replace(" ", "") for said in filled.all("service.area_postcodes")]:
        yield {"id": f"{key}:area", "extent": ",".join(prefixes), "extent_type": "postcode-prefix"}
    if said := filled.text("service.area"):
        yield {"id": f"{key}:area:words", "name": said}


def _prices(filled: Filled, key: str) -> Iterator[Tree]:
    if amount := filled.one("service.price"):
        currency = _CURRENCIES.get(filled.one("address.country") or "")
        yield _said({"id": f"{key}:price", "option": "per-session", "amount": amount, "currency": currency})


def _capacities(filled: Filled, key: str) -> Iterator[Tree]:
    room = {"available": filled.one("service.available"), "maximum": filled.one("service.capacity")}
    if any(room.values()):
        yield _said({"id": f"{key}:capacity", "unit": {"id": "place", "name": "place"}, **room})


def _contacts(filled: Filled, key: str) -> Iterator[Tree]:
    contact: Tree = {name: filled.one(f"contact.{name}") for name in ("name", "title", "email")}
    number = filled.one("contact.phone")
    if number:
        contact["phones"] = [{"id": f"{key}:contact", "number": number, "type": "voice"}]
    if any(contact.values()):
        yield _said({"id": f"{key}:contact", **contact})


def _said(tree: Tree) -> Tree:
    return {name: value for name, value in tree.items() if value not in (None, "", [])}
