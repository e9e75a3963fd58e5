"""What finding asks of a listing: tags, opening hours as numbers, how soon; names by likeness."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

PUBLISHED = sa.text("published")


def upgrade() -> None:
    for name, kind in (("tags", sa.String()), ("open_week", sa.Integer()), ("open_dated", sa.Integer())):
        op.add_column(
            "listing", sa.Column(name, postgresql.ARRAY(kind), server_default=sa.text("'{}'"), nullable=False)
        )
    op.add_column("listing", sa.Column("open_until", sa.Date(), nullable=True))
    op.add_column("listing", sa.Column("soon", sa.Integer(), nullable=True))
    op.add_column("listing", sa.Column("freshness", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("listing", sa.Column("search_digest", sa.String(), server_default=sa.text("''"), nullable=False))
    op.create_index("ix_listing_tags", "listing", ["tags"], postgresql_using="gin")
    op.create_index("ix_listing_open_until", "listing", ["open_until"])
    op.create_index(
        "ix_listing_freshness", "listing", [sa.text("freshness DESC"), "service_id"], postgresql_where=PUBLISHED
    )
    op.create_index(
        "ix_listing_soon", "listing", ["soon", sa.text("freshness DESC"), "service_id"], postgresql_where=PUBLISHED
    )
    op.add_column(
        "listing_place",
        sa.Column("keys", postgresql.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.create_index("ix_listing_place_keys", "listing_place", ["keys"], postgresql_using="gin")
    # Named with its schema: a restored dump builds the index with no search path.
    op.execute(
        "CREATE FUNCTION plain_name(name varchar) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS "
        "$$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, name)) $$"
    )
    op.create_index(
        "ix_service_plain_name", "service", [sa.text("plain_name(name) gin_trgm_ops")], postgresql_using="gin"
    )
    op.create_table(
        "index_due",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_due")),
    )
    # Listings that are there already are derived anew, some at a time, by the worker.
    op.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args) "
        "SELECT 'default', 'directory.derive', '{}'::jsonb WHERE EXISTS (SELECT FROM listing)"
    )


def downgrade() -> None:
    op.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'directory.derive' AND status = 'todo'")
    op.drop_table("index_due")
    op.drop_index("ix_service_plain_name", "service")
    op.execute("DROP FUNCTION plain_name(varchar)")
    op.drop_index("ix_listing_place_keys", "listing_place")
    op.drop_column("listing_place", "keys")
    for index in ("soon", "freshness", "open_until", "tags"):
        op.drop_index(f"ix_listing_{index}", "listing")
    for column in ("search_digest", "freshness", "soon", "open_until", "open_dated", "open_week", "tags"):
        op.drop_column("listing", column)
