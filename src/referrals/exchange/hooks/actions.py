"""Registering an address, pausing and ending it, sending a notice again. Whoever calls has seen to it that it is theirs."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange.hooks import signing
from referrals.exchange.hooks.delivering import SEALED
from referrals.exchange.hooks.models import Webhook, WebhookDelivery
from referrals.exchange.hooks.telling import DELIVER
from referrals.kit.jobs import enqueue
from referrals.kit.sealing import seal
from referrals.tracking.models import Listener


async def register(
    session: AsyncSession,
    organization_id: UUID,
    address: str,
    events: Sequence[str],
    by: UUID,
    now: datetime,
    secret: str,
) -> tuple[Webhook, str]:
    """The address, and the key that signs what it is sent; nobody can read that again. `secret`: the installation's."""
    key = signing.new_secret()
    hook = Webhook(
        organization_id=organization_id, address=address, events=sorted(set(events)),
        secret=seal(secret, SEALED, key.encode()), made_by=by, created_at=now, failures=0,
    )  # fmt: skip
    session.add(hook)
    await session.flush()
    await session.execute(insert(Listener).values(organization_id=organization_id).on_conflict_do_nothing())
    return hook, key


async def end(session: AsyncSession, hook: Webhook, now: datetime) -> None:
    hook.ended_at = hook.ended_at or now
    await session.flush()
    others = select(Webhook.id).where(Webhook.organization_id == hook.organization_id, Webhook.ended_at.is_(None))
    if await session.scalar(others.limit(1)) is None:
        await session.execute(delete(Listener).where(Listener.organization_id == hook.organization_id))


async def pause(session: AsyncSession, hook: Webhook, now: datetime) -> None:
    """What happens from now on is kept, and sent when it is taken up again."""
    if hook.paused_at is None:
        hook.paused_at, hook.paused_why = now, "person"
        await session.flush()


async def take_up(session: AsyncSession, hook: Webhook, now: datetime) -> int:
    """Everything that waited goes out now, in its order; how many notices that is."""
    hook.paused_at, hook.paused_why, hook.failures, hook.rests_until = None, None, 0, None
    waiting = (
        await session.scalars(
            select(WebhookDelivery)
            .where(
                WebhookDelivery.webhook_id == hook.id, WebhookDelivery.delivered_at.is_(None),
                WebhookDelivery.given_up_at.is_(None),
            )
            .order_by(WebhookDelivery.created_at, WebhookDelivery.id)
        )
    ).all()  # fmt: skip
    for delivery in waiting:
        await replay(session, hook, delivery, now)
    return len(waiting)


async def replay(session: AsyncSession, hook: Webhook, delivery: WebhookDelivery, now: datetime) -> None:
    """The same notice once more, with the same id, whatever became of it before. Of a paused address it waits."""
    delivery.delivered_at, delivery.given_up_at, delivery.tries, delivery.due_at = None, None, 0, now
    hook.rests_until = None
    await session.flush()
    if hook.paused_at is None:
        await enqueue(session, DELIVER, id=str(delivery.id))
