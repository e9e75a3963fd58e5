"""A need with all its attempts as one story, the newest first, and as a picture: who was asked when, and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.actor import Actor
from referrals.clients.models import Need
from referrals.kit.html import day, short_day
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.tracking import labels, queries, story
from referrals.tracking.lifecycle import OPEN, UNSENT
from referrals.tracking.models import Referral
from referrals.tracking.queries.lists import Try
from referrals.tracking.renamed import renamed
from referrals.tracking.story import Item

WIDTH: Final = 100.0
LEAST: Final = 6.0
"""An answer within the hour is seen too: on a telephone that is as wide as a word, and wider than a round end."""


@dataclass(frozen=True, slots=True)
class Bar:
    """From asking to the end, of a hundred."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Chapter:
    """One attempt. `why`: why it ended, in a few words; `bar`: None where nobody has been asked yet."""

    number: int
    referral: Referral
    service: str
    organization: str
    status: str
    kind: str
    why: str
    span: str
    bar: Bar | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class NeedStory:
    """`since`, `until`: the ends of the picture."""

    chapters: tuple[Chapter, ...]
    opened: Item
    since: str
    until: str


async def need_story(session: AsyncSession, actor: Actor, need: Need, now: datetime) -> NeedStory:
    """Whoever asks has read the need through `caseload`. A constant number of statements for each attempt."""
    tries = await queries.attempts(session, actor, need.id)
    begun, over = need.created_at, now if need.closed_at is None else need.closed_at
    chapters = [await _chapter(session, one, need, begun, over, now) for one in reversed(tries)]
    wished = _("wished for before %(day)s") % {"day": day(need.need_by)} if need.need_by else ""
    opened = Item(_("Need opened"), wished, short_day(begun))
    return NeedStory(tuple(chapters), opened, short_day(begun), short_day(over))


def bar(asked: datetime, ended: datetime, since: datetime, until: datetime) -> Bar:
    """Where it lies between the two ends of the picture. Pure."""
    whole = max(until - since, timedelta(hours=1)) / timedelta(seconds=1)
    start = min(max((asked - since) / timedelta(seconds=1) / whole, 0), 1) * WIDTH
    width = max((ended - asked) / timedelta(seconds=1) / whole * WIDTH, LEAST)
    x = min(start, WIDTH - LEAST)
    return Bar(round(x, 1), round(min(width, WIDTH - x), 1))


async def _chapter(
    session: AsyncSession, one: Try, need: Need, since: datetime, until: datetime, now: datetime
) -> Chapter:
    referral, service = one.referral, one.service.text("name", current_language())
    happened = await queries.timeline(session, referral)
    actors = await accounts.names(session, [fact.actor_id for fact in happened if fact.actor_id])
    changed = await renamed(session, referral, one.service, one.organization)
    items: Sequence[Item] = story.told(happened, referral, need, actors, now, to=service, renamed=changed)[:-1]
    ended = referral.closed_at or (now if referral.status in OPEN else referral.created_at)
    asked = referral.sent_at
    return Chapter(
        referral.attempt, referral, service, one.organization.text("name", current_language()),
        labels.status_label(referral.status), labels.KIND.get(referral.status, "plain"),
        labels.reason_label(one.event or "", one.reason), _span(asked, referral, ended),
        bar(asked, ended, since, until) if asked and referral.status not in UNSENT else None, tuple(items),
    )  # fmt: skip


def _span(asked: datetime | None, referral: Referral, ended: datetime) -> str:
    if asked is None:
        return ""
    if referral.status in OPEN:
        return _("since %(day)s") % {"day": short_day(asked)}
    first, last = short_day(asked), short_day(ended)
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}
