"""The tables: all of HSDS 3.1, and exactly what the models say."""

from typing import Any

import pytest
from alembic import command
from sqlalchemy import CheckConstraint, create_engine, inspect
from sqlalchemy.engine.reflection import Inspector

from referrals.kit import database
from referrals.kit.db import Base

HSDS_3_1 = (
    "organization", "service", "service_at_location", "location", "address", "phone", "contact", "schedule",
    "service_area", "cost_option", "language", "accessibility", "required_document", "taxonomy", "taxonomy_term",
    "attribute", "unit", "service_capacity", "url", "organization_identifier", "program", "funding", "metadata",
    "meta_table_description",
)  # fmt: skip


@pytest.fixture
def inspector(database_url: str) -> Any:
    engine = create_engine(database_url)
    yield inspect(engine)
    engine.dispose()


def test_every_table_of_hsds_is_there(inspector: Inspector) -> None:
    assert set(HSDS_3_1) <= set(inspector.get_table_names())


def test_the_migrations_make_what_the_models_say(database_url: str) -> None:
    command.check(database.configuration(database_url))


def test_the_rules_of_the_models_are_in_the_database(inspector: Inspector) -> None:
    """Alembic does not compare CHECK constraints, and a rule that is only written in Python is none."""
    wanted = {
        (table.name, str(rule.name)) for table in Base.metadata.sorted_tables for rule in table.constraints
        if isinstance(rule, CheckConstraint) and rule.name
    }  # fmt: skip
    there = {
        (table.name, rule["name"]) for table in Base.metadata.sorted_tables
        for rule in inspector.get_check_constraints(table.name)
    }  # fmt: skip
    assert not wanted - there


@pytest.mark.parametrize("table", ["referral_event", "referral_review", "metadata", "disclosure"])
def test_what_has_happened_cannot_be_rewritten(database_url: str, table: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", (table,)
        )
        names = {row[0] for row in rows}
    engine.dispose()
    assert {f"{table}_is_append_only", f"{table}_is_never_emptied"} <= names
