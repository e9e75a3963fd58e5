"""One question as programs ask it, answered: the same path as the page, with nothing kept of who it is about."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.errors import Refused
from referrals.matching import queries
from referrals.matching.asked_json import Reading, Vignette, read
from referrals.matching.queries import Proposals
from referrals.places.queries import index
from referrals.taxonomy.queries import vocabulary


class BadQuestion(Refused):
    """The question cannot be answered as it stands; `reading` says why, field by field."""

    def __init__(self, reading: Reading) -> None:
        super().__init__("question")
        self.reading = reading


async def understood(session: AsyncSession, raw: Mapping[str, object], today: date) -> Reading:
    """The question, read with our words and places. Raises BadQuestion."""
    places = await index(session) if _names_a_place(raw) else None
    reading = read(raw, await vocabulary(session), today, places)
    if reading.problems:
        raise BadQuestion(reading)
    return reading


async def answered(session: AsyncSession, asked: Vignette) -> list[Proposals]:
    """For each need, in the order asked."""
    person = await queries.standing(session, asked.person)
    return await queries.propose_all(session, person, [one.need for one in asked.needs], asked.asked_on)


def _names_a_place(raw: Mapping[str, object]) -> bool:
    """Without saying where it is. The gazetteer takes its time, so that only then it is asked."""
    client = raw.get("client")
    place = client.get("place") if isinstance(client, Mapping) else None
    return isinstance(place, Mapping) and place.get("lat") is None
