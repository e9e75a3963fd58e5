"""Found still so, to be asked again; proposed times of which somebody was reminded."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "referral_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("ask_again_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_referral_review_referral_id_referral")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_review")),
    )
    op.create_index("ix_referral_review_referral_id", "referral_review", ["referral_id", "at"])
    op.execute("""
        CREATE TRIGGER referral_review_is_append_only BEFORE UPDATE OR DELETE ON referral_review
        FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_history()
    """)
    op.execute("""
        CREATE TRIGGER referral_review_is_never_emptied BEFORE TRUNCATE ON referral_review
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history()
    """)
    op.add_column("appointment_proposal", sa.Column("reminded_at", MOMENT, nullable=True))


def downgrade() -> None:
    op.drop_column("appointment_proposal", "reminded_at")
    op.drop_table("referral_review")
