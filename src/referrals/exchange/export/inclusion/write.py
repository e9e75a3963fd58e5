"""The file: a zip with `structures.json` and `services.json`, each a list, one record a line."""

import zipfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from psycopg import sql
from sqlalchemy import select

from referrals.directory.models import Listing
from referrals.exchange.export import archive
from referrals.exchange.export.desk import Desk
from referrals.exchange.export.inclusion import service, structure, zones
from referrals.exchange.export.inclusion.words import FRENCH
from referrals.exchange.export.losses import ONE_OF_MANY
from referrals.exchange.export.scope import Scope
from referrals.exchange.hsds import trees
from referrals.exchange.hsds.redaction import Tree
from referrals.kit import html, i18n
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary


@dataclass(frozen=True)
class _Words:
    """What codes are looked up in."""

    vocabulary: Vocabulary
    communes: zones.Communes


async def write(desk: Desk, path: Path) -> None:
    words = _Words(await vocabulary(desk.session), await zones.communes(desk.session))
    french = replace(desk, language=FRENCH)
    spoken = i18n.current_language()
    i18n.speak(FRENCH)
    try:
        with archive.archive(path) as opened:
            told = await _list(french, opened, "structure", _structures(french))
            await _list(french, opened, "service", _services(french, words, told))
    finally:
        i18n.speak(spoken)


async def _list(desk: Desk, opened: zipfile.ZipFile, kind: str, records: AsyncIterator[dict[str, Any]]) -> set[str]:
    """The ids that were written."""
    ids: set[str] = set()
    with archive.text_in(opened, f"{kind}s.json") as text:
        text.write("[")
        async for record in records:
            text.write((",\n" if ids else "\n") + msgspec.json.encode(record).decode())
            ids.add(record["id"])
            desk.losses.tell(kind, record)
        text.write("\n]\n")
    return ids


async def _structures(desk: Desk) -> AsyncIterator[dict[str, Any]]:
    for ids in await desk.batches("organization"):
        days = await _days(desk.scope, "organization", ids)
        found = await trees.organizations(desk.session, ids, hidden=desk.scope.redaction)
        places = await _own_places(desk, found)
        for tree in found:
            id = UUID(tree["id"])
            place = places.get(tree["id"])
            record = structure.structure(
                tree, place, desk.producer, days[id], _today(desk), desk.page("organization", id), desk.losses
            )
            if place is None and tree.get("locations"):
                desk.losses.lose("organization", "locations", ONE_OF_MANY)
            if record is not None:
                yield record
        desk.tell(len(ids))


async def _services(desk: Desk, words: _Words, structures: set[str]) -> AsyncIterator[dict[str, Any]]:
    """A service whose structure could not be told cannot be either."""
    for ids in await desk.batches("service"):
        days = await _days(desk.scope, "service", ids)
        listings = {
            one.service_id: one
            for one in await desk.session.scalars(select(Listing).where(Listing.service_id.in_(ids)))
        }
        for tree in await trees.services(desk.session, ids, organization="reachable", hidden=desk.scope.redaction):
            id = UUID(tree["id"])
            about = service.Known(
                listings[id],
                words.vocabulary,
                words.communes,
                desk.producer,
                days[id],
                _today(desk),
                desk.page("service", id),
            )
            for record in service.services(tree, about, desk.losses):
                if record["structure_id"] in structures:
                    yield record
        desk.session.expunge_all()
        desk.tell(len(ids))


def _today(desk: Desk) -> date:
    return html.in_zone(desk.now).date()


async def _days(scope: Scope, entity: str, ids: Sequence[UUID]) -> dict[UUID, date]:
    """When each was last changed or checked; else when its source last told of it."""
    changed = "greatest(assured_date, last_modified::date)" if entity == "service" else "assured_date"
    statement = sql.SQL("SELECT id, coalesce({}, last_seen_at::date) FROM {} WHERE id = ANY({})").format(
        sql.SQL(changed), sql.Identifier(entity), sql.Literal(list(ids))
    )
    return {row[0]: row[1] async for row in scope.asked(statement)}


async def _own_places(desk: Desk, found: Sequence[Tree]) -> dict[str, Tree]:
    """Organization -> the place its source told with it, or the only one there is: its own, or that of all its services."""
    own = {tree["id"]: [one["id"] for one in tree.get("locations") or ()] for tree in found}
    with_it = sql.SQL(
        "SELECT o.id::text, a.id::text FROM organization o JOIN location a ON a.organization_id = o.id "
        "AND a.source = o.source AND a.source_key = o.source_key JOIN leaving_location l ON l.id = a.id WHERE o.id = ANY({})"
    ).format(sql.Literal([UUID(id) for id, places in own.items() if len(places) > 1]))
    async for organization, location in desk.scope.asked(with_it):
        own[organization] = [location]
    statement = sql.SQL(
        "SELECT DISTINCT s.organization_id::text, p.location_id::text FROM service_at_location p "
        "JOIN leaving_service_at_location l ON l.id = p.id JOIN service s ON s.id = p.service_id "
        "JOIN location a ON a.id = p.location_id WHERE s.organization_id = ANY({}) AND a.location_type <> 'virtual'"
    ).format(sql.Literal([UUID(id) for id, places in own.items() if not places]))
    async for organization, location in desk.scope.asked(statement):
        own[organization].append(location)
    single = {id: places[0] for id, places in own.items() if len(places) == 1}
    known = await trees.locations(desk.session, set(single.values()), hidden=desk.scope.redaction)
    by_id = {tree["id"]: tree for tree in known}
    return {id: by_id[place] for id, place in single.items() if place in by_id}
