"""Fields that were edited here and that their source now says otherwise; the longest known first."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.curation.work import PER_PAGE, Act, Asked, Tally, Task, WorkList
from referrals.directory.queries.texts import Text
from referrals.exchange import conflicts
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _


async def tally(session: AsyncSession, now: datetime) -> Tally:
    count, oldest = await conflicts.count_open(session)
    return Tally(count, oldest)


async def tasks(session: AsyncSession, asked: Asked) -> list[Task]:
    found = await conflicts.waiting(session, asked.page)
    return [
        Task(
            id=f"conflict-{one.id}",
            about=Text(one.name, None),
            organization=one.source,
            says=_("%(field)s was written here, and %(source)s now says something else.")
            % {"field": one.field, "source": one.source},
            since=one.found_at,
            act=Act(_("See both"), "conflicts", {}, anchor=f"conflict-{one.id}"),
        )
        for one in found[: PER_PAGE + 1]
    ]


LIST = WorkList(
    code="conflicts", title=N_("Sources that contradict us"),
    lead=N_("Ours stands until you decide: keep it, or take what the source says now."),
    tally=tally, rows=tasks, narrows=False,
)  # fmt: skip
