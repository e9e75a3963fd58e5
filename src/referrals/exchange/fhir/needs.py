"""What our words for needs are in the categories of the SDOH guide; whatever has no category there has none here. Pure."""

from collections.abc import Mapping
from typing import Final

from referrals.exchange.fhir.shapes import GRAVITY, NEED, Resource, concept
from referrals.taxonomy.vocabulary import Vocabulary

UNSPECIFIED: Final = "sdoh-category-unspecified"
CATEGORIES: Final[Mapping[str, tuple[str, str]]] = {
    "food": ("food-insecurity", "Food Insecurity"),
    "emergency-shelter": ("homelessness", "Homelessness"),
    "domestic-violence-refuge": ("intimate-partner-violence", "Intimate Partner Violence"),
    "domestic-violence": ("intimate-partner-violence", "Intimate Partner Violence"),
    "home-adaptation": ("inadequate-housing", "Inadequate Housing"),
    "housing-dom": ("housing-instability", "Housing Instability"),
    "housing-first": ("homelessness", "Homelessness"),
    "transport": ("transportation-insecurity", "Transportation Insecurity"),
    "energy-advice": ("utility-insecurity", "Utility Insecurity"),
    "money": ("financial-insecurity", "Financial Insecurity"),
    "basics": ("material-hardship", "Material Hardship"),
    "work": ("employment-status", "Employment Status"),
    "digital-inclusion": ("digital-literacy", "Digital Literacy"),
    "language-course": ("language-access", "Language Access"),
    "learning": ("educational-attainment", "Educational Attainment"),
    "peer-support": ("social-connection", "Social Connection"),
    "befriending": ("social-connection", "Social Connection"),
    "resettlement": ("incarceration-status", "Incarceration Status"),
    "therapeutic-education": ("personal-health-literacy", "Personal Health Literacy"),
    "health-access-clinic": ("health-insurance-coverage-status", "Health Insurance Coverage Status"),
}
"""A need, or a broader one, in our taxonomy -> the guide's code and name. The nearest counts."""


def category(words: Vocabulary, need: str) -> Resource:
    for code in words.path(need):
        if code in CATEGORIES:
            return concept(GRAVITY, *CATEGORIES[code])
    return concept(GRAVITY, UNSPECIFIED, "SDOH Category Unspecified")


def need(words: Vocabulary, code: str, language: str) -> Resource:
    label = words.label("need", code, language)
    return concept(NEED, code, label, label)
