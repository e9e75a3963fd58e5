"""A service as data·inclusion has it: one record for each place where it is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from referrals.directory import rules
from referrals.directory.models import Listing
from referrals.exchange.export.inclusion import known, opening, origin, words, zones
from referrals.exchange.export.inclusion.place import country, placed
from referrals.exchange.export.losses import COARSER, IN_WORDS, NO_CODE, NO_PLACE, Losses
from referrals.exchange.formats.datainclusion import MEANS, PUBLICS
from referrals.kit import html
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.vocabulary import AUDIENCE, NEED, Vocabulary

Tree = Mapping[str, Any]
_UNTOLD = (
    "alternate_name",
    "interpretation_services",
    "accreditations",
    "licenses",
    "alert",
    "wait_time",
    "assurer_email",
)
_LISTS = (
    ("languages", "language"), ("funding", "funding"), ("capacities", "service_capacity"),
    ("uncounted_capacities", "service_capacity"), ("additional_urls", "url"),
)  # fmt: skip
_SPOKEN_FOR = {
    "need", "audience", "delivery-mode", "referral-route", "eligibility", "funding", "privacy",
}  # fmt: skip
"""Taxonomies of ours that one of its fields, or what may not leave, takes care of."""
_CODES = known.THEMES | known.TYPES | known.PUBLICS | origin.CODES


@dataclass(frozen=True, slots=True)
class Known:
    """What a record is made of besides the tree of its service."""

    listing: Listing
    vocabulary: Vocabulary
    communes: zones.Communes
    producer: str
    updated: date
    today: date
    address: str
    """Of the service's page here."""


def services(tree: Tree, about: Known, losses: Losses) -> list[dict[str, Any]]:
    """Texts are French: the caller speaks it. Empty where the service's name is too short to be one."""
    words.count_languages("service", tree, losses)
    name = words.within(words.french(tree, "name").rstrip(" ."), known.NAME, "service", "name", losses)
    told = words.french(tree, "description")
    description = words.within(told or (name or ""), known.DESCRIPTION, "service", "description", losses)
    if name is None or description is None:
        losses.lose("service", "id", NO_PLACE)
        return []
    _count_untold(tree, losses)
    places: Sequence[Tree] = [one for one in tree.get("service_at_locations") or () if one.get("location")]
    common = _common(tree, about, name, description, losses)
    if len(places) <= 1:
        place = places[0] if places else None
        return [_at(common, f"{about.producer}--{tree['id']}", place, tree, about, losses)]
    return [
        _at(common, f"{about.producer}--{one['id']}", one, tree, about, losses if first else Losses())
        for first, one in ((place is places[0], place) for place in places)
    ]


def _at(
    common: dict[str, Any], id: str, place: Tree | None, tree: Tree, about: Known, losses: Losses
) -> dict[str, Any]:
    location = place["location"] if place else None
    physical = location if location and location.get("location_type") != "virtual" else None
    phones = tree.get("phones") or (tree.get("organization") or {}).get("phones") or ()
    number = words.telephone(phones, country(location), losses)
    return common | {
        "id": id,
        **placed(physical, losses),
        "telephone": number,
        "modes_mobilisation": origin.ways(tree) or _ways(common["courriel"], number),
        "horaires_accueil": opening.first((tree, place or {}, location or {}), about.today, losses),
    }


def _common(tree: Tree, about: Known, name: str, description: str, losses: Losses) -> dict[str, Any]:
    listing, vocabulary = about.listing, about.vocabulary
    publics, more = _publics(tree, listing, vocabulary, losses)
    return {
        "source": about.producer,
        "structure_id": f"{about.producer}--{tree['organization_id']}",
        "id": "",
        "nom": name,
        "description": description,
        "lien_source": about.address,
        "date_maj": about.updated.isoformat(),
        "type": next((code for code in origin.codes(tree) if code in known.TYPES), None),
        "thematiques": _themes(tree, listing, vocabulary, losses),
        "frais": _fees(listing),
        "frais_precisions": _price(tree, losses),
        "publics": publics,
        "publics_precisions": more,
        "conditions_acces": _conditions(tree, listing, vocabulary, losses),
        "courriel": words.email(listing.email, "service", losses),
        "contact_nom_prenom": next((one["name"] for one in tree.get("contacts") or () if one.get("name")), None),
        "modes_accueil": _modes(listing, vocabulary, losses),
        "zone_eligibilite": _zone(tree, about.communes, losses),
        "lien_mobilisation": words.link(origin.own_link(tree), "service", "url", losses),
        "mobilisable_par": _by_whom(listing, vocabulary, losses),
        "mobilisation_precisions": origin.process(tree) or None,
        **origin.measures(tree),
    }


def _themes(tree: Tree, listing: Listing, vocabulary: Vocabulary, losses: Losses) -> list[str] | None:
    """Those it came with, and what was said here besides, by the code our terms carry; several needs of one theme are one."""
    came = origin.codes(tree) & known.THEMES
    explained = origin.explained(vocabulary, NEED, came, MEANS)
    codes = {code: _code(vocabulary, NEED, code) for code in listing.needs if code not in explained}
    losses.lose("attribute", NEED, NO_CODE, sum(1 for code in codes.values() if code is None))
    found = {code for code in codes.values() if code in known.THEMES}
    losses.lose("attribute", NEED, COARSER, max(0, sum(1 for code in codes.values() if code) - len(found)))
    return sorted({code for code in found if code} | came) or None


