"""Reaching a person safely. `tell` is the one function that sends anything to a client; there is no other way.

A message to a client says that there is something to read and where. It names no service, no need and no person, in
its subject or in its body: somebody else may be looking at the screen.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Client, ClientContact
from referrals.kit import mail
from referrals.kit.html import Jinja


async def safe_email(session: AsyncSession, client_id: UUID) -> str | None:
    """The address that somebody asked about and marked safe; None where there is none, whatever else is known."""
    return await session.scalar(
        select(ClientContact.value)
        .where(ClientContact.client_id == client_id, ClientContact.kind == "email", ClientContact.safe.is_(True))
        .order_by(ClientContact.safe_since.desc().nulls_last())
        .limit(1)
    )


async def tell(
    session: AsyncSession, jinja: Jinja, client_id: UUID, *, template: str, address: str, product: str
) -> bool:
    """Write `mail/<template>.txt` to the client's safe address, with a link to `address` in it. False: there is none.

    The template is given the link and the product's name, and nothing else, so that it cannot say more than it may.
    """
    to = await safe_email(session, client_id)
    if to is None:
        return False
    language = await session.scalar(select(Client.language).where(Client.id == client_id)) or "fr"
    await mail.post(session, jinja, to=to, language=language, template=template, address=address, product=product)
    return True
