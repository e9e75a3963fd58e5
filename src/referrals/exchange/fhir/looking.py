"""Looking into the public directory: which records a question means, and what they say, a page at a time by their ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Listing, Location, Organization, Service, ServiceAtLocation
from referrals.directory.queries.capacity import capacity
from referrals.directory.queries.published import published
from referrals.exchange.fhir import listed
from referrals.exchange.fhir.parameters import Asked, after_id, mark
from referrals.exchange.fhir.shapes import Resource
from referrals.exchange.hsds import trees
from referrals.exchange.hsds.redaction import redaction
from referrals.exchange.hsds.redirects import leads_to
from referrals.kit.i18n import current_language
from referrals.kit.text import fold
from referrals.taxonomy.queries import vocabulary

_ESCAPE: Final = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


@dataclass(frozen=True, slots=True)
class Page:
    """`following`: where the next page begins; empty on the last."""

    resources: list[Resource]
    following: str = ""
    total: int | None = None


async def search(session: AsyncSession, kind: str, asked: Asked, today: date) -> Page:
    chosen = _chosen(kind, asked)
    total = None
    if asked.accurate and not (asked.name or asked.name_contains):  # a name is looked at again, without what is hidden
        total = await session.scalar(select(func.count()).select_from(chosen.subquery()))
    if asked.page:
        chosen = chosen.where(_id(kind) > after_id(asked.page))
    ids = list(await session.scalars(chosen.order_by(_id(kind)).limit(asked.count + 1)))
    page = ids[: asked.count]
    told = await tell(session, kind, page, today)
    following = mark(str(page[-1])) if len(ids) > asked.count else ""
    return Page([one for one in told if _called(one, asked)], following, total)


async def tell(session: AsyncSession, kind: str, ids: Sequence[UUID], today: date) -> list[Resource]:
    """These records, in this order, as far as anybody may see them."""
    if not ids:
        return []
    language, hidden = current_language(), await redaction(session)
    at = await _updated(session, kind, ids)
    if kind == "Organization":
        found = await trees.organizations(session, ids, hidden=hidden)
        return [listed.organization(tree, language, at.get(tree["id"])) for tree in found]
    if kind == "Location":
        found = await trees.locations(session, ids, hidden=hidden)
        return [
            listed.location(tree, language, at.get(tree["id"]), hidden=hidden.hides("location", tree)) for tree in found
        ]
    found = await trees.services(session, ids, organization="reachable", hidden=hidden)
    words = await vocabulary(session)
    known = {one.service_id: one for one in await session.scalars(published().where(Listing.service_id.in_(ids)))}
    return [
        listed.service(tree, one.needs, capacity(one, today), words, language, at.get(tree["id"]))
        for tree in found if (one := known.get(UUID(tree["id"])))
    ]  # fmt: skip


async def where_now(session: AsyncSession, kind: str, id: UUID) -> UUID | None:
    """The record that this one was merged into. None: into none."""
    return await leads_to(session, _ENTITY[kind], id) if kind in _ENTITY else None


async def is_withdrawn(session: AsyncSession, kind: str, id: UUID) -> bool:
    """Whether it was here once, and is no longer."""
    return await session.scalar(select(_id(kind)).where(_id(kind) == id, _gone(kind).is_not(None))) is not None


_ENTITY: Final = {"HealthcareService": "service", "Organization": "organization"}
"""Places are not merged by themselves."""


def _gone(kind: str) -> Any:
    return {"Organization": Organization.gone_at, "HealthcareService": Service.gone_at, "Location": Location.gone_at}[
        kind
    ]


def _chosen(kind: str, asked: Asked) -> Select[UUID]:
    chosen: Any = _there(kind)
    if asked.ids is not None:
        chosen = chosen.where(_id(kind).in_(asked.ids))
    for order, moment in asked.updated:
        chosen = chosen.where(_moment(kind) >= moment if order == ">=" else _moment(kind) < moment)
    if asked.organization is not None:
        owner = Location.organization_id if kind == "Location" else Service.organization_id
        chosen = chosen.where(owner == asked.organization)
    for said, pattern in ((asked.name, "{}%"), (asked.name_contains, "%{}%")):
        if said:
            like = pattern.format(said.lower().translate(_ESCAPE))
            chosen = chosen.where(func.unaccent(func.lower(_name(kind))).like(func.unaccent(like)))
    result: Select[UUID] = chosen
    return result


def _there(kind: str) -> Any:
    """The ids of what anybody may see."""
    if kind == "HealthcareService":
        return published().with_only_columns(Service.id)
    if kind == "Organization":
        return select(Organization.id).where(Organization.gone_at.is_(None))
    given = select(ServiceAtLocation.id).where(
        ServiceAtLocation.location_id == Location.id, ServiceAtLocation.gone_at.is_(None)
    )
    return select(Location.id).where(Location.gone_at.is_(None), given.exists())


def _id(kind: str) -> Any:
    return {"Organization": Organization.id, "HealthcareService": Service.id, "Location": Location.id}[kind]


def _name(kind: str) -> Any:
    """As `listed.text` says it in the language being spoken."""
    model = Organization if kind == "Organization" else Service
    spoken = current_language()
    there = func.nullif(model.translations[spoken]["name"].astext, "")
    return case((model.language == spoken, model.name), else_=func.coalesce(there, model.name))


def _moment(kind: str) -> Any:
    """When the record was last heard of; of a service, when anything changed that its listing is made of."""
    if kind == "HealthcareService":
        return func.greatest(Service.last_modified, Listing.updated_at)
    return Organization.last_seen_at if kind == "Organization" else Location.last_seen_at


async def _updated(session: AsyncSession, kind: str, ids: Sequence[UUID]) -> dict[str, datetime]:
    rows = await session.execute(_there(kind).add_columns(_moment(kind)).where(_id(kind).in_(ids)))
    return {str(id): moment for id, moment in rows}


def _called(resource: Resource, asked: Asked) -> bool:
    """The name as it is told: what is struck out of it is not found by it either."""
    name = fold(resource.get("name", ""))
    return (not asked.name or name.startswith(fold(asked.name))) and fold(asked.name_contains) in name
