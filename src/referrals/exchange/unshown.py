"""Services that nobody sees because their organization is gone from the source: the report names them."""

from psycopg import sql

from referrals.exchange.report import Unshown
from referrals.exchange.staging import Staging


async def tell(staging: Staging) -> None:
    """Those of the package, and whoever else's services the organizations ran that this import has marked as gone."""
    rows = await staging.db.rows(
        "SELECT v.id, v.name, o.name FROM service v JOIN organization o ON o.id = v.organization_id "
        "WHERE o.gone_at IS NOT NULL AND v.gone_at IS NULL AND (EXISTS (SELECT 1 FROM stage_service s WHERE s.id = v.id) "
        "OR EXISTS (SELECT 1 FROM import_change c WHERE c.run_id = {run} AND c.entity = 'organization' AND c.what = 'gone' "
        "AND c.record_id = o.id)) ORDER BY o.name, o.id, v.name, v.id",
        run=sql.Literal(staging.run_id),
    )
    staging.report.unshown.extend(Unshown(str(id), name, organization) for id, name, organization in rows)
