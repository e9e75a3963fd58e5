"""People who are helped, and what they need. Who they are stands apart, in `ClientIdentity`."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified, Json

NEED_STATUSES = ("open", "in_referral", "met", "partly_met", "unmet", "withdrawn", "met_elsewhere")
WISHES = ("soon", "near", "cheap", "mine")
MODELS_OF_CASE_MANAGEMENT = ("brokerage", "intensive", "clinical", "strengths")
KEEP_AWAY_KINDS = ("refused", "safety", "other_party", "conflict")


class Client(Identified, Base):
    """What decides about fit, and nothing that says who it is. Absent always means: we do not know."""

    __tablename__ = "client"
    alias: Mapped[str]
    """What the case manager calls this person where others may look over a shoulder."""
    organization_id: Mapped[UUID]
    """The case manager's organization, which keeps the file."""
    user_id: Mapped[UUID | None]
    """The client's own account, where there is one."""
    language: Mapped[str] = mapped_column(default="fr")
    """The language in which we write to them: fr or en."""
    birth_year: Mapped[int | None]
    gender: Mapped[str | None]
    languages: Mapped[list[str]] = mapped_column(default=list)
    interpreter_ok: Mapped[bool | None]
    audience: Mapped[list[str]] = mapped_column(default=list)
    audience_unknown: Mapped[list[str]] = mapped_column(default=list)
    funding: Mapped[list[str]] = mapped_column(default=list)
    ceiling_per_session: Mapped[float | None]
    mobility: Mapped[str | None]
    max_minutes: Mapped[int | None]
    max_km: Mapped[float | None]
    place_code: Mapped[str | None]
    place_name: Mapped[str | None]
    postcode: Mapped[str | None]
    country: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    accessibility: Mapped[list[str]] = mapped_column(default=list)
    """Codes of the `accessibility` taxonomy that they cannot do without."""
    availability: Mapped[list[Json]] = mapped_column(JSONB, default=list)
    """Weekly stretches in which they are free, as a listing keeps its hours: `{"days": […], "opens": …, "closes": …}`."""
    practitioner: Mapped[str | None]
    practitioner_must: Mapped[bool] = mapped_column(default=False)
    """Without that person they would rather not come at all; else it is a wish."""
    formats: Mapped[list[str]] = mapped_column(default=list)
    formats_must: Mapped[bool] = mapped_column(default=False)
    affinities: Mapped[list[str]] = mapped_column(default=list)
    guardian_consent: Mapped[bool | None]
    receives: Mapped[list[str]] = mapped_column(default=list)
    """Help they have already: codes of needs, or ids of services."""
    documents: Mapped[list[str]] = mapped_column(default=list)
    """Papers they hold: codes of `papers.PAPERS`, or the name of another one as it was written."""
    wishes: Mapped[list[str]] = mapped_column(default=list)
    """What counts most first: `soon`, `near`, `cheap`, `mine`. All four, or none."""
    model: Mapped[str] = mapped_column(default="brokerage", server_default="brokerage")
    """How they are accompanied."""
    said_none: Mapped[list[str]] = mapped_column(default=list)
    """Fields that are empty because somebody asked and the answer was: none, or no limit."""
    no_contact: Mapped[bool] = mapped_column(default=False, server_default=false())
    """They must not be contacted at all, by any way (contacting-subject-prohibited)."""
    sender_shown: Mapped[str | None]
    """Under which name our messages come; None: the product's."""
    zone: Mapped[str | None]
    """Whose clock they live by, as `Europe/London`; None: their country's."""
    reach_first: Mapped[str | None]
    """Of the ways that are safe, the one they like best: email, sms or phone."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    archived_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("mobility IN ('car', 'transit', 'bike', 'walk', 'none')", name="mobility_is_known"),
        CheckConstraint("language IN ('fr', 'en')", name="language_is_ours"),
        CheckConstraint("practitioner IN ('female', 'male')", name="practitioner_is_known"),
        CheckConstraint("practitioner IS NOT NULL OR NOT practitioner_must", name="must_names_a_practitioner"),
        CheckConstraint("model IN ('brokerage', 'intensive', 'clinical', 'strengths')", name="model_is_known"),
        CheckConstraint(
            "wishes <@ ARRAY['soon', 'near', 'cheap', 'mine']::varchar[] AND "
            + " AND ".join(f"cardinality(array_positions(wishes, '{wish}')) <= 1" for wish in WISHES),
            name="wishes_are_ours_each_once",
        ),
        Index("ix_client_organization_id", "organization_id"),
        Index("ix_client_user_id", "user_id"),
    )


class ClientIdentity(Base):
    """Who it is. Read and written only through `clients.identity`, so that a key per person can lock this one table."""

    __tablename__ = "client_identity"
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), primary_key=True)
    given_name: Mapped[str] = mapped_column(default="")
    family_name: Mapped[str] = mapped_column(default="")
    folded_name: Mapped[str] = mapped_column(default="")
    birth_date: Mapped[date | None]
    address: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    need_notes: Mapped[Json] = mapped_column(default=dict)
    """Need id -> what was written about it in free words."""
    keep_away_reasons: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    """KeepAway id -> why. For the eyes of whoever carries the file."""
    __table_args__ = (
        Index(
            "ix_client_identity_folded_name",
            "folded_name",
            postgresql_using="gin",
            postgresql_ops={"folded_name": "gin_trgm_ops"},
        ),
    )


class ClientContact(Identified, Base):
    """One way to reach a person, part of the identity. `safe` is a statement: somebody asked, and it is safe."""

    __tablename__ = "client_contact"
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    value: Mapped[str]
    safe: Mapped[bool] = mapped_column(default=False)
    safe_since: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    leave_message: Mapped[str] = mapped_column(default="none", server_default="none")
    """What may be left on an answering machine: none, vague (that somebody called), ok (who called)."""
    windows: Mapped[list[Json]] = mapped_column(JSONB, default=list, server_default="[]")
    """Weekly hours on their own clock, as `availability`; none: at any hour."""
    answered_by: Mapped[str] = mapped_column(default="", server_default="")
    """Who else may answer or read along."""
    ask_for: Mapped[str] = mapped_column(default="", server_default="")
    """The name by which one asks for them there."""
    verified_at: Mapped[datetime | None]
    """When somebody last asked whether it is still safe."""
    __table_args__ = (
        CheckConstraint("kind IN ('email', 'phone', 'sms')", name="kind_is_known"),
        CheckConstraint("leave_message IN ('none', 'vague', 'ok')", name="leave_message_is_known"),
        UniqueConstraint("client_id", "kind", "value"),
    )


class KeepAway(Identified, Base):
    """What is never proposed to this person: a service, an organization, or an area. Why stands in their identity."""

    __tablename__ = "keep_away"
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    service_id: Mapped[UUID | None]
    organization_id: Mapped[UUID | None]
    area: Mapped[str | None]
    """The beginning of a postcode."""
    kind: Mapped[str] = mapped_column(default="safety")
    since: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (
        CheckConstraint("num_nonnulls(service_id, organization_id, area) = 1", name="names_one_thing"),
        CheckConstraint("kind IN ('refused', 'safety', 'other_party', 'conflict')", name="kind_is_known"),
        CheckConstraint("area <> ''", name="area_says_something"),
        UniqueConstraint("client_id", "service_id", "organization_id", "area", postgresql_nulls_not_distinct=True),
    )


class Assignment(Identified, Base):
    """Who carries this person's file; and who stands in for them, from a day to a day, which end by themselves."""

    __tablename__ = "assignment"
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UUID]
    since: Mapped[datetime] = mapped_column(server_default=func.now())
    until: Mapped[datetime | None]
    kind: Mapped[str] = mapped_column(default="carries", server_default="carries")
    for_id: Mapped[UUID | None]
    """In whose place they stand; for one who carries it, who did before."""
    by_id: Mapped[UUID | None]
    """Who handed it over. None: they opened the file themselves."""
    looked_at: Mapped[datetime | None]
    """When they had looked at what the person has agreed to."""
    __table_args__ = (
        CheckConstraint("kind IN ('carries', 'stands_in')", name="kind_is_known"),
        CheckConstraint("kind = 'carries' OR for_id IS NOT NULL", name="stand_in_is_for_somebody"),
        CheckConstraint("kind = 'carries' OR until IS NOT NULL", name="stand_in_ends"),
        Index("ix_assignment_user_id", "user_id", postgresql_where="until IS NULL"),
        Index("ix_assignment_stands_in", "user_id", "until", postgresql_where="kind = 'stands_in'"),
    )


