"""What a person agreed to, how we know, what was asked of them, and what was told under it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified


class ConsentEvidence(Identified, Base):
    """How we know that somebody agreed. One piece may stand behind several agreements of one form."""

    __tablename__ = "consent_evidence"
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    """drawn or typed on a screen; witness: spoken, and who heard it; scan: a paper; code: a link of their own."""
    name: Mapped[str] = mapped_column(default="")
    """What was typed as a signature, or who heard it."""
    strokes: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    """A drawn signature: lines of points, each from 0 to 1000 across and down."""
    file_type: Mapped[str | None]
    file_hash: Mapped[str | None]
    """SHA-256 of the scan, which lies in the data folder under this row's id."""
    at: Mapped[datetime]
    __table_args__ = (CheckConstraint("kind IN ('drawn', 'typed', 'witness', 'scan', 'code')", name="kind_is_known"),)


class Consent(Identified, Base):
    """What a person agreed to: what may be told, to whom, for which purpose, until when. Never changed, only revoked."""

    __tablename__ = "consent"
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    """How many agreements of this person with these recipients there have been, this one counted."""
    form_id: Mapped[UUID | None] = mapped_column(index=True)
    """One form that was signed once may hold several agreements, each for one receiver, each revoked by itself."""
    grantor: Mapped[str] = mapped_column(default="self")
    authority: Mapped[str | None]
    """What gives a representative the right to agree."""
    method: Mapped[str]
    evidence_id: Mapped[UUID | None] = mapped_column(ForeignKey("consent_evidence.id", ondelete="SET NULL"))
    language_shown: Mapped[str]
    text: Mapped[str] = mapped_column(default="", server_default="")
    """The very text that was read or shown."""
    text_hash: Mapped[str]
    """Its SHA-256."""
    discloser_organization_id: Mapped[UUID]
    recipient_type: Mapped[str] = mapped_column(default="service")
    """service, organization, named_list (services in the order in which they may be asked), class (codes of needs)."""
    recipient_ids: Mapped[list[str]]
    purpose: Mapped[str] = mapped_column(default="refer")
    scope: Mapped[list[str]]
    sensitivity_allowed: Mapped[list[str]] = mapped_column(default=list)
    direction: Mapped[str]
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    ends_with: Mapped[str | None]
    """An event that ends it before its day: referral_closed, end_of_treatment."""
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
    revoked_role: Mapped[str | None]
    revoke_effect: Mapped[str | None]
    """What taking it back did: cancelled, cancel_requested, access_cut, nothing."""
    recorded_by: Mapped[UUID]
    __table_args__ = (
        CheckConstraint("method IN ('e-sign', 'oral_witnessed', 'paper_scan', 'sms_code')", name="method_is_known"),
        CheckConstraint("direction IN ('out', 'back', 'both')", name="direction_is_known"),
        CheckConstraint("grantor IN ('self', 'representative')", name="grantor_is_known"),
        CheckConstraint("grantor = 'self' OR authority IS NOT NULL", name="representative_has_authority"),
        CheckConstraint(
            "recipient_type IN ('service', 'organization', 'named_list', 'class')", name="recipient_type_is_known"
        ),
        CheckConstraint("purpose IN ('refer', 'coordinate', 'feedback', 'stats')", name="purpose_is_known"),
        CheckConstraint("ends_with IN ('referral_closed', 'end_of_treatment')", name="ends_with_is_known"),
    )


class ConsentRequest(Identified, Base):
    """What somebody was asked to agree to by a link of their own. The referral waits meanwhile."""

    __tablename__ = "consent_request"
    __table_args__ = (
        CheckConstraint("ends_with IN ('referral_closed', 'end_of_treatment')", name="ends_with_is_known"),
    )
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    referral_id: Mapped[UUID] = mapped_column(index=True)
    asked_by: Mapped[UUID]
    language: Mapped[str]
    before: Mapped[list[str]]
    after: Mapped[list[str]]
    sensitivity: Mapped[list[str]]
    direction: Mapped[str]
    months: Mapped[int]
    ends_with: Mapped[str | None]
    """The event at which it ends, where that comes before the months are over."""
    words: Mapped[str] = mapped_column(default="", server_default="")
    """The message that goes to the receiver with the referral."""
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    consent_id: Mapped[UUID | None]
    """What came of it; none: they did not agree."""


class Disclosure(Identified, Base):
    """One act of telling: which fields went to whom, under which consent."""

    __tablename__ = "disclosure"
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id"))
    recipient_id: Mapped[UUID]
    referral_id: Mapped[UUID | None] = mapped_column(index=True)
    fields: Mapped[list[str]]
    sensitivity: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    """What kinds of sensitive things it gave away."""
    purpose: Mapped[str]
    channel: Mapped[str]
    notice_ids: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    """The wordings of notices that went with it."""
    viewed: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Not a sending: the receiver had it before its eyes for the first time."""
    at: Mapped[datetime]
