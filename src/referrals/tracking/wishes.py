"""How a receiver wants to be written to: a mail for each request, or one on a working morning; and in which language."""

from datetime import datetime
from typing import Literal

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.settings import LANGUAGES
from referrals.tracking.models import ReceiverWish

Mails = Literal["each", "daily"]
ALWAYS = frozenset({"referral_renewed"})
"""Asked for a moment ago: these do not wait for the morning."""


async def wish(session: AsyncSession, address: str) -> ReceiverWish | None:
    return await session.get(ReceiverWish, address) if address else None


async def choose(session: AsyncSession, address: str, mails: Mails, language: str, now: datetime) -> None:
    said = {"mails": mails, "language": language if language in LANGUAGES else None, "changed_at": now}
    await session.execute(
        insert(ReceiverWish)
        .values(address=address, **said)
        .on_conflict_do_update(index_elements=[ReceiverWish.address], set_=said)
    )


def waits_for_morning(chosen: ReceiverWish | None, template: str, urgency: str) -> bool:
    """Whether this mail is left to the digest. What is urgent is never."""
    return chosen is not None and chosen.mails == "daily" and urgency != "urgent" and template not in ALWAYS
