"""How a listing follows from the records. Pure: docs/directory-profile.md in code."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from referrals.directory import hours
from referrals.directory.hours import DAYS, Hours
from referrals.directory.listing_facts import Facts, Mark, Times
from referrals.directory.listing_search import searched
from referrals.directory.upkeep.rhythm import check_by
from referrals.taxonomy.vocabulary import NEED, Vocabulary

_INTERPRETERS = re.compile(r"interpret|translat|language line", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Derived:
    """A listing's columns, but for those that the database knows: ids, digest, when."""

    columns: dict[str, Any]
    confidential: bool
    searched: dict[str, Any]
    """Columns that follow from these and the day; what they say is told to search engines and to no reader."""


def derive(facts: Facts, words: Vocabulary, today: date) -> Derived:
    service = facts.service
    marks = [mark for mark in facts.marks if mark.taxonomy]
    needs = _codes(marks, NEED)
    areas = list(facts.areas)
    room = facts.rooms[0] if facts.rooms else None
    codes = [spoken.code for spoken in facts.spoken if spoken.code]
    prices = {kind: min((p.amount for p in facts.prices if p.option == kind and p.amount is not None), default=None)
              for kind in ("per-session", "client-contribution")}  # fmt: skip
    funding = _codes(marks, "funding")
    times = openings(facts.times)
    columns: dict[str, Any] = {
        "organization_id": service.organization_id,
        "source": service.source,
        "published": service.gone_at is None and not facts.organization_gone and service.status != "defunct",
        "status": _status(service.status, times, today),
        "needs": needs,
        "need_paths": sorted({code for need in needs for code in words.path(need)}),
        "specialisms": _codes(marks, "specialism"),
        "affinities": _codes(marks, "affinity"),
        "formats": _codes(marks, "format"),
        "intensity": _intensity(marks, words),
        "welcomes": _codes(marks, "audience"),
        "rule": _rule(marks),
        "not_with": _values(marks, "eligibility", "not-cumulable-with"),
        "min_age": service.minimum_age,
        "max_age": service.maximum_age,
        "languages": list(dict.fromkeys(codes)),
        "interpreter": _interpreter(facts, marks),
        "modes": _codes(marks, "delivery-mode"),
        "funding": funding,
        "price_per_session": _number(prices["per-session"]),
        "client_contribution": _number(prices["client-contribution"]),
        "currency": next((p.currency.upper() for p in facts.prices if p.currency), None),
        "free": _free(funding, facts),
        "routes": _codes(marks, "referral-route"),
        "practitioner": next(iter(_codes(marks, "practitioner-gender")), None),
        "accessibility": {m.code: m.value for m in marks if m.taxonomy == "accessibility" and m.value in ("yes", "no")},
        "capacity_status": next(iter(_codes(marks, "capacity-status")), None),
        "capacity_available": room.available if room else None,
        "capacity_maximum": room.maximum if room else None,
        "capacity_unit": room.unit if room else None,
        "capacity_updated": room.updated if room else None,
        "wait_days": _days(_values(marks, "wait", "estimated-wait-days")),
        "area_postcodes": _extent(areas, "postcode-prefix"),
        "area_countries": _extent(areas, "country"),
        "available_from": _date(_values(marks, "window", "available-from")),
        "available_until": _date(_values(marks, "window", "available-until")),
        "licence_until": _date(_values(marks, "licence", "licence-valid-until")),
        "slots": slots(times, today),
        "schedule": schedule(times),
        "assured_date": service.assured_date,
        "check_by": check_by(service.assured_date or service.first_seen_at.date(), facts.months),
        "email": service.email or facts.organization_email,
        "phone": next(iter(facts.phones), None),
        "foreign_terms": list(dict.fromkeys(mark.name for mark in facts.marks if mark.taxonomy is None)),
    }
    confidential = any(mark.taxonomy == "privacy" and mark.code == "confidential-address" for mark in marks)
    return Derived(columns, confidential, searched(columns, marks, times, facts.places, service.status, today))