def _publics(
    tree: Tree, listing: Listing, vocabulary: Vocabulary, losses: Losses
) -> tuple[list[str] | None, str | None]:
    came = origin.codes(tree) & known.PUBLICS
    explained = origin.explained(vocabulary, AUDIENCE, came, PUBLICS)
    codes = {code: _code(vocabulary, AUDIENCE, code) for code in listing.welcomes if code not in explained}
    found = sorted({code for code in codes.values() if code in known.PUBLICS and code})
    without = [vocabulary.label(AUDIENCE, code, words.FRENCH) for code, theirs in codes.items() if theirs is None]
    losses.lose("attribute", AUDIENCE, IN_WORDS, len(without))
    ages = rules.ages(listing.min_age, listing.max_age)
    losses.lose("service", "minimum_age", IN_WORDS, 0 if listing.min_age is None else 1)
    losses.lose("service", "maximum_age", IN_WORDS, 0 if listing.max_age is None else 1)
    said = [*([html.listed(without)] if without else []), *([ages] if ages else [])]
    ours = [known.EVERYBODY] if known.EVERYBODY in found else found
    return sorted({*ours, *came}) or None, ". ".join(said) or None


def _conditions(tree: Tree, listing: Listing, vocabulary: Vocabulary, losses: Losses) -> str | None:
    rule = rules.sentence(listing.rule, vocabulary)
    losses.lose("attribute", "eligibility", IN_WORDS, 1 if rule else 0)
    papers = [words.french(one, "document") for one in tree.get("required_documents") or ()]
    losses.lose("required_document", "document", IN_WORDS, len(papers))
    bring = [_("To bring: %(papers)s.") % {"papers": html.listed(papers)}] if papers else []
    return "\n".join(part for part in (words.french(tree, "eligibility_description"), rule, *bring) if part) or None


def _fees(listing: Listing) -> str | None:
    if listing.free is None and "self-pay" not in listing.funding:
        return None
    return "gratuit" if listing.free else "payant"


def _price(tree: Tree, losses: Losses) -> str | None:
    amounts = [
        html.money(float(one["amount"]), one.get("currency")) + (f" ({more})" if (more := one.get("amount_description")) else "")
        for one in tree.get("cost_options") or () if one.get("amount") is not None
    ]  # fmt: skip
    losses.lose("cost_option", "amount", IN_WORDS, len(amounts))
    return (
        "\n".join(
            part for part in (words.french(tree, "fees_description") or str(tree.get("fees") or ""), *amounts) if part
        )
        or None
    )


def _modes(listing: Listing, vocabulary: Vocabulary, losses: Losses) -> list[str] | None:
    codes = [_code(vocabulary, "delivery-mode", code) for code in listing.modes]
    losses.lose("attribute", "delivery-mode", NO_CODE, codes.count(None))
    return sorted({code for code in codes if code}) or None


def _by_whom(listing: Listing, vocabulary: Vocabulary, losses: Losses) -> list[str] | None:
    codes = [_code(vocabulary, "referral-route", code) for code in listing.routes]
    losses.lose("attribute", "referral-route", NO_CODE, codes.count(None))
    return sorted({code for code in codes if code}) or None


def _ways(email: str | None, number: str | None) -> list[str] | None:
    return [*(["envoyer-un-courriel"] if email else []), *(["telephoner"] if number else [])] or None


def _zone(tree: Tree, communes: zones.Communes, losses: Losses) -> list[str] | None:
    found: list[str] = []
    for area in tree.get("service_areas") or ():
        codes = zones.named(area) or zones.codes(area.get("extent_type"), area.get("extent"), communes)
        losses.lose("service_area", "extent", NO_CODE, 0 if codes or not area.get("extent") else 1)
        losses.lose("service_area", "name", NO_PLACE, 1 if area.get("name") and not codes else 0)
        found += codes
    return list(dict.fromkeys(found)) or None


def _code(vocabulary: Vocabulary, taxonomy: str, code: str) -> str | None:
    term = vocabulary.term(taxonomy, code)
    return term.data_inclusion if term else None


def _count_untold(tree: Tree, losses: Losses) -> None:
    for name in _UNTOLD:
        losses.lose("service", name, NO_PLACE, 1 if tree.get(name) else 0)
    losses.lose("service", "status", NO_PLACE, 0 if tree.get("status") == "active" else 1)
    for key, entity in _LISTS:
        losses.lose(entity, "id", NO_PLACE, len(tree.get(key) or ()))
    for mark in tree.get("attributes") or ():
        taxonomy = str(mark.get("taxonomy_term", {}).get("taxonomy") or "")
        code = str(mark.get("taxonomy_term", {}).get("code") or "")
        if taxonomy not in _SPOKEN_FOR and code not in _CODES:
            losses.lose("attribute", taxonomy or "id", NO_PLACE)
