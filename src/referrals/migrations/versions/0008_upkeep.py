"""Rounds of verification: rhythms, addresses and links; by when a listing wants looking at; mails that came back."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upkeep",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("months", sa.Integer(), server_default=sa.text("6"), nullable=False),
        sa.Column("places_days", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asks", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("places_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("months IN (1, 3, 6, 12)", name=op.f("ck_upkeep_months_is_a_rhythm")),
        sa.CheckConstraint("places_days IN (14, 30)", name=op.f("ck_upkeep_places_days_is_a_rhythm")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_upkeep_service_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_upkeep")),
    )
    op.create_table(
        "upkeep_address",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_why", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upkeep_address")),
        sa.UniqueConstraint("address", name=op.f("uq_upkeep_address_address")),
    )
    op.create_table(
        "upkeep_link",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_upkeep_link_organization_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_upkeep_link_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upkeep_link")),
    )
    op.create_index("ix_upkeep_link_organization_id", "upkeep_link", ["organization_id"])
    op.add_column("listing", sa.Column("check_by", sa.Date(), nullable=True))
    op.add_column("listing", sa.Column("capacity_unit", sa.String(), nullable=True))
    op.create_index("ix_listing_check_by", "listing", ["check_by"])
    op.execute("""
        UPDATE listing SET check_by = coalesce(listing.assured_date, service.first_seen_at::date) + interval '6 months'
        FROM service WHERE service.id = listing.service_id
    """)
    op.add_column("message", sa.Column("stop_url", sa.String(), nullable=True))
    op.add_column("message", sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("refused_why", sa.String(), nullable=True))


def downgrade() -> None:
    for column in ("refused_why", "refused_at", "stop_url"):
        op.drop_column("message", column)
    op.drop_index("ix_listing_check_by", "listing")
    op.drop_column("listing", "capacity_unit")
    op.drop_column("listing", "check_by")
    for table in ("upkeep_link", "upkeep_address", "upkeep"):
        op.drop_table(table)
