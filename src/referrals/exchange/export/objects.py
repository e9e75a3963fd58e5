"""HSDS 3.1 as trees of objects: one JSON file with a list for each kind, or one object a line (ndjson).

Services carry their organization's own fields; whole organizations, with their places and programs, stand beside them.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange.export.losses import Losses
from referrals.exchange.export.scope import Scope
from referrals.exchange.hsds import trees
from referrals.exchange.hsds.redaction import Redaction, Tree
from referrals.exchange.stream import ENTITY, NAMED

BATCH = 200
"""Whole services held at once."""
VERSION = "3.1"
Tell = Callable[[int], None]
_Make = Callable[[AsyncSession, list[UUID], Redaction], Awaitable[list[Tree]]]


async def write_json(session: AsyncSession, scope: Scope, path: Path, losses: Losses, tell: Tell) -> None:
    """`{"version": "3.1", "taxonomies": […], "taxonomy_terms": […], "organizations": […], "services": […]}`, one object a line."""
    with path.open("wb") as file:
        file.write(b'{\n"version": "' + VERSION.encode() + b'"')
        for key, entity in NAMED.items():
            file.write(f',\n"{key}": ['.encode())
            first = True
            async for tree in _trees(session, scope, entity, losses, tell):
                _line(file, tree, b"\n" if first else b",\n")
                first = False
            file.write(b"\n]")
        file.write(b"\n}\n")


async def write_ndjson(session: AsyncSession, scope: Scope, path: Path, losses: Losses, tell: Tell) -> None:
    """Each line says in `entity` what it is; services come last, after everything that they name."""
    with path.open("wb") as file:
        for entity in NAMED.values():
            async for tree in _trees(session, scope, entity, losses, tell):
                _line(file, {ENTITY: entity, **tree}, b"")
                file.write(b"\n")


def _line(file: BinaryIO, tree: Tree, before: bytes) -> None:
    file.write(before + msgspec.json.encode(tree))


async def _trees(session: AsyncSession, scope: Scope, entity: str, losses: Losses, tell: Tell) -> AsyncIterator[Tree]:
    for ids in _batches(await scope.ids(entity)):
        for tree in await _MAKE[entity](session, ids, scope.redaction):
            yield tree
        tell(len(ids))


def _batches(ids: list[UUID]) -> Iterator[list[UUID]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


async def _services(session: AsyncSession, ids: list[UUID], hidden: Redaction) -> list[Tree]:
    return await trees.services(session, ids, organization="plain", hidden=hidden)


async def _organizations(session: AsyncSession, ids: list[UUID], hidden: Redaction) -> list[Tree]:
    return await trees.organizations(session, ids, hidden=hidden)


async def _taxonomies(session: AsyncSession, ids: list[UUID], hidden: Redaction) -> list[Tree]:
    return await trees.taxonomies(session, ids)


async def _terms(session: AsyncSession, ids: list[UUID], hidden: Redaction) -> list[Tree]:
    return await trees.taxonomy_terms(session, ids)


_MAKE: dict[str, _Make] = {
    "taxonomy": _taxonomies, "taxonomy_term": _terms, "organization": _organizations, "service": _services,
}  # fmt: skip
