"""Records that were merged here: what their source goes on saying of them is applied to nothing, and counted.

The source still tells one thing twice, and knows nothing of our merge. Its row for the record that was dropped is passed
over, so that it does not come back to life; what names that record as its organization is led to the one that was kept.
"""

from psycopg import sql

from referrals.exchange.reasons import MERGED
from referrals.exchange.report import Where
from referrals.exchange.shapes import SHAPES
from referrals.exchange.staging import Staging
from referrals.exchange.statements import stage

_LED_ON = (("service", "organization_id"), ("location", "organization_id"), ("program", "organization_id"), ("organization", "parent_organization_id"))  # fmt: skip


async def lead_on(staging: Staging) -> None:
    """After the references have been looked at, before anything is written."""
    for entity, column in _LED_ON:
        await staging.db.run(
            "UPDATE {stage} s SET {column} = r.kept_id FROM redirect r WHERE r.old_id = s.{column}",
            stage=stage(SHAPES[entity]), column=sql.Identifier(column),
        )  # fmt: skip
    for entity in ("organization", "service"):
        passed = await staging.db.rows(
            "DELETE FROM {stage} s USING redirect r WHERE r.old_id = s.id "
            "RETURNING s.id, s.source_key, s._file, s._line",
            stage=stage(SHAPES[entity]),
        )
        for _, key, file, line in sorted(passed, key=lambda row: (row[2], row[3])):
            staging.report.mend(Where(file, line), entity, key, MERGED)
        await staging.keep((entity, row[0]) for row in passed)
