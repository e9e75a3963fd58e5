"""In which ways a service reaches people away from its points, as numbers to look up."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "listing",
        sa.Column("comes", postgresql.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.create_index("ix_listing_comes", "listing", ["comes"], postgresql_using="gin")
    # Listings that are there already are derived anew, some at a time, by the worker.
    op.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args) SELECT 'default', 'directory.derive', '{}'::jsonb "
        "WHERE EXISTS (SELECT FROM listing) AND NOT EXISTS (SELECT FROM procrastinate_jobs "
        "WHERE task_name = 'directory.derive' AND args = '{}'::jsonb AND status = 'todo')"
    )


def downgrade() -> None:
    op.drop_index("ix_listing_comes", "listing")
    op.drop_column("listing", "comes")
