"""Which database this is, and its schema: somebody else's by `DATABASE_URL`, else the private cluster, started when it is not running."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import errors
from sqlalchemy import Connection, NullPool, create_engine, func, select, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from referrals.kit import cluster
from referrals.kit.settings import PACKAGE, Settings

NAME = "referrals"
MIGRATIONS = PACKAGE / "migrations"
_ONE_MIGRATION = 0x316A7E
"""Key of the advisory lock under which the schema is changed."""


class DatabaseUnfit(Exception):
    """The database of DATABASE_URL cannot serve; the text says why and what to do, for a person."""


def address(settings: Settings) -> str:
    """SQLAlchemy URL of a database that is up. Raises ClusterError where the private one cannot be started."""
    if settings.database_url:
        return settings.database_url
    private = cluster.ensure(settings.data_home)
    cluster.ensure_database(private, NAME)
    return private.url(NAME)


def gone(error: OperationalError) -> str:
    """Why a command could not go on, for the end of a sentence: the database was stopped, its disk is full …"""
    return f"the database ended it ({str(error.orig).strip()})."


def conninfo(url: str) -> str:
    """The same address for libpq, without SQLAlchemy's driver name."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def migrate(url: str) -> None:
    """Bring the schema to the newest version. Does nothing, quickly, when it is. Raises DatabaseUnfit.

    Of several processes that ask at once, the others wait for the first and find it done.
    """
    config = configuration(url)
    newest = set(ScriptDirectory.from_config(config).get_heads())
    # Autocommit: while it waits, no transaction of this connection holds up the indexes that are made.
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with _said_plainly(), engine.connect() as connection:
        if _present(connection) == newest:
            return
        connection.execute(select(func.pg_advisory_lock(_ONE_MIGRATION)))  # until the connection is closed
        present = _present(connection)
        if not present:
            _must_fit(connection)
        if present != newest:
            command.upgrade(config, "head")


def _present(connection: Connection) -> set[str]:
    return set(MigrationContext.configure(connection).get_current_heads())


@contextmanager
def _said_plainly() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise DatabaseUnfit(f"The database of DATABASE_URL cannot be reached: {error.orig}") from error
    except ProgrammingError as error:
        if not isinstance(error.orig, errors.InsufficientPrivilege):
            raise
        made = " ".join(f"CREATE EXTENSION IF NOT EXISTS {name};" for name in cluster.EXTENSIONS)
        raise DatabaseUnfit(
            f"The account of DATABASE_URL may not do what is needed: {error.orig.diag.message_primary}. "
            f"Let it own its database, and let whoever administers the server run there: {made}"
        ) from error


def _must_fit(connection: Connection) -> None:
    """What a server must have before the first table is made."""
    name, version, encoding, offered = connection.execute(
        text(
            "SELECT current_database(), current_setting('server_version_num')::int / 10000,"
            " current_setting('server_encoding'), (SELECT array_agg(name::text) FROM pg_available_extensions)"
        )
    ).one()
    if version < cluster.OLDEST:
        raise DatabaseUnfit(f"The server of DATABASE_URL is PostgreSQL {version}; {cluster.OLDEST} or newer is needed.")
    if encoding != "UTF8":
        raise DatabaseUnfit(f"The database {name} of DATABASE_URL holds {encoding}; make one WITH ENCODING 'UTF8'.")
    if lacking := [extension for extension in cluster.EXTENSIONS if extension not in offered]:
        raise DatabaseUnfit(
            f"The server of DATABASE_URL lacks {', '.join(lacking)}. Install it on that machine (Debian, Ubuntu: "
            f"postgresql-{version}-postgis-3 and postgresql-contrib), then run this again."
        )


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
