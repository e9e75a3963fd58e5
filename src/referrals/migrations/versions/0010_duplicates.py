"""Possible doubles, what was decided about them, merges and where merged records lead."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "duplicate_pair",
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("a_id", sa.Uuid(), nullable=False),
        sa.Column("b_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pair")),
        sa.UniqueConstraint("entity", "a_id", "b_id", name=op.f("uq_duplicate_pair_entity_a_id_b_id")),
        sa.CheckConstraint("a_id < b_id", name=op.f("ck_duplicate_pair_smaller_id_first")),
        sa.CheckConstraint("entity IN ('organization', 'service')", name=op.f("ck_duplicate_pair_entity_is_compared")),
        sa.CheckConstraint("decision IN ('same', 'different')", name=op.f("ck_duplicate_pair_decision_is_known")),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_duplicate_pair_decision_has_a_date")
        ),
    )
    op.create_index("ix_duplicate_pair_a_id", "duplicate_pair", ["a_id"])
    op.create_index("ix_duplicate_pair_b_id", "duplicate_pair", ["b_id"])
    op.create_index(
        "ix_duplicate_pair_open",
        "duplicate_pair",
        ["score", "found_at"],
        postgresql_where=sa.text("decision IS NULL"),
    )
    op.create_table(
        "duplicate_scan",
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("after", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_scan")),
    )
    op.create_table(
        "merge",
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("dropped_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("choices", postgresql.JSONB(), nullable=False),
        sa.Column("images", postgresql.JSONB(), nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    for column in ("kept_id", "dropped_id", "at"):
        op.create_index(f"ix_merge_{column}", "merge", [column])
    op.create_table(
        "redirect",
        sa.Column("old_id", sa.Uuid(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["merge_id"], ["merge.id"], name=op.f("fk_redirect_merge_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("old_id", name=op.f("pk_redirect")),
        sa.CheckConstraint("old_id <> kept_id", name=op.f("ck_redirect_leads_elsewhere")),
    )
    for column in ("kept_id", "merge_id"):
        op.create_index(f"ix_redirect_{column}", "redirect", [column])


def downgrade() -> None:
    for table in ("redirect", "merge", "duplicate_scan", "duplicate_pair"):
        op.drop_table(table)
