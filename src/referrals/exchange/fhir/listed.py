"""The public directory as FHIR: organizations, services and places, made of the very trees that leave by HSDS.

So they pass the same mask: of a confidential place only its area is told, and its street stands in no text.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from referrals.directory.queries.capacity import UNKNOWN, Capacity
from referrals.exchange.fhir import needs
from referrals.exchange.fhir.shapes import (
    CAPACITY,
    FOR_APPOINTMENT,
    GRAVITY,
    LANGUAGE,
    US_CORE_CATEGORY,
    Resource,
    concept,
    filled,
    moment,
    reference,
)
from referrals.exchange.hsds.redaction import Tree
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.vocabulary import Vocabulary

_DAYS: Final = {"MO": "mon", "TU": "tue", "WE": "wed", "TH": "thu", "FR": "fri", "SA": "sat", "SU": "sun"}
_CAPACITY: Final[Mapping[str, tuple[str, str]]] = {
    "has-capacity": ("capacity", "Has Capacity"),
    "no-capacity": ("no-capacity", "No Capacity"),
    "waitlist": ("waitlist", "No Capacity - Has Waitlist"),
    "assessment-required": ("additional-assessment-required", "Additional Assessment Required"),
}
"""Code of our `capacity-status` -> the guide's code and name."""


def organization(tree: Tree, language: str, updated: datetime | None) -> Resource:
    return _resource("Organization", tree, updated) | filled({
        "identifier": [filled({"type": {"text": one["identifier_type"]}, "value": one["identifier"]})
                       for one in tree.get("organization_identifiers", ())],
        "active": True, "name": text(tree, "name", language), "alias": [tree["alternate_name"]] if tree.get("alternate_name") else [],
        "telecom": _telecoms(tree, web=tree.get("website")),
        "partOf": reference("Organization", tree["parent_organization_id"]) if tree.get("parent_organization_id") else None,
    })  # fmt: skip


def service(
    tree: Tree, wanted: Sequence[str], room: Capacity | None, words: Vocabulary, language: str, updated: datetime | None
) -> Resource:
    """`wanted`: the needs that it answers, in our codes."""
    eligibility = text(tree, "eligibility_description", language)
    owner = tree.get("organization") or {}
    return _resource("HealthcareService", tree, updated) | filled({
        "extension": [_room(room)] if room is not None and room.status != UNKNOWN else [],
        "active": tree["status"] == "active",
        "providedBy": reference("Organization", tree["organization_id"], text(owner, "name", language) if owner else ""),
        "category": _categories(words, wanted), "type": [needs.need(words, code, language) for code in wanted],
        "location": [reference("Location", one["location_id"]) for one in tree.get("service_at_locations", ())],
        "name": text(tree, "name", language), "comment": text(tree, "description", language),
        "extraDetails": text(tree, "application_process", language),
        "telecom": _telecoms(tree if _reached(tree) else owner, web=tree.get("url"), for_appointment=True),
        "eligibility": [{"comment": eligibility}] if eligibility else [],
        "communication": [concept(LANGUAGE, one["code"]) for one in tree.get("languages", ()) if one.get("code")],
        "availableTime": [time for one in tree.get("schedules", ()) for time in _times(one)],
        "availabilityExceptions": text(tree, "alert", language),
    })  # fmt: skip


def location(tree: Tree, language: str, updated: datetime | None, *, hidden: bool) -> Resource:
    """`hidden`: only its area has been told to us too."""
    addresses = tree.get("addresses", ())
    city = next((one["city"] for one in addresses if one.get("city")), "")
    name = text(tree, "name", language) or city or _("Place without a name")
    return _resource("Location", tree, updated) | filled({
        "status": "active", "mode": "instance", "name": _("A place whose address is not public") if hidden else name,
        "description": text(tree, "description", language), "telecom": _telecoms(tree),
        "address": next((_address(one) for one in addresses), None),
        "position": {"longitude": tree["longitude"], "latitude": tree["latitude"]} if _placed(tree) else None,
        "managingOrganization": reference("Organization", tree["organization_id"]) if tree.get("organization_id") else None,
    })  # fmt: skip


def text(tree: Tree, name: str, language: str) -> str:
    """The field in this language, or in whichever there is."""
    said: Mapping[str, Any] = tree.get("translations") or {}
    own = "" if tree.get("language") == language else said.get(language, {}).get(name)
    return own or tree.get(name) or ""


def _resource(kind: str, tree: Tree, updated: datetime | None) -> Resource:
    return filled({"resourceType": kind, "id": tree["id"], "meta": filled({"lastUpdated": moment(updated)})})


def _reached(tree: Tree) -> bool:
    """Whether the service has a way of its own; else it is reached by its organization's."""
    return bool(tree.get("phones") or tree.get("email"))


def _telecoms(tree: Tree, *, web: str | None = None, for_appointment: bool = False) -> list[Resource]:
    """Telephones, mail, web. The guide wants to know by which of them one asks for an appointment: by those of the service."""
    mark = [{"url": FOR_APPOINTMENT, "valueBoolean": True}] if for_appointment else []
    kinds = {"fax": "fax", "sms": "sms", "cell": "phone", "pager": "pager"}
    said = [(kinds.get(one.get("type") or "", "phone"), one["number"]) for one in tree.get("phones", ())]
    said += [("email", tree["email"])] if tree.get("email") else []
    told = [filled({"extension": mark, "system": system, "value": value}) for system, value in said if value]
    return [*told, *([{"system": "url", "value": web}] if web else [])]


def _categories(words: Vocabulary, wanted: Iterable[str]) -> list[Resource]:
    found = {one["coding"][0]["code"]: one for one in (needs.category(words, code) for code in wanted)}
    return [concept(US_CORE_CATEGORY, "sdoh", "SDOH"), *found.values()]


def _room(room: Capacity) -> Resource:
    code, display = _CAPACITY[room.status]
    status = {"url": "capacityStatus", "valueCodeableConcept": concept(GRAVITY, code, display)}
    wait = _("About %(days)d days of waiting") % {"days": room.wait_days} if room.wait_days else ""
    notes = [{"url": "capacityNotes", "valueString": wait}] if wait else []
    return {"url": CAPACITY, "extension": [status, *notes]}


def _times(schedule: Tree) -> list[Resource]:
    """Only what comes every week: FHIR cannot say the rest."""
    days = [_DAYS[day] for day in (schedule.get("byday") or "").split(",") if day in _DAYS]
    if schedule.get("freq") != "WEEKLY" or schedule.get("interval") not in (None, 1) or not days:
        return []
    opens, closes = schedule.get("opens_at"), schedule.get("closes_at")
    return [filled({"daysOfWeek": days, "availableStartTime": _clock(opens), "availableEndTime": _clock(closes)})]


def _clock(said: str | None) -> str | None:
    """`09:00:00` of whatever HSDS writes after it."""
    return f"{said[:5]}:00" if said else None


def _address(one: Tree) -> Resource:
    lines = [one.get(name) for name in ("attention", "address_1", "address_2")]
    return filled({
        "use": "work", "type": "postal" if one.get("address_type") == "postal" else "physical",
        "line": [line for line in lines if line], "city": one.get("city"), "district": one.get("region"),
        "state": one.get("state_province"), "postalCode": one.get("postal_code"), "country": one.get("country"),
    })  # fmt: skip


def _placed(tree: Tree) -> bool:
    return tree.get("latitude") is not None and tree.get("longitude") is not None
