"""A visit that is arranged: the times that were proposed, the one that stands, and a client's link to their own page."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, DateTime, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified

_MODES = "mode IN ('in_person', 'phone', 'video', 'home')"
_PARTS = "('case_manager', 'provider', 'client', 'system', 'admin', 'case_manager_on_behalf')"


class Appointment(Identified, Base):
    """One visit. Its id is the UID of its calendar entry, whose SEQUENCE rises with every change.

    Kept in step with the referral's story by the effects of its events; nobody else changes when it is, or whether.
    """

    __tablename__ = "appointment"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), index=True)
    starts_at: Mapped[datetime]
    zone: Mapped[str]
    """The clock on the wall where it takes place, as `Europe/London`."""
    minutes: Mapped[int]
    mode: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="set")
    sequence: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
    """In which part somebody set, moved or ended it."""
    reason: Mapped[str | None]
    move_asked_at: Mapped[datetime | None]
    """Since when the person asks for another time; this one stands until another is chosen."""
    remind_on_day: Mapped[bool] = mapped_column(default=False)
    barrier: Mapped[str | None]
    """What stood in the way when it was missed; `none` where nothing did, or they were there."""
    barrier_by: Mapped[str | None]
    __table_args__ = (
        CheckConstraint(_MODES, name="mode_is_known"),
        CheckConstraint("status IN ('set', 'cancelled', 'missed', 'kept')", name="status_is_known"),
        CheckConstraint("minutes BETWEEN 5 AND 600", name="length_is_plausible"),
        CheckConstraint(f"changed_by IN {_PARTS}", name="changed_by_is_known"),
        Index("uq_appointment_one_set", "referral_id", unique=True, postgresql_where="status = 'set'"),
    )


class AppointmentProposal(Identified, Base):
    """Up to three times, of which one is to be chosen. A new proposal replaces the one before."""

    __tablename__ = "appointment_proposal"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), index=True)
    times: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)))
    zone: Mapped[str]
    minutes: Mapped[int]
    mode: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    by_part: Mapped[str]
    by_id: Mapped[UUID | None]
    proposed_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="open")
    decided_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    """When whoever has to choose was last written to once more."""
    __table_args__ = (
        CheckConstraint(_MODES, name="mode_is_known"),
        CheckConstraint("cardinality(times) BETWEEN 1 AND 3", name="one_to_three_times"),
        CheckConstraint("status IN ('open', 'chosen', 'refused', 'replaced')", name="status_is_known"),
        CheckConstraint("by_part IN ('provider', 'case_manager')", name="by_part_is_known"),
        CheckConstraint("minutes BETWEEN 5 AND 600", name="length_is_plausible"),
        Index("uq_appointment_proposal_one_open", "referral_id", unique=True, postgresql_where="status = 'open'"),
    )


class ClientLink(Identified, Base):
    """A signed link to one person's own page. No address is kept with it: where they may be written to is asked each time."""

    __tablename__ = "client_link"
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(default="sent")
    """sent: through the gateway; card: printed, and handed over."""
    made_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    __table_args__ = (CheckConstraint("kind IN ('sent', 'card')", name="kind_is_known"),)
