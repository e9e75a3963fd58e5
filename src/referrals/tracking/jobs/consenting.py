"""Their own link to agree or not, through the one gate."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients import contact
from referrals.clients.models import ConsentRequest
from referrals.kit.html import Jinja, addresses
from referrals.kit.jobs import Job
from referrals.kit.settings import Settings
from referrals.tracking.actions import consenting


async def ask_consent(
    session: AsyncSession, *, request_id: str, jinja: Jinja, settings: Settings, now: datetime
) -> None:
    """Nothing leaves where no way is safe any more, or where they have answered already."""
    asked = await session.get(ConsentRequest, UUID(request_id))
    if asked is None or asked.answered_at is not None:
        return
    signed = consenting.token(settings.secret, asked)
    await contact.tell(
        session, jinja, asked.client_id, template="consent", product=settings.product, now=now, until=asked.expires_at,
        address=settings.base_url + addresses(jinja)("agree", lang=asked.language, token=signed),
    )  # fmt: skip


JOBS: dict[str, Job] = {"tracking.ask_consent": ask_consent}
