"""Looking at the crosswalk: foreign terms, how many services carry each, and what they mean in ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Subquery, Text, case, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Attribute, Organization, Service
from referrals.kit.errors import NotFound
from referrals.taxonomy import queries
from referrals.taxonomy.crosswalk import Likeness
from referrals.taxonomy.models import OURS, Taxonomy, Term, TermLink
from referrals.taxonomy.vocabulary import TermInfo

PER_PAGE = 25
STATES = ("proposed", "open", "linked", "nothing")


@dataclass(frozen=True, slots=True)
class ForeignTerm:
    """`state` is one of STATES; `ours` what it means, or might; `others` further needs that its name is like."""

    id: UUID
    name: str
    taxonomy: str
    description: str
    services: int
    state: str
    ours: tuple[TermInfo, ...]
    others: tuple[TermInfo, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A service that carries a term, to read before deciding."""

    id: UUID
    name: str
    organization: str
    description: str


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many foreign terms in use stand how."""
    terms = _terms().subquery()
    rows = await session.execute(select(terms.c.state, func.count()).group_by(terms.c.state))
    found: dict[str, int] = dict(rows.all())
    return {state: found.get(state, 0) for state in STATES}


async def listed(session: AsyncSession, state: str, page: int, words_like: str = "") -> list[ForeignTerm]:
    """One page of the terms that stand so, most used first; one more than PER_PAGE where another page follows."""
    terms = _terms().subquery()
    wanted = select(terms).where(terms.c.state == state)
    if words_like:
        wanted = wanted.where(terms.c.folded.contains(words_like, autoescape=True))
    wanted = wanted.order_by(terms.c.services.desc(), terms.c.name).limit(PER_PAGE + 1).offset((page - 1) * PER_PAGE)
    return await _read(session, (await session.execute(wanted)).all())


async def one(session: AsyncSession, id: UUID) -> ForeignTerm:
    """Raises NotFound."""
    terms = _terms(Term.id == id).subquery()
    found = await _read(session, (await session.execute(select(terms))).all())
    if not found:
        raise NotFound
    return found[0]


async def samples(session: AsyncSession, id: UUID, limit: int = 8) -> list[Sample]:
    rows = await session.execute(
        select(Service.id, Service.name, Organization.name, Service.description)
        .join(Organization, Organization.id == Service.organization_id)
        .join(Attribute, Attribute.link_id == Service.id)
        .where(Attribute.taxonomy_term_id == id, Attribute.gone_at.is_(None), Service.gone_at.is_(None))
        .order_by(func.md5(cast(Service.id, Text)))
        .limit(limit)
    )  # fmt: skip
    return [Sample(*row) for row in rows]


async def services_with(session: AsyncSession, id: UUID) -> Sequence[UUID]:
    """The services that carry this term."""
    carried = select(Attribute.link_id).where(Attribute.taxonomy_term_id == id, Attribute.gone_at.is_(None))
    return list(await session.scalars(select(Service.id).where(Service.id.in_(carried))))


def _terms(*wanted: Any) -> Select[Any]:
    used, links = _used(), _links()
    state = case(
        (links.c.linked, literal("linked")), (links.c.nothing, literal("nothing")),
        (links.c.proposed, literal("proposed")), else_=literal("open"),
    )  # fmt: skip
    return (
        select(
            Term.id, Term.name, Term.folded, Term.description, Taxonomy.name.label("taxonomy"),
            func.coalesce(used.c.services, 0).label("services"), state.label("state"),
        )
        .join(Taxonomy, Taxonomy.id == Term.taxonomy_id)
        .outerjoin(used, used.c.id == Term.id)
        .outerjoin(links, links.c.id == Term.id)
        .where(Term.source != OURS, Term.gone_at.is_(None), *wanted)
    )  # fmt: skip


def _used() -> Subquery:
    return (
        select(Attribute.taxonomy_term_id.label("id"), func.count(Attribute.link_id.distinct()).label("services"))
        .where(Attribute.link_entity == "service", Attribute.gone_at.is_(None))
        .group_by(Attribute.taxonomy_term_id)
        .subquery()
    )


def _links() -> Subquery:
    confirmed = TermLink.state == "confirmed"
    return (
        select(
            TermLink.foreign_id.label("id"),
            func.bool_or(confirmed & TermLink.term_id.is_not(None)).label("linked"),
            func.bool_or(confirmed & TermLink.term_id.is_(None)).label("nothing"),
            func.bool_or(TermLink.state == "proposed").label("proposed"),
        )
        .group_by(TermLink.foreign_id)
        .subquery()
    )


async def _read(session: AsyncSession, rows: Sequence[Any]) -> list[ForeignTerm]:
    words = await queries.vocabulary(session)
    alike = Likeness(words)
    meant: dict[UUID, list[TermInfo]] = {}
    rejected: dict[UUID, set[UUID]] = {}
    links = select(TermLink.foreign_id, TermLink.term_id, TermLink.state).where(
        TermLink.foreign_id.in_([row.id for row in rows])
    )
    for foreign_id, term_id, state in await session.execute(links):
        term = words.by_id(term_id) if term_id else None
        if state == "rejected" and term_id:
            rejected.setdefault(foreign_id, set()).add(term_id)
        elif term is not None:
            meant.setdefault(foreign_id, []).append(term)
    return [
        ForeignTerm(
            row.id, row.name, row.taxonomy, row.description, row.services, row.state, tuple(meant.get(row.id, ())),
            _others(alike, row.name, {t.id for t in meant.get(row.id, ())} | rejected.get(row.id, set())),
        )
        for row in rows
    ]  # fmt: skip


def _others(alike: Likeness, name: str, but: set[UUID]) -> tuple[TermInfo, ...]:
    """Up to two further needs, so that another choice is one click as well."""
    return tuple(term for term in alike.likely(name, limit=6) if term.id not in but)[:2]
