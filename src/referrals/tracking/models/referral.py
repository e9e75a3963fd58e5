"""A referral, its events, its words, and the links that let somebody without an account answer."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified, Json


class Referral(Identified, Base):
    """One client sent to one service for one need. `status` and `position` are the story's summary, written by `record` alone."""

    __tablename__ = "referral"
    client_id: Mapped[UUID] = mapped_column(index=True)
    need_id: Mapped[UUID] = mapped_column(index=True)
    service_id: Mapped[UUID] = mapped_column(index=True)
    organization_id: Mapped[UUID]
    """The receiving service's organization at the time of sending."""
    sender_id: Mapped[UUID]
    sender_organization_id: Mapped[UUID]
    consent_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(default="draft")
    position: Mapped[int] = mapped_column(default=0)
    urgency: Mapped[str]
    attempt: Mapped[int] = mapped_column(default=1)
    """Which try for this need it is."""
    channel: Mapped[str]
    """link: the receiver answers by mail link; phone: it has only a telephone, the case manager records what is told."""
    receiver_email: Mapped[str | None]
    receiver_phone: Mapped[str | None]
    receiver_language: Mapped[str] = mapped_column(default="fr")
    snapshot: Mapped[Json] = mapped_column(JSONB)
    """The match as it was when it was sent: findings, parts, rules version, override reason."""
    calendar: Mapped[str] = mapped_column(default="FR", server_default="FR")
    """Whose working days the receiver keeps: a code of `calendars`."""
    sender_calendar: Mapped[str] = mapped_column(default="FR", server_default="FR")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    entered_at: Mapped[datetime | None]
    """Since when it stands where it stands."""
    clock_spent: Mapped[int] = mapped_column(default=0, server_default="0")
    """Seconds of working time that the receiver has used of its time to answer, before it asked something."""
    pace: Mapped[Json] = mapped_column(JSONB, default=dict, server_default="{}")
    """The service's own times when it was asked: stage -> days. Empty: what is usual."""
    sent_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    responded_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    """When whoever must act next should have acted."""
    appointment_at: Mapped[datetime | None]
    appointment_zone: Mapped[str | None]
    """The clock on the wall where it takes place."""
    started_on: Mapped[date | None]
    completed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("channel IN ('link', 'phone')", name="channel_is_known"),
        Index("ix_referral_sender_id_status", "sender_id", "status"),
        Index("ix_referral_received", "organization_id", "status", "urgency", "sent_at", "id", "due_at"),
        Index(
            "uq_referral_open_need_service", "need_id", "service_id", unique=True,
            postgresql_where="status NOT IN ('closed','declined','expired','cancelled','not_completed','entered_in_error')",
        ),
    )  # fmt: skip


class ReferralEvent(Identified, Base):
    """Something that happened. Append-only: a trigger refuses every change. `facts` hold dates, numbers and codes, no words."""

    __tablename__ = "referral_event"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"))
    position: Mapped[int]
    kind: Mapped[str]
    from_status: Mapped[str]
    to_status: Mapped[str]
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor_role: Mapped[str]
    """case_manager, provider, client, system, or case_manager_on_behalf."""
    reason_code: Mapped[str | None]
    facts: Mapped[Json] = mapped_column(JSONB, default=dict)
    idempotency_key: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("referral_id", "position", name="uq_referral_event_one_fact_a_position"),
        UniqueConstraint("referral_id", "idempotency_key", name="uq_referral_event_one_answer_a_key"),
        CheckConstraint("kind <> 'decline' OR reason_code IS NOT NULL", name="declined_has_reason"),
    )


class ReferralNote(Identified, Base):
    """Words about a referral: a question, an answer, a message. Apart from the story, so that they can be erased."""

    __tablename__ = "referral_note"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id", ondelete="CASCADE"), index=True)
    event_position: Mapped[int | None]
    kind: Mapped[str]
    text: Mapped[str]
    author_id: Mapped[UUID | None]
    author_role: Mapped[str]
    visible_to: Mapped[list[str]]
    """Which sides may read it: sender, receiver, client."""
    sensitivity: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    """What it gives away beyond what the referral itself does; a receiver reads it only where that was agreed to."""
    at: Mapped[datetime]


class ReferralLink(Identified, Base):
    """A signed link for one referral and one person who has no account. Renewing it ends the one before."""

    __tablename__ = "referral_link"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), index=True)
    purpose: Mapped[str]
    address: Mapped[str] = mapped_column(index=True)
    """Where it was first sent; a renewed link goes there and nowhere else."""
    language: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    __table_args__ = (CheckConstraint("purpose IN ('receiver', 'client')", name="purpose_is_known"),)
