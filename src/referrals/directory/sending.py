"""A shortlist by mail to whoever made it. We forget the address with the mail.

The job holds everything sealed, so its row tells nobody anything; the database erases the row when the job ends, whether
the mail has gone or was given up (the trigger `sealed_job_is_forgotten`). No copy of the message is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import shortlist
from referrals.directory.queries import service_page
from referrals.directory.queries.redirects import all_standing
from referrals.kit.errors import NotFound
from referrals.kit.html import Jinja, addresses, in_zone, render_text
from referrals.kit.i18n import speaking
from referrals.kit.jobs import Job, enqueue
from referrals.kit.logs import logger
from referrals.kit.mail import MailPort, Message, Undeliverable
from referrals.kit.sealing import seal, unseal
from referrals.kit.settings import Settings
from referrals.taxonomy.queries import vocabulary

SEND: Final = "directory.send_list"
PURPOSE: Final = "list"


class Unsent(Exception):
    """It could not be sent now. Says no more: what a mail server says repeats the address."""


class Letter(msgspec.Struct):
    """What is sealed. `id` makes a second delivery of the same letter known as such."""

    id: UUID
    to: str
    services: list[UUID]
    language: str


@dataclass(frozen=True, slots=True)
class Named:
    """One service as the letter tells it; lines that the listing does not fill are empty."""

    name: str
    organization: str
    where: str
    opening: str
    phone: str
    email: str
    address: str


async def ask(session: AsyncSession, secret: str, *, to: str, services: Sequence[UUID], language: str) -> None:
    """Have the list sent after the commit."""
    letter = Letter(uuid4(), to, list(services), language)
    await enqueue(session, SEND, sealed=seal(secret, PURPOSE, msgspec.json.encode(letter)))


async def send_list(
    session: AsyncSession, *, sealed: str, jinja: Jinja, settings: Settings, port: MailPort, now: datetime
) -> None:
    """Raises Unsent to be tried again. An address that refuses it, or a key that is gone, is given up at once."""
    words = unseal(settings.secret, PURPOSE, sealed)
    if words is None:
        logger().warning("list given up", reason="key")
        return
    letter = msgspec.json.decode(words, type=Letter)
    named = await _named(session, letter, jinja, settings, now)
    address = settings.base_url + addresses(jinja)(
        "shortlist", lang=letter.language, query={"s": shortlist.written(letter.services)}
    )
    text = render_text(
        jinja, "mail/list.txt", letter.language, services=named, address=address, product=settings.product
    )
    subject, _, body = text.strip().partition("\n")
    message = Message(
        id=letter.id, purpose=PURPOSE, to_address=letter.to, language=letter.language, subject=subject.strip(),
        body=body.strip() + "\n",
    )  # fmt: skip
    try:
        await port.deliver(session, message)
    except Undeliverable:
        logger().info("list given up", reason="refused")
    except Exception:
        raise Unsent from None


JOBS: dict[str, Job] = {SEND: send_list}


async def _named(session: AsyncSession, letter: Letter, jinja: Jinja, settings: Settings, now: datetime) -> list[Named]:
    words, url = await vocabulary(session), addresses(jinja)
    stands = await all_standing(session, letter.services)
    found = []
    with speaking(letter.language):
        for id in dict.fromkeys(stands.values()):
            try:
                told = await service_page(session, id, letter.language, words=words, today=in_zone(now).date())
            except NotFound:
                continue
            places = [
                place.line if place.confidential else ", ".join((*place.address, place.line)) for place in told.places
            ]
            found.append(Named(
                name=told.name.value, organization=told.organization.value, where=" / ".join(filter(None, places)),
                opening=told.opening(now), phone=next((one.number for one in told.phones), ""), email=told.email or "",
                address=settings.base_url + url("service", lang=letter.language, service_id=id),
            ))  # fmt: skip
    return found