class Need(Identified, Base):
    """One thing that this person needs. The loop is closed here, not on a referral."""

    __tablename__ = "need"
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    term: Mapped[str]
    """Code in the `need` taxonomy."""
    specialisms: Mapped[list[str]] = mapped_column(default=list)
    urgency: Mapped[str] = mapped_column(default="routine")
    need_by: Mapped[date | None]
    remote_ok: Mapped[bool] = mapped_column(default=False)
    remote_only: Mapped[bool] = mapped_column(default=False)
    """By phone or video and no other way; then `remote_ok` too."""
    prescription_held: Mapped[bool | None]
    min_intensity: Mapped[int | None]
    """Level of the `care-intensity` taxonomy below which it would not be safe."""
    sensitivity: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    """What the case manager added to what its term says: codes of `taxonomy.sensitivity`."""
    status: Mapped[str] = mapped_column(default="open")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("urgency IN ('urgent', 'routine')", name="urgency_is_known"),
        CheckConstraint("remote_ok OR NOT remote_only", name="remote_only_is_remote"),
        CheckConstraint("min_intensity BETWEEN 1 AND 5", name="min_intensity_is_a_level"),
        CheckConstraint(
            "status IN ('open', 'in_referral', 'met', 'partly_met', 'unmet', 'withdrawn', 'met_elsewhere')",
            name="status_is_known",
        ),
    )
