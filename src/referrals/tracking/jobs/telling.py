"""What happens later: mails to those who must know, the question to the client, and silence that becomes an answer.

A job names what it needs beside its ids; the worker hands in `jinja`, `settings` and `now` by these names.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import User
from referrals.clients import contact
from referrals.clients.models import Client
from referrals.kit import mail
from referrals.kit.html import Jinja, addresses, in_zone
from referrals.kit.jobs import Job, enqueue
from referrals.kit.settings import Settings
from referrals.tracking import learning
from referrals.tracking.actions import links
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import Referral, ReferralLink

ASK_AFTER = timedelta(days=3)
"""How long after the service is done we ask whether it helped."""


async def tell_receiver(
    session: AsyncSession, *, link_id: str, template: str, jinja: Jinja, settings: Settings, now: datetime
) -> None:
    """A mail with the link and the deadline. It says nothing of the person: whoever reads it may be somebody else."""
    link = await session.get_one(ReferralLink, UUID(link_id))
    referral = await session.get_one(Referral, link.referral_id)
    if link.replaced_at is not None:
        return
    await mail.post(
        session, jinja, to=link.address, language=link.language, template=template, product=settings.product,
        address=_address(jinja, settings, "receiver", link), due=in_zone(referral.due_at).date() if referral.due_at else None,
        until=in_zone(link.expires_at).date(),
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
    """There is news: which, stands behind the sign-in."""
    referral = await session.get_one(Referral, UUID(referral_id))
    sender = await session.get(User, referral.sender_id)
    if sender is None or sender.deactivated_at is not None:
        return
    address = settings.base_url + addresses(jinja)("referral", lang=sender.language, referral_id=referral.id)
    await mail.post(
        session, jinja, to=sender.email, language=sender.language, template="answer_for_sender", product=settings.product,
        address=address, name=sender.name,
    )  # fmt: skip


async def ask_client(
    session: AsyncSession, *, referral_id: str, jinja: Jinja, settings: Settings, now: datetime
) -> None:
    """Three days after the service is done (at once in the demo): did you get the help, is your need settled?"""
    referral = await session.get_one(Referral, UUID(referral_id))
    if referral.status != Status.COMPLETED or referral.completed_at is None:
        return
    ask_at = referral.completed_at + ASK_AFTER
    if not settings.demo and now < ask_at:
        await enqueue(session, "tracking.ask_client", at=ask_at, referral_id=referral_id)
        return
    if not await contact.reachable(session, referral.client_id) or await links.living(
        session, referral.id, "client"
    ):
        return
    client = await session.get_one(Client, referral.client_id)
    # No address is kept with it: where a client may be written to is asked anew each time.
    link = await links.create(session, referral, "client", "", client.language, now)
    await tell_client(session, link_id=str(link.id), template="feedback", jinja=jinja, settings=settings, now=now)


def _address(jinja: Jinja, settings: Settings, page: str, link: ReferralLink) -> str:
    signed = links.token(settings.secret, link)
    return settings.base_url + addresses(jinja)(page, lang=link.language, token=signed)


async def learn(session: AsyncSession, *, now: datetime) -> None:
    """What happened so far becomes what matches know of services."""
    await learning.learn(session, now)


JOBS: dict[str, Job] = {
    "tracking.tell_receiver": tell_receiver,
    "tracking.tell_client": tell_client,
    "tracking.tell_sender": tell_sender,
    "tracking.ask_client": ask_client,
    "tracking.learn": learn,
}
PERIODIC: dict[str, str] = {"40 2 * * *": "tracking.learn"}
"""When a job runs by itself: cron expression -> name."""
