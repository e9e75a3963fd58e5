"""Asking people how it went, each question once and at its time; and telling services what people say, in fives."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients import contact
from referrals.kit.html import Jinja
from referrals.kit.jobs import Job, enqueue
from referrals.kit.settings import Settings
from referrals.tracking.actions import asking, heard
from referrals.tracking.jobs.telling import tell_client
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import Asking, Referral

BATCH: Final = 200
"""Questions in one transaction; the next batch follows at once."""
ASK: Final = "tracking.ask"


async def ask(session: AsyncSession, *, jinja: Jinja, settings: Settings, now: datetime) -> None:
    """Whatever is due. Two workers never take the same row, and one that was cut off leaves it as it was."""
    due = list(await session.scalars(
        select(Asking).where(Asking.done_at.is_(None), Asking.due_at <= now)
        .order_by(Asking.due_at).limit(BATCH).with_for_update(key_share=True, skip_locked=True)
    ))  # fmt: skip
    for one in due:
        await _ask(session, one, jinja, settings, now)
    if len(due) == BATCH:
        await enqueue(session, ASK, once=ASK)


async def ask_client(
    session: AsyncSession, *, referral_id: str, jinja: Jinja, settings: Settings, now: datetime
) -> None:
    """The demo does not wait three days: whoever plays the service sees the question at once."""
    if not settings.demo:
        return
    first = await session.scalar(
        select(Asking)
        .where(Asking.referral_id == UUID(referral_id), Asking.kind == "first", Asking.done_at.is_(None))
        .with_for_update(key_share=True, skip_locked=True)
    )
    if first is not None:
        await _ask(session, first, jinja, settings, now)


async def tell_heard(session: AsyncSession, *, now: datetime) -> None:
    """Every night: figures for the services of which five more people have said something."""
    await heard.tell(session, now)


JOBS: dict[str, Job] = {ASK: ask, "tracking.ask_client": ask_client, "tracking.tell_heard": tell_heard}
PERIODIC: dict[str, str] = {ASK: "7 * * * *", "tracking.tell_heard": "20 3 * * *"}


async def _ask(session: AsyncSession, one: Asking, jinja: Jinja, settings: Settings, now: datetime) -> None:
    referral = await session.get_one(Referral, one.referral_id)
    one.result, one.done_at = await _result(session, one, referral), now
    await session.flush()
    if one.result == "asked":
        link = await asking.link_for(session, referral, now)
        await tell_client(session, link_id=str(link.id), template="feedback", jinja=jinja, settings=settings, now=now)


async def _result(session: AsyncSession, one: Asking, referral: Referral) -> str:
    if referral.status == Status.ENTERED_IN_ERROR or await asking.is_needless(session, one, referral):
        return "needless"
    return "asked" if await contact.reachable(session, referral.client_id) else "no_way"
