"""What cannot be true. Pure: a record, where its addresses should lie, and today; findings come out."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from itertools import combinations
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

import phonenumbers

from referrals.directory.contradictions.record import Hours, Near, Record, Said, Spot
from referrals.kit.db import Json
from referrals.kit.geo import LatLon, distance

LONGEST_NIGHT: Final = 15 * 60
"""Minutes. A door that closes before it opens stays open through the night; longer than this, two times were mixed up."""
OPEN_ACCESS: Final = 99
Places = Mapping[UUID, Near]
"""Location -> where its address should lie; nothing where nobody knows."""


@dataclass(frozen=True, slots=True)
class Found:
    """`facts`: what contradicts what, as data. `weight`: how far somebody may be led astray."""

    kind: str
    key: str
    facts: Json
    weight: float


def findings(record: Record, places: Places, today: date) -> list[Found]:
    """All of a record's contradictions, each once."""
    found = [one for rule in RULES for one in rule(record, places, today)]
    return list({(one.kind, one.key): one for one in found}.values())


def hidden_address(record: Record, places: Places, today: date) -> Iterator[Found]:
    """A confidential street that stands in a text. Pages strike it out, but whoever copied it from here told it before."""
    if record.telling:
        yield Found("hidden_told", "", {"field": record.telling[0]}, 110)


def hidden_twin(record: Record, places: Places, today: date) -> Iterator[Found]:
    """A shelter that is listed twice, and kept confidential once."""
    for spot in record.spots:
        if spot.twin:
            yield Found("hidden_twin", str(spot.location_id), {"postcode": spot.postcode, "city": spot.city}, 115)


def points(record: Record, places: Places, today: date) -> Iterator[Found]:
    """Coordinates that are none, were swapped, or lie far from their own address."""
    for spot in record.spots:
        if spot.latitude is None or spot.longitude is None or spot.kind == "virtual":
            continue
        at, key = (spot.latitude, spot.longitude), str(spot.location_id)
        facts: Json = {"latitude": at[0], "longitude": at[1], "postcode": spot.postcode, "city": spot.city}
        if abs(at[0]) < 0.01 and abs(at[1]) < 0.01:
            yield Found("point_zero", key, facts, 40)
        elif (near := places.get(spot.location_id)) is not None:
            yield from _astray(spot, at, near, facts)
        elif not _on_earth(at):
            yield Found("point_off", key, facts, 90)


def _astray(spot: Spot, at: tuple[float, float], near: Near, facts: Json) -> Iterator[Found]:
    key, away = str(spot.location_id), _away(at, near)
    if away is not None and away <= near.limit:
        return
    if mended := _mended(at, near):
        name, (latitude, longitude) = mended
        yield Found(name, key, facts | {"mended": [latitude, longitude]}, 95)
    elif away is None:
        yield Found("point_off", key, facts, 90)
    else:
        yield Found("point_far", key, facts | {"km": round(away), "by": near.by}, 60 + min(40, away / 5))


def _mended(at: tuple[float, float], near: Near) -> tuple[str, tuple[float, float]] | None:
    """The usual slips of the pen: the two numbers swapped, a minus sign lost."""
    lat, lon = at
    tries = {
        "point_swapped": [(lon, lat), (-lon, lat), (lon, -lat)],
        "point_minus": [(lat, -lon), (-lat, lon), (-lat, -lon)],
    }
    for name, guesses in tries.items():
        for guess in guesses:
            away = _away(guess, near)
            if away is not None and away <= near.limit:
                return name, guess
    return None


def _away(at: tuple[float, float], near: Near) -> float | None:
    """Kilometres to the nearest point where it should be; None for what is nowhere on earth."""
    return min(distance(LatLon(*at), point) for point in near.points) if _on_earth(at) else None


def _on_earth(at: tuple[float, float]) -> bool:
    return abs(at[0]) <= 90 and abs(at[1]) <= 180


def closed_with_room(record: Record, places: Places, today: date) -> Iterator[Found]:
    """A waiting list may well go on through a closing that ends."""
    open_to = ("has-capacity",) if record.status == "temporarily closed" else ("has-capacity", "waitlist")
    if record.status != "active" and record.capacity_status in open_to:
        yield Found("closed_with_room", "", {"status": record.status, "capacity": record.capacity_status}, 85)


def over(record: Record, places: Places, today: date) -> Iterator[Found]:
    """Still offered after its own last day, after that of its hours, or after its licence ran out."""
    if record.status != "active":
        return
    if record.available_until is not None and record.available_until < today:
        yield Found("ended", "", {"until": record.available_until.isoformat()}, 80)
    if record.hours_until is not None and record.hours_until < today:
        yield Found("hours_over", "", {"until": record.hours_until.isoformat()}, 65)
    if record.licence_until is not None and record.licence_until < today:
        yield Found("licence_over", "", {"until": record.licence_until.isoformat()}, 50)


def ages(record: Record, places: Places, today: date) -> Iterator[Found]:
    low, high = record.minimum_age, record.maximum_age
    if low is not None and high is not None and low > high:
        yield Found("ages_crossed", "", {"low": low, "high": high}, 75)


