"""The demo: everything at once over fictional people and services."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import click
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals import caseload, server
from referrals.app import utc_now
from referrals.directory import jobs as directory
from referrals.directory.search.engines import writing
from referrals.directory.search.port import SearchUnavailable
from referrals.exchange.actions import import_directory
from referrals.kit import cluster, database, db, logs, ports
from referrals.kit.loaded import digest_of, loaded_digest, remember
from referrals.kit.settings import Settings, seed_home
from referrals.places import load as places
from referrals.taxonomy import load as taxonomy

DIRECTORY = "demo directory"


def run(settings: Settings) -> None:
    """Until Ctrl-C: then pages, worker and the private database stop. What was written is there the next time."""
    logs.configure(json=False)
    ports.must_be_free(settings.host, settings.port)
    with _private_database(settings) as url:
        asyncio.run(prepare(settings, url, tell=click.echo))
        _welcome(settings)
        server.both(settings, url)
    click.echo("Stopped. Everything is kept for the next time.")


async def prepare(settings: Settings, url: str, tell: Callable[[str], None]) -> None:
    """Words, places, the demo directory, accounts and caseload, the index: each only if it is not there yet."""
    engine = db.connect(url)
    try:
        for what, load in (
            ("Needs and synonyms, towns", load_words_and_places),
            ("The demo directory", load_directory),
            ("The demo's people", caseload.load),
        ):
            began = time.perf_counter()
            async with db.transaction(db.session_maker(engine, settings)) as session:
                if await load(session, utc_now()):
                    tell(f"{what}: loaded in {time.perf_counter() - began:.1f} s")
        await make_index(settings, engine, tell)
    finally:
        await engine.dispose()


async def load_words_and_places(session: AsyncSession, now: datetime) -> bool:
    """Taxonomy and gazetteer: what every installation has. True when something was written."""
    terms = await taxonomy.load(session, now)
    towns = await places.load(session)
    return bool(terms != taxonomy.Loaded() or towns)


async def load_directory(session: AsyncSession, now: datetime) -> bool:
    """The fictional services, once for each version of their files: what was edited since is left alone."""
    folder = seed_home() / "directory"
    digest = digest_of(*sorted(folder.glob("*.yaml")))
    if await loaded_digest(session, DIRECTORY) == digest:
        return False
    await import_directory(session, folder, now)
    await remember(session, DIRECTORY, digest)
    return True


async def make_index(settings: Settings, engine: AsyncEngine, tell: Callable[[str], None]) -> None:
    """The index, if it is not there yet; without the server that keeps it the pages answer from the database."""
    engine_ = writing(settings)
    began = time.perf_counter()
    try:
        if await engine_.exists():
            return
        async with db.transaction(db.session_maker(engine, settings)) as session:
            await directory.reindex(session, engine=engine_)
    except SearchUnavailable as error:
        tell(f"Search index: not made yet, it is tried again every ten minutes ({error})")
        return
    tell(f"Search index: made in {time.perf_counter() - began:.1f} s")


@contextmanager
def _private_database(settings: Settings) -> Iterator[str]:
    """Started and migrated; the private one is stopped at the end, somebody else's is left running."""
    url = database.address(settings)
    try:
        database.migrate(url)
        yield url
    finally:
        if settings.database_url is None:
            cluster.stop(settings.data_home)


def _welcome(settings: Settings) -> None:
    click.echo(f"\n  {settings.product} is at {settings.base_url}\n\n  Sign in as      with            password")
    for who in caseload.ACCOUNTS:
        click.echo(f"  {who.role.value.replace('_', ' '):<15} {who.email:<28} {caseload.PASSWORD}")
    click.echo(f"\n  What was \u201csent\u201d lies in {settings.base_url}/en/mailbox. Ctrl-C stops everything.\n")
