"""Where the columns of somebody's table may go, and by what names people call those columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from referrals.kit.i18n import N_
from referrals.kit.text import fold

LIKE_FROM = 86.0


@dataclass(frozen=True, slots=True)
class Target:
    """`kind` says how a cell is read (see cells.READERS). `names`: what such columns are called, folded."""

    kind: str
    label: str
    names: tuple[str, ...]


def _of(kind: str, label: str, names: str) -> Target:
    return Target(kind, label, tuple(fold(name) for name in names.split("|")))


BOTH = "both.name"
"""Each row is an organization, and what it offers has no other name."""
TARGETS: dict[str, Target] = {
    "organization.name": _of("line", N_("Organization · name"), "organization name|organization|organisation|organisation name|nom de l'organisation|structure|nom structure|nom de la structure|nom de l'association|association|agency|agency name|provider|provider name|parent agency|porteur|organisme|nom organisme|structure nom|operateur|raison sociale|prestataire|nom du prestataire"),
    "organization.id": _of("id", N_("Organization · its id in this table"), "organization id|organisation id|structure id|id structure|id organisation|agency id|agency number|provider id|code structure"),
    "organization.description": _of("text", N_("Organization · description"), "organization description|organisation description|agency description|description de la structure|presentation de la structure|structure description|presentation"),
    "organization.email": _of("email", N_("Organization · e-mail"), "organization email|agency email|courriel de la structure|email structure|mail structure|structure courriel"),
    "organization.website": _of("link", N_("Organization · website"), "organization website|organisation website|site de la structure|agency website|site web de la structure|structure site web"),
    "organization.phone": _of("line", N_("Organization · telephone"), "organization phone|agency phone|telephone de la structure|structure telephone|standard"),
    "organization.legal_status": _of("line", N_("Organization · legal status"), "legal status|statut juridique|forme juridique"),
    "organization.identifier": _of("line", N_("Organization · number in a register (SIRET, charity number)"), "siret|siren|rna|charity number|registered charity number|company number|ein|fein|numero siret|business number"),
    "service.name": _of("line", N_("Service · name"), "name|nom|service|service name|nom du service|program|program name|programme|programme name|intitule|intitule du service|titre|title|public name|dispositif|nom du dispositif|activity|activite|nom de l'action|action|libelle"),
    BOTH: _of("line", N_("Organization and service · one name for both"), "organization and service name|nom de l'organisation et du service"),
    "service.id": _of("id", N_("Service · its id in this table"), "id|service id|id service|identifiant|reference|ref|code|uid|uuid|record id|numero|program id|code service"),
    "service.alternate_name": _of("line", N_("Service · other name"), "alternate name|other name|aka|autre nom|sigle|acronym|acronyme"),
    "service.description": _of("text", N_("Service · description"), "description|service description|description du service|details|summary|resume|about|descriptif|presentation du service|about the service|contenu|missions|what we do|objectif|services provided|services offered|services proposes|prestations"),
    "service.url": _of("link", N_("Service · web page"), "url|website|web|site|site web|site internet|lien|link|web site|webpage|page web|homepage|lien source|website address|service url"),
    "service.email": _of("email", N_("Service · e-mail"), "email|e mail|mail|courriel|adresse mail|adresse email|adresse electronique|email address|contact email|mel"),
    "service.phone": _of("line", N_("Service · telephone"), "phone|telephone|tel|phone number|telephone number|numero de telephone|contact phone|tel fixe|telephone fixe|portable|mobile|main phone|contact number|phone 1"),
    "service.fax": _of("line", N_("Service · fax"), "fax|telecopie|fax number"),
    "service.status": _of("status", N_("Service · active or closed"), "status|statut|etat|active|actif|state of service"),
    "service.application_process": _of("text", N_("Service · how to get in"), "application process|how to apply|intake|intake process|procedure|modalites d'acces|comment s'inscrire|inscription|mobilisation precisions|modalites d'orientation|demarche|referral process|how to access|admission|modalites d'inscription|modalites d'admission"),
    "service.fees_description": _of("text", N_("Service · what it costs, in words"), "fees|fee|fees description|cost|costs|tarif|tarifs|frais precisions|cout|participation financiere|frais|fee structure|prix en texte|price information"),
    "service.eligibility_description": _of("text", N_("Service · who may come, in words"), "eligibility|eligibility description|who can use|conditions|conditions d'acces|conditions acces|public accueilli|criteres|criteres d'admission|eligibilite|public vise|population|publics precisions|conditions d'admission|who it is for|public concerne|age groups|age group|tranche d'age|tranches d'age"),
    "service.minimum_age": _of("age", N_("Service · from this age"), "minimum age|min age|age min|age minimum|age minimal|from age|a partir de l'age|age from"),
    "service.maximum_age": _of("age", N_("Service · up to this age"), "maximum age|max age|age max|age maximum|age maximal|to age|jusqu'a l'age|age to"),
    "service.interpretation_services": _of("text", N_("Service · interpreting"), "interpretation services|interpreter|interpreting|interpretariat|interprete"),
    "service.accreditations": _of("text", N_("Service · accreditations"), "accreditations|accreditation|agrement|labels|certifications"),
    "service.alert": _of("text", N_("Service · message for now"), "alert|alerte|temporary message|message|information importante"),
    "service.assured_date": _of("date", N_("Service · last checked on"), "assured date|last verified|verified on|last verified on|date de verification|verifie le|last updated|updated|updated on|date maj|date mise a jour|mis a jour le|derniere mise a jour|mise a jour|date de mise a jour|last checked|last assured"),
    "service.needs": _of("term:need", N_("Service · what it helps with"), "needs|need|besoins|besoin|thematiques|thematique|theme|themes|category|categories|categorie|domaine|domaines|taxonomy|taxonomy terms|taxonomy term|type of service|service type|type de service|rubrique|besoins couverts|keywords|mots cles|topics"),
    "service.audiences": _of("term:audience", N_("Service · whom it welcomes"), "audience|audiences|publics|public|target group|target audience|target population|population cible|public cible|beneficiaires|clientele|usagers"),
    "service.modes": _of("term:delivery-mode", N_("Service · on site, at a distance, at home"), "delivery mode|mode|modes accueil|mode d'accueil|modes d'accueil|modalite|format d'accueil|delivery"),
    "service.funding": _of("term:funding", N_("Service · who pays"), "funding|financement|payer|insurance accepted|payment accepted|modes de financement|prise en charge|payment methods"),
    "service.languages": _of("language", N_("Service · languages spoken"), "languages|language|langues|langue|langues parlees|languages spoken|languages offered|langue parlee|spoken languages"),
    "service.hours": _of("hours", N_("Service · opening hours"), "hours|opening hours|horaires|horaires d'ouverture|horaires accueil|heures d'ouverture|hours of operation|schedule|opening times|horaire|regular schedule|jours et horaires|ouverture"),
    "service.documents": _of("line", N_("Service · papers to bring"), "required documents|documents required|documents|justificatifs|pieces a fournir|documents a fournir|pieces justificatives|papers"),
    "service.price": _of("amount", N_("Service · price of one session"), "price|amount|montant|prix|tarif par seance|price per session|prix par seance|tarif unitaire"),
    "service.area_postcodes": _of("line", N_("Service · postcodes it serves (beginnings of postcodes)"), "postcodes served|area postcodes|codes postaux desservis|zone codes postaux|service area postcodes|zip codes served"),
    "service.area": _of("line", N_("Service · area it serves, in words"), "service area|area served|coverage|coverage area|zone|zone d'intervention|secteur|zone couverte|territoire|zone geographique|catchment area|area|perimetre|secteur d'intervention"),
    "service.available": _of("whole", N_("Service · free places"), "available|places disponibles|places libres|free places|vacancies|beds available|available places|nombre de places disponibles"),
    "service.capacity": _of("whole", N_("Service · places in all"), "capacity|maximum capacity|capacite|nombre de places|places|beds|nombre de lits|total places"),
    "location.name": _of("line", N_("Place · name"), "location|location name|site name|lieu|nom du lieu|venue|building|etablissement|antenne|nom de l'etablissement"),
    "location.id": _of("id", N_("Place · its id in this table"), "location id|site id|id lieu|code etablissement"),
    "location.transportation": _of("text", N_("Place · how to get there"), "transportation|transport|how to get there|acces|bus service access|directions|acces transports|comment venir|public transport"),
    "location.accessibility": _of("text", N_("Place · accessibility"), "accessibility|accessibilite|disabilities access|accessible|handicap access|accessibilite pmr|wheelchair access|acces pmr|disabled access"),
    "location.latitude": _of("degree", N_("Place · latitude"), "latitude|lat|y|geo lat|coord y"),
    "location.longitude": _of("degree", N_("Place · longitude"), "longitude|lon|lng|long|x|geo lon|coord x"),
    "address.address_1": _of("line", N_("Address · street and number"), "address|adresse|address 1|address line 1|street|street address|rue|voie|adresse 1|physical address|numero et voie|physical address1|adresse postale|addr"),
    "address.address_2": _of("line", N_("Address · second line"), "address 2|address line 2|complement adresse|complement d'adresse|adresse 2|physical address2|complement"),
    "address.postal_code": _of("line", N_("Address · postcode"), "postal code|postcode|zip|zip code|code postal|cp|post code|zipcode|physical postal code"),
    "address.city": _of("line", N_("Address · town"), "city|town|ville|commune|localite|municipality|physical city|municipalite"),
    "address.state_province": _of("line", N_("Address · department, county or state"), "state|province|state province|departement|county|region|etat|physical state province|comte"),
    "address.country": _of("country", N_("Address · country"), "country|pays|country code|code pays|physical country"),
    "contact.name": _of("line", N_("Contact · name"), "contact|contact name|nom du contact|contact nom prenom|personne a contacter|referent|responsable|main contact|interlocuteur|nom du responsable"),
    "contact.title": _of("line", N_("Contact · role"), "contact title|fonction|fonction du contact|job title|role|poste|main contact title|qualite"),
    "contact.email": _of("email", N_("Contact · e-mail"), "main contact email|courriel du contact|email du contact|email du responsable|mail du referent"),
    "contact.phone": _of("line", N_("Contact · telephone"), "main contact phone|telephone du contact|tel du responsable|telephone du referent"),
}  # fmt: skip
"""Every field that a column may fill, in the order of a list of choices. `label` is to be translated where it is shown."""

_SEVERAL = {"language", "term:need", "term:audience", "term:delivery-mode", "term:funding"}
_LISTS = {"service.documents", "service.phone", "service.area_postcodes"}


def several(target: str) -> bool:
    """Whether one cell may well hold several values for it."""
    return TARGETS[target].kind in _SEVERAL or target in _LISTS


def likeliest(header: Sequence[str]) -> dict[str, str]:
    """Column -> target, the surest first, each target once."""
    scored = sorted(
        ((score, -place, name, target) for place, name in enumerate(header) for target, score in _scores(name)),
        reverse=True,
    )
    found: dict[str, str] = {}
    for _score, _place, name, target in scored:
        if name not in found and target not in found.values():
            found[name] = target
    return {name: found[name] for name in header if name in found}


def _scores(column: str) -> list[tuple[str, float]]:
    """Targets that a column of this name may go to, each with how like its name is (100: the very same)."""
    said = fold(column.replace("_", " ").replace(".", " "))
    spaced = fold("".join(f" {c}" if c.isupper() else c for c in column)) if not column.isupper() else said
    found = []
    for target, one in TARGETS.items():
        names = (*one.names, fold(target.replace(".", " ").replace("_", " ")))
        exact = [100.0 - place / 100 for place, name in enumerate(names) if name in (said, spaced)]
        score = max(exact, default=0.0) or max(_like(said, name) for name in names)
        if score >= LIKE_FROM:
            found.append((target, score))
    return found


def _like(said: str, name: str) -> float:
    """Short names are alike by chance, and a word more or less says something else."""
    if min(len(said), len(name)) < 5:
        return 0.0
    return min(99.0 - 1.0, fuzz.token_sort_ratio(said, name)) if said else 0.0
