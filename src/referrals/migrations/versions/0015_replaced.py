"""A proposal that gave way to a later one; taxonomies of one name in a source; a rhythm that nobody chose."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _states("'waiting', 'accepted', 'refused', 'withdrawn', 'replaced'")
    op.drop_constraint("uq_taxonomy_source_name", "taxonomy", type_="unique")
    op.create_index(
        "ix_taxonomy_name_is_ours", "taxonomy", ["name"], unique=True, postgresql_where=sa.text("source = 'relais'")
    )
    op.alter_column("upkeep", "months", nullable=True, server_default=None)


def downgrade() -> None:
    op.execute("UPDATE upkeep SET months = 6 WHERE months IS NULL")
    op.alter_column("upkeep", "months", nullable=False, server_default=sa.text("6"))
    op.drop_index("ix_taxonomy_name_is_ours", "taxonomy")
    op.execute(
        "UPDATE taxonomy a SET name = name || ' ' || left(id::text, 8) WHERE EXISTS "
        "(SELECT 1 FROM taxonomy b WHERE b.source = a.source AND b.name = a.name AND b.id < a.id)"
    )
    op.create_unique_constraint("uq_taxonomy_source_name", "taxonomy", ["source", "name"])
    op.execute("UPDATE proposal SET state = 'withdrawn' WHERE state = 'replaced'")
    _states("'waiting', 'accepted', 'refused', 'withdrawn'")


def _states(known: str) -> None:
    name = op.f("ck_proposal_state_is_known")
    op.drop_constraint(name, "proposal", type_="check")
    op.create_check_constraint(name, "proposal", f"state IN ({known})")
