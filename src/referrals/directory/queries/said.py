"""What listings say of themselves, for deciding what comes first among services that were found already."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import distinct, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Listing, ListingPlace, Organization, Service
from referrals.directory.queries.published import among
from referrals.directory.search.port import Query
from referrals.directory.search.tags import (
    AGE,
    BY,
    FOR,
    FREE,
    LANGUAGE,
    MODE,
    UNSAID_AGE,
    audiences,
    fits,
    group_of,
)  # fmt: skip
from referrals.kit.prepared import AnySelect, rows_by_name, uuids

_TOLD_WHOLE = (AGE, LANGUAGE, MODE, BY)
"""Groups of which a listing that says one thing says all."""
_EITHER = frozenset({"women", "men"})
"""Where the one is demanded, the other may not come. Any other two audiences may be the same person."""


@dataclass(frozen=True, slots=True)
class Said:
    """What wishes are compared with. `hours`: it says when it is open. `only_for`: audiences of a hard rule."""

    tags: tuple[str, ...]
    free: bool | None
    hours: bool
    only_for: tuple[str, ...] = ()


async def owners_of(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The name of the organization of each of these services."""
    return {
        row.service_id: row.name for row in await rows_by_name(session, _owners, None, ids=uuids(dict.fromkeys(ids)))
    }


def _owners(_: None) -> AnySelect:
    return (
        select(Listing.service_id, Organization.name)
        .join(Organization, Organization.id == Listing.organization_id)
        .where(among())
    )


async def countries_of(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, frozenset[str]]:
    """Where each of these services is given, as far as it is known."""
    found = await session.execute(
        select(ListingPlace.service_id, func.array_agg(distinct(ListingPlace.country)))
        .where(ListingPlace.service_id.in_(list(ids)), ListingPlace.country.is_not(None))
        .group_by(ListingPlace.service_id)
    )
    return {id: frozenset(filter(None, countries)) for id, countries in found}


async def names_of(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Its name, and the names that a source gives what it offers."""
    found = await session.execute(
        select(Service.id, Service.name, Listing.foreign_terms)
        .join(Listing, Listing.service_id == Service.id)
        .where(Service.id.in_(list(ids)))
    )
    return {id: (name, *terms) for id, name, terms in found}


async def needs_of(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, frozenset[str]]:
    """The needs that each of these services answers, with all the broader ones."""
    found = await session.execute(
        select(Listing.service_id, Listing.need_paths).where(Listing.service_id.in_(list(ids)))
    )
    return {id: frozenset(paths) for id, paths in found}


async def offering_just(session: AsyncSession, ids: Sequence[UUID], code: str) -> frozenset[UUID]:
    """Those that offer this need itself, not only a narrower one."""
    found = await session.scalars(
        select(Listing.service_id).where(Listing.service_id.in_(list(ids)), Listing.needs.contains([code]))
    )
    return frozenset(found)


async def prices_of(
    session: AsyncSession, ids: Sequence[UUID]
) -> dict[UUID, tuple[bool | None, float | None, str | None]]:
    """Of each of these services whether it is free, what is left to pay (else its price), and in which money."""
    left = func.coalesce(Listing.client_contribution, Listing.price_per_session)
    found = await session.execute(
        select(Listing.service_id, Listing.free, left, Listing.currency).where(Listing.service_id.in_(list(ids)))
    )
    return {id: (free, amount, currency) for id, free, amount, currency in found}


async def sayings(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Said]:
    found = await session.execute(
        select(
            Listing.service_id,
            Listing.tags,
            Listing.modes,
            Listing.languages,
            Listing.free,
            Listing.open_week,
            Listing.rule,
        ).where(Listing.service_id.in_(list(dict.fromkeys(ids))))
    )
    return {
        id: Said(
            (*tags, *(f"{MODE}:{one}" for one in modes), *(f"{LANGUAGE}:{one}" for one in languages)),
            free,
            bool(week),
            audiences(rule),
        )
        for id, tags, modes, languages, free, week, rule in found
    }


def contradicts(said: Said, wished: Query) -> bool:
    """Whether a listing says that it does not fulfil one of these wishes; what it does not speak of it may fulfil."""
    wishes = [*wished.tag_groups, *([(f"{MODE}:remote",)] if wished.distant == "only" else [])]
    if wished.open is not None and said.hours:
        return True
    return any(_against(said, one_of) for one_of in wishes if not fits(said.tags, one_of))


def _against(said: Said, one_of: Sequence[str]) -> bool:
    group = group_of(one_of[0])
    if group == FREE:
        return said.free is False
    if group == FOR:
        asked, demanded = {tag.partition(":")[2] for tag in one_of} & _EITHER, _EITHER.intersection(said.only_for)
        return bool(asked and demanded) and not asked & demanded
    return group in _TOLD_WHOLE and any(group_of(tag) == group and tag != UNSAID_AGE for tag in said.tags)
