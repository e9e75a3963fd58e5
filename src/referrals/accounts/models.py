"""People with an account, what they may do and for whom."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified


class Role(StrEnum):
    CLIENT = "client"
    CASE_MANAGER = "case_manager"
    SUPERVISOR = "supervisor"
    PROVIDER_EDITOR = "provider_editor"
    CURATOR = "curator"
    ADMINISTRATOR = "administrator"


class User(Identified, Base):
    """`password_hash` is None until an invitation has been answered; `deactivated_at` ends every session."""

    __tablename__ = "user_account"
    email: Mapped[str]
    name: Mapped[str]
    language: Mapped[str] = mapped_column(default="fr")
    password_hash: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    deactivated_at: Mapped[datetime | None]
    __table_args__ = (
        Index("uq_user_account_email", text("lower(email)"), unique=True),
        CheckConstraint("language IN ('fr', 'en')", name="language_is_ours"),
    )


class Membership(Identified, Base):
    """A role, in an organization of the directory (a plain column: this room knows no organizations) or in none."""

    __tablename__ = "membership"
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    organization_id: Mapped[UUID | None]
    role: Mapped[Role]
    trusted: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    """What this editor changes is live at once; otherwise it waits for a curator."""
    manages: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    """May invite colleagues into this organization, and end their access."""
    since: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (
        UniqueConstraint("user_id", "organization_id", "role", postgresql_nulls_not_distinct=True),
        Index("ix_membership_organization_id", "organization_id"),
    )


class UserSession(Base):
    """One browser that is signed in. Only the hash of its token is kept."""

    __tablename__ = "user_session"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class AccountLink(Base):
    """An invitation or a forgotten password, sent by mail, good for one use."""

    __tablename__ = "account_link"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    __table_args__ = (CheckConstraint("purpose IN ('invitation', 'forgotten')", name="purpose_is_known"),)


class SignInTry(Identified, Base):
    """A failed sign-in, kept an hour to slow down guessing. The address is kept as a hash."""

    __tablename__ = "sign_in_try"
    email_hash: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]


class ApiKey(Identified, Base):
    """A program that may ask. Only the hash of its key is kept; `hint` is the key's beginning, to tell one from another."""

    __tablename__ = "api_key"
    token_hash: Mapped[str] = mapped_column(unique=True)
    hint: Mapped[str]
    label: Mapped[str]
    scopes: Mapped[list[str]]
    per_minute: Mapped[int]
    """Needs that it may ask about within a minute."""
    organization_id: Mapped[UUID | None]
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    last_used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("cardinality(scopes) > 0", name="key_opens_something"),
        CheckConstraint("per_minute BETWEEN 1 AND 10000", name="limit_is_sensible"),
    )
