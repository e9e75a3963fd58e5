"""A place as data·inclusion has it: one French address. Elsewhere the town and the point alone can be told."""

import re
from collections.abc import Mapping
from typing import Any

from referrals.exchange.export.losses import NO_PLACE, NOT_VALID, Losses

Tree = Mapping[str, Any]
COLUMNS = ("commune", "code_postal", "code_insee", "adresse", "complement_adresse", "longitude", "latitude")
NOWHERE: dict[str, Any] = dict.fromkeys(COLUMNS)
_INSEE = "FR-COG-COMMUNE"


def placed(location: Tree | None, losses: Losses) -> dict[str, Any]:
    """The columns of a place; a confidential one has only what is left of it."""
    if location is None:
        return NOWHERE
    address: Tree = next(iter(location.get("addresses") or ()), {})
    code = str(location.get("external_identifier") or "")
    known = location.get("external_identifier_type") == _INSEE and re.fullmatch(r"\w{5}", code)
    for name in ("state_province", "region", "country", "attention"):
        losses.lose("address", name, NO_PLACE, 1 if address.get(name) else 0)
    for name in ("name", "description", "transportation", "alternate_name", "url"):
        losses.lose("location", name, NO_PLACE, 1 if location.get(name) else 0)
    return {
        "commune": address.get("city") or None,
        "code_postal": _postcode(address, losses),
        "code_insee": code if known else None,
        "adresse": address.get("address_1") or None,
        "complement_adresse": address.get("address_2") or None,
        "longitude": location.get("longitude"),
        "latitude": location.get("latitude"),
    }


def country(location: Tree | None) -> str | None:
    address: Tree = next(iter((location or {}).get("addresses") or ()), {})
    return address.get("country") or None


def _postcode(address: Tree, losses: Losses) -> str | None:
    given = str(address.get("postal_code") or "")
    if re.fullmatch(r"\d{5}", given):
        return given
    losses.lose("address", "postal_code", NOT_VALID, 1 if given else 0)
    return None
