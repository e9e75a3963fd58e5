"""Our own way of writing a directory (`seed/directory/FORMAT.md`), expanded into HSDS so that it takes everybody's road."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, BinaryIO

import yaml

from referrals.exchange.broken import BrokenPackage
from referrals.exchange.hours import week
from referrals.exchange.report import Report, Where
from referrals.kit.settings import LANGUAGES
from referrals.taxonomy.vocabulary import Vocabulary

Tree = dict[str, Any]
SOURCE = "demo"
LINE = "__line__"
_CODES = (
    ("needs", "need"), ("specialisms", "specialism"), ("affinities", "affinity"), ("formats", "format"),
    ("modes", "delivery-mode"), ("funding", "funding"), ("routes", "referral-route"), ("welcomes", "audience"),
    ("intensity", "care-intensity"), ("practitioner", "practitioner-gender"), ("interpreter", "interpretation"),
)  # fmt: skip
_KNOWN = {
    "key", "organization", "name", "description", "who", "how", "cost", "rule", "ages", "languages", "interpretation",
    "places", "area", "hours", "price", "documents", "capacity", "not_with", "email", "phone", "website",
    "assured_days_ago", "alert", "status", "window", LINE, *(key for key, _ in _CODES),
}  # fmt: skip


class _Lined(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # whichever this machine has
    """Remembers on which line each mapping begins."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Tree:
        mapping: Tree = super().construct_mapping(node, deep=deep)
        mapping[LINE] = node.start_mark.line + 1
        return mapping


_Lined.add_constructor("tag:yaml.org,2002:map", lambda loader, node: loader.construct_mapping(node, deep=True))


def is_ours(content: Any) -> bool:
    return isinstance(content, dict) and ("services" in content or "organizations" in content)


def read(binary: BinaryIO, name: str) -> Any:
    """The file's content, each mapping with its line. Raises BrokenPackage."""
    try:
        return yaml.load(binary, Loader=_Lined)  # noqa: S506  # a safe loader that also notes lines
    except yaml.YAMLError as error:
        raise BrokenPackage(f"{name}: this is not YAML ({error}).") from error


@dataclass
class Author:
    """Expands the entries of one folder. `today` is the day of loading, from which days ago are counted."""

    words: Vocabulary
    report: Report
    today: date

    def trees(self, content: Tree, name: str) -> Iterator[tuple[str, Tree, Where]]:
        """(entity, HSDS object, where) for every organization and service of one file."""
        language = content.get("language", "en")
        for entry in content.get("organizations") or []:
            yield "organization", self._organization(entry, language), Where(name, entry[LINE])
        for entry in content.get("services") or []:
            where = Where(name, entry[LINE])
            for unknown in entry.keys() - _KNOWN:
                self.report.lose(where, "service", entry.get("key"), f"services.{unknown}")
            yield "service", self._service(entry, language, where), where

    def _organization(self, entry: Tree, language: str) -> Tree:
        texts = _texts(entry, language, name="name", description="description")
        phones = (
            [{"id": f"{entry['key']}:phone", "number": entry["phone"], "type": "voice"}] if entry.get("phone") else []
        )
        return {
            "id": entry["key"],
            "email": entry.get("email"),
            "website": entry.get("website"),
            "phones": phones,
            **texts,
        }

    def _service(self, entry: Tree, language: str, where: Where) -> Tree:
        key = entry["key"]
        low, high = (*entry.get("ages", ()), None, None)[:2]
        texts = _texts(
            entry, language, name="name", description="description", easy="easy_text", who="eligibility_description",
            how="application_process", cost="fees_description", interpretation="interpretation_services", alert="alert",
        )  # fmt: skip
        return {
            "id": key,
            "organization_id": entry.get("organization"),
            "status": entry.get("status", "active"),
            "minimum_age": low,
            "maximum_age": high,
            "email": entry.get("email"),
            "url": entry.get("website"),
            "assured_date": self._ago(entry.get("assured_days_ago")),
            "phones": [{"id": f"{key}:phone", "number": entry["phone"], "type": "voice"}] if entry.get("phone") else [],
            "languages": [{"id": f"{key}:{code}", "code": code} for code in entry.get("languages", [])],
            "schedules": list(self._hours(entry, where)),
            "service_areas": _areas(entry),
            "cost_options": [_price(key, place, price, language) for place, price in enumerate(entry.get("price", []))],
            "funding": [
                {"id": f"{key}:funding:{code}", "source": self.words.label("funding", code, language)}
                for code in entry.get("funding", [])
            ],
            "required_documents": [
                {"id": f"{key}:document:{place}", **_texts({"document": said}, language, document="document")}
                for place, said in enumerate(entry.get("documents", []))
            ],
            "capacities": self._capacity(entry, language),
            "service_at_locations": [
                _at(key, place, spot, language) for place, spot in enumerate(entry.get("places", []))
            ],
            "attributes": list(self._attributes(entry, language, where)),
            **texts,
        }

    def _hours(self, entry: Tree, where: Where) -> Iterator[Tree]:
        for place, said in enumerate(entry.get("hours", [])):
            slots = week(said)
            if not slots:
                self.report.reject(where, "schedule", entry["key"], f"has opening hours that cannot be read: {said}")
            for number, slot in enumerate(slots or ()):
                yield {
                    "id": f"{entry['key']}:hours:{place}:{number}", "freq": "WEEKLY", "interval": 1,
                    "byday": ",".join(slot.days), "opens_at": f"{slot.opens:%H:%M}", "closes_at": f"{slot.closes:%H:%M}",
                }  # fmt: skip

    def _capacity(self, entry: Tree, language: str) -> list[Tree]:
        said = entry.get("capacity")
        if not said:
            return []
        updated = self._ago(said.get("updated_days_ago", 0)) or self.today
        return [{
            "id": f"{entry['key']}:capacity", "unit": {"id": "place", "name": "place"}, "available": said.get("available"),
            "maximum": said.get("maximum"), "updated": datetime.combine(updated, time(8), UTC).isoformat(),
            "description": _one(said.get("note"), language),
        }]  # fmt: skip

    def _attributes(self, entry: Tree, language: str, where: Where) -> Iterator[Tree]:
        for name, taxonomy in _CODES:
            codes = entry.get(name) or []
            for code in codes if isinstance(codes, list) else [codes]:
                yield from self._attribute(entry, taxonomy, code, None, language, where)
        capacity, window = entry.get("capacity") or {}, entry.get("window") or {}
        features = {
            code: answer
            for place in entry.get("places", [])
            for code, answer in (place.get("accessibility") or {}).items()
        }
        valued: list[tuple[str, str, Any]] = [
            ("eligibility", "eligibility-rule", _rule(entry.get("rule"))),
            ("capacity-status", capacity.get("status", ""), "" if capacity.get("status") else None),
            ("wait", "estimated-wait-days", capacity.get("wait_days")),
            ("window", "available-from", window.get("from")),
            ("window", "available-until", window.get("until")),
            *(("eligibility", "not-cumulable-with", code) for code in entry.get("not_with", [])),
            *(("accessibility", code, answer) for code, answer in features.items() if code != LINE),
        ]
        if any(place.get("confidential") for place in entry.get("places", [])):
            valued.append(("privacy", "confidential-address", ""))
        for taxonomy, code, value in valued:
            if value is not None:
                yield from self._attribute(entry, taxonomy, code, value, language, where)

    def _attribute(
        self, entry: Tree, taxonomy: str, code: str, value: Any, language: str, where: Where
    ) -> Iterator[Tree]:
        term = self.words.term(taxonomy, code)
        if term is None or not term.taggable:
            self.report.reject(
                where, "attribute", entry["key"], f"{taxonomy} has no code {code} that a service may carry"
            )
            return
        said = {True: "yes", False: "no"}.get(value, str(value)) if value not in (None, "") else None
        yield {
            "id": f"{entry['key']}:{taxonomy}:{code}" + (f":{said}" if code == "not-cumulable-with" else ""),
            "link_type": "target-audience" if taxonomy == "audience" else taxonomy,
            "taxonomy_term_id": str(term.id),
            "label": term.label(language),
            "value": said,
        }

    def _ago(self, days: int | None) -> date | None:
        return None if days is None else self.today - timedelta(days=days)


