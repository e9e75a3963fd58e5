"""What a receiver tells in return. Yes, no and where things stand it may always say, with the codes, days and numbers that the
law of a referral asks for. Anything more, a few words, how often, how far somebody came, only where the person agreed to it.

A question before the yes is no telling: it asks, and what is answered is checked as everything that goes out.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.consent import holds, tells_back
from referrals.clients.models import Consent
from referrals.kit.errors import Refused
from referrals.tracking.lifecycle import By
from referrals.tracking.models import Referral
from referrals.tracking.said import Party, Said

ITS_OWN: Final = frozenset({By.PROVIDER, By.ON_BEHALF})
"""What a case manager writes down as told is told all the same."""
ASKS: Final = "ask_info"
REFUSED: Final = "nothing_in_return"


class Telling(StrEnum):
    EVERYTHING = "everything"
    CODES = "codes"


async def agreed(session: AsyncSession, referral: Referral, now: datetime) -> Telling:
    """Under the agreement as it stands at this moment; one that has ended lets nothing back either."""
    consent = await session.get(Consent, referral.consent_id) if referral.consent_id else None
    back = consent is not None and tells_back(consent) and holds(consent, now)
    return Telling.EVERYTHING if back else Telling.CODES


async def check(session: AsyncSession, referral: Referral, event: str, party: Party, said: Said, now: datetime) -> None:
    """Asks nothing of the database where there is nothing to ask. Raises Refused("nothing_in_return", fields=…)."""
    told = more_than_codes(event, said) if party.part in ITS_OWN else ()
    if told and await agreed(session, referral, now) is Telling.CODES:
        raise Refused(REFUSED, fields=list(told))


def more_than_codes(event: str, said: Said) -> tuple[str, ...]:
    """What of this is not asked by the law itself. Pure."""
    return tuple(name for name, told in DETAILS.items() if told(event, said))


DETAILS: Final[Mapping[str, Callable[[str, Said], object]]] = {
    "words": lambda event, said: event != ASKS and said.words.strip(),
    "why_not": lambda event, said: said.delivered.reason,
    "first_day": lambda event, said: said.delivered.first_day,
    "sessions": lambda event, said: "sessions" in said.facts,
    "next_step": lambda event, said: said.delivered.next_step,
    "goals": lambda event, said: said.delivered.levels,
    "barrier": lambda event, said: "barrier" in said.facts,
}
"""Name of the field of a form -> whether it was told."""
