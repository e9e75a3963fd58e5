"""A file and its needs become what the rules look at (listings do in `offered`). Pure: whoever read the rows hands them in."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any, cast

from referrals.clients.models import Client, KeepAway, Need
from referrals.clients.papers import PAPERS
from referrals.kit.geo import LatLon
from referrals.kit.text import fold
from referrals.matching.facts import (
    Exclusion,
    Mode,
    NeedAsked,
    Person,
    Preference,
    Slot,
    Travel,
)
from referrals.taxonomy.vocabulary import AUDIENCE, Vocabulary

_BY_AGE: Mapping[str, tuple[int, int]] = {"children": (0, 17), "young-people": (12, 25), "older-people": (60, 150)}
"""Audiences that an age decides, so that nobody is asked to tick them."""


_ASKED_AT_ALL = ("accessibility", "audience", "availability", "receives", "documents", "affinities")
"""Lists of which an empty one says something only where somebody has asked."""


def person_of(
    client: Client, born: date | None, words: Vocabulary, today: date, keep_away: Sequence[KeepAway] = ()
) -> Person:
    """The client's side. Situations of which nobody has asked are unknown, all of them."""
    ages = _ages(client, born, today)
    sure, unsure = by_age(ages)
    said, settled = frozenset(client.audience), frozenset(client.said_none or ())
    every = frozenset(words.terms.get(AUDIENCE, {})) - frozenset(_BY_AGE) - {"everyone", "women", "men"}
    asked = bool(said) or "audience" in settled
    return Person(
        ages=ages,
        gender=client.gender,
        languages=tuple(client.languages),
        interpreter_ok=client.interpreter_ok,
        audience=said | sure,
        audience_unknown=(frozenset(client.audience_unknown) | unsure | (frozenset() if asked else every)) - said,
        funding=frozenset(client.funding) or (frozenset() if "funding" in settled else None),
        ceiling=client.ceiling_per_session,
        without_ceiling="ceiling_per_session" in settled,
        travel=_travel(client),
        at=_home(client),
        place=client.place_name,
        postcode=client.postcode,
        country=client.country,
        accessibility=frozenset(client.accessibility or ()),
        practitioner=Preference(client.practitioner, bool(client.practitioner_must)) if client.practitioner else None,
        formats=frozenset(client.formats or ()),
        formats_must=bool(client.formats_must),
        affinities=frozenset(client.affinities or ()),
        availability=tuple(_slot(slot) for slot in client.availability or ()),
        exclusions=tuple(Exclusion(one.organization_id, one.service_id, one.area) for one in keep_away),
        guardian_consent=client.guardian_consent,
        receives=frozenset(client.receives or ()),
        documents=frozenset(code if code in PAPERS else fold(code) for code in client.documents or ()),
        wishes=tuple(client.wishes or ()),
        model=client.model or "brokerage",
        unasked=frozenset(name for name in _ASKED_AT_ALL if not getattr(client, name) and name not in settled),
    )


def need_of(need: Need, words: Vocabulary) -> NeedAsked:
    return NeedAsked(
        id=need.id,
        term=need.term,
        narrower=frozenset(words.descendants(need.term)),
        broader=broader_of(need.term, words),
        specialisms=frozenset(need.specialisms),
        urgency=need.urgency,
        need_by=need.need_by,
        remote_ok=need.remote_ok,
        remote_only=bool(need.remote_only),
        prescription_held=need.prescription_held,
        min_intensity=need.min_intensity,
    )


def broader_of(term: str, words: Vocabulary) -> tuple[str, ...]:
    """The broader terms that a service may bear, nearest first; headings are on none."""
    return tuple(code for code in words.ancestors(term) if (above := words.need(code)) and above.taggable)


def _ages(client: Client, born: date | None, today: date) -> tuple[int, int] | None:
    if born is not None:
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        return age, age
    if client.birth_year is None:
        return None
    oldest = today.year - client.birth_year
    return max(0, oldest - 1), oldest


def by_age(ages: tuple[int, int] | None) -> tuple[frozenset[str], frozenset[str]]:
    """What the age makes true, and what it leaves open."""
    if ages is None:
        return frozenset(), frozenset(_BY_AGE)
    inside = {code: [low <= age <= high for age in ages] for code, (low, high) in _BY_AGE.items()}
    sure = frozenset(code for code, both in inside.items() if all(both))
    return sure, frozenset(code for code, both in inside.items() if any(both)) - sure


def _home(client: Client) -> LatLon | None:
    if client.latitude is None or client.longitude is None:
        return None
    return LatLon(client.latitude, client.longitude)


def _travel(client: Client) -> Travel | None:
    if client.mobility is None:
        return None
    return Travel(cast("Mode", client.mobility), client.max_minutes, client.max_km)


def _slot(raw: Mapping[str, Any]) -> Slot:
    return Slot(frozenset(raw["days"]), time.fromisoformat(raw["opens"]), time.fromisoformat(raw["closes"]))
