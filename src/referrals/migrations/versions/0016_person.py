"""What decides about fit on the client's side, and what is never proposed to somebody."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

LISTS = ("accessibility", "formats", "affinities", "receives", "documents", "wishes", "said_none")
RULES = {
    "practitioner_is_known": "practitioner IN ('female', 'male')",
    "must_names_a_practitioner": "practitioner IS NOT NULL OR NOT practitioner_must",
    "model_is_known": "model IN ('brokerage', 'intensive', 'clinical', 'strengths')",
    "wishes_are_four_in_order": "wishes = '{}' OR (cardinality(wishes) = 4 AND "
    "wishes @> ARRAY['soon', 'near', 'cheap', 'mine']::varchar[])",
}


def upgrade() -> None:
    for name in LISTS:
        op.add_column("client", _column(name, postgresql.ARRAY(sa.String()), "'{}'"))
    op.add_column("client", _column("availability", postgresql.JSONB(), "'[]'"))
    op.add_column("client", sa.Column("practitioner", sa.String(), nullable=True))
    op.add_column("client", _column("practitioner_must", sa.Boolean(), "false"))
    op.add_column("client", _column("formats_must", sa.Boolean(), "false"))
    op.add_column("client", sa.Column("guardian_consent", sa.Boolean(), nullable=True))
    op.add_column("client", _column("model", sa.String(), "'brokerage'"))
    for name, rule in RULES.items():
        op.create_check_constraint(op.f(f"ck_client_{name}"), "client", rule)
    op.add_column("client_identity", _column("keep_away_reasons", postgresql.JSONB(), "'{}'"))
    op.add_column("need", sa.Column("prescription_held", sa.Boolean(), nullable=True))
    op.add_column("need", sa.Column("min_intensity", sa.Integer(), nullable=True))
    op.create_check_constraint(op.f("ck_need_min_intensity_is_a_level"), "need", "min_intensity BETWEEN 1 AND 5")
    _keep_away()


def downgrade() -> None:
    op.drop_table("keep_away")
    op.drop_column("need", "min_intensity")
    op.drop_column("need", "prescription_held")
    op.drop_column("client_identity", "keep_away_reasons")
    for name in RULES:
        op.drop_constraint(op.f(f"ck_client_{name}"), "client", type_="check")
    for name in (
        "model", "guardian_consent", "formats_must", "practitioner_must", "practitioner", "availability", *LISTS
    ):  # fmt: skip
        op.drop_column("client", name)


def _column(name: str, kind: sa.types.TypeEngine[object], default: str) -> sa.Column[object]:
    return sa.Column(name, kind, server_default=sa.text(default), nullable=False)


def _keep_away() -> None:
    op.create_table(
        "keep_away",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(service_id, organization_id, area) = 1", name=op.f("ck_keep_away_names_one_thing")
        ),
        sa.CheckConstraint(
            "kind IN ('refused', 'safety', 'other_party', 'conflict')", name=op.f("ck_keep_away_kind_is_known")
        ),
        sa.CheckConstraint("area <> ''", name=op.f("ck_keep_away_area_says_something")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_keep_away_client_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keep_away")),
        sa.UniqueConstraint(
            "client_id",
            "service_id",
            "organization_id",
            "area",
            name=op.f("uq_keep_away_client_id_service_id_organization_id_area"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_keep_away_client_id"), "keep_away", ["client_id"], unique=False)
