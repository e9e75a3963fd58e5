"""Letters with a link to an account: an invitation, or a forgotten password."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import actions
from referrals.accounts.models import User
from referrals.kit import mail
from referrals.kit.html import addresses
from referrals.kit.pages import Req, jinja
from referrals.kit.settings import Settings


async def send_link(
    request: Req, session: AsyncSession, user: User, purpose: str, settings: Settings, now: datetime, *,
    organization: str = "", by: str = "",
) -> None:  # fmt: skip
    """`purpose`: invitation or forgotten, which is the letter's template too.

    `organization`: the one whose listings they are to keep, in their language; `by`: the colleague who invites them.
    """
    token = await actions.link(session, user.id, purpose, now)
    address = settings.base_url + addresses(jinja(request))("choose-password", lang=user.language, token=token)
    await mail.post(
        session, jinja(request), to=user.email, language=user.language, template=purpose,
        name=user.name, address=address, product=settings.product, organization=organization, by=by,
    )  # fmt: skip
