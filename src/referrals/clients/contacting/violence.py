"""Whether somebody near a person may do them harm: then what is safe has to be asked about more often."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Client, KeepAway, Need
from referrals.taxonomy.sensitivity import terms_of

AUDIENCES = frozenset({"domestic-violence-survivor", "sexual-violence-survivor"})


async def violence_known(session: AsyncSession, client: Client) -> bool:
    """It stands in the file: as a situation, as a need, or as a place to keep away from for safety."""
    if AUDIENCES & set(client.audience):
        return True
    told = select(Need.id).where(
        Need.client_id == client.id, Need.term.in_(terms_of("dv")) | Need.sensitivity.contains(["dv"])
    )
    avoided = select(KeepAway.id).where(KeepAway.client_id == client.id, KeepAway.kind == "safety")
    return await session.scalar(select(told.exists() | avoided.exists())) is True