def numbers(record: Record, places: Places, today: date) -> Iterator[Found]:
    """No telephone could dial it: too short, too long, or letters that are no vanity number."""
    for one in record.numbers:
        if not dialable(one.text, record.country):
            yield Found("phone", one.text, {"number": one.text, **_owner(one)}, 70)


@lru_cache(maxsize=4096)
def dialable(number: str, country: str) -> bool:
    """A possible number of its country, short numbers too. Without a country only +… can be judged, and the rest passes."""
    region = country or None
    try:
        parsed = phonenumbers.parse(_EXTENSION.sub("", number), region)
    except phonenumbers.NumberParseException as error:
        return region is None and error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
    if region and phonenumbers.is_valid_short_number_for_region(parsed, region):
        return True
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    return reason == phonenumbers.ValidationResult.IS_POSSIBLE


_EXTENSION = re.compile(r"(?:\s+|(?<=\d))(?:x|ext\.?|extension|opt\.?|option|poste)\s*[\w*#-]*\s*$", re.IGNORECASE)
"""What is pressed after the number, which people write in many ways."""


def mails(record: Record, places: Places, today: date) -> Iterator[Found]:
    for one in record.mails:
        if not _MAIL.fullmatch(one.text):
            yield Found("mail", one.text, {"mail": one.text, **_owner(one)}, 65)


_MAIL = re.compile(r"[^\s@<>(),;:]+@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}")
"""One address whose domain has a dot: enough to tell an address from a remark, and nothing that a server would take is refused."""


def links(record: Record, places: Places, today: date) -> Iterator[Found]:
    for one in record.links:
        if not _reachable(one.text):
            yield Found("link", one.text, {"link": one.text, **_owner(one)}, 35)


def _owner(one: Said) -> Json:
    return {"of": one.of, "id": str(one.id)}


def _reachable(address: str) -> bool:
    """`www.example.org/x` counts: a browser finds it."""
    if re.search(r"\s", address):
        return False
    try:
        parts = urlsplit(address if "://" in address else f"//{address}", scheme="https")
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in host.strip(".") and not parts.username


def hours(record: Record, places: Places, today: date) -> Iterator[Found]:
    """A door that closes before it opens, and not because it is open through the night; two rows that overlap."""
    for row in record.hours:
        if _minutes(row) > LONGEST_NIGHT and row.closes <= row.opens:
            yield Found("hours_backward", f"{row.opens:%H:%M}-{row.closes:%H:%M}", _span(row), 60)
    for one, other in combinations(sorted(record.hours, key=lambda row: (row.opens, row.closes)), 2):
        days = _days(one) & _days(other)
        if one.owner == other.owner and days and one.opens < other.opens < one.closes:
            facts = _span(one) | {"days": sorted(days, key=_WEEK.index), "then": _span(other)}
            yield Found("hours_overlap", f"{one.opens:%H:%M}-{other.opens:%H:%M}", facts, 45)


_WEEK: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def _days(row: Hours) -> set[str]:
    return {day.strip().upper()[-2:] for day in row.days.split(",")} & set(_WEEK)


def _minutes(row: Hours) -> int:
    """How long it is open; midnight to midnight is a whole day and no mistake."""
    if row.opens == row.closes == time(0):
        return 0
    begins, ends = row.opens.hour * 60 + row.opens.minute, row.closes.hour * 60 + row.closes.minute
    return ends - begins if ends > begins else ends - begins + 24 * 60


def _span(row: Hours) -> Json:
    return {"opens": f"{row.opens:%H:%M}", "closes": f"{row.closes:%H:%M}"}


def room(record: Record, places: Places, today: date) -> Iterator[Found]:
    free, all_ = record.capacity_available, record.capacity_maximum
    if free is not None and all_ is not None and free > all_ and free != OPEN_ACCESS:
        yield Found("room_over", "", {"available": free, "maximum": all_}, 55)


def area(record: Record, places: Places, today: date) -> Iterator[Found]:
    """It serves an area in which none of its own doors lies."""
    codes = [spot.postcode.upper() for spot in record.spots if spot.postcode and spot.kind != "virtual"]
    if record.area_postcodes and codes and not any(_within(code, record.area_postcodes) for code in codes):
        yield Found("area", "", {"area": list(record.area_postcodes), "postcode": codes[0]}, 30)


def _within(postcode: str, prefixes: tuple[str, ...]) -> bool:
    """`69` holds 69003, `TR` holds all of TR, `TR1` holds TR1 but not TR14."""
    if postcode[:1].isdigit():
        return postcode.startswith(prefixes)
    outward = (
        postcode.split(" ", maxsplit=1)[0] if " " in postcode else postcode[:-3] if len(postcode) > 4 else postcode
    )
    letters = re.match(r"[A-Z]+", outward)
    return outward in prefixes or (letters is not None and letters.group() in prefixes)


def silences(record: Record, places: Places, today: date) -> Iterator[Found]:
    """An active listing that says neither what it is nor which need it answers."""
    if not record.needs:
        yield Found("no_need", "", {}, 20)
    if not record.texts.get("description", "").strip():
        yield Found("no_description", "", {}, 15)


Rule = Callable[[Record, Places, date], Iterator[Found]]
RULES: tuple[Rule, ...] = (
    hidden_address, hidden_twin, points, closed_with_room, over, ages, numbers, mails, links, hours, room, area, silences,
)  # fmt: skip
