"""News of a hand-over: to whoever takes people over, to the person by the safe channel, and to the supervisor."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.models import Role, User
from referrals.clients.handing.queries import without_anybody
from referrals.clients.models import Assignment, Client
from referrals.kit import mail
from referrals.kit.html import Jinja, addresses
from referrals.kit.jobs import Job
from referrals.kit.settings import Settings
from referrals.tracking.jobs.visits import tell_client_page

NEW_HELPER = "new_helper"


async def tell_taken_over(session: AsyncSession, *, user_id: str, jinja: Jinja, settings: Settings) -> None:
    """That people were handed to them: whom, stands behind the sign-in."""
    user = await session.get(User, UUID(user_id))
    if user is None or user.deactivated_at is not None:
        return
    await mail.post(
        session, jinja, to=user.email, language=user.language, template="taken_over", product=settings.product,
        address=settings.base_url + addresses(jinja)("taken-over", lang=user.language), name=user.name,
    )  # fmt: skip


async def tell_new_helper(
    session: AsyncSession, *, client_id: str, jinja: Jinja, settings: Settings, now: datetime
) -> None:
    """To the person: only that there is something to read. Who accompanies them now stands on their own page."""
    await tell_client_page(session, jinja, settings, UUID(client_id), NEW_HELPER, now)


async def account_closed(session: AsyncSession, *, user_id: str, jinja: Jinja, settings: Settings) -> None:
    """To the supervisors of those organizations in which people are left without anybody."""
    carried = select(Client.organization_id, Client.id).join(Assignment, Assignment.client_id == Client.id).where(
        Assignment.user_id == UUID(user_id), Assignment.until.is_(None)
    )  # fmt: skip
    rows = (await session.execute(carried)).all()
    for house in {organization for organization, _client in rows}:
        alone = {one.client_id for one in await without_anybody(session, [house])}
        if not alone & {client for organization, client in rows if organization == house}:
            continue
        for user in await accounts.colleagues(session, [house], Role.SUPERVISOR):
            await mail.post(
                session, jinja, to=user.email, language=user.language, template="people_without",
                product=settings.product, address=settings.base_url + addresses(jinja)("team", lang=user.language),
                name=user.name,
            )  # fmt: skip


JOBS: dict[str, Job] = {
    "tracking.tell_taken_over": tell_taken_over,
    "tracking.tell_new_helper": tell_new_helper,
    "tracking.account_closed": account_closed,
}
