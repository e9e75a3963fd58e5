"""One step of a referral becomes a notice to each address that wants it, and may have it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import MergedInto
from referrals.exchange.fhir.shapes import PATH, moment
from referrals.exchange.fhir.statuses import FACES, business_code
from referrals.exchange.hooks.labels import TRIAL, VERDICTS
from referrals.exchange.hooks.models import Webhook, WebhookDelivery
from referrals.kit.db import Json
from referrals.kit.jobs import enqueue
from referrals.kit.settings import Settings
from referrals.tracking.lifecycle import UNSENT
from referrals.tracking.models import Referral, ReferralEvent

DELIVER = "exchange.deliver_hook"


async def tell_hooks(
    session: AsyncSession, *, referral_id: str, position: int, now: datetime, settings: Settings
) -> None:
    """Cut off and begun anew, it makes no notice twice."""
    referral = await session.get(Referral, UUID(referral_id))
    event = await session.scalar(
        select(ReferralEvent).where(ReferralEvent.referral_id == UUID(referral_id), ReferralEvent.position == position)
    )
    if referral is None or event is None or event.to_status in UNSENT:
        return
    for hook in await _listening(session, referral, event):
        await _notice(session, hook, referral, event, settings, now)


async def trial(session: AsyncSession, hook: Webhook, now: datetime) -> WebhookDelivery:
    """A notice of nothing, to see whether it gets through."""
    id = uuid4()
    body: Json = {"type": TRIAL, "id": str(id), "timestamp": moment(now), "data": {}}
    delivery = WebhookDelivery(id=id, webhook_id=hook.id, kind=TRIAL, body=body, created_at=now, due_at=now, tries=0)
    session.add(delivery)
    await session.flush()
    await enqueue(session, DELIVER, id=str(id))
    return delivery


def told(id: UUID, referral: Referral, event: ReferralEvent, base: str) -> Json:
    """Ids, codes, times, and where the rest is to be read with a key."""
    status = event.to_status
    return {
        "type": f"referral.{event.kind}", "id": str(id), "timestamp": moment(event.at),
        "data": {
            "event": event.kind, "position": event.position,
            "task": {
                "reference": f"Task/{referral.id}", "url": f"{base}{PATH}/Task/{referral.id}", "status": FACES[status].task,
                "businessStatus": business_code(status, event.kind),
            },
        },
    }  # fmt: skip


async def _listening(session: AsyncSession, referral: Referral, event: ReferralEvent) -> Sequence[Webhook]:
    """A sender hears all of its own; a receiver what it could see, and never how it was judged."""
    kept = select(MergedInto.kept_id).where(MergedInto.old_id == referral.organization_id)
    receivers = {referral.organization_id, *await session.scalars(kept)}
    sides = {referral.sender_organization_id} | (set() if event.kind in VERDICTS else receivers)
    found = select(Webhook).where(
        Webhook.organization_id.in_(sides), Webhook.ended_at.is_(None), Webhook.events.contains([event.kind])
    )
    return (await session.scalars(found.order_by(Webhook.created_at, Webhook.id))).all()


async def _notice(
    session: AsyncSession, hook: Webhook, referral: Referral, event: ReferralEvent, settings: Settings, now: datetime
) -> None:
    id = uuid4()
    values: dict[str, Any] = {
        "id": id, "webhook_id": hook.id, "referral_id": referral.id, "position": event.position, "kind": event.kind,
        "body": told(id, referral, event, settings.base_url), "created_at": now, "due_at": now, "tries": 0,
    }  # fmt: skip
    made = await session.scalar(
        insert(WebhookDelivery).values(values).on_conflict_do_nothing().returning(WebhookDelivery.id)
    )
    if made is not None and hook.paused_at is None:
        await enqueue(session, DELIVER, id=str(id))
