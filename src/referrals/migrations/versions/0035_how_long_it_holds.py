"""Whoever is asked by a link of their own is asked about the end that was chosen: an event too, not only months."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consent_request", sa.Column("ends_with", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_consent_request_ends_with_is_known"), "consent_request",
        "ends_with IN ('referral_closed', 'end_of_treatment')",
    )  # fmt: skip


def downgrade() -> None:
    op.drop_constraint(op.f("ck_consent_request_ends_with_is_known"), "consent_request")
    op.drop_column("consent_request", "ends_with")
