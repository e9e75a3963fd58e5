"""A service in the words of schema.org, as JSON-LD: for whoever reads pages by machine. Pure.

Says what the page says and nothing more; of a confidential place, the area alone.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from markupsafe import Markup

from referrals.directory.hours import WEEKLY, Hours, Rule
from referrals.directory.queries import ServicePage
from referrals.directory.queries.places import PlaceShown
from referrals.places.money import currency_of

Thing = dict[str, Any]
"""One object of JSON-LD: open by nature, and only written, never read."""
_DAYS: Final = {
    "MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday", "SA": "Saturday", "SU": "Sunday",
}  # fmt: skip


def as_json_ld(thing: Thing) -> Markup:
    """To stand in a page: nothing in it can end the block that it stands in."""
    said = json.dumps(thing, ensure_ascii=False, separators=(",", ":"))
    for sign, code in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        said = said.replace(sign, code)
    return Markup(said)  # noqa: S704  # the five signs that could mean something to a page are written as codes


def of_service(
    service: ServicePage, needs: list[str], *, address: str, run_by: str, language: str, now: datetime
) -> Thing:
    """`address`: of the page; `run_by`: of its organization's. What the listing does not say is left out."""
    return _said({
        "@context": "https://schema.org",
        "@type": "Service",
        "@id": address,
        "url": address,
        "name": service.name.value,
        "alternateName": service.alternate_name,
        "description": service.description.value,
        "serviceType": needs,
        "provider": _said({"@type": "Organization", "@id": run_by, "url": run_by, "name": service.organization.value}),
        "areaServed": _areas(service),
        "audience": _audience(service),
        "availableChannel": list(_channels(service, language)),
        "hoursAvailable": list(_hours(service.hours, now)),
        "offers": list(_offers(service)),
    })  # fmt: skip


def _channels(service: ServicePage, language: str) -> Iterator[Thing]:
    """One for each place, or one alone for what has none; each with whom to call."""
    phone = next((one.number for one in service.phones if one.kind != "fax"), None)
    shared: Thing = {
        "@type": "ServiceChannel",
        "servicePhone": _said({"@type": "ContactPoint", "telephone": phone, "email": service.email}) if phone or service.email else None,
        "serviceUrl": next((link.url for link in service.websites if link.url.startswith("http")), None),
        "availableLanguage": [{"@type": "Language", "alternateName": code} for code in service.languages],
    }  # fmt: skip
    told = [_said({**shared, "serviceLocation": _place(place)}) for place in service.places if place.kind != "virtual"]
    yield from told or [_said(shared)]


def _place(place: PlaceShown) -> Thing:
    if place.confidential:
        return {"@type": "AdministrativeArea", "name": place.line}
    exact = place.point if not place.approximate else None
    return _said({
        "@type": "Place",
        "name": place.name.value,
        "address": _said({
            "@type": "PostalAddress", "streetAddress": ", ".join(place.address), "postalCode": place.postcode,
            "addressLocality": place.city, "addressRegion": place.department, "addressCountry": place.country,
        }),
        "geo": {"@type": "GeoCoordinates", "latitude": exact.lat, "longitude": exact.lon} if exact else None,
    })  # fmt: skip


def _areas(service: ServicePage) -> list[Thing]:
    countries = [{"@type": "Country", "name": code} for code in service.area_countries]
    if not service.area_postcodes:
        return countries
    return [*countries, {"@type": "DefinedRegion", "postalCodePrefix": list(service.area_postcodes)}]


def _audience(service: ServicePage) -> Thing | None:
    told = _said({
        "@type": "PeopleAudience", "audienceType": service.who.value, "suggestedMinAge": service.min_age,
        "suggestedMaxAge": service.max_age,
    })  # fmt: skip
    return told if len(told) > 1 else None


def _hours(hours: Hours, now: datetime) -> Iterator[Thing]:
    """What comes back every week; what comes back otherwise has no word there."""
    for rule in hours.rules:
        ends = rule.until or rule.valid_to
        if rule.freq == WEEKLY and rule.weekly and not (ends and ends < now.date()):
            yield _span(rule)


def _span(rule: Rule) -> Thing:
    begins, ends = rule.valid_from or rule.start, rule.valid_to or rule.until
    return _said({
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": [f"https://schema.org/{_DAYS[day]}" for day in rule.byday if day in _DAYS],
        "opens": f"{rule.span.opens:%H:%M}",
        "closes": f"{rule.span.closes:%H:%M}",
        "validFrom": begins and begins.isoformat(),
        "validThrough": ends and ends.isoformat(),
    })  # fmt: skip


def _offers(service: ServicePage) -> Iterator[Thing]:
    if service.free:
        yield {"@type": "Offer", "price": 0, "priceCurrency": _currency(service)}
        return
    for price in service.prices:
        if price.amount is not None:
            yield _said({
                "@type": "Offer", "price": price.amount, "priceCurrency": price.currency or "EUR", "description": price.note,
            })  # fmt: skip


def _currency(service: ServicePage) -> str:
    named = next((price.currency for price in service.prices if price.currency), None)
    return named or currency_of(service.where.country)


def _said(thing: Thing) -> Thing:
    """Without what nobody has said."""
    return {name: value for name, value in thing.items() if value not in (None, "", [], {})}
