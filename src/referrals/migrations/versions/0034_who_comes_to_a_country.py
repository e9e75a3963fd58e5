"""Services that come to people are found by their need and the countries that they come to, among few and not among all."""

from alembic import op
from sqlalchemy import text

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_listing_visits", "listing", ["needs", "area_countries"], postgresql_using="gin",
        postgresql_where=text("modes && ARRAY['home-visit', 'outreach']::varchar[]"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_listing_visits", "listing")
