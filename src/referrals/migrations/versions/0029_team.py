"""Who takes over, and who answers in a receiver's house."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _taking_over()
    _in_hand()


def downgrade() -> None:
    op.drop_index("ix_referral_received", "referral")
    op.drop_table("referral_in_hand")
    op.execute("DELETE FROM assignment WHERE kind = 'stands_in'")  # before there were any, it would carry for ever
    op.drop_index("ix_assignment_stands_in", "assignment")
    for rule in ("kind_is_known", "stand_in_is_for_somebody", "stand_in_ends"):
        op.drop_constraint(op.f(f"ck_assignment_{rule}"), "assignment", type_="check")
    for column in ("looked_at", "by_id", "for_id", "kind"):
        op.drop_column("assignment", column)


def _taking_over() -> None:
    op.add_column("assignment", sa.Column("kind", sa.String(), server_default="carries", nullable=False))
    op.add_column("assignment", sa.Column("for_id", sa.Uuid(), nullable=True))
    op.add_column("assignment", sa.Column("by_id", sa.Uuid(), nullable=True))
    op.add_column("assignment", sa.Column("looked_at", MOMENT, nullable=True))
    op.create_check_constraint(op.f("ck_assignment_kind_is_known"), "assignment", "kind IN ('carries', 'stands_in')")
    op.create_check_constraint(
        op.f("ck_assignment_stand_in_is_for_somebody"), "assignment", "kind = 'carries' OR for_id IS NOT NULL"
    )
    op.create_check_constraint(
        op.f("ck_assignment_stand_in_ends"), "assignment", "kind = 'carries' OR until IS NOT NULL"
    )
    op.create_index(
        "ix_assignment_stands_in", "assignment", ["user_id", "until"],
        postgresql_where=sa.text("kind = 'stands_in'"),
    )  # fmt: skip


def _in_hand() -> None:
    op.create_table(
        "referral_in_hand",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_in_hand_referral_id_referral"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_in_hand")),
    )
    op.create_index(op.f("ix_referral_in_hand_referral_id"), "referral_in_hand", ["referral_id"])
    op.create_index(
        "uq_referral_in_hand_one_at_a_time", "referral_in_hand", ["referral_id"], unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )  # fmt: skip
    op.create_index(
        "ix_referral_in_hand_user_id", "referral_in_hand", ["user_id"], postgresql_where=sa.text("until IS NULL")
    )
    op.create_index("ix_referral_received", "referral", ["organization_id", "status", "urgency", "sent_at", "id"])