def _texts(entry: Tree, language: str, **fields: str) -> Tree:
    """Texts in the language they were first written in, and the other one beside them."""
    found: Tree = {"language": language, "translations": {}}
    for ours, hsds in fields.items():
        said = entry.get(ours)
        if said is None:
            continue
        found[hsds] = _one(said, language)
        for other in LANGUAGES:
            if other != language and isinstance(said, dict) and said.get(other):
                found["translations"].setdefault(other, {})[hsds] = said[other]
    return found


def _one(said: Any, language: str) -> str | None:
    if isinstance(said, dict):
        return said.get(language) or next((said[other] for other in LANGUAGES if said.get(other)), None)
    return None if said is None else str(said)


def _areas(entry: Tree) -> list[Tree]:
    area = entry.get("area") or {}
    key = entry["key"]
    if area.get("postcodes"):
        extent = ",".join(str(prefix) for prefix in area["postcodes"])
        return [{"id": f"{key}:area", "extent": extent, "extent_type": "postcode-prefix"}]
    return [{"id": f"{key}:area", "extent": area["country"], "extent_type": "country"}] if area.get("country") else []


def _price(key: str, place: int, price: Tree, language: str) -> Tree:
    return {
        "id": f"{key}:price:{place}", "option": price.get("kind"), "amount": price.get("amount"),
        "currency": price.get("currency"), "amount_description": _one(price.get("note"), language),
    }  # fmt: skip


def _at(key: str, place: int, spot: Tree, language: str) -> Tree:
    id = f"{key}:place:{place}"
    hidden = bool(spot.get("confidential"))
    address = {
        "id": id, "address_1": "Adresse confidentielle" if hidden and language == "fr" else "Confidential address" if hidden else spot.get("address"),
        "city": spot.get("city"), "state_province": spot.get("department"), "postal_code": str(spot.get("postcode") or "") or None,
        "country": spot.get("country"), "address_type": "physical",
    }  # fmt: skip
    location = {
        "id": id,
        "location_type": spot.get("type", "physical"),
        "latitude": None if hidden else spot.get("lat"),
        "longitude": None if hidden else spot.get("lon"),
        "external_identifier": spot.get("insee"),
        "external_identifier_type": "FR-COG-COMMUNE" if spot.get("insee") else None,
        "addresses": [address],
        **_texts(
            {"name": spot.get("name"), "how": spot.get("how_to_get_there")}, language, name="name", how="transportation"
        ),
    }
    return {"id": id, "location": location}


def _rule(rule: Any) -> str | None:
    return None if rule is None else json.dumps(_without_lines(rule), ensure_ascii=False)


def _without_lines(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _without_lines(value) for key, value in node.items() if key != LINE}
    return [_without_lines(item) for item in node] if isinstance(node, list) else node
