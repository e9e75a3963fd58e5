"""What an inbox looks through says when it is late, so that nothing else need be read to find that nothing is."""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

COLUMNS = ["organization_id", "status", "urgency", "sent_at", "id"]


def upgrade() -> None:
    op.drop_index("ix_referral_received", "referral")
    op.create_index("ix_referral_received", "referral", [*COLUMNS, "due_at"])


def downgrade() -> None:
    op.drop_index("ix_referral_received", "referral")
    op.create_index("ix_referral_received", "referral", COLUMNS)
