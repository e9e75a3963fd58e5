"""Chains of parents that lead back to themselves, in terms and in organizations: cut at one place, and told."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from psycopg import sql

from referrals.exchange.reasons import LOOP
from referrals.exchange.report import Rejection
from referrals.exchange.shapes import SHAPES
from referrals.exchange.staging import Staging
from referrals.exchange.statements import stage, table

PARENTS = {"taxonomy_term": "parent_id", "organization": "parent_organization_id"}


async def cut(staging: Staging) -> None:
    """A package's own parents count before those that are here already, as they will after it."""
    for entity, column in PARENTS.items():
        shape = SHAPES[entity]
        known = await staging.db.rows(
            "SELECT s.id, s.{column} FROM {stage} s WHERE s.{column} IS NOT NULL UNION ALL "
            "SELECT t.id, t.{column} FROM {table} t WHERE t.{column} IS NOT NULL AND NOT EXISTS "
            "(SELECT 1 FROM {stage} s WHERE s.id = t.id) AND EXISTS (SELECT 1 FROM {stage} s WHERE s.{column} IS NOT NULL)",
            stage=stage(shape), table=table(shape), column=sql.Identifier(column),
        )  # fmt: skip
        for id in loops(dict(known)):
            told = await staging.db.rows(
                "UPDATE {stage} SET {column} = NULL WHERE id = {id} RETURNING source_key, _file, _line",
                stage=stage(shape), column=sql.Identifier(column), id=sql.Literal(id),
            )  # fmt: skip
            for key, file, line in told:
                staging.report.lost[f"{entity}.{column}"] += 1
                staging.report.unreadable.append(Rejection(file, line, entity, key, LOOP, column))


def loops(parents: Mapping[UUID, UUID]) -> Iterable[UUID]:
    """One record of each loop: the smallest, so that it is the same one every time."""
    settled: set[UUID] = set()
    for start in parents:
        path: list[UUID] = []
        at: UUID | None = start
        here: set[UUID] = set()
        while at is not None and at not in settled and at not in here:
            path.append(at)
            here.add(at)
            at = parents.get(at)
        if at is not None and at in here:
            yield min(path[path.index(at) :])
        settled |= here
