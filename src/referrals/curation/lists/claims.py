"""People who say that an organization is theirs, and wait to keep its listings."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.curation.work import PER_PAGE, Act, Asked, Tally, Task, WorkList
from referrals.directory import claims
from referrals.directory.queries.texts import text
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _


async def tally(session: AsyncSession, now: datetime) -> Tally:
    return Tally(*await claims.how_many_wait(session))


async def tasks(session: AsyncSession, asked: Asked) -> list[Task]:
    first = (asked.page - 1) * PER_PAGE
    found = await claims.waiting(session, first, PER_PAGE + 1)
    return [_task(one, asked.language) for one in found]


def _task(one: claims.Waiting, language: str) -> Task:
    told = _("%(who)s asks from an address of this organization.") if one.same_domain else _("%(who)s asks.")
    return Task(
        id=f"claim-{one.claim.id}",
        about=text(one.organization, "name", language),
        organization="",
        says=told % {"who": one.claim.name},
        since=one.claim.at,
        act=Act(_("See who asks"), "claims", {}, anchor=f"claim-{one.claim.id}"),
        href=Act("", "organization", {"organization_id": one.organization.id}),
        words=one.claim.words,
    )


LIST = WorkList(
    code="claims", title=N_("People who ask to keep listings"),
    lead=N_("They work there, they say. Whoever you accept keeps the listings true from then on."),
    tally=tally, rows=tasks, narrows=False,
)  # fmt: skip
