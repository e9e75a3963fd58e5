"""What was learned of services from what happened, and the weights that organizations chose."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "learned",
        sa.Column("need", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("total", sa.Float(), nullable=False),
        sa.Column("prior", sa.Float(), nullable=False),
        sa.Column("kappa", sa.Float(), nullable=False),
        sa.Column("mean", sa.Float(), nullable=False),
        sa.Column("spread", sa.Float(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned")),
        sa.CheckConstraint(
            "measure IN ('quality', 'acceptance', 'answer_days', 'wait_days')", name=op.f("ck_learned_measure_is_known")
        ),
        sa.CheckConstraint("count >= 0 AND weight >= 0", name=op.f("ck_learned_counts_are_counts")),
        sa.UniqueConstraint(
            "need", "service_id", "measure", name=op.f("uq_learned_need_service_id_measure"),
            postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip
    op.create_table(
        "own_weights",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shares", postgresql.JSONB(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_weights")),
        sa.UniqueConstraint("organization_id", "version", name=op.f("uq_own_weights_organization_id_version")),
        sa.CheckConstraint("version > 0", name=op.f("ck_own_weights_versions_begin_at_one")),
        sa.CheckConstraint("length(trim(why)) > 0", name=op.f("ck_own_weights_has_a_reason")),
    )


def downgrade() -> None:
    op.drop_table("own_weights")
    op.drop_table("learned")
