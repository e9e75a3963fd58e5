"""Appointments that are proposed, chosen and moved; a client's own page by link; calendars that travel with a mail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
MODES = "mode IN ('in_person', 'phone', 'video', 'home')"
PARTS = "('case_manager', 'provider', 'client', 'system', 'admin', 'case_manager_on_behalf')"


def upgrade() -> None:
    op.add_column("referral", sa.Column("appointment_zone", sa.String(), nullable=True))
    op.add_column("message", sa.Column("calendar", sa.String(), nullable=True))
    _appointments()
    _proposals()
    _links()


def downgrade() -> None:
    for table in ("client_link", "appointment_proposal", "appointment"):
        op.drop_table(table)
    op.drop_column("message", "calendar")
    op.drop_column("referral", "appointment_zone")


def _appointments() -> None:
    op.create_table(
        "appointment",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("move_asked_at", MOMENT, nullable=True),
        sa.Column("remind_on_day", sa.Boolean(), nullable=False),
        sa.Column("barrier", sa.String(), nullable=True),
        sa.Column("barrier_by", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_appointment_referral_id_referral")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.CheckConstraint(MODES, name=op.f("ck_appointment_mode_is_known")),
        sa.CheckConstraint(
            "status IN ('set', 'cancelled', 'missed', 'kept')", name=op.f("ck_appointment_status_is_known")
        ),
        sa.CheckConstraint("minutes BETWEEN 5 AND 600", name=op.f("ck_appointment_length_is_plausible")),
        sa.CheckConstraint(f"changed_by IN {PARTS}", name=op.f("ck_appointment_changed_by_is_known")),
    )
    op.create_index("ix_appointment_referral_id", "appointment", ["referral_id"])
    op.create_index(
        "uq_appointment_one_set",
        "appointment",
        ["referral_id"],
        unique=True,
        postgresql_where=sa.text("status = 'set'"),
    )


def _proposals() -> None:
    op.create_table(
        "appointment_proposal",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("times", postgresql.ARRAY(MOMENT), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("by_part", sa.String(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_appointment_proposal_referral_id_referral")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_proposal")),
        sa.CheckConstraint(MODES, name=op.f("ck_appointment_proposal_mode_is_known")),
        sa.CheckConstraint(
            "cardinality(times) BETWEEN 1 AND 3", name=op.f("ck_appointment_proposal_one_to_three_times")
        ),
        sa.CheckConstraint(
            "status IN ('open', 'chosen', 'refused', 'replaced')", name=op.f("ck_appointment_proposal_status_is_known")
        ),
        sa.CheckConstraint(
            "by_part IN ('provider', 'case_manager')", name=op.f("ck_appointment_proposal_by_part_is_known")
        ),
        sa.CheckConstraint("minutes BETWEEN 5 AND 600", name=op.f("ck_appointment_proposal_length_is_plausible")),
    )
    op.create_index("ix_appointment_proposal_referral_id", "appointment_proposal", ["referral_id"])
    op.create_index(
        "uq_appointment_proposal_one_open", "appointment_proposal", ["referral_id"], unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )  # fmt: skip


def _links() -> None:
    op.create_table(
        "client_link",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_client_link_client_id_client"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_link")),
        sa.CheckConstraint("kind IN ('sent', 'card')", name=op.f("ck_client_link_kind_is_known")),
    )
    op.create_index("ix_client_link_client_id", "client_link", ["client_id"])
