"""Records that may be told twice. The list itself is a page of its own, where two are laid side by side."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.curation.work import Act, Asked, Tally, Task, WorkList
from referrals.directory.duplicates import queries
from referrals.directory.duplicates.queries import Pair
from referrals.directory.duplicates.records import Entity
from referrals.directory.queries.texts import Text
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _

KINDS = {str(Entity.SERVICE): N_("Services"), str(Entity.ORGANIZATION): N_("Organizations")}


async def tally(session: AsyncSession, now: datetime) -> Tally:
    return Tally(*await queries.how_many(session))


async def tasks(session: AsyncSession, asked: Asked) -> list[Task]:
    wanted = queries.Asked(
        entity=Entity(asked.kind) if asked.kind in KINDS else None,
        words=asked.organization,
        area=asked.area,
        page=asked.page,
    )
    return [_task(pair) for pair in await queries.pairs(session, wanted)]


def _task(pair: Pair) -> Task:
    grounds = [reason.text for reason in pair.reasons if reason.sign == "+"][:3]
    return Task(
        id=f"pair-{pair.id}",
        about=Text(f"{pair.a.name} · {pair.b.name}"),
        organization=" · ".join(dict.fromkeys(one.organization for one in (pair.a, pair.b) if one.organization)),
        says=". ".join(grounds) + "." if grounds else "",
        since=pair.found_at,
        act=Act(_("Look at both"), "duplicate", {"pair_id": pair.id}),
        others=(Act(_("Not the same"), "not-the-same", {"pair_id": pair.id}, post=True),),
        kind="attention" if pair.likely else "plain",
        badge=_("All but certain") if pair.likely else "",
    )


LIST = WorkList(
    code="duplicates", title=N_("Possible doubles"),
    lead=N_("Two records that may tell of the same. The most alike come first."),
    tally=tally, rows=tasks, kinds=KINDS,
)  # fmt: skip
