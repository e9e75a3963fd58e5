"""`referrals match`: the same rules as the page, for a person described on the command line."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import click
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Client, Need
from referrals.kit import command, i18n
from referrals.kit.settings import LANGUAGES
from referrals.matching import from_file, queries
from referrals.matching.reading import need_of, person_of
from referrals.places.answers import Found
from referrals.places.queries import index
from referrals.taxonomy.queries import suggest, vocabulary


@click.command("match")
@click.argument("need")
@click.option("--near", help="Town or postcode where the person lives.")
@click.option("--age", type=click.IntRange(0, 120))
@click.option("--speaks", multiple=True, help="ISO code of a language; may be repeated.")
@click.option("--covered-by", multiple=True, help="Code of a funding (nhs, assurance-maladie…); may be repeated.")
@click.option("--by", "mobility", type=click.Choice(["car", "transit", "bike", "walk", "none"]))
@click.option("--minutes", type=click.IntRange(1, 600), help="The longest way.")
@click.option("--needed-by", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--remote", is_flag=True, help="By phone or video is fine too.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Otherwise the file’s own `lang`, or fr.")
@click.option("--json", "as_json", is_flag=True, help="Put the answer on the last line, for programs.")
def match(
    need: str, near: str | None, age: int | None, speaks: tuple[str, ...], covered_by: tuple[str, ...], mobility: str | None,
    minutes: int | None, needed_by: datetime | None, remote: bool, language: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Rank the services for NEED (a code of the taxonomy, or words for it), and say which do not fit.

    Or, in place of NEED, a JSON FILE with one question as the interface for programs reads it (docs/api.md).
    """
    if from_file.names_a_file(need):
        from_file.run(need, datetime.now(UTC).date(), language, as_json=as_json)
        return
    language = language or LANGUAGES[0]
    i18n.speak(language)
    if near is None:
        raise click.UsageError("Missing option '--near': a town or a postcode.")
    today = datetime.now(UTC).date()
    client = Client(
        alias="", languages=list(speaks), funding=list(covered_by), mobility=mobility, max_minutes=minutes,
        birth_year=today.year - age if age is not None else None, audience=[], audience_unknown=[],
    )  # fmt: skip
    asked = Need(
        id=uuid4(), term=need, specialisms=[], urgency="routine", remote_ok=remote,
        need_by=needed_by.date() if needed_by else None,
    )  # fmt: skip
    answer = command.run(lambda session: _match(session, client, asked, near, language))
    for row in answer["ranked"]:
        click.echo(f"{row['position']:>2}. {row['name']}, {row['organization']}  {row['score']}")
    click.echo(f"{len(answer['ranked'])} fit or may fit, {len(answer['left_out'])} do not.")
    if as_json:
        command.last_line(answer)


async def _match(session: AsyncSession, client: Client, need: Need, near: str, language: str) -> dict[str, Any]:
    words = await vocabulary(session)
    if words.need(need.term) is None:
        likely = [hit for hit in suggest(words, need.term, language, 1) if hit.term.taggable]
        if not likely:
            raise ValueError(f"There is no need called {need.term} in the taxonomy.")
        need.term = likely[0].term.code
    answer = (await index(session)).find(near)
    if not isinstance(answer, Found):
        raise ValueError(f"{near} is no place, or several: add the county, department or postcode.")
    place = answer.place
    client.place_name, client.country = place.name, place.country
    client.latitude, client.longitude = place.at.lat, place.at.lon
    client.postcode = place.postcodes[0] if len(place.postcodes) == 1 else None
    today = datetime.now(UTC).date()
    proposals = await queries.propose(session, person_of(client, None, words, today), need_of(need, words), today)
    names = await queries.names(session, [*proposals.ranked, *proposals.left_out])
    return {
        "need": need.term,
        "place": place.code,
        "ranked": [
            {
                "position": position,
                "id": str(found.offer.service_id),
                "name": names[found.offer.service_id].service,
                "organization": names[found.offer.service_id].organization,
                "score": round(found.score),
                "km": None if found.km is None else round(found.km, 1),
                "to_check": [finding.id for finding in found.checks],
            }
            for position, found in enumerate(proposals.ranked, start=1)
        ],
        "left_out": [
            {
                "id": str(found.offer.service_id),
                "name": names[found.offer.service_id].service,
                "failed": [finding.id for finding in found.failures],
            }
            for found in proposals.left_out
        ],
    }
