"""Imports that can be watched and undone; sources that come by themselves; fields that a source says otherwise."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "column_mapping",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_mapping")),
        sa.UniqueConstraint("name", name=op.f("uq_column_mapping_name")),
    )
    op.create_table(
        "import_change",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "what IN ('created', 'changed', 'gone', 'returned')", name=op.f("ck_import_change_what_is_known")
        ),
    )
    op.create_index("ix_import_change_run_id_entity", "import_change", ["run_id", "entity"], unique=False)
    op.create_table(
        "import_loss",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("record_key", sa.String(), nullable=True),
        sa.Column("field", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('refused', 'unreadable', 'lost', 'repaired')", name=op.f("ck_import_loss_kind_is_known")
        ),
    )
    op.create_index("ix_import_loss_run_id", "import_loss", ["run_id", "kind", "position"], unique=False)
    op.create_table(
        "source_conflict",
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("resource_type", sa.String(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("field_name", sa.String(), nullable=False),
        sa.Column("ours", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("theirs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("theirs_digest", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("decision IN ('keep', 'take')", name=op.f("ck_source_conflict_decision_is_known")),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_source_conflict_decision_has_its_time")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_conflict")),
    )
    op.create_index("ix_source_conflict_resource_id", "source_conflict", ["resource_id"], unique=False)
    op.create_index(
        "uq_source_conflict_open",
        "source_conflict",
        ["resource_id", "field_name"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "feed",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("rhythm", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("mapping_id", sa.Uuid(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("rhythm IN ('daily', 'weekly', 'monthly')", name=op.f("ck_feed_rhythm_is_known")),
        sa.ForeignKeyConstraint(["mapping_id"], ["column_mapping.id"], name=op.f("fk_feed_mapping_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("source", name=op.f("uq_feed_source")),
    )
    op.create_table(
        "import_run",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=True),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("phase", sa.String(), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
        sa.Column("upload", sa.String(), nullable=True),
        sa.Column("mapping_id", sa.Uuid(), nullable=True),
        sa.Column("feed_id", sa.Uuid(), nullable=True),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undo_report", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'ready', 'done', 'failed', 'cancelled', 'undone')",
            name=op.f("ck_import_run_state_is_known"),
        ),
        sa.CheckConstraint("step IN ('rehearse', 'import', 'undo')", name=op.f("ck_import_run_step_is_known")),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_import_run_feed_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["mapping_id"], ["column_mapping.id"], name=op.f("fk_import_run_mapping_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_index("ix_import_run_asked_at", "import_run", ["asked_at"], unique=False)
    op.create_index(op.f("ix_import_run_feed_id"), "import_run", ["feed_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_import_run_feed_id"), table_name="import_run")
    op.drop_index("ix_import_run_asked_at", table_name="import_run")
    op.drop_table("import_run")
    op.drop_table("feed")
    op.drop_index(
        "uq_source_conflict_open", table_name="source_conflict", postgresql_where=sa.text("decided_at IS NULL")
    )
    op.drop_index("ix_source_conflict_resource_id", table_name="source_conflict")
    op.drop_table("source_conflict")
    op.drop_index("ix_import_loss_run_id", table_name="import_loss")
    op.drop_table("import_loss")
    op.drop_index("ix_import_change_run_id_entity", table_name="import_change")
    op.drop_table("import_change")
    op.drop_table("column_mapping")
