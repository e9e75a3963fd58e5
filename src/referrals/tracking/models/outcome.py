"""What became of it, in three voices kept apart: the service, the person, the case manager; and where they differ."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified, Json

CHANNELS = ("link", "account", "phone", "paper")
"""By which way a person's answer came; `phone` is any answer that a case manager wrote down."""


class ProviderVoice(Identified, Base):
    """What the service says it gave, with the event that said so. Codes, days and numbers; its words are notes."""

    __tablename__ = "provider_voice"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), index=True)
    event_position: Mapped[int]
    delivery: Mapped[str]
    reason: Mapped[str | None]
    """Why it was not all of it: a code of `reasons.NOT_COMPLETED`."""
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    sessions: Mapped[int | None]
    next_step: Mapped[str | None]
    at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("referral_id", "event_position"),
        CheckConstraint("delivery IN ('full', 'partial', 'assessed_only', 'none')", name="delivery_is_known"),
        CheckConstraint(
            "next_step IN ('nothing_more', 'goes_on', 'referred_on', 'come_back')", name="next_step_is_known"
        ),
        CheckConstraint("sessions BETWEEN 0 AND 999", name="sessions_are_a_number"),
        CheckConstraint("first_day <= last_day", name="days_are_in_order"),
    )


class ClientVoice(Identified, Base):
    """What the client said: two taps, and what they liked to add. Asked of a referral, about the need."""

    __tablename__ = "client_voice"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), index=True)
    need_id: Mapped[UUID] = mapped_column(index=True)
    received: Mapped[str]
    resolved: Mapped[str]
    barrier: Mapped[str | None]
    """What stood in the way: a code of `reasons.BARRIERS`, or `other`."""
    respect: Mapped[int | None]
    """1 to 5: how respectful and how clear they were."""
    call_back: Mapped[bool | None]
    """Whether the case manager may telephone; None: not said."""
    keep_from_provider: Mapped[bool] = mapped_column(default=True)
    """Then the service hears of it in figures of five people or more, and in no other way."""
    ask_later: Mapped[bool] = mapped_column(default=False)
    """Whether we may ask again after a month and after three."""
    channel: Mapped[str] = mapped_column(default="link")
    told_to: Mapped[UUID | None]
    """The case manager who wrote it down, when it was said aloud."""
    at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("received IN ('yes', 'partly', 'no', 'not_yet')", name="received_is_known"),
        CheckConstraint("resolved IN ('yes', 'partly', 'no', 'unknown')", name="resolved_is_known"),
        CheckConstraint("respect BETWEEN 1 AND 5", name="respect_is_one_to_five"),
        CheckConstraint("channel IN ('link', 'account', 'phone', 'paper')", name="channel_is_known"),
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
    lesson: Mapped[str] = mapped_column(default="")
    """In the case manager's words, for their team."""
    next_action: Mapped[str] = mapped_column(default="")
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


class Dispute(Identified, Base):
    """Service and person tell it differently. Until somebody has settled it, nothing is learned from it."""

    __tablename__ = "dispute"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"))
    need_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str]
    opened_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_as: Mapped[str | None]
    settled_by: Mapped[UUID | None]
    """None where the two came to say the same by themselves."""
    __table_args__ = (
        CheckConstraint("kind IN ('full_but_no', 'none_but_yes')", name="kind_is_known"),
        CheckConstraint(
            "settled_as IN ('helped', 'not_helped', 'in_part', 'elsewhere', 'unclear', 'agreed')",
            name="settled_as_is_known",
        ),
        CheckConstraint("(settled_at IS NULL) = (settled_as IS NULL)", name="settled_says_how"),
        Index("ix_dispute_referral_id", "referral_id"),
        Index("uq_dispute_one_open", "referral_id", unique=True, postgresql_where="settled_at IS NULL"),
    )


class Asking(Identified, Base):
    """One question to a person, at its time: `first`, `again`, and after a `month` and a `quarter` by their leave."""

    __tablename__ = "asking"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"))
    need_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    result: Mapped[str | None]
    """asked; no_way: no safe way to reach them, so the case manager asks; needless: it was answered before or is over."""
    __table_args__ = (
        UniqueConstraint("referral_id", "kind"),
        CheckConstraint("kind IN ('first', 'again', 'month', 'quarter')", name="kind_is_known"),
        CheckConstraint("result IN ('asked', 'no_way', 'needless')", name="result_is_known"),
        CheckConstraint("(done_at IS NULL) = (result IS NULL)", name="done_has_a_result"),
        Index("ix_asking_due_at", "due_at", postgresql_where="done_at IS NULL"),
    )


class Lasting(Identified, Base):
    """Whether what was settled still is, a month or three later, in the person's own words."""

    __tablename__ = "lasting"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), index=True)
    need_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str]
    still: Mapped[str]
    channel: Mapped[str] = mapped_column(default="link")
    told_to: Mapped[UUID | None]
    at: Mapped[datetime]
    looked_after_at: Mapped[datetime | None]
    """When the case manager has done something about a no."""
    __table_args__ = (
        CheckConstraint("kind IN ('month', 'quarter')", name="kind_is_known"),
        CheckConstraint("still IN ('yes', 'partly', 'no', 'unknown')", name="still_is_known"),
        CheckConstraint("channel IN ('link', 'account', 'phone', 'paper')", name="channel_is_known"),
    )


class PaperCode(Base):
    """A code that was printed. It opens the same question as the link; of the code itself only a hash is kept."""

    __tablename__ = "paper_code"
    code_hash: Mapped[str] = mapped_column(primary_key=True)
    link_id: Mapped[UUID] = mapped_column(ForeignKey("referral_link.id", ondelete="CASCADE"), index=True)


class Heard(Base):
    """What a service is told of what people say: in fives, and anew only when five more have spoken."""

    __tablename__ = "heard"
    service_id: Mapped[UUID] = mapped_column(primary_key=True)
    as_of: Mapped[datetime]
    answers: Mapped[int]
    figures: Mapped[Json] = mapped_column(JSONB)
    __table_args__ = (CheckConstraint("answers >= 5 AND answers % 5 = 0", name="told_in_fives"),)
