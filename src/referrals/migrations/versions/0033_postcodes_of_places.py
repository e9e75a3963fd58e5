"""Services are found by their postcode, for countries whose postcodes no gazetteer of ours has."""

from alembic import op
from sqlalchemy import text

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_listing_place_postcode", "listing_place", [text("left(postcode, 5)")])


def downgrade() -> None:
    op.drop_index("ix_listing_place_postcode", "listing_place")
