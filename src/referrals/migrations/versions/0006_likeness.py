"""Records as they are compared, so that possible doubles are found by index."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geography
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "likeness",
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("gist", sa.String(), nullable=False),
        sa.Column("words", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("localities", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("entity", "record_id", name=op.f("pk_likeness")),
    )
    point = Geography(
        geometry_type="POINT",
        srid=4326,
        dimension=2,
        spatial_index=False,
        from_text="ST_GeogFromText",
        name="geography",
    )
    op.create_geospatial_table(
        "likeness_key",
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("point", point, nullable=True),
        sa.PrimaryKeyConstraint("entity", "kind", "value", "record_id", name=op.f("pk_likeness_key")),
    )
    op.create_geospatial_index(
        "idx_likeness_key_point", "likeness_key", ["point"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_index("ix_likeness_key_record_id", "likeness_key", ["record_id", "entity"], unique=False)
    op.create_index(
        "ix_likeness_key_name_trigrams",
        "likeness_key",
        ["value"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"value": "gin_trgm_ops"},
        postgresql_where=sa.text("kind = 'name'"),
    )


def downgrade() -> None:
    op.drop_index("ix_likeness_key_name_trigrams", table_name="likeness_key")
    op.drop_index("ix_likeness_key_record_id", table_name="likeness_key")
    op.drop_geospatial_index("idx_likeness_key_point", table_name="likeness_key", column_name="point")
    op.drop_geospatial_table("likeness_key")
    op.drop_table("likeness")
