"""Appointments, told: a calendar's file to those who work with it; to the person, by the safe channel, that there is news."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients import contact
from referrals.clients.carrying import told_of
from referrals.clients.models import Client
from referrals.kit import mail
from referrals.kit.html import Jinja, addresses
from referrals.kit.i18n import speaking
from referrals.kit.jobs import Job
from referrals.kit.settings import Settings
from referrals.tracking.actions import client_links, links
from referrals.tracking.appointments import calendar_file
from referrals.tracking.appointments.clocks import told
from referrals.tracking.appointments.entries import for_staff
from referrals.tracking.appointments.told_back import place_for_sender
from referrals.tracking.calendars import calendar
from referrals.tracking.models import Appointment, ClientLink, Referral


async def tell_appointment(
    session: AsyncSession, *, appointment_id: str, sequence: int, jinja: Jinja, settings: Settings, now: datetime
) -> None:
    """To the case manager, and to the receiver where it reads mail. A change that has been overtaken is not told."""
    appointment = await session.get(Appointment, UUID(appointment_id))
    if appointment is None or appointment.sequence != sequence:
        return
    referral = await session.get_one(Referral, appointment.referral_id)
    ours, theirs = calendar(referral.sender_calendar).zone, ZoneInfo(appointment.zone)
    place = await place_for_sender(session, referral, appointment.place, now)
    for sender in await told_of(session, referral.client_id, now):
        page = addresses(jinja)("referral", lang=sender.language, referral_id=referral.id)
        await _write(
            session, appointment, sender.email, sender.language, settings.base_url + page, place, jinja, settings, ours
        )
    link = await links.living(session, referral.id, "receiver")
    if link is not None and link.expires_at > now:
        page = addresses(jinja)("receiver", lang=link.language, token=links.token(settings.secret, link))
        await _write(
            session, appointment, link.address, link.language, settings.base_url + page, appointment.place, jinja,
            settings, theirs,
        )  # fmt: skip


async def tell_client_news(
    session: AsyncSession, *, referral_id: str, code: str, jinja: Jinja, settings: Settings, now: datetime
) -> None:
    """That there is something to read, or to choose: what, stands on their own page alone."""
    referral = await session.get_one(Referral, UUID(referral_id))
    await tell_client_page(session, jinja, settings, referral.client_id, code, now)


async def remind_client(
    session: AsyncSession, *, appointment_id: str, sequence: int, which: str, jinja: Jinja, settings: Settings,
    now: datetime,
) -> None:  # fmt: skip
    """Nothing where it was moved or called off since, or where it has begun: late is worse than not at all."""
    appointment = await session.get(Appointment, UUID(appointment_id))
    if appointment is None or (appointment.status, appointment.sequence) != ("set", sequence):
        return
    if appointment.starts_at > now:
        referral = await session.get_one(Referral, appointment.referral_id)
        await tell_client_page(
            session, jinja, settings, referral.client_id, "client_reminder", now, until=appointment.starts_at
        )


async def send_client_link(
    session: AsyncSession, *, link_id: str, jinja: Jinja, settings: Settings, now: datetime
) -> None:
    link = await session.get(ClientLink, UUID(link_id))
    if link is None or link.replaced_at is not None:
        return
    client = await session.get_one(Client, link.client_id)
    await contact.tell(
        session, jinja, client.id, template="client_page", address=_page(jinja, settings, client, link),
        product=settings.product, now=now, until=link.expires_at,
    )  # fmt: skip


JOBS: dict[str, Job] = {
    "tracking.tell_appointment": tell_appointment,
    "tracking.tell_client_news": tell_client_news,
    "tracking.remind_client": remind_client,
    "tracking.send_client_link": send_client_link,
}


async def _write(
    session: AsyncSession, appointment: Appointment, to: str, language: str, address: str, place: str, jinja: Jinja,
    settings: Settings, reader: ZoneInfo,
) -> None:  # fmt: skip
    off = appointment.status == "cancelled"
    with speaking(language):
        when = str(told(appointment.starts_at, ZoneInfo(appointment.zone), reader))
        file = calendar_file.written(
            [for_staff(appointment, address, place)],
            "CANCEL" if off else "REQUEST",
            organizer=settings.mail_from,
            attendee=to,
        )
    await mail.post(
        session, jinja, to=to, language=language, template="appointment", product=settings.product, address=address,
        when=when, off=off, moved=appointment.sequence > 0, calendar=file.decode(),
    )  # fmt: skip


async def tell_client_page(
    session: AsyncSession, jinja: Jinja, settings: Settings, client_id: UUID, code: str, now: datetime,
    until: datetime | None = None,
) -> None:  # fmt: skip
    """`code` says why for the records; the message itself only says that there is something to read."""
    if not await contact.reachable(session, client_id):
        return
    client = await session.get_one(Client, client_id)
    link = None if client.user_id else await client_links.fresh(session, client_id, "sent", None, now)
    await contact.tell(
        session, jinja, client_id, template=code, address=_page(jinja, settings, client, link),
        product=settings.product, now=now, until=until,
    )  # fmt: skip


def _page(jinja: Jinja, settings: Settings, client: Client, link: ClientLink | None) -> str:
    """Where their page is: behind their account, or behind the link."""
    url = addresses(jinja)
    if link is None:
        return settings.base_url + url("my-requests", lang=client.language)
    return settings.base_url + url("client-page", lang=client.language, token=client_links.token(settings.secret, link))
