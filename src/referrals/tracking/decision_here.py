"""After an attempt that ended, on its page: what was decided for the need, or what can be decided now."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.actions import CLOSED as CLOSED_NEEDS
from referrals.clients.models import Need
from referrals.directory.models import Service
from referrals.directory.queries.called import names
from referrals.directory.queries.redirects import standing
from referrals.kit.html import day
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.tracking import dispositions, labels
from referrals.tracking.dispositions import Kind
from referrals.tracking.lifecycle import TERMINAL, Status
from referrals.tracking.models import Disposition, Referral


@dataclass(frozen=True, slots=True)
class Decision:
    """`asks`: nothing is decided yet. `said`: what was decided, in a sentence. `next_id`: the attempt that goes on."""

    need_id: UUID
    asks: bool = False
    said: str = ""
    next_id: UUID | None = None
    closed: bool = False


async def decision_here(session: AsyncSession, referral: Referral, need: Need) -> Decision | None:
    """None while it is under way, and for what was a mistake. Two statements, and one for the name of the next."""
    if referral.status not in TERMINAL or referral.status == Status.ENTERED_IN_ERROR:
        return None
    closed = need.status in CLOSED_NEEDS
    found = await dispositions.standing(session, referral)
    if found is None:
        return Decision(need.id, asks=not closed and await dispositions.asks(session, referral), closed=closed)
    return Decision(need.id, said=await _sentence(session, found), next_id=found.next_referral_id, closed=closed)


def lead(decision: Decision | None) -> str:
    """How the page begins once something was decided; empty where the story itself says it better."""
    return _("This attempt is over.") if decision and not decision.asks else ""


SENTENCES = {
    Kind.RE_REFERRED: N_("Since %(day)s it goes on with %(service)s."),
    Kind.SELF_NAVIGATED: N_("Since %(day)s they see to it themselves."),
    Kind.UNMET: N_("On %(day)s it was closed as not settled: %(reason)s."),
    Kind.WITHDRAWN: N_("On %(day)s it was closed: they no longer want help with it."),
    Kind.MET_ELSEWHERE: N_("On %(day)s it was closed: help came from elsewhere."),
}


async def _sentence(session: AsyncSession, found: Disposition) -> str:
    reason = _(labels.UNMET[found.reason]) if found.reason else ""
    return _(SENTENCES[Kind(found.kind)]) % {
        "day": day(found.at), "service": await _service(session, found), "reason": reason[:1].lower() + reason[1:],
    }  # fmt: skip


async def _service(session: AsyncSession, found: Disposition) -> str:
    following = await session.get(Referral, found.next_referral_id) if found.next_referral_id else None
    service = await session.get(Service, await standing(session, following.service_id)) if following else None
    return (await names(session)).service(service).text("name", current_language()) if service else ""
