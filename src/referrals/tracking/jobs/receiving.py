"""What happens later for receivers without an account: codes, mails about messages, the morning's number, papers that burn."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from anyio import to_thread
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit import mail
from referrals.kit.html import Jinja, addresses
from referrals.kit.jobs import Job, enqueue
from referrals.kit.settings import Settings
from referrals.tracking import calendars, wishes
from referrals.tracking.actions import codes, links
from referrals.tracking.models import ReceiverCode, ReceiverWish, ReferralFile, ReferralLink
from referrals.tracking.papers import kept
from referrals.tracking.queries.desk import counts

FIRST_HOUR = 7
"""Of the morning, where the deployment is: earlier nobody's telephone shall ring."""


async def send_code(
    session: AsyncSession, *, code_id: str, language: str, jinja: Jinja, settings: Settings, now: datetime
) -> None:
    """The digits are made here and stand nowhere before; the mail says nothing of what they open."""
    code = await session.get(ReceiverCode, UUID(code_id))
    if code is None or code.ends_at <= now or not code.address:
        return
    chosen = await wishes.wish(session, code.address)
    digits = codes.digits_of(settings.secret, code.id)
    await mail.post(
        session, jinja, to=code.address, language=(chosen.language if chosen else None) or language,
        template="receiver_code", product=settings.product, code=f"{digits[:3]} {digits[3:]}",
        minutes=int(codes.MAILED_LASTS.total_seconds() // 60),
    )  # fmt: skip


async def message_for_receiver(session: AsyncSession, *, referral_id: str) -> None:
    """Where the receiver reads mail; one with a telephone alone is called."""
    link = await links.living(session, UUID(referral_id), "receiver")
    if link is not None:
        await enqueue(session, "tracking.tell_receiver", link_id=str(link.id), template="referral_message")


async def morning(session: AsyncSession, *, jinja: Jinja, settings: Settings, now: datetime) -> None:
    """One mail on a working morning to each address that wants it so, with how many wait and nothing else."""
    calendar = calendars.calendar(calendars.of_place(settings.country, None))
    here = now.astimezone(calendar.zone)
    today = here.date()
    if here.hour < FIRST_HOUR or not calendar.works(today):
        return
    waiting = await counts(session, now)
    daily = await session.scalars(
        select(ReceiverWish)
        .where(
            ReceiverWish.mails == "daily", ReceiverWish.address.in_(waiting),
            ReceiverWish.told_on.is_distinct_from(today),
        )
        .with_for_update(key_share=True, skip_locked=True)
    )  # fmt: skip
    for chosen in daily.all():
        link = await session.scalar(
            select(ReferralLink)
            .where(
                ReferralLink.address == chosen.address, ReferralLink.purpose == "receiver",
                ReferralLink.replaced_at.is_(None), ReferralLink.expires_at > now,
            )
            .order_by(ReferralLink.expires_at.desc()).limit(1)
        )  # fmt: skip
        if link is None:
            continue
        language = chosen.language or link.language
        page = addresses(jinja)("receiver-waiting", lang=language, token=links.token(settings.secret, link))
        await mail.post(
            session, jinja, to=chosen.address, language=language, template="receiver_morning", product=settings.product,
            address=settings.base_url + page, count=waiting[chosen.address],
        )  # fmt: skip
        chosen.told_on = today


async def burn_papers(session: AsyncSession, *, referral_id: str, settings: Settings) -> None:
    """The files of papers that nobody may see any more. Again from the start harms nothing."""
    gone = await session.scalars(
        select(ReferralFile.stored).where(
            ReferralFile.referral_id == UUID(referral_id), ReferralFile.gone_at.is_not(None)
        )
    )
    for stored in gone:
        await to_thread.run_sync(_unlink, kept.path(settings, stored))


async def sweep_papers(session: AsyncSession, *, settings: Settings, now: datetime) -> None:
    """Files that a request left behind when it did not come to its end, and those whose end was missed."""
    there = await to_thread.run_sync(_old_files, kept.home(settings), now - kept.ORPHANED)
    spoken_of = set(await session.scalars(
        select(ReferralFile.stored).where(
            ReferralFile.stored.in_([path.name for path in there]), ReferralFile.gone_at.is_(None)
        )
    ))  # fmt: skip
    for path in there:
        if path.name not in spoken_of:
            await to_thread.run_sync(_unlink, path)


async def forget_codes(session: AsyncSession, *, now: datetime) -> None:
    """A code that opens nothing any more tells only who has been busy."""
    await session.execute(delete(ReceiverCode).where(ReceiverCode.made_at <= now - codes.KEPT))


JOBS: dict[str, Job] = {
    "tracking.forget_codes": forget_codes,
    "tracking.send_code": send_code,
    "tracking.message_for_receiver": message_for_receiver,
    "tracking.morning": morning,
    "tracking.burn_papers": burn_papers,
    "tracking.sweep_papers": sweep_papers,
}
PERIODIC: dict[str, str] = {
    "tracking.morning": "7 * * * *", "tracking.sweep_papers": "20 3 * * *", "tracking.forget_codes": "25 3 * * *",
}  # fmt: skip


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)


def _old_files(home: Path, before: datetime) -> list[Path]:
    limit = before.timestamp()
    return [path for path in home.glob("??/*") if path.is_file() and path.stat().st_mtime < limit]
