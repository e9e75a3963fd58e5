"""Indexes over the words of services and organizations, and over the order in which records came: for those who read all of it."""

from typing import Final

from sqlalchemy import Index, func, text

from referrals.directory.models.location import ServiceAtLocation
from referrals.directory.models.organization import Organization
from referrals.directory.models.service import Service
from referrals.kit.db import Base

PLAIN_WORDS: Final = "plain_words"
"""A text search configuration of our own, for any language, without stems and accents; and the function that makes a
record's vector of it. The migration makes both."""


def words_of(alias: str = "") -> str:
    """The words of a service or an organization in all its languages, as the index has them."""
    at = f"{alias}." if alias else ""
    return f"{PLAIN_WORDS}({at}name, {at}alternate_name, {at}description, {at}translations)"


def plain_name(alias: str = "") -> str:
    """The name of a service or an organization in small letters without accents, as the index of likeness has it."""
    return f"plain_name({alias}.name)" if alias else "plain_name(name)"


BY_WORDS = tuple(
    Index(f"ix_{name}_words", text(words_of()), postgresql_using="gin", _table=Base.metadata.tables[name])
    for name in (Service.__tablename__, Organization.__tablename__)
)
BY_LIKENESS = Index(
    "ix_service_plain_name",
    func.plain_name(Service.name).label("plain_name"),
    postgresql_using="gin",
    postgresql_ops={"plain_name": "gin_trgm_ops"},
)
IN_ORDER = tuple(
    Index(f"ix_{model.__tablename__}_first_seen_at_id", model.first_seen_at, model.id)
    for model in (Service, Organization, ServiceAtLocation)
)
"""New records come last, so nothing that was read already moves."""
