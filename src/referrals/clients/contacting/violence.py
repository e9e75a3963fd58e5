"""Whether somebody near a person may do them harm: then what is safe has to be asked about more often."""

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Client, KeepAway, Need
from referrals.taxonomy.sensitivity import terms_of

AUDIENCES = frozenset({"domestic-violence-survivor", "sexual-violence-survivor"})


async def violence_known(session: AsyncSession, client: Client) -> bool:
    """It stands in the file: as a situation, as a need, or as a place to keep away from for safety."""
    if AUDIENCES & set(client.audience):
        return True
    return await session.scalar(select(violence_near()).where(Client.id == client.id)) is True


def violence_near() -> ColumnElement[bool]:
    """The same, of a client within a statement."""
    told = select(Need.id).where(
        Need.client_id == Client.id, Need.term.in_(terms_of("dv")) | Need.sensitivity.contains(["dv"])
    )
    avoided = select(KeepAway.id).where(KeepAway.client_id == Client.id, KeepAway.kind == "safety")
    return or_(Client.audience.overlap(sorted(AUDIENCES)), told.exists(), avoided.exists())
