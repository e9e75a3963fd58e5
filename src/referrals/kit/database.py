"""Which database this is, and its schema: somebody else's by `DATABASE_URL`, else the private cluster, started when it is not running."""

import hashlib
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from referrals.kit import cluster
from referrals.kit.settings import PACKAGE, Settings

NAME = "referrals"
MIGRATIONS = PACKAGE / "migrations"


def address(settings: Settings) -> str:
    """SQLAlchemy URL of a database that is up. Raises ClusterError where the private one cannot be started."""
    if settings.database_url:
        return settings.database_url
    private = cluster.ensure(settings.data_home)
    cluster.ensure_database(private, NAME)
    return private.url(NAME)


def conninfo(url: str) -> str:
    """The same address for libpq, without SQLAlchemy's driver name."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def migrate(url: str) -> None:
    """Bring the schema to the newest version. Does nothing, quickly, when it is."""
    config = configuration(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_heads()
    engine.dispose()
    if set(present) != set(ScriptDirectory.from_config(config).get_heads()):
        command.upgrade(config, "head")


def configuration(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def fingerprint() -> str:
    """Names the schema by what makes it: a template database of this name is still good."""
    digest = hashlib.sha256()
    for file in sorted(Path(MIGRATIONS / "versions").glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
