"""What was to be said to a person, by which way, and what became of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified


class ClientMessage(Identified, Base):
    """One message to a person: sent, waiting for their hours, a call to make, or not sent at all and why."""

    __tablename__ = "client_message"
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    """A code: why it was written."""
    contact_id: Mapped[UUID | None]
    """The one way it may take. None: there was none."""
    channel: Mapped[str | None]
    address: Mapped[str]
    """The page that it leads to."""
    created_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    until: Mapped[datetime | None]
    """After this moment it is of no use to anybody."""
    sent_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    """When the case manager had made the call."""
    done_by: Mapped[UUID | None]
    dropped_at: Mapped[datetime | None]
    dropped_why: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("channel IN ('email', 'phone', 'sms')", name="channel_is_known"),
        CheckConstraint("num_nonnulls(sent_at, dropped_at) < 2", name="sent_or_dropped"),
    )
