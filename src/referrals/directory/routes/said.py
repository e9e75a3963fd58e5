"""What a service says of itself in codes, as labels in the language being spoken."""

from dataclasses import dataclass

from referrals.directory import labels
from referrals.directory.queries import ServicePage
from referrals.kit.html import inside as in_sentence
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.typography import typeset
from referrals.taxonomy.vocabulary import Vocabulary

PRACTITIONERS: dict[str, str] = {
    "female": N_("You meet women only."), "male": N_("You meet men only."),
    "choice": N_("You may ask to meet a woman or a man."),
}  # fmt: skip
PEOPLE: dict[str, str] = {
    "intellectual-disability": N_("people with an intellectual disability"),
    "brain-injury": N_("people with a brain injury"),
    "dementia": N_("people with dementia"),
    "chronic-illness": N_("people with a lasting illness"),
    "homeless": N_("people without a home"),
    "domestic-violence-survivor": N_("survivors of domestic violence"),
    "sexual-violence-survivor": N_("survivors of sexual violence"),
    "asylum-seeker": N_("asylum seekers"),
    "refugee": N_("refugees"),
    "undocumented": N_("people without papers"),
    "justice-involved": N_("people followed by the courts"),
    "prison-leaver": N_("people leaving prison"),
    "substance-use": N_("people who use substances"),
    "sober-30-days": N_("people sober for 30 days"),
    "veteran": N_("veterans"),
    "student": N_("students"),
    "jobseeker": N_("jobseekers"),
    "employed": N_("people in work"),
    "minimum-income": N_("people on minimum-income benefits"),
    "priority-district": N_("people of a priority district"),
    "perinatal": N_("parents before and after a birth"),
    "single": N_("people on their own"),
    "couple": N_("couples"),
    "registered-disability-worker": N_("recognised disabled workers"),
}
"""Audiences whose label names no group of people: `acquired brain injury` is not welcome anywhere."""
WAYS: dict[str, str] = {
    "self": N_("on your own"),
    "professional": N_("sent by a professional"),
    "prescription": N_("with a doctor’s prescription"),
    "guardian-consent": N_("with your guardian’s agreement"),
    "official-decision": N_("on an official decision"),
}
FORMATS: dict[str, str] = {"individual": N_("One to one"), "group": N_("In a group")}


@dataclass(frozen=True, slots=True)
class Said:
    """Codes as labels."""

    modes: list[str]
    formats: list[str]
    specialisms: list[str]
    welcomes: list[str]
    routes: list[str]
    funding: list[str]
    present: list[str]
    absent: list[str]
    interpreter: str
    practitioner: str

    @classmethod
    def of(cls, service: ServicePage, words: Vocabulary) -> "Said":
        language = current_language()

        def each(taxonomy: str, codes: tuple[str, ...]) -> list[str]:
            return [typeset(words.label(taxonomy, code, language), language) for code in codes]

        def inside(taxonomy: str, codes: tuple[str, ...]) -> list[str]:
            return [in_sentence(label) for label in each(taxonomy, codes)]

        def told(table: dict[str, str], taxonomy: str, codes: tuple[str, ...]) -> list[str]:
            return [_(table[code]) if code in table else inside(taxonomy, (code,))[0] for code in codes]

        def one(taxonomy: str, code: str | None) -> str:
            return words.label(taxonomy, code, language) if code else ""

        features = service.accessibility
        return cls(
            modes=each("delivery-mode", service.modes),
            formats=told(FORMATS, "format", service.formats),
            specialisms=inside("specialism", service.specialisms),
            welcomes=told(PEOPLE, "audience", tuple(code for code in service.welcomes if code != "everyone")),
            routes=told(WAYS, "referral-route", service.routes),
            funding=inside("funding", tuple(code for code in service.funding if code != "free" or not service.free)),
            present=each("accessibility", tuple(code for code, answer in features.items() if answer == "yes")),
            absent=each("accessibility", tuple(code for code, answer in features.items() if answer == "no")),
            interpreter=one("interpretation", service.interpreter),
            practitioner=_(PRACTITIONERS[service.practitioner]) if service.practitioner in PRACTITIONERS else "",
        )


def price(service: ServicePage) -> str:
    """In two words; empty where the listing does not say."""
    amounts = {price.kind: price.amount for price in reversed(service.prices)}
    currency = next((price.currency for price in service.prices if price.currency), None)
    return labels.price(service.free, amounts.get("per-session"), amounts.get("client-contribution"), currency)
