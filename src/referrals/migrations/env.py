"""How Alembic sees our tables: GeoAlchemy2's columns spelled out, other people's tables left alone."""

import importlib

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import create_engine, pool

from referrals.kit.db import Base

for room in (
    "kit.mail",
    "kit.texting",
    "accounts.models",
    "places.models",
    "taxonomy.models",
    "directory.models",
    "clients.models",
    "tracking.models",
    "matching.models",
    "exchange.models",
    "exchange.hooks.models",
):
    try:
        importlib.import_module(f"referrals.{room}")
    except ModuleNotFoundError as error:
        if error.name != f"referrals.{room}":
            raise


def ours(obj: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    if (name or "").startswith("procrastinate"):
        return False
    return bool(
        alembic_helpers.include_object(  # type: ignore[no-untyped-call]
            obj, name, kind, reflected, compare_to
        )
    )


engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=ours,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
