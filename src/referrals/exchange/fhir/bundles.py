"""Answers of a search: a page of entries, and where the next one is."""

from collections.abc import Sequence
from urllib.parse import urlencode

from referrals.exchange.fhir.finding import Entry
from referrals.exchange.fhir.outcomes import Issue, outcome
from referrals.exchange.fhir.shapes import Resource, filled


def searchset(
    base: str, kind: str, asked: Sequence[tuple[str, str]], entries: Sequence[Entry], following: str, total: int | None,
    hints: Sequence[Issue] = (),
) -> Resource:  # fmt: skip
    """`base`: where `/fhir` is. `hints`: what the reader should know of an answer that is not all that was asked for."""
    here = f"{base}/{kind}"
    first = [(name, value) for name, value in asked if name != "_page"]
    links = [{"relation": "self", "url": _address(here, asked)}, {"relation": "first", "url": _address(here, first)}]
    if following:
        links.append({"relation": "next", "url": _address(here, [*first, ("_page", following)])})
    told = [
        {
            "fullUrl": f"{base}/{one.resource['resourceType']}/{one.resource['id']}", "resource": one.resource,
            "search": {"mode": "match" if one.matched else "include"},
        }
        for one in entries
    ]  # fmt: skip
    if hints:
        told.append({"resource": outcome(hints, "warning"), "search": {"mode": "outcome"}})
    return filled({"resourceType": "Bundle", "type": "searchset", "link": links, "entry": told}) | (
        {} if total is None else {"total": total}
    )


def _address(here: str, asked: Sequence[tuple[str, str]]) -> str:
    return f"{here}?{urlencode(asked)}" if asked else here
