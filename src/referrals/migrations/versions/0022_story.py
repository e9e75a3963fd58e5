"""A referral's timers, and what a failed attempt led to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _dispositions()
    _timers()
    op.add_column("referral", sa.Column("calendar", sa.String(), nullable=False, server_default="FR"))
    op.add_column("referral", sa.Column("sender_calendar", sa.String(), nullable=False, server_default="FR"))
    op.add_column("referral", sa.Column("entered_at", MOMENT, nullable=True))
    op.add_column("referral", sa.Column("clock_spent", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("referral", sa.Column("pace", JSONB(), nullable=False, server_default="{}"))


def _dispositions() -> None:
    op.create_table(
        "disposition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("next_referral_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "kind IN ('re_referred', 'self_navigated', 'unmet', 'withdrawn', 'met_elsewhere')",
            name=op.f("ck_disposition_kind_is_known"),
        ),
        sa.CheckConstraint(
            "(kind = 're_referred') = (next_referral_id IS NOT NULL)",
            name=op.f("ck_disposition_re_referred_names_the_next"),
        ),
        sa.CheckConstraint("(kind = 'unmet') = (reason IS NOT NULL)", name=op.f("ck_disposition_unmet_has_reason")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_disposition_referral_id_referral")),
        sa.ForeignKeyConstraint(
            ["next_referral_id"], ["referral.id"], name=op.f("fk_disposition_next_referral_id_referral")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposition")),
    )
    op.create_index(op.f("ix_disposition_need_id"), "disposition", ["need_id"])
    op.create_index(op.f("ix_disposition_next_referral_id"), "disposition", ["next_referral_id"])
    op.create_index(
        "uq_disposition_one_an_attempt", "disposition", ["referral_id"], unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )  # fmt: skip


def _timers() -> None:
    op.create_table(
        "referral_timer",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("fired_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_timer_referral_id_referral"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("referral_id", "position", "kind", "round", name=op.f("pk_referral_timer")),
    )
    op.create_index(
        "ix_referral_timer_waiting", "referral_timer", ["due_at"], postgresql_where=sa.text("fired_at IS NULL")
    )
    op.create_table(
        "service_pace",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "stage IN ('answer', 'contact', 'booking', 'review', 'progress')",
            name=op.f("ck_service_pace_stage_is_known"),
        ),
        sa.CheckConstraint("urgency IN ('urgent', 'routine')", name=op.f("ck_service_pace_urgency_is_known")),
        sa.CheckConstraint("days BETWEEN 1 AND 90", name=op.f("ck_service_pace_days_are_days")),
        sa.PrimaryKeyConstraint("service_id", "stage", "urgency", name=op.f("pk_service_pace")),
    )


def downgrade() -> None:
    for column in ("pace", "clock_spent", "entered_at", "sender_calendar", "calendar"):
        op.drop_column("referral", column)
    op.drop_table("service_pace")
    op.drop_table("referral_timer")
    op.drop_table("disposition")
