"""What a person agreed to, and what was told under it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified


class Consent(Identified, Base):
    """What a person agreed to: what may be told, to whom, for which purpose, until when. Never changed, only revoked."""

    __tablename__ = "consent"
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    grantor: Mapped[str] = mapped_column(default="self")
    authority: Mapped[str | None]
    """What gives a representative the right to agree."""
    method: Mapped[str]
    language_shown: Mapped[str]
    text_hash: Mapped[str]
    """SHA-256 of the very text that was read or shown."""
    discloser_organization_id: Mapped[UUID]
    recipient_type: Mapped[str] = mapped_column(default="service")
    recipient_ids: Mapped[list[str]]
    purpose: Mapped[str] = mapped_column(default="refer")
    scope: Mapped[list[str]]
    sensitivity_allowed: Mapped[list[str]] = mapped_column(default=list)
    direction: Mapped[str]
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
    recorded_by: Mapped[UUID]
    __table_args__ = (
        CheckConstraint("method IN ('e-sign', 'oral_witnessed', 'paper_scan', 'sms_code')", name="method_is_known"),
        CheckConstraint("direction IN ('out', 'back', 'both')", name="direction_is_known"),
        CheckConstraint("grantor IN ('self', 'representative')", name="grantor_is_known"),
        CheckConstraint("grantor = 'self' OR authority IS NOT NULL", name="representative_has_authority"),
    )


class Disclosure(Identified, Base):
    """One act of telling: which fields went to whom, under which consent."""

    __tablename__ = "disclosure"
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id"))
    recipient_id: Mapped[UUID]
    referral_id: Mapped[UUID | None] = mapped_column(index=True)
    fields: Mapped[list[str]]
    purpose: Mapped[str]
    channel: Mapped[str]
    at: Mapped[datetime]
