"""What older versions of HSDS called things, and what single fields need beyond their type."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from referrals.directory.models.service import STATUSES
from referrals.exchange import hours, reasons, tongues
from referrals.exchange.ids import content_key
from referrals.exchange.report import Report
from referrals.exchange.values import safe_link

Values = dict[str, Any]

RENAMED: dict[str, dict[str, str]] = {
    "organization": {"url": "website"},
    "service": {"eligibility": "eligibility_description", "website": "url"},
    "phone": {"number_type": "type"},
    "accessibility": {"accessibility": "description"},
    "service_area": {"service_area": "name"},
    "language": {"language": "name"},
    "taxonomy_term": {
        "term": "name",
        "taxonomy": "_taxonomy",
        "vocabulary": "_taxonomy",
        "parent_name": "_parent_name",
    },
    "attribute": {"taxonomy_id": "taxonomy_term_id"},
}
LINKS = ("url", "website", "uri", "term_uri", "schedule_link", "logo")
"""Fields that somebody may click on."""
CHECKED = frozenset(
    {*LINKS, "latitude", "longitude", "status", "extent_type", "assured_date", "email", "assurer_email"}
)
"""Fields of which `checked` or `odd` asks more than their type does."""
US_STATES = re.compile(
    "A[KLRZ]|C[AOT]|D[CE]|FL|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AIT]|W[AIVY]"
)
_CLOSED = {"closed": "defunct", "permanently closed": "defunct", "temporarily_closed": "temporarily closed"}


@dataclass(frozen=True, slots=True)
class Part:
    """One record out of a source's row."""

    entity: str
    values: Values
    in_words: bool = False
    """Its hours could not be read with certainty, and stay as they were written."""


def parts(entity: str, table: str, values: Values, report: Report) -> Iterator[Part]:
    """The records that one row of the source tells: mostly itself, under today's names."""
    for old, new in RENAMED.get(entity, {}).items():
        if old in values and not values.get(new):
            values[new] = values.pop(old)
    yield from _SPLIT.get(entity, _itself)(entity, table, values, report)


def checked(entity: str, name: str, value: Any, today: date) -> Any:
    """A value that its type allows and its field may not. Raises ValueError with a reason."""
    if name in ("latitude", "longitude"):
        return _degree(name, value)
    if entity == "service" and name == "status":
        return _status(value)
    if name in LINKS and isinstance(value, str):
        return _link(value)
    if name == "assured_date" and value > today:
        raise ValueError(reasons.FUTURE)
    if entity == "service_area" and name == "extent_type":
        return value.lower()
    return value


def odd(entity: str, name: str, given: str, value: str) -> str | None:
    """Why somebody should look at a value that is kept, as it was given or as it is now."""
    if entity == "service" and name == "status" and value not in (said := given.strip().lower(), _CLOSED.get(said)):
        return reasons.ODD_STATUS
    if name in LINKS and not re.match(r"[a-z][a-z0-9+-]*:\S|[^\s@/]+\.[^\s@]+$", value, re.IGNORECASE):
        return reasons.ODD_LINK
    if name in ("email", "assurer_email") and not re.search(r"[^\s@]@[^\s@]+\.[^\s@]", value):
        return reasons.ODD_MAIL
    return None


def _itself(entity: str, table: str, values: Values, report: Report) -> Iterator[Part]:
    yield Part(entity, values)


def _language(entity: str, table: str, values: Values, report: Report) -> Iterator[Part]:
    """One row for each language that its words name."""
    given = str(values.get("code") or "").strip()
    if given and (known := tongues.code(given)) is not None:
        yield Part(entity, values | {"code": known})
        return
    name = str(values.get("name") or given).replace("\\n", "\n").strip()
    for position, found in enumerate(tongues.spoken(name) if name else ()):
        said = values | {"code": found.code, "name": found.name, "note": values.get("note") or found.note}
        if position and values.get("id"):
            said["id"] = f"{values['id']}+{found.code}"
        yield Part(entity, said)
    if not name:
        yield Part(entity, values)


def _phone(entity: str, table: str, values: Values, report: Report) -> Iterator[Part]:
    number = str(values.get("number") or "").strip().strip("\"'").strip()
    if match := re.fullmatch(r"(.*\d)\s*(?:x|ext\.?)\s*(\d{1,6})", number, re.IGNORECASE):
        values |= {"number": match[1].strip(), "extension": values.get("extension") or match[2]}
    else:
        values["number"] = number
    spoken = values.pop("language", None)
    yield Part(entity, values)
    if spoken and values.get("id"):
        for found in tongues.spoken(str(spoken)):
            id = f"phone:{values['id']}+{found.code or found.name}"
            yield Part("language", {"id": id, "phone_id": values["id"], "code": found.code, "name": found.name})


