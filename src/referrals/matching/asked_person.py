"""The person's side of a question in JSON: age, ways, payers, wishes, where they live. Pure."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import time
from typing import Final, Protocol, cast

from referrals.clients.papers import PAPERS
from referrals.kit.geo import LatLon
from referrals.kit.i18n import current_language
from referrals.kit.text import fold
from referrals.matching.asked_words import Words
from referrals.matching.facts import Exclusion, Mode, Person, Preference, Slot, Travel
from referrals.matching.json_fields import Fields
from referrals.matching.reading import by_age
from referrals.matching.weights import WISHES
from referrals.places.answers import Ambiguous, Found
from referrals.places.entry import Entry
from referrals.places.words import display, key
from referrals.taxonomy.vocabulary import AUDIENCE

OLDEST: Final = 120
_DEAREST, _FARTHEST_MINUTES, _FARTHEST_KM = 100_000, 24 * 60, 2_000
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_HOURS: Final = re.compile(r"([A-Z]{2})(?:-([A-Z]{2}))?((?:,[A-Z]{2})*) (\d\d:\d\d)-(\d\d:\d\d)")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_POSTCODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{0,11}")


class Finds(Protocol):
    """The gazetteer, for a place without coordinates."""

    def find(self, text: str, country: str | None = None) -> Found | Ambiguous | None: ...
    def alike(self, text: str, limit: int = 5, *, country: str | None = None) -> list[Entry]: ...


def person_from(client: Fields, terms: Words, places: Finds | None) -> Person:
    client.knows(
        "age", "gender", "languages", "interpreter_ok", "funding", "ceiling_per_session", "accessibility_required",
        "audience", "audience_unknown", "practitioner_gender_preference", "affinities", "availability", "mobility",
        "exclusions", "guardian_consent", "current_services", "place", "documents_held", "format_preference", "wishes",
    )  # fmt: skip
    age = client.whole("age", 0, OLDEST)
    person = Person(
        ages=None if age is None else (age, age),
        gender=client.choice("gender", ("female", "male", "other")),
        languages=tuple(_languages(client)),
        interpreter_ok=client.flag("interpreter_ok"),
        funding=frozenset(terms.many(client, "funding", "funding")) if client.has("funding") else None,
        ceiling=client.number("ceiling_per_session", 0, _DEAREST),
        travel=_travel(client.inner("mobility")),
        accessibility=frozenset(terms.many(client, "accessibility_required", "accessibility")),
        practitioner=_preference(client.inner("practitioner_gender_preference")),
        affinities=frozenset(terms.many(client, "affinities", "affinity")),
        availability=tuple(_availability(client)),
        exclusions=tuple(_exclusions(client)),
        guardian_consent=client.flag("guardian_consent"),
        receives=frozenset(terms.needs_or_ids(client, "current_services")),
        documents=frozenset(fold(text) if text not in PAPERS else text for text in client.texts("documents_held")),
        wishes=tuple(_wishes(client)),
        unasked=frozenset() if client.has("accessibility_required") else frozenset({"accessibility"}),
    )
    person = _with_format(person, client.inner("format_preference"), terms)
    return _somewhere(_with_situations(person, client, terms), client.inner("place"), places)


def _with_situations(person: Person, client: Fields, terms: Words) -> Person:
    """A list that is given is complete. Without one every situation is unknown, but for what the age decides."""
    said = frozenset(terms.many(client, "audience", AUDIENCE))
    unsure = frozenset(terms.many(client, "audience_unknown", AUDIENCE))
    if client.has("audience"):
        return replace(person, audience=said, audience_unknown=unsure)
    sure, by_birth = by_age(person.ages)
    every = frozenset(terms.words.terms.get(AUDIENCE, {})) - {"everyone", "women", "men"} - by_age(None)[1]
    return replace(person, audience=sure, audience_unknown=every | by_birth | unsure)


def _with_format(person: Person, wish: Fields | None, terms: Words) -> Person:
    if wish is None:
        return person
    wish.knows("value", "hard")
    code = terms.one(wish, "value", "format")
    return replace(person, formats=frozenset({code} if code else ()), formats_must=bool(wish.flag("hard")))


def _wishes(client: Fields) -> Iterator[str]:
    for number, wish in enumerate(client.texts("wishes")):
        if wish in WISHES:
            yield wish
        else:
            client.wrong(f"wishes[{number}]", "not_a_choice", choices=", ".join(WISHES), value=wish)


def _languages(client: Fields) -> Iterator[str]:
    for number, code in enumerate(client.texts("languages")):
        if _LANGUAGE.fullmatch(code):
            yield code
        else:
            client.wrong(f"languages[{number}]", "not_a_language", value=code)


def _travel(mobility: Fields | None) -> Travel | None:
    if mobility is None:
        return None
    mobility.knows("mode", "max_minutes", "max_km")
    mode = mobility.choice("mode", ("car", "transit", "bike", "walk", "none"))
    minutes, km = mobility.number("max_minutes", 0, _FARTHEST_MINUTES), mobility.number("max_km", 0, _FARTHEST_KM)
    if mode is None:
        if not mobility.has("mode"):
            mobility.wrong("mode", "missing")
        return None
    return Travel(cast("Mode", mode), minutes, km)


def _preference(wish: Fields | None) -> Preference | None:
    if wish is None:
        return None
    wish.knows("value", "hard")
    value, must = wish.choice("value", ("female", "male")), wish.flag("hard")
    if value is None and not wish.has("value"):
        wish.wrong("value", "missing")
    return Preference(value, must=bool(must)) if value else None


def _availability(client: Fields) -> Iterator[Slot]:
    for number, text in enumerate(client.texts("availability")):
        slot = free_hours(text)
        if slot is None:
            client.wrong(f"availability[{number}]", "not_hours", value=text)
        elif slot.closes <= slot.opens:
            client.wrong(f"availability[{number}]", "ends_before_it_begins", value=text)
        else:
            yield slot


def free_hours(text: str) -> Slot | None:
    """`MO-FR 18:00-21:00`, `SA 09:00-12:00`, `MO,WE 09:00-12:00`; None for anything else."""
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        return None
    first, last, more, opens, closes = found.groups()
    named = [first, *([last] if last else []), *more.split(",")[1:]]
    if not set(named) <= set(_DAYS):
        return None
    begin, end = _DAYS.index(first), _DAYS.index(last or first)
    days = {_DAYS[number % 7] for number in range(begin, end + (7 if end < begin else 0) + 1)} | set(
        more.split(",")[1:]
    )
    try:
        return Slot(
            frozenset(days), time.fromisoformat(opens), time.fromisoformat("23:59" if closes == "24:00" else closes)
        )
    except ValueError:
        return None


def _exclusions(client: Fields) -> Iterator[Exclusion]:
    for one in client.inners("exclusions"):
        one.knows("organization_id", "service_id", "area", "kind", "notes")
        area = one.text("area", 12)
        found = Exclusion(one.uuid("organization_id"), one.uuid("service_id"), area.upper() if area else None)
        if found != Exclusion():
            yield found
        elif not any(one.has(name) for name in ("organization_id", "service_id", "area")):
            one.wrong("area", "excludes_nothing")


def _somewhere(person: Person, place: Fields | None, places: Finds | None) -> Person:
    if place is None:
        return person
    place.knows("name", "postcode", "country", "lat", "lon")
    name, postcode, country = place.text("name"), place.text("postcode", 12), place.text("country")
    if postcode and not _POSTCODE.fullmatch(postcode):
        place.wrong("postcode", "not_a_postcode", value=postcode)
        postcode = None
    if country and not re.fullmatch("[A-Za-z]{2}", country):
        place.wrong("country", "not_a_country", value=country)
        country = None
    lat, lon = place.number("lat", -90, 90), place.number("lon", -180, 180)
    if place.has("lat") != place.has("lon"):
        place.wrong("lon" if place.has("lat") else "lat", "half_a_point")
    person = replace(person, place=name, postcode=postcode, country=country.upper() if country else None)
    if lat is not None and lon is not None:
        return replace(person, at=LatLon(lat, lon))
    return person if place.has("lat") or places is None else _looked_up(person, place, places)


def _namesakes(one: Entry, other: Entry) -> bool:
    return one.country == other.country and key(one.name) == key(other.name)


def _looked_up(person: Person, place: Fields, places: Finds) -> Person:
    line = " ".join(part for part in (person.postcode, person.place) if part)
    if not line:
        return person
    answer = places.find(line, person.country)
    if isinstance(answer, Found):
        entry = answer.place
        if answer.how == "spelling":
            place.remark("name", "place_read_as", value=line, place=display(entry, current_language()))
        elif person.postcode is None and any(_namesakes(entry, other) for other in answer.others):
            place.remark("name", "place_taken_as", value=line, place=display(entry, current_language()))
        code = person.postcode or (entry.postcodes[0] if len(entry.postcodes) == 1 else None)
        return replace(person, at=entry.at, place=person.place or entry.name, postcode=code, country=entry.country)
    field = "name" if person.place else "postcode"
    if isinstance(answer, Ambiguous):
        among = ", ".join(f"{one.name} ({one.department or one.region})" for one in answer.places[:4])
        place.wrong(field, "several_places", value=line, among=among)
    elif meant := places.alike(line, 4, country=person.country):
        names = ", ".join(display(one, current_language()) for one in meant)
        place.wrong(field, "no_such_place_but", value=line, meant=names)
    else:
        place.wrong(field, "no_such_place", value=line)
    return person
