"""Listings that neither have a place nor say whom they serve are found by what they offer."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_listing_nowhere", "listing", ["needs"], postgresql_using="gin", postgresql_where=sa.text("comes = '{}'")
    )


def downgrade() -> None:
    op.drop_index("ix_listing_nowhere", table_name="listing")
