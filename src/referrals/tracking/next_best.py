"""What to do after an attempt that led nowhere: on the page of that attempt, and on the page of the day."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Req
from referrals.tracking.beside import NextBest, following
from referrals.tracking.lifecycle import TERMINAL, Status
from referrals.tracking.models import Referral
from referrals.tracking.queries import Day, Waiting


async def next_here(request: Req, session: AsyncSession, referral: Referral, now: datetime) -> NextBest | None:
    """None where it was not this attempt that calls for another one."""
    if referral.status not in TERMINAL | {Status.WAITLISTED}:
        return None
    found = await following(request).looked_for(session, request.user, referral.need_id, now)
    return found if found is not None and found.referral_id == referral.id else None


async def ready_today(
    request: Req, session: AsyncSession, day: Day, now: datetime
) -> tuple[Day, Mapping[UUID, NextBest]]:
    """What is ready for the needs of the day. A waiting list that is too long waits for its case manager, too."""
    asked = [
        task.need.id for task in (*day.tasks, *day.moving)
        if task.waiting == Waiting.STOPPED or (task.referral and task.referral.status == Status.WAITLISTED)
    ]  # fmt: skip
    if not asked:
        return day, {}
    found = await following(request).ready(session, request.user, asked, now)
    late = tuple(task for task in day.moving if task.need.id in found)
    moving = tuple(task for task in day.moving if task.need.id not in found)
    return replace(day, tasks=(*late, *day.tasks), moving=moving), found


def in_a_line(best: NextBest) -> str:
    """`They said no: full. Next: Truro Physio, 12 min by car, a place at once.`"""
    if best.in_turn:
        by_itself = _("%(service)s is asked next, by itself") % {"service": best.in_turn[0]}
        return f"{best.said} {by_itself}."
    if best.first is None:
        return f"{best.said} {best.note}".strip()
    told = ", ".join([best.first.name, *(phrase.striptags() for phrase in best.first.saying)])
    following_one = _("Next: %(service)s.") % {"service": told}
    return f"{best.said} {following_one}"
