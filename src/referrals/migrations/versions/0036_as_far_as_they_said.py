"""What counts most to somebody is kept as far as they put it in order; nobody puts the rest in order for them."""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

OURS = "ARRAY['soon', 'near', 'cheap', 'mine']::varchar[]"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_client_wishes_are_four_in_order"), "client")
    once = " AND ".join(
        f"cardinality(array_positions(wishes, '{wish}')) <= 1" for wish in ("soon", "near", "cheap", "mine")
    )
    op.create_check_constraint(op.f("ck_client_wishes_are_ours_each_once"), "client", f"wishes <@ {OURS} AND {once}")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_client_wishes_are_ours_each_once"), "client")
    op.execute(
        f"""
        UPDATE client SET wishes = wishes || ARRAY(SELECT one FROM unnest({OURS}) AS one WHERE NOT one = ANY (wishes))
        WHERE wishes <> '{{}}'
        """
    )
    op.create_check_constraint(
        op.f("ck_client_wishes_are_four_in_order"), "client",
        f"wishes = '{{}}' OR (cardinality(wishes) = 4 AND wishes @> {OURS})",
    )  # fmt: skip
