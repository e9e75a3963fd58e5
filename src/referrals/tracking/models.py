"""A referral, its events, the links that let a receiver or a client answer, and what became of the need."""

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
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    responded_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    """When whoever must act next should have acted."""
    appointment_at: Mapped[datetime | None]
    started_on: Mapped[date | None]
    completed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("channel IN ('link', 'phone')", name="channel_is_known"),
        Index("ix_referral_sender_id_status", "sender_id", "status"),
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
    at: Mapped[datetime]


class ReferralLink(Identified, Base):
    """A signed link for one referral and one person who has no account. Renewing it ends the one before."""

    __tablename__ = "referral_link"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), index=True)
    purpose: Mapped[str]
    address: Mapped[str]
    """Where it was first sent; a renewed link goes there and nowhere else."""
    language: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    __table_args__ = (CheckConstraint("purpose IN ('receiver', 'client')", name="purpose_is_known"),)


class ClientVoice(Identified, Base):
    """What the client said in two taps. Asked of a referral, about the need."""

    __tablename__ = "client_voice"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), index=True)
    need_id: Mapped[UUID] = mapped_column(index=True)
    received: Mapped[str]
    resolved: Mapped[str]
    told_to: Mapped[UUID | None]
    """The case manager who wrote it down, when it was said aloud."""
    at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("received IN ('yes', 'partly', 'no', 'not_yet')", name="received_is_known"),
        CheckConstraint("resolved IN ('yes', 'partly', 'no', 'unknown')", name="resolved_is_known"),
    )


class Verdict(Identified, Base):
    """What became of the need, said by the case manager once the voices are in."""

    __tablename__ = "verdict"
    need_id: Mapped[UUID] = mapped_column(index=True)
    referral_id: Mapped[UUID | None] = mapped_column(ForeignKey("referral.id"), index=True)
    verdict: Mapped[str]
    verified_by: Mapped[str]
    unmet_reason: Mapped[str | None]
    contact_attempts: Mapped[int] = mapped_column(default=0)
    decided_by: Mapped[UUID]
    at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint(
            "verdict IN ('met', 'partly', 'unmet', 'withdrawn', 'met_elsewhere', 'unknown')", name="verdict_is_known"
        ),
        CheckConstraint(
            "verified_by IN ('client', 'provider', 'document', 'observation', 'none')", name="verified_by_is_known"
        ),
        CheckConstraint("verdict <> 'unmet' OR unmet_reason IS NOT NULL", name="unmet_has_reason"),
    )


class Learned(Identified, Base):
    """What one service is known for in one need, or what is usual for it (`service_id` is None; need '' is all needs).

    Filled anew by `tracking.learn`; each row holds all that its `mean` was made of: (kappa·prior + total) / (kappa + weight).
    """

    __tablename__ = "learned"
    need: Mapped[str]
    measure: Mapped[str]
    service_id: Mapped[UUID | None]
    count: Mapped[int]
    weight: Mapped[float]
    total: Mapped[float]
    prior: Mapped[float]
    kappa: Mapped[float]
    mean: Mapped[float]
    spread: Mapped[float | None]
    """Between services that do well and badly; with what is usual."""
    as_of: Mapped[date]
    __table_args__ = (
        UniqueConstraint("need", "service_id", "measure", postgresql_nulls_not_distinct=True),
        CheckConstraint("measure IN ('quality', 'acceptance', 'answer_days', 'wait_days')", name="measure_is_known"),
        CheckConstraint("count >= 0 AND weight >= 0", name="counts_are_counts"),
    )