def openings(times: Iterable[Times]) -> Hours:
    """The service's own hours, where it has any, before those of the places where it is given."""
    every = list(times)
    own = hours.of(one.row for one in every if one.own)
    return own if own.known or not every else hours.of(one.row for one in every)


def slots(known: Hours, today: date) -> list[dict[str, Any]]:
    """What comes back every week, days of the same hours together, the earliest day first. A season that is over is not."""
    found: dict[tuple[str, str], set[str]] = {}
    for rule in known.rules:
        ends = [day for day in (rule.until, rule.valid_to) if day]
        if rule.weekly and all(day >= today for day in ends):
            span = f"{rule.span.opens:%H:%M}", f"{rule.span.closes:%H:%M}"
            found.setdefault(span, set()).update(rule.byday)
    weeks = [
        {"days": sorted(days, key=DAYS.index), "opens": opens, "closes": closes}
        for (opens, closes), days in found.items()
    ]
    return sorted(weeks, key=lambda week: (DAYS.index(week["days"][0]), str(week["opens"])))


def schedule(known: Hours) -> list[dict[str, Any]]:
    """All of it; nothing where weekly slots say it too."""
    plain = all(rule.plain for rule in known.rules) and not (known.specials or known.holidays or known.others)
    return [] if plain else hours.to(known)


def _status(status: str, known: Hours, today: date) -> str:
    """What runs is closed while it is closed for a time, and runs again by itself."""
    return "temporarily closed" if status == "active" and hours.closure(known, today) else status


def _codes(marks: Iterable[Mark], taxonomy: str) -> list[str]:
    return list(dict.fromkeys(mark.code for mark in marks if mark.taxonomy == taxonomy))


def _values(marks: Iterable[Mark], taxonomy: str, code: str) -> list[str]:
    return [mark.value for mark in marks if (mark.taxonomy, mark.code) == (taxonomy, code) and mark.value]


def _intensity(marks: Iterable[Mark], words: Vocabulary) -> int | None:
    """The most that it offers; levels ascend from 1 to 5."""
    found = [words.term("care-intensity", code) for code in _codes(marks, "care-intensity")]
    levels = [term.details.get("level") for term in found if term]
    return max((level for level in levels if isinstance(level, int)), default=None)


def _rule(marks: Iterable[Mark]) -> dict[str, Any] | None:
    """The hard rule; several together must all hold. One that is no JSON says nothing that could be judged."""
    rules = []
    for text in _values(marks, "eligibility", "eligibility-rule"):
        try:
            rule = json.loads(text)
        except ValueError:
            continue
        if isinstance(rule, dict):
            rules.append(rule)
    return {"all": rules} if len(rules) > 1 else next(iter(rules), None)


def _interpreter(facts: Facts, marks: Iterable[Mark]) -> str | None:
    """As its term says; else available where its languages end in "interpreters available" or the like."""
    if said := _codes(marks, "interpretation"):
        return said[0]
    told = any(_INTERPRETERS.search(spoken.name) for spoken in facts.spoken if spoken.code is None and spoken.name)
    return "interpreter-available" if told else None


def _free(funding: list[str], facts: Facts) -> bool | None:
    if "free" in funding:
        return True
    amounts = [price.amount for price in facts.prices if price.amount is not None]
    return all(amount == 0 for amount in amounts) if amounts else None


def _extent(areas: Iterable[Any], kind: str) -> list[str]:
    extents = [area.extent for area in areas if area.extent_type == kind and area.extent]
    return list(dict.fromkeys(part.strip().upper() for extent in extents for part in extent.split(",") if part.strip()))


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _days(values: list[str]) -> int | None:
    return int(float(values[0])) if values and re.fullmatch(r"\d+(\.\d+)?", values[0]) else None


def _date(values: list[str]) -> date | None:
    try:
        return date.fromisoformat(values[0][:10]) if values else None
    except ValueError:
        return None
