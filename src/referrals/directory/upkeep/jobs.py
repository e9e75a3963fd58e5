"""The rounds: every morning, one mail to each address that has listings to answer for, never two within a week."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.listings import DERIVE
from referrals.directory.models import Organization, Service, UpkeepAddress, UpkeepLink
from referrals.directory.queries.called import names
from referrals.directory.upkeep import actions, links
from referrals.directory.upkeep.addresses import answers_for, stands_on_a_listing
from referrals.directory.upkeep.queries import Due, due, known_addresses
from referrals.directory.upkeep.rhythm import USUAL, Ask, may_write
from referrals.directory.upkeep.usual import usual
from referrals.kit import mail
from referrals.kit.html import Jinja, addresses, in_zone
from referrals.kit.jobs import Job, enqueue
from referrals.kit.loaded import loaded_digest, remember
from referrals.kit.settings import Settings

BEGIN: Final = "directory.begin_round"
ASK: Final = "directory.ask_address"
MOST: Final = 2000
"""Addresses written to in one morning; the others wait for the next."""
_RHYTHM: Final = "rhythm"
NAMED: Final = 12
"""Listings that a mail names; it counts the others."""


@dataclass(frozen=True, slots=True)
class Named:
    """A listing as a mail names it."""

    name: str
    checked: object


@dataclass(frozen=True, slots=True)
class Part:
    """What a mail says of one organization: its link, and the listings that wait."""

    organization: str
    address: str
    listings: tuple[Named, ...]


async def begin_round(session: AsyncSession, *, now: datetime) -> None:
    """Who is asked today: one job for each address, so that one which fails spoils nothing for the others."""
    today = now.date()
    by_address: dict[str, list[UUID]] = defaultdict(list)
    for one in await due(session, today):
        by_address[one.address].append(one.service_id)
    known = await known_addresses(session, list(by_address))
    begun = 0
    for address, ids in by_address.items():
        if begun >= MOST:
            return
        if not _may_ask(known.get(address), now):
            continue
        row = known.get(address) or await actions.address_row(session, address)
        await enqueue(session, ASK, once=f"{ASK}:{row.id}", address_id=str(row.id), service_ids=[str(id) for id in ids])
        begun += 1


async def keep_step(session: AsyncSession) -> None:
    """Where the deployment has chosen another rhythm since this was asked last, have all listings derived anew."""
    months, known = str(usual(session)), await loaded_digest(session, _RHYTHM)
    if months == (known or str(USUAL)):
        return
    await remember(session, _RHYTHM, months)
    await enqueue(session, DERIVE)


async def ask_address(
    session: AsyncSession,
    *,
    address_id: str,
    service_ids: Sequence[str],
    jinja: Jinja,
    settings: Settings,
    now: datetime,
) -> None:
    """One mail about all that is due at this address. Asked again, it looks again: nothing is asked twice."""
    row = await session.scalar(
        select(UpkeepAddress).where(UpkeepAddress.id == UUID(address_id)).with_for_update()
        .execution_options(populate_existing=True)
    )  # fmt: skip
    if row is None or not _may_ask(row, now):
        return
    asked = [
        one for one in await due(session, now.date(), [UUID(id) for id in service_ids]) if one.address == row.address
    ]
    if asked:
        await _write(session, row, asked, jinja, settings, now)


async def note_refused(session: AsyncSession, *, message_id: str) -> None:
    """A mail came back for good. Where listings depend on its address, curators read so at once.

    Whom else we write to, a person above all, is not remembered here.
    """
    message = await session.get_one(mail.Message, UUID(message_id))
    ours = message.purpose.startswith("upkeep") or await stands_on_a_listing(session, message.to_address)
    if ours and message.refused_at is not None:
        await actions.mark_dead(session, message.to_address, message.refused_why or "refused", message.refused_at)


async def send_link(session: AsyncSession, *, link_id: str, jinja: Jinja, settings: Settings) -> None:
    """A link that somebody asked for."""
    link = await session.get_one(UpkeepLink, UUID(link_id))
    organization = (await names(session)).organization(await session.get_one(Organization, link.organization_id))
    await mail.post(
        session, jinja, to=link.address, language=link.language, template="upkeep_link", product=settings.product,
        address=_address(jinja, settings, "upkeep", link), organization=organization.text("name", link.language),
        until=in_zone(link.expires_at).date(),
    )  # fmt: skip


JOBS: Mapping[str, Job] = {BEGIN: begin_round, ASK: ask_address, links.SEND: send_link, mail.REFUSED: note_refused}
PERIODIC: Mapping[str, str] = {BEGIN: "23 7 * * 1-5"}
"""On the mornings of working days: a mail that comes when somebody is there is a mail that is answered."""


def _may_ask(row: UpkeepAddress | None, now: datetime) -> bool:
    if row is None:
        return True
    wanted = row.stopped_at is None and row.dead_at is None
    return wanted and may_write(row.asked_at.date() if row.asked_at else None, now.date())


async def _write(
    session: AsyncSession, row: UpkeepAddress, asked: Sequence[Due], jinja: Jinja, settings: Settings, now: datetime
) -> None:
    """The mail, and the note of it in the same transaction."""
    parts, first = [], None
    by_organization: dict[UUID, list[Due]] = defaultdict(list)
    for one in asked:
        by_organization[one.organization_id].append(one)
    for organization_id, some in by_organization.items():
        organization = await session.get_one(Organization, organization_id)
        link = await _link(session, row.address, organization, now)
        first = first or link
        parts.append(await _part(session, organization, link, some, first.language, jinja, settings))
    assert first is not None
    await mail.post(
        session, jinja, to=row.address, language=first.language, template=_template(asked), product=settings.product,
        stop=_address(jinja, settings, "upkeep-mails", first), parts=parts, count=len(asked),
        until=in_zone(first.expires_at).date(), named=NAMED,
    )  # fmt: skip
    row.asked_at = now
    by_ask = {ask: [one.service_id for one in asked if one.ask is ask] for ask in Ask}
    await actions.note_asked(session, by_ask[Ask.FIRST], now, first=True)
    await actions.note_asked(session, by_ask[Ask.REMINDER], now, first=False)
    await actions.note_places_asked(session, [one.service_id for one in asked], now)


async def _link(session: AsyncSession, address: str, organization: Organization, now: datetime) -> UpkeepLink:
    """For the one listing that this address answers for, or for all that it does."""
    own = await answers_for(session, address, organization.id)
    return await links.create(session, organization, own[0] if len(own) == 1 else None, address, now)


async def _part(
    session: AsyncSession, organization: Organization, link: UpkeepLink, some: Sequence[Due], language: str,
    jinja: Jinja, settings: Settings,
) -> Part:  # fmt: skip
    services = await session.scalars(
        select(Service).where(Service.id.in_([one.service_id for one in some])).order_by(Service.name).limit(NAMED)
    )
    called = await names(session)
    return Part(
        called.organization(organization).text("name", language), _address(jinja, settings, "upkeep", link, language),
        tuple(Named(called.service(one).text("name", language), one.assured_date) for one in services),
    )  # fmt: skip


def _template(asked: Sequence[Due]) -> str:
    """Which of our mails this is: places alone, a reminder of what was asked before, or a new question."""
    kinds = {one.ask for one in asked}
    if kinds == {Ask.PLACES}:
        return "upkeep_places"
    return "upkeep_round" if Ask.FIRST in kinds else "upkeep_reminder"


def _address(jinja: Jinja, settings: Settings, page: str, link: UpkeepLink, language: str | None = None) -> str:
    signed = links.token(settings.secret, link)
    return settings.base_url + addresses(jinja)(page, lang=language or link.language, token=signed)