def _address(entity: str, table: str, values: Values, report: Report) -> Iterator[Part]:
    """Blanks in place of a state or country are none; a US state with a ZIP, or a Canadian postcode, tells the country."""
    for name in ("city", "state_province", "postal_code", "country"):
        if name in values:
            values[name] = str(values[name] or "").strip() or None
    more = [str(values.pop(name)).strip() for name in ("address_3", "address_4") if values.get(name)]
    if more:
        values["address_2"] = ", ".join([str(values.get("address_2") or "").strip(), *more]).strip(", ")
    postcode, state = values.get("postal_code") or "", str(values.get("state_province") or "").upper()
    if not values.get("country") and any(values.get(name) for name in ("city", "address_1", "postal_code")):
        if US_STATES.fullmatch(state) and re.fullmatch(r"\d{5}(-\d{4})?", postcode):
            values["country"] = "US"
        elif re.fullmatch(r"[A-Z]\d[A-Z] ?\d[A-Z]\d", postcode):
            values["country"] = "CA"
    elif values.get("country"):
        values["country"] = (
            str(values["country"]).upper()[:2] if len(str(values["country"])) == 2 else values["country"]
        )
    if "address_type" not in values and table.startswith("postal"):
        values["address_type"] = "postal"
    says = any(values.get(n) for n in ("address_1", "address_2", "city", "postal_code", "state_province"))
    if says or "address_type" not in values:
        yield Part(entity, values)
    else:
        report.empty[table] += 1


def _schedule(entity: str, table: str, values: Values, report: Report) -> Iterator[Part]:
    if isinstance(values.get("byday"), list):
        values["byday"] = ",".join(str(day) for day in values["byday"])
    if "weekday" in values:
        yield from _regular(entity, table, values, report)
    elif "start_date" in values or "closed" in values:
        yield Part(entity, _holiday(values))
    else:
        yield Part(entity, values)


def _regular(entity: str, table: str, values: Values, report: Report) -> Iterator[Part]:
    """HSDS 1.x: one weekday. Where a text beside it says more than we can read, the text is kept and nothing is claimed."""
    said = str(values.pop("original_text", None) or "").strip()
    named = str(values.pop("weekday") or "").strip()
    day = hours.weekday(named)
    given = " ".join(str(values.get(name) or "").strip() for name in ("opens_at", "closes_at")).strip()
    opens, closes = (hours.clock(str(values.get(name) or "")) for name in ("opens_at", "closes_at"))
    week = hours.week(said) if said else ()
    certain = day and opens and closes and opens < closes and week is not None
    if certain and said and not any(day in s.days and (s.opens, s.closes) == (opens, closes) for s in week or ()):
        certain = False
    if certain:
        known = {"freq": "WEEKLY", "interval": 1, "byday": day, "opens_at": opens, "closes_at": closes}
        yield Part(entity, {"id": values.get("id")} | values | known)
        return
    bare = {k: v for k, v in values.items() if k not in ("opens_at", "closes_at")}
    text = said or " ".join(word for word in (day or named, given) if word)
    if said and not values.get("id"):
        bare["id"] = content_key(
            *(values.get(n) for n in ("service_id", "location_id", "service_at_location_id")), said
        )
        key = f"{table}: one text told on several rows"
        if bare["id"] in report.seen_texts:
            report.repaired[key] += 1
            return
        report.seen_texts.add(bare["id"])
    yield Part(entity, bare | {"description": text}, in_words=bool(text))


def _holiday(values: Values) -> Values:
    closed = str(values.pop("closed", "") or "").strip().lower() in {"true", "yes", "1", "t", "y"}
    start, end = values.pop("start_date", None), values.pop("end_date", None)
    kept = {"valid_from": start, "valid_to": end, "dtstart": start, "until": end}
    if closed:
        return {k: v for k, v in values.items() if k not in ("opens_at", "closes_at")} | kept | {"notes": "closed"}
    return values | kept


def _degree(name: str, value: float) -> float:
    """A latitude of more than 90 may be a longitude: that is settled where both, and the address, are known."""
    if abs(value) > 180:
        raise ValueError(reasons.NOT_LATITUDE if name == "latitude" else reasons.NOT_LONGITUDE)
    return value


def _link(value: str) -> str:
    safe = safe_link(value)
    if safe is None:
        raise ValueError(reasons.UNSAFE_LINK)
    return safe


def _status(value: str) -> str:
    said = value.strip().lower()
    said = _CLOSED.get(said, said)
    if said not in STATUSES:
        # Whatever it means, it is not the plain "active" that would send people there.
        return "inactive"
    return said


_SPLIT: dict[str, Callable[[str, str, Values, Report], Iterator[Part]]] = {
    "language": _language, "phone": _phone, "address": _address, "schedule": _schedule,
}  # fmt: skip
