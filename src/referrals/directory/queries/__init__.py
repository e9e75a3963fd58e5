"""Looking at what is offered. Every question starts at `published()`: what is gone or withdrawn answers none of them."""

from referrals.directory.queries.cards import Card, cards
from referrals.directory.queries.names import by_names
from referrals.directory.queries.nearby import busiest
from referrals.directory.queries.organization_page import OrganizationPage, organization_page
from referrals.directory.queries.published import published, published_ids
from referrals.directory.queries.service_page import ServicePage, service_page
from referrals.directory.queries.structure import by_structure

__all__ = [
    "Card",
    "OrganizationPage",
    "ServicePage",
    "busiest",
    "by_names",
    "by_structure",
    "cards",
    "organization_page",
    "published",
    "published_ids",
    "service_page",
]
