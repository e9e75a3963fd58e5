"""A row of `candidates_sql.FACTS` becomes what the rules look at. Pure.

Texts that many listings share (hours, published rules, accessibility) are read once and kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from functools import lru_cache
from typing import Any

import msgspec

from referrals.directory import hours
from referrals.kit.geo import LatLon
from referrals.matching.facts import Capacity, Offer, Slot, Spot

_NOTHING: frozenset[str] = frozenset()


def offer_of(row: Sequence[Any], language: str) -> Offer:
    """`language`: that of the papers' names, where a listing has them in several."""
    (
        service_id, organization_id, needs, status, specialisms, affinities, formats, intensity, welcomes, rule, not_with,
        min_age, max_age, languages, interpreter, modes, funding, free, price, contribution, currency, routes, practitioner,
        accessibility, capacity, wait_days, available, updated, area_postcodes, area_countries, available_from,
        available_until, licence_until, slots, assured, check_by, has_email, has_phone, places, papers, closed,
    ) = row  # fmt: skip
    return Offer(
        service_id, organization_id, frozenset(needs), status, _set(specialisms), _set(affinities), _set(formats), intensity,
        _set(welcomes), _rule(rule) if rule else None, _set(not_with), min_age, max_age, tuple(languages), interpreter,
        _set(modes), _set(funding), free, price, contribution, currency, _set(routes), practitioner, _told(accessibility),
        Capacity(capacity, wait_days, available, updated) if capacity else None, tuple(area_postcodes),
        _set(area_countries), available_from, available_until, licence_until, _slots(slots) if slots != "[]" else (),
        tuple(_named(papers, language)) if papers else (), tuple(map(_spot, places)) if places else (), assured, check_by,
        bool(has_email), bool(has_phone), closures=_closures(closed) if closed else (),
    )  # fmt: skip


def _set(values: Iterable[str]) -> frozenset[str]:
    return frozenset(values) if values else _NOTHING


@lru_cache(maxsize=4096)
def _rule(text: str) -> Mapping[str, Any] | None:
    rule: Mapping[str, Any] | None = msgspec.json.decode(text)
    return rule


@lru_cache(maxsize=4096)
def _told(text: str) -> Mapping[str, str]:
    return msgspec.json.decode(text, type=dict[str, str])


@lru_cache(maxsize=4096)
def _slots(text: str) -> tuple[Slot, ...]:
    return tuple(
        Slot(frozenset(slot["days"]), time.fromisoformat(slot["opens"]), time.fromisoformat(slot["closes"]))
        for slot in msgspec.json.decode(text)
    )


def _closures(schedule: str) -> tuple[tuple[date, date], ...]:
    told = hours.of(msgspec.json.decode(schedule)).closure
    return tuple((one.first, one.last) for one in told if one.last is not None)


def _spot(place: Sequence[str | None]) -> Spot:
    postcode, country, city, lat, lon, precision, confidential = place
    known = lat is not None and lon is not None and confidential == "false"
    return Spot(postcode, country, city, LatLon(float(lat), float(lon)) if known else None, precision)  # type: ignore[arg-type]  # both are known


def _named(papers: Iterable[Sequence[str | None]], language: str) -> Iterable[str]:
    """Each in this language, or in whichever there is."""
    said = ((own if written == language else there) or own for own, written, there in papers)
    return filter(None, said)
