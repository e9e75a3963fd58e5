"""Looking at what was registered and what became of each notice. Begins at the organizations that somebody answers for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.exchange.hooks.models import Webhook, WebhookDelivery, WebhookTry
from referrals.kit.errors import NotFound

State = Literal["taken", "waiting", "given_up"]
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """An address, how many of its notices wait, and when the last one got through."""

    hook: Webhook
    waiting: int
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Notice:
    delivery: WebhookDelivery
    tries: tuple[WebhookTry, ...]
    """The newest first."""

    @property
    def state(self) -> State:
        if self.delivery.delivered_at is not None:
            return "taken"
        return "waiting" if self.delivery.given_up_at is None else "given_up"


def administered(actor: Actor) -> tuple[UUID, ...]:
    """The organizations for whose programs this person answers: where they administrate, and whose colleagues they manage."""
    return tuple(dict.fromkeys((*actor.organizations.get(Role.ADMINISTRATOR, ()), *sorted(actor.manages))))


async def registered(session: AsyncSession, organizations: Sequence[UUID]) -> list[Shown]:
    waits = and_(WebhookDelivery.delivered_at.is_(None), WebhookDelivery.given_up_at.is_(None))
    rows = await session.execute(
        select(Webhook, func.count(WebhookDelivery.id).filter(waits), func.max(WebhookDelivery.delivered_at))
        .outerjoin(WebhookDelivery, WebhookDelivery.webhook_id == Webhook.id)
        .where(Webhook.organization_id.in_(organizations), Webhook.ended_at.is_(None))
        .group_by(Webhook.id)
        .order_by(Webhook.created_at, Webhook.id)
    )
    return [Shown(hook, waiting, last) for hook, waiting, last in rows]


async def get(session: AsyncSession, organizations: Sequence[UUID], hook_id: UUID) -> Webhook:
    """Raises NotFound for one that is not there, and for one that is somebody else's."""
    found = await session.scalar(
        select(Webhook).where(
            Webhook.id == hook_id, Webhook.organization_id.in_(organizations), Webhook.ended_at.is_(None)
        )
    )
    if found is None:
        raise NotFound("webhook")
    return found


async def notices(session: AsyncSession, hook: Webhook, state: State | None = None) -> list[Notice]:
    """The newest, with all answers."""
    asked = select(WebhookDelivery).where(WebhookDelivery.webhook_id == hook.id)
    if state is not None:
        asked = asked.where(_STATES[state])
    found = (
        await session.scalars(asked.order_by(WebhookDelivery.created_at.desc(), WebhookDelivery.id.desc()).limit(SHOWN))
    ).all()
    tries: dict[UUID, list[WebhookTry]] = {}
    for one in await session.scalars(
        select(WebhookTry).where(WebhookTry.delivery_id.in_([one.id for one in found])).order_by(WebhookTry.at.desc())
    ):
        tries.setdefault(one.delivery_id, []).append(one)
    return [Notice(one, tuple(tries.get(one.id, ()))) for one in found]


async def notice(session: AsyncSession, hook: Webhook, delivery_id: UUID) -> WebhookDelivery:
    """Raises NotFound."""
    found = await session.scalar(
        select(WebhookDelivery).where(WebhookDelivery.id == delivery_id, WebhookDelivery.webhook_id == hook.id)
    )
    if found is None:
        raise NotFound("notice")
    return found


_STATES: dict[State, ColumnElement[bool]] = {
    "taken": WebhookDelivery.delivered_at.is_not(None),
    "waiting": and_(WebhookDelivery.delivered_at.is_(None), WebhookDelivery.given_up_at.is_(None)),
    "given_up": WebhookDelivery.given_up_at.is_not(None),
}
