"""Addresses that want to be told, what was told to each, and every answer that came; and which caseloads left as a file."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified, Json


class Webhook(Identified, Base):
    """`secret` is sealed: it signs each notice. Paused: nothing is sent and everything is kept. Ended: nothing more is kept."""

    __tablename__ = "webhook"
    organization_id: Mapped[UUID] = mapped_column(index=True)
    address: Mapped[str]
    events: Mapped[list[str]]
    """Names of events of the law."""
    secret: Mapped[str]
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    """In a row, whichever notice it was."""
    rests_until: Mapped[datetime | None]
    """After a failure nothing is tried before, so that a silent address holds nobody else up."""
    paused_at: Mapped[datetime | None]
    paused_why: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("cardinality(events) > 0", name="hears_something"),
        CheckConstraint("paused_why IN ('person', 'failures', 'gone')", name="paused_why_is_known"),
    )


class WebhookDelivery(Identified, Base):
    """One notice to one address. Its id is in what is sent, and stays the same however often it is sent."""

    __tablename__ = "webhook_delivery"
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    referral_id: Mapped[UUID | None] = mapped_column(index=True)
    """None for a trial."""
    position: Mapped[int | None]
    kind: Mapped[str]
    body: Mapped[Json] = mapped_column(JSONB)
    """Ids, codes, times and an address: nothing of anybody."""
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    delivered_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("webhook_id", "referral_id", "position", name="uq_webhook_delivery_one_notice_a_step"),
        Index("ix_webhook_delivery_webhook_id_created_at", "webhook_id", "created_at"),
    )


class WebhookTry(Identified, Base):
    """What came back: an HTTP number, or a word for why there was none."""

    __tablename__ = "webhook_try"
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_delivery.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    status: Mapped[int | None]
    problem: Mapped[str | None]
    milliseconds: Mapped[int]


class CaseloadExport(Identified, Base):
    """A caseload that somebody took out as a file: who, which columns, how many rows. Never what stood in them."""

    __tablename__ = "caseload_export"
    user_id: Mapped[UUID]
    organization_id: Mapped[UUID | None]
    role: Mapped[str]
    columns: Mapped[list[str]]
    rows: Mapped[int]
    at: Mapped[datetime]
    __table_args__ = (Index("ix_caseload_export_user_id_at", "user_id", "at"),)
