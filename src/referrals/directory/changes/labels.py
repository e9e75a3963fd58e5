"""What the fields of a record are called on a screen."""

from typing import Final

from referrals.directory.changes.fields import text_field
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _

NAMES: Final[dict[str, str]] = {
    "name": N_("Name"), "description": N_("What happens there"), "easy_text": N_("In easy words"),
    "eligibility_description": N_("Who may come"),
    "application_process": N_("How to come"), "fees_description": N_("What it costs"),
    "interpretation_services": N_("Interpreters, in words"), "alert": N_("Something temporary"),
    "transportation": N_("How to get there"), "alternate_name": N_("Other name"), "url": N_("Web page"),
    "email": N_("E-mail"), "status": N_("Open to people now"), "minimum_age": N_("From which age"),
    "maximum_age": N_("Up to which age"), "accreditations": N_("Accreditations"), "wait_time": N_("Wait, in words"),
    "fees": N_("Cost, in words"), "website": N_("Web page"), "year_incorporated": N_("Founded in"),
    "legal_status": N_("Legal form"), "logo": N_("Logo"), "uri": N_("Identifier on the web"),
    "location_type": N_("Kind of place"), "latitude": N_("Latitude"), "longitude": N_("Longitude"),
    "external_identifier": N_("Code of the town"), "external_identifier_type": N_("Kind of code"),
    "schedules": N_("Hours"), "phones": N_("Phone numbers"), "contacts": N_("People to contact"),
    "cost_options": N_("Prices"), "languages": N_("Languages"), "required_documents": N_("Papers to bring"),
    "service_areas": N_("Area served"), "additional_urls": N_("More web pages"), "funding": N_("Who funds it"),
    "service_at_locations": N_("Places where it is given"), "organization_identifiers": N_("Official numbers"),
    "additional_websites": N_("More web pages"), "addresses": N_("Address"), "accessibility": N_("Access"),
    "attributes.need": N_("What is offered"), "attributes.specialism": N_("Specialities"),
    "attributes.affinity": N_("Activities"), "attributes.format": N_("Form"),
    "attributes.care-intensity": N_("Intensity"), "attributes.audience": N_("Whom it welcomes"),
    "attributes.eligibility": N_("For whom it is"), "attributes.delivery-mode": N_("How it is given"),
    "attributes.funding": N_("Who pays"), "attributes.referral-route": N_("The way in"),
    "attributes.practitioner-gender": N_("Who receives"), "attributes.interpretation": N_("Interpreter"),
    "attributes.window": N_("Season"), "attributes.licence": N_("Licence"), "attributes.privacy": N_("Address kept private"),
    "attributes.accessibility": N_("Accessibility"), "assured_date": N_("Last checked"),
    "attributes.capacity-status": N_("Is there room?"), "attributes.wait": N_("Wait, in days"),
    "capacities.available": N_("Places free"), "capacities.maximum": N_("Places in all"),
    "capacities.description": N_("Places, in your words"), "capacities.unit": N_("What is counted"),
    "capacities.updated": N_("Places, as answers to requests said"),
    "pace.routine.answer": N_("Days to answer"), "pace.routine.contact": N_("Days to get in touch"),
    "pace.routine.booking": N_("Days to a new appointment"), "pace.routine.review": N_("Days between looks at the waiting list"),
    "pace.routine.progress": N_("Days between questions how it goes"), "pace.urgent.answer": N_("Days to answer, when urgent"),
    "pace.urgent.contact": N_("Days to get in touch, when urgent"),
    "pace.urgent.booking": N_("Days to a new appointment, when urgent"),
    "pace.urgent.review": N_("Days between looks at the waiting list, when urgent"),
    "pace.urgent.progress": N_("Days between questions how it goes, when urgent"),
}  # fmt: skip
"""Field name -> what an editor calls it."""

_LANGUAGES: Final = {"fr": "français", "en": "English"}
STATUSES: Final[dict[str, str]] = {
    "active": N_("Yes"), "inactive": N_("Closed for now"), "temporarily closed": N_("Closed for now"),
    "defunct": N_("Closed for good"),
}  # fmt: skip


def field_label(name: str, own_language: str) -> str:
    """`What happens there · français`; the bare name for a field of an older rule, and where nobody said the language."""
    column = text_field(name)
    if column is None:
        return _(NAMES[name]) if name in NAMES else name
    language = name.split(".")[1] if name.startswith("translations.") else own_language
    return f"{_(NAMES[column])} · {_LANGUAGES.get(language, language)}" if language else _(NAMES[column])
