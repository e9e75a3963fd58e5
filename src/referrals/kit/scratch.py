"""A database for one piece of work: made with our schema, and gone when the work is done, however it ends."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors, sql
from sqlalchemy import make_url

from referrals.kit import cluster, database
from referrals.kit.settings import Settings


@contextmanager
def scratch(settings: Settings) -> Iterator[str]:
    """The address of an empty database beside that of this environment, which is not touched.

    Raises ValueError where somebody else's server does not let us make one.
    """
    name = f"scratch_{os.getpid()}_{secrets.token_hex(4)}"
    if settings.database_url:
        with _beside(settings.database_url, name) as url:
            yield from _migrated(url)
        return
    private = cluster.ensure(settings.data_home)
    cluster.ensure_database(private, name)
    try:
        yield from _migrated(private.url(name))
    finally:
        cluster.drop_database(private, name)


def _migrated(url: str) -> Iterator[str]:
    database.migrate(url)
    yield url


@contextmanager
def _beside(url: str, name: str) -> Iterator[str]:
    with psycopg.connect(database.conninfo(url), autocommit=True) as connection:
        try:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except errors.InsufficientPrivilege as error:
            raise ValueError(
                "The role of DATABASE_URL may not create databases: a scratch database is needed."
            ) from error
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(database.conninfo(url), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
