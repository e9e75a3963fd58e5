"""What happens later: mails to those who must know, the question to the client, and silence that becomes an answer.

A job names what it needs beside its ids; the worker hands in `jinja`, `settings` and `now` by these names.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients import contact
from referrals.clients.carrying import told_of
from referrals.kit import mail
from referrals.kit.html import Jinja, addresses
from referrals.kit.jobs import Job
from referrals.kit.settings import Settings
from referrals.tracking import learning, wishes
from referrals.tracking.actions import links
from referrals.tracking.calendars import day_there
from referrals.tracking.models import Referral, ReferralLink


async def tell_receiver(
    session: AsyncSession, *, link_id: str, template: str, jinja: Jinja, settings: Settings, now: datetime
) -> None:
    """A mail with the link and the deadline. It says nothing of the person: whoever reads it may be somebody else.

    Where they want one mail each morning, this one is left to it.
    """
    link = await session.get_one(ReferralLink, UUID(link_id))
    referral = await session.get_one(Referral, link.referral_id)
    chosen = await wishes.wish(session, link.address)
    if link.replaced_at is not None or wishes.waits_for_morning(chosen, template, referral.urgency):
        return
    language = (chosen.language if chosen else None) or link.language
    await mail.post(
        session, jinja, to=link.address, language=language, template=template, product=settings.product,
        address=_address(jinja, settings, "receiver", link, language), due=day_there(referral.calendar, referral.due_at),
        until=day_there(referral.calendar, link.expires_at),
    )  # fmt: skip


async def tell_client(
    session: AsyncSession, *, link_id: str, template: str, jinja: Jinja, settings: Settings, now: datetime
) -> None:
    """Through the one function that writes to clients; where no address is safe, nothing leaves."""
    link = await session.get_one(ReferralLink, UUID(link_id))
    referral = await session.get_one(Referral, link.referral_id)
    if link.replaced_at is None:
        await contact.tell(
            session, jinja, referral.client_id, template=template, address=_address(jinja, settings, "feedback", link),
            product=settings.product, now=now,
        )  # fmt: skip


async def tell_sender(
    session: AsyncSession, *, referral_id: str, jinja: Jinja, settings: Settings, now: datetime
) -> None:
    """There is news, for whoever accompanies the person now: which, stands behind the sign-in."""
    referral = await session.get_one(Referral, UUID(referral_id))
    for sender in await told_of(session, referral.client_id, now):
        address = settings.base_url + addresses(jinja)("referral", lang=sender.language, referral_id=referral.id)
        await mail.post(
            session, jinja, to=sender.email, language=sender.language, template="answer_for_sender",
            product=settings.product, address=address, name=sender.name,
        )  # fmt: skip


def _address(jinja: Jinja, settings: Settings, page: str, link: ReferralLink, language: str = "") -> str:
    signed = links.token(settings.secret, link)
    return settings.base_url + addresses(jinja)(page, lang=language or link.language, token=signed)


async def learn(session: AsyncSession, *, now: datetime) -> None:
    """What happened so far becomes what matches know of services."""
    await learning.learn(session, now)


JOBS: dict[str, Job] = {
    "tracking.tell_receiver": tell_receiver,
    "tracking.tell_client": tell_client,
    "tracking.tell_sender": tell_sender,
    "tracking.learn": learn,
}
PERIODIC: dict[str, str] = {"tracking.learn": "40 2 * * *"}
"""When a job runs by itself: name -> cron expression."""
