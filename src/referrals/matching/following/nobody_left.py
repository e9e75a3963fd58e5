"""Three attempts that led nowhere, or nobody left to ask: counted as a gap, and told to those who can do something about it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.models import Membership, Role, User
from referrals.clients.models import Client, Need
from referrals.kit import mail
from referrals.kit.html import Jinja, addresses
from referrals.kit.jobs import enqueue
from referrals.kit.settings import Settings
from referrals.matching.following.finding import Found
from referrals.matching.following.rule import MOST_ATTEMPTS, Attempt, failures

TELL: Final = "matching.tell_nobody_left"
AGAIN_AFTER: Final = timedelta(days=30)
"""The same need is told anew only when it has stayed so for so long."""
DIRECTORY: Final = "nobody_left_directory"
ONCE_IN: Final = timedelta(days=7)
"""A curator’s mails about what is missing."""


async def tell(
    session: AsyncSession, client: Client, need: Need, attempts: Sequence[Attempt], found: Found, now: datetime
) -> None:
    """Once: a line more of what is missing, and a message to supervisors and curators. Neither says for whom."""
    if failures(attempts) < MOST_ATTEMPTS and found.row.fits:
        return
    if found.row.told_at is not None and now - found.row.told_at < AGAIN_AFTER:
        return
    found.row.told_at = now
    await enqueue(session, "matching.record_gap", need_id=str(need.id), reason=_reason(attempts))
    await enqueue(session, TELL, organization_id=str(client.organization_id))


def _reason(attempts: Sequence[Attempt]) -> str | None:
    """What stood in the way most often, in the words of `reasons.UNMET`."""
    said = Counter(UNMET.get(one.reason or "", "other") for one in attempts if one.led_nowhere)
    return said.most_common(1)[0][0] if said else None


UNMET: Mapping[str, str] = {
    "no_capacity": "no_capacity", "waitlist_too_long": "too_late", "not_eligible": "not_eligible",
    "became_ineligible": "not_eligible", "out_of_area": "too_far", "access_barrier": "too_far",
    "funding_not_accepted": "cost", "service_not_offered": "no_service",
}  # fmt: skip


async def send(session: AsyncSession, *, organization_id: str, jinja: Jinja, settings: Settings, now: datetime) -> None:
    """A mail to each: what it is about stands behind the sign-in. To a curator once a week, however much is missing."""
    for reader in await _readers(session, UUID(organization_id), now):
        url = addresses(jinja)
        await mail.post(
            session, jinja, to=reader.user.email, language=reader.user.language, template=reader.template,
            product=settings.product, name=reader.user.name,
            address=settings.base_url + url(reader.page, lang=reader.user.language),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Reader:
    user: User
    template: str
    page: str


async def _readers(session: AsyncSession, organization_id: UUID, now: datetime) -> list[_Reader]:
    supervisors = await accounts.colleagues(session, [organization_id], Role.SUPERVISOR)
    curators = await session.scalars(
        select(User)
        .where(
            User.id.in_(select(Membership.user_id).where(Membership.role == Role.CURATOR)),
            User.deactivated_at.is_(None),
        )
        .order_by(User.email)
    )  # fmt: skip
    lately = await session.scalars(
        select(mail.Message.to_address).where(
            mail.Message.purpose == DIRECTORY, mail.Message.created_at > now - ONCE_IN
        )
    )
    told = {one.email for one in supervisors} | set(lately)
    return [
        *(_Reader(one, "nobody_left", "team") for one in supervisors),
        *(_Reader(one, DIRECTORY, "unmet-needs") for one in curators if one.email not in told),
    ]
