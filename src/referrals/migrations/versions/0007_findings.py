"""What does not fit together in a listing, and what readers say is wrong with it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL AND dismissed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "finding",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_by", sa.Uuid(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(dismissed_at IS NULL) = (why IS NULL)", name=op.f("ck_finding_dismissed_has_a_reason")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_finding_service_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("service_id", "kind", "key", name=op.f("uq_finding_service_id_kind_key")),
    )
    op.create_index("ix_finding_open", "finding", ["kind", "weight", "found_at"], postgresql_where=OPEN)
    op.create_index("ix_finding_worst", "finding", ["weight", "found_at"], postgresql_where=OPEN)
    op.create_table(
        "check_run",
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_run")),
    )
    op.create_table(
        "reader_report",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "what IN ('closed', 'moved', 'phone', 'hours', 'other')", name=op.f("ck_reader_report_what_is_known")
        ),
        sa.CheckConstraint(
            "outcome IN ('mended', 'was_right', 'not_found_out')", name=op.f("ck_reader_report_outcome_is_known")
        ),
        sa.CheckConstraint(
            "(handled_at IS NULL) = (outcome IS NULL)", name=op.f("ck_reader_report_handled_has_an_outcome")
        ),
        sa.CheckConstraint(
            "handled_at IS NULL OR email IS NULL", name=op.f("ck_reader_report_address_is_forgotten_once_handled")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_reader_report_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reader_report")),
    )
    op.create_index("ix_reader_report_service_id_at", "reader_report", ["service_id", "at"])
    op.create_index("ix_reader_report_waiting", "reader_report", ["at"], postgresql_where=sa.text("handled_at IS NULL"))


def downgrade() -> None:
    op.drop_table("reader_report")
    op.drop_table("check_run")
    op.drop_table("finding")
