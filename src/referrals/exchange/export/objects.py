"""HSDS 3.1 as trees of objects: one JSON file with a list for each kind, or one object a line (ndjson).

Services carry their organization's own fields; whole organizations, with their places and programs, stand beside them.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange.export.desk import Desk
from referrals.exchange.hsds import trees
from referrals.exchange.hsds.redaction import Redaction, Tree
from referrals.exchange.stream import ENTITY, NAMED

VERSION = "3.1"
_Make = Callable[[AsyncSession, list[UUID], Redaction], Awaitable[list[Tree]]]


async def write_json(desk: Desk, path: Path) -> None:
    """`{"version": "3.1", "taxonomies": […], "taxonomy_terms": […], "organizations": […], "services": […]}`, one object a line."""
    with path.open("wb") as file:
        file.write(b'{\n"version": "' + VERSION.encode() + b'"')
        for key, entity in NAMED.items():
            file.write(f',\n"{key}": ['.encode())
            first = True
            async for tree in _trees(desk, entity):
                _line(file, tree, b"\n" if first else b",\n")
                first = False
            file.write(b"\n]")
        file.write(b"\n}\n")


async def write_ndjson(desk: Desk, path: Path) -> None:
    """Each line says in `entity` what it is; services come last, after everything that they name."""
    with path.open("wb") as file:
        for entity in NAMED.values():
            async for tree in _trees(desk, entity):
                _line(file, {ENTITY: entity, **tree}, b"")
                file.write(b"\n")


def _line(file: BinaryIO, tree: Tree, before: bytes) -> None:
    file.write(before + msgspec.json.encode(tree))


async def _trees(desk: Desk, entity: str) -> AsyncIterator[Tree]:
    for ids in await desk.batches(entity):
        for tree in await _MAKE[entity](desk.session, ids, desk.scope.redaction):
            yield tree
        desk.tell(len(ids))


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
