"""Sources that should come by themselves and do not."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.curation.work import Act, Asked, Tally, Task, WorkList
from referrals.directory.queries.texts import Text
from referrals.exchange import feeds
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _


async def tally(session: AsyncSession, now: datetime) -> Tally:
    troubled = [one for one in await feeds.listed(session) if one.problem and one.feed.active]
    since = [one.feed.looked_at for one in troubled if one.feed.looked_at is not None]
    return Tally(len(troubled), min(since, default=None))


async def tasks(session: AsyncSession, asked: Asked) -> list[Task]:
    if asked.page > 1:
        return []
    return [
        Task(
            id=f"feed-{one.feed.id}",
            about=Text(one.feed.source, None),
            organization="",
            says=one.problem,
            since=one.feed.looked_at,
            act=Act(_("See the sources"), "feeds", {}),
        )
        for one in await feeds.listed(session)
        if one.problem and one.feed.active
    ]


LIST = WorkList(
    code="feeds", title=N_("Sources that do not come"),
    lead=N_("Their listings grow old here until the address answers again."),
    tally=tally, rows=tasks, narrows=False,
)  # fmt: skip
