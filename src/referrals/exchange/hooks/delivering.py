"""A notice is sent, and again after growing waits, until it is taken or too much time has gone. At least once, with one id."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import User
from referrals.exchange.hooks import signing
from referrals.exchange.hooks.models import Webhook, WebhookDelivery, WebhookTry
from referrals.exchange.hooks.posting import Answer, Outward
from referrals.exchange.hooks.telling import DELIVER
from referrals.kit import mail
from referrals.kit.html import Jinja, addresses
from referrals.kit.jobs import enqueue
from referrals.kit.sealing import unseal
from referrals.kit.settings import Settings

SEALED: Final = "webhook"
WAITS: Final = tuple(
    timedelta(**span)
    for span in (
        {"minutes": 1}, {"minutes": 5}, {"minutes": 30}, {"hours": 2}, {"hours": 6}, {"hours": 12}, {"hours": 24},
    )
)  # fmt: skip
"""After each failure of one notice; after the last it is given up, and can be sent again by hand."""
LONGEST_REST: Final = timedelta(hours=1)
TOO_MANY: Final = 20
"""Failures in a row after which the address is paused and its administrator written to."""
KEPT: Final = timedelta(days=90)
_GONE: Final = 410


async def deliver(
    session: AsyncSession, *, id: str, now: datetime, settings: Settings, jinja: Jinja, outward: Outward
) -> None:
    """One try. Whoever comes while another sends the same leaves it to them."""
    delivery = await session.scalar(
        select(WebhookDelivery).where(WebhookDelivery.id == UUID(id)).with_for_update(skip_locked=True)
    )
    if delivery is None or delivery.delivered_at is not None or delivery.given_up_at is not None:
        return
    hook = await session.get_one(Webhook, delivery.webhook_id, populate_existing=True)
    if hook.ended_at is not None or hook.paused_at is not None:
        return
    wait = max(filter(None, (delivery.due_at, hook.rests_until)))
    if wait > now:
        await enqueue(session, DELIVER, at=wait, id=id)
        return
    answer = await _send(hook, delivery, now, settings, outward)
    session.add(
        WebhookTry(
            delivery_id=delivery.id, at=now, status=answer.status, problem=answer.problem,
            milliseconds=answer.milliseconds,
        )
    )  # fmt: skip
    if answer.taken:
        delivery.delivered_at, hook.failures, hook.rests_until = now, 0, None
    else:
        await _failed(session, hook, delivery, answer, now, settings, jinja)
    await session.flush()


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """What was settled long ago is no longer kept."""
    await session.execute(
        delete(WebhookDelivery).where(
            WebhookDelivery.created_at < now - KEPT,
            WebhookDelivery.delivered_at.is_not(None) | WebhookDelivery.given_up_at.is_not(None),
        )
    )


async def _send(
    hook: Webhook, delivery: WebhookDelivery, now: datetime, settings: Settings, outward: Outward
) -> Answer:
    secret = unseal(settings.secret, SEALED, hook.secret)
    if secret is None:
        return Answer(None, 0, "address")  # sealed with another secret of the installation: nobody could check it
    said = msgspec.json.encode(delivery.body)
    return await outward.post(hook.address, said, signing.headers(secret.decode(), delivery.id, now, said))


async def _failed(
    session: AsyncSession, hook: Webhook, delivery: WebhookDelivery, answer: Answer, now: datetime, settings: Settings,
    jinja: Jinja,
) -> None:  # fmt: skip
    hook.failures += 1
    hook.rests_until = now + min(WAITS[min(hook.failures, len(WAITS)) - 1], LONGEST_REST)
    delivery.tries += 1
    if delivery.tries > len(WAITS):
        delivery.given_up_at = now
    else:
        delivery.due_at = now + WAITS[delivery.tries - 1]
    if answer.status == _GONE or hook.failures >= TOO_MANY:
        hook.paused_at, hook.paused_why = now, "gone" if answer.status == _GONE else "failures"
        await _write_to_administrator(session, hook, settings, jinja)
    elif delivery.given_up_at is None:
        await enqueue(session, DELIVER, at=delivery.due_at, id=str(delivery.id))


async def _write_to_administrator(session: AsyncSession, hook: Webhook, settings: Settings, jinja: Jinja) -> None:
    user = await session.get(User, hook.made_by) if hook.made_by else None
    if user is None or user.deactivated_at is not None:
        return
    await mail.post(
        session, jinja, to=user.email, language=user.language, template="webhook_paused", product=settings.product,
        name=user.name, address=settings.base_url + addresses(jinja)("webhook", lang=user.language, hook_id=hook.id),
    )  # fmt: skip
