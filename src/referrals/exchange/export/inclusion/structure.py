"""An organization as a structure of data·inclusion."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from referrals.exchange.export.inclusion import known, opening, words
from referrals.exchange.export.inclusion.place import country, placed
from referrals.exchange.export.losses import NO_PLACE, NOT_VALID, ONE_OF_MANY, Losses

Tree = Mapping[str, Any]
_UNTOLD = ("alternate_name", "tax_status", "year_incorporated", "legal_status", "logo", "uri", "parent_organization_id")


def structure(
    tree: Tree, location: Tree | None, producer: str, updated: date, today: date, address: str, losses: Losses
) -> dict[str, Any] | None:
    """None where its name is too short to be one. `location`: its own place; `address`: of its page here."""
    words.count_languages("organization", tree, losses)
    name = words.within(words.french(tree, "name").rstrip(" ."), known.NAME, "organization", "name", losses)
    if name is None:
        return None
    for column in _UNTOLD:
        losses.lose("organization", column, NO_PLACE, 1 if tree.get(column) else 0)
    for key, entity in (
        ("programs", "program"),
        ("funding", "funding"),
        ("contacts", "contact"),
        ("additional_websites", "url"),
    ):
        losses.lose(entity, "id", NO_PLACE, len(tree.get(key) or ()))
    return {
        "source": producer,
        "id": f"{producer}--{tree['id']}",
        "nom": name,
        "date_maj": updated.isoformat(),
        "description": words.within(
            words.french(tree, "description"), known.DESCRIPTION, "organization", "description", losses
        ),
        "siret": _siret(tree, losses),
        **placed(location, Losses()),  # the services at this place count what is lost of it
        "telephone": words.telephone(tree.get("phones") or (), country(location), losses),
        "courriel": words.email(tree.get("email"), "organization", losses),
        "site_web": words.link(tree.get("website"), "organization", "website", losses),
        "lien_source": address,
        "horaires_accueil": opening.first((location or {},), today, losses),
        "accessibilite_lieu": _acceslibre(location, losses),
        "reseaux_porteurs": networks(tree),
    }


def networks(tree: Tree) -> list[str] | None:
    """Codes of networks among its attributes, whichever taxonomy brought them."""
    found = {str(mark.get("taxonomy_term", {}).get("code") or "") for mark in tree.get("attributes") or ()}
    return sorted(found & known.NETWORKS) or None


def _siret(tree: Tree, losses: Losses) -> str | None:
    given = [re.sub(r"\s", "", str(one.get("identifier") or "")) for one in tree.get("organization_identifiers") or ()]
    found = [one for one in (*given, re.sub(r"\s", "", str(tree.get("tax_id") or ""))) if re.fullmatch(r"\d{14}", one)]
    losses.lose("organization_identifier", "identifier", NOT_VALID, sum(1 for one in given if one not in found))
    losses.lose("organization_identifier", "identifier", ONE_OF_MANY, max(0, len(dict.fromkeys(found)) - 1))
    return found[0] if found else None


def _acceslibre(location: Tree | None, losses: Losses) -> str | None:
    """The one thing that can be told of accessibility is a page of Acceslibre."""
    told = (location or {}).get("accessibility") or ()
    pages = [str(one.get("url")) for one in told if "acceslibre" in str(one.get("url") or "")]
    losses.lose("accessibility", "description", NO_PLACE, sum(1 for one in told if one.get("description")))
    return words.link(pages[0], "accessibility", "url", losses) if pages else None
