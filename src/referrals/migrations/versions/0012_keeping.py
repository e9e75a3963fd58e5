"""Easy words, saved searches, lists handed over by a code, daily counts; a sealed job is forgotten with its end."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("service", sa.Column("easy_text", sa.String(), nullable=True))
    op.create_table(
        "saved_search",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("question", postgresql.JSONB(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("known", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_saved_search_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
    )
    op.create_index("ix_saved_search_user_id", "saved_search", ["user_id"])
    op.create_table(
        "handed_list",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("service_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_handed_list")),
    )
    op.create_table(
        "daily_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("need", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.CheckConstraint("times > 0", name=op.f("ck_daily_count_times_is_a_number")),
        sa.PrimaryKeyConstraint("day", "need", "area", name=op.f("pk_daily_count")),
    )
    # After the triggers of procrastinate itself, which go by the alphabet too: they write down the status first.
    op.execute("""
        CREATE FUNCTION sealed_job_is_forgotten() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            DELETE FROM procrastinate_jobs WHERE id = NEW.id;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER sealed_job_is_forgotten AFTER UPDATE OF status ON procrastinate_jobs FOR EACH ROW
        WHEN (NEW.status IN ('succeeded', 'failed', 'cancelled', 'aborted') AND NEW.args ? 'sealed')
        EXECUTE FUNCTION sealed_job_is_forgotten()
    """)


def downgrade() -> None:
    op.execute("DROP TRIGGER IF EXISTS sealed_job_is_forgotten ON procrastinate_jobs")
    op.execute("DROP FUNCTION IF EXISTS sealed_job_is_forgotten()")
    for table in ("daily_count", "handed_list", "saved_search"):
        op.drop_table(table)
    op.drop_column("service", "easy_text")
