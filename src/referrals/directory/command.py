"""`referrals search`: the same search as the page, for a terminal or a program; and the keys of a search server."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click
from meilisearch.errors import MeilisearchError
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.queries import Card, cards
from referrals.directory.search import find
from referrals.directory.search.engines import searching
from referrals.directory.search.meilisearch_keys import make_keys
from referrals.directory.search.typed_place import typed_place
from referrals.kit import command, i18n
from referrals.kit.geo import Km
from referrals.kit.settings import from_environment
from referrals.places.entry import Entry
from referrals.places.lookup import PlaceIndex
from referrals.places.queries import index
from referrals.places.words import display
from referrals.taxonomy.queries import vocabulary


@dataclass(frozen=True, slots=True)
class Answer:
    """What the command prints."""

    results: find.Results
    rows: list[Card]
    around: Entry | None
    """The place that `--near` was read as."""


@click.command("search")
@click.argument("text")
@click.option("--near", help="A town or postcode to be near.")
@click.option("--km", type=click.FloatRange(1, 500), help="How far around it.")
@click.option("--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True)
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Put the answer on the last line, for programs.")
def search(text: str, near: str | None, km: float | None, language: str, page: int, as_json: bool) -> None:
    """Find services for TEXT: words, a need, a place, in French or English."""
    i18n.speak(language)
    found = command.run(lambda session: _search(session, text, near, km, language, page))
    if found.around:
        click.echo(f"Looked near {display(found.around, language)}.")
    for number, card in enumerate(found.rows, start=1):
        way = f"{card.distance_km:.1f} km  " if card.distance_km is not None else ""
        click.echo(f"{number:>2}. {card.name}\n    {card.organization}  {way}")
    if not found.rows:
        click.echo("Nothing was found.")
    if as_json:
        command.last_line({"understood": _understood(found.results, language), "results": _results(found)})


@click.command("meilisearch-keys")
@click.option(
    "--master-key", envvar="MEILISEARCH_MASTER_KEY", required=True, help="The server's own key; it is not kept."
)
def meilisearch_keys(master_key: str) -> None:
    """Make the two keys that a Meilisearch server at MEILISEARCH_URL gives us: one to write, one to search."""
    settings = from_environment()
    if settings.meilisearch_url is None:
        raise click.UsageError("MEILISEARCH_URL is not set.")
    try:
        keys = make_keys(settings.meilisearch_url, master_key, settings.meilisearch_index)
    except MeilisearchError as error:
        raise click.ClickException(f"The server at {settings.meilisearch_url} refuses: {error}") from error
    click.echo(f"MEILISEARCH_KEY={keys.writing}\nMEILISEARCH_SEARCH_KEY={keys.searching}")


async def _search(
    session: AsyncSession, text: str, near: str | None, km: float | None, language: str, page: int
) -> Answer:
    now = datetime.now(UTC)  # the terminal's own clock: there is no request
    words, places = await vocabulary(session), await index(session)
    around = await _near(session, places, near) if near else None
    results = await find.search(
        session, searching(from_environment()), words, places, text, language=language, now=now, near=around,
        radius_km=Km(km) if km else None, page=page,
    )  # fmt: skip
    at = results.here.at if results.here else None
    rows = await cards(session, [hit.id for hit in results.hits], language, at, now.date())
    return Answer(results, rows, around)


async def _near(session: AsyncSession, places: PlaceIndex, asked: str) -> Entry:
    """As the page chooses it. Raises ValueError, in words, for a place that nobody knows."""
    found = await typed_place(session, places, asked)
    if found is None:
        raise ValueError(f"There is no place called {asked} in the gazetteer, and no service has this postcode.")
    return found.taken


def _understood(results: find.Results, language: str) -> dict[str, Any]:
    meant = results.understood
    return {
        "needs": [term.code for term in meant.terms],
        "place": display(meant.place, language) if meant.place else None,
        "modes": list(meant.modes),
        "languages": list(meant.languages),
        "words": list(meant.words),
    }


def _results(found: Answer) -> list[dict[str, Any]]:
    scores = {hit.id: hit.score for hit in found.results.hits}
    return [
        {
            "id": str(card.id),
            "name": card.name,
            "score": round(scores[card.id], 4),
            "distance_km": None if card.distance_km is None else round(card.distance_km, 2),
            "organization": card.organization,
        }
        for card in found.rows
    ]
