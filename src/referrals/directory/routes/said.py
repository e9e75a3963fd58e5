"""What a service says of itself in codes, as labels in the language being spoken."""

from dataclasses import dataclass

from referrals.directory import labels
from referrals.directory.queries import ServicePage
from referrals.kit.html import inside as in_sentence
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.vocabulary import Vocabulary

PRACTITIONERS: dict[str, str] = {
    "female": N_("You meet women only."), "male": N_("You meet men only."),
    "choice": N_("You may ask to meet a woman or a man."),
}  # fmt: skip


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
            return [words.label(taxonomy, code, language) for code in codes]

        def inside(taxonomy: str, codes: tuple[str, ...]) -> list[str]:
            return [in_sentence(label) for label in each(taxonomy, codes)]

        def one(taxonomy: str, code: str | None) -> str:
            return words.label(taxonomy, code, language) if code else ""

        features = service.accessibility
        return cls(
            modes=each("delivery-mode", service.modes),
            formats=each("format", service.formats),
            specialisms=inside("specialism", service.specialisms),
            welcomes=inside("audience", tuple(code for code in service.welcomes if code != "everyone")),
            routes=inside("referral-route", service.routes),
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
