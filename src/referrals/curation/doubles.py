"""Possible doubles: the list, two records side by side, making one of them, and taking that back."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.guards import Who, requires_curator
from referrals.directory.changes import Record, record_of
from referrals.directory.changes.fields import Value
from referrals.directory.changes.labels import field_label
from referrals.directory.changes.show import lines
from referrals.directory.duplicates import actions, merging, queries
from referrals.directory.duplicates.jobs import FIND_ALL
from referrals.directory.duplicates.merging import DROPPED, KEPT, TOGETHER, Obstacle, Side
from referrals.directory.duplicates.queries import PER_PAGE, Asked, Merged, Pair
from referrals.directory.duplicates.records import Entity
from referrals.directory.models import Location
from referrals.kit.errors import Refused
from referrals.kit.html import addresses
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.kit.jobs import enqueue
from referrals.kit.pages import Db, Now, Req, jinja, page, redirect
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary

ENTITIES: dict[Entity, str] = {Entity.SERVICE: N_("Services"), Entity.ORGANIZATION: N_("Organizations")}
LONGEST = 80
_TABLES: dict[str, str] = {
    "service": N_("the service"), "organization": N_("the organization"), "membership": N_("who edits its listings"),
    "phone": N_("phone numbers"), "schedule": N_("hours"), "contact": N_("people to contact"),
    "service_at_location": N_("places"), "attribute": N_("terms"), "local_edit": N_("fields that were edited here"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One field as the page draws it. `choice` None: both say the same, nothing is asked."""

    name: str
    label: str
    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    choice: str | None
    together: bool


@get("/curation/doubles", name="duplicates", guards=[requires_curator])
async def doubles(request: Req, session: Db) -> Template:
    asked = _asked(request.query_params)
    found = await queries.pairs(session, asked)
    count, _oldest = await queries.how_many(session)
    return page(
        request, "curation/doubles.html", fragment="curation/_doubles.html", pairs=found[:PER_PAGE], asked=asked,
        count=count, scan=await queries.last_scan(session), entities=[(str(e), _(label)) for e, label in ENTITIES.items()],
        pager=_pager(request, asked, more=len(found) > PER_PAGE), narrowed=bool(asked.words or asked.entity or asked.likely),
    )  # fmt: skip


@post("/curation/doubles/scan", name="scan-duplicates", guards=[requires_curator], status_code=303)
async def scan(request: Req, session: Db) -> Redirect:
    await enqueue(session, FIND_ALL, once=FIND_ALL)
    return redirect(
        request, "duplicates", say=_("The whole directory is being read. What is found shows here by itself.")
    )


@get("/curation/doubles/{pair_id:uuid}", name="duplicate", guards=[requires_curator])
async def double(request: Req, session: Db, pair_id: FromPath[UUID]) -> Template:
    """`?keep=b` turns the two around."""
    pair = await queries.pair_of(session, pair_id)
    return await _side_by_side(request, session, pair, request.query_params.get("keep", ""), {})


@post("/curation/doubles/{pair_id:uuid}/merge", name="merge-duplicate", guards=[requires_curator], status_code=200)
async def make_one(request: Req, session: Db, actor: Who, now: Now, pair_id: FromPath[UUID]) -> Template | Redirect:
    pair = await queries.pair_of(session, pair_id)
    typed = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    keep = typed.get("keep", "")
    kept, dropped = (pair.b, pair.a) if keep == "b" else (pair.a, pair.b)
    choices = {name.removeprefix("choice-"): value for name, value in typed.items() if name.startswith("choice-")}
    try:
        made = await merging.merge(session, pair.entity, kept.id, dropped.id, choices, actor, now)
    except Refused as problem:
        if problem.code not in _REFUSALS:
            raise
        said = _(_REFUSALS[problem.code])
        return await _side_by_side(request, session, pair, keep, choices, problem=said, status=422)
    said = _("“%(dropped)s” is part of “%(kept)s” now, and its address leads there.")
    return redirect(request, "merge", say=said % {"dropped": dropped.name, "kept": kept.name}, merge_id=made.id)


@post("/curation/doubles/{pair_id:uuid}/different", name="not-the-same", guards=[requires_curator], status_code=303)
async def not_the_same(request: Req, session: Db, actor: Who, now: Now, pair_id: FromPath[UUID]) -> Redirect:
    await actions.say_different(session, pair_id, actor, now)
    said = _("Noted. You are asked again only if the two come to say something new.")
    return redirect(request, "duplicates", say=said)


@post("/curation/doubles/{pair_id:uuid}/again", name="ask-again", guards=[requires_curator], status_code=303)
async def again(request: Req, session: Db, actor: Who, pair_id: FromPath[UUID]) -> Redirect:
    await actions.ask_again(session, pair_id, actor)
    return redirect(request, "duplicate", say=_("It waits in the list again."), pair_id=pair_id)


@get("/curation/merges", name="merges", guards=[requires_curator])
async def merges(request: Req, session: Db) -> Template:
    found = await queries.merges(session)
    return page(request, "curation/merges.html", merges=found, who=await _who(session, found))


@get("/curation/merges/{merge_id:uuid}", name="merge", guards=[requires_curator])
async def merge(request: Req, session: Db, merge_id: FromPath[UUID]) -> Template:
    return await _merge(request, session, await queries.merge_of(session, merge_id))


@post("/curation/merges/{merge_id:uuid}/undo", name="undo-merge", guards=[requires_curator], status_code=200)
async def undo(request: Req, session: Db, actor: Who, now: Now, merge_id: FromPath[UUID]) -> Template | Redirect:
    shown = await queries.merge_of(session, merge_id)
    try:
        await merging.undo(session, merge_id, actor, now)
    except Refused as problem:
        if problem.code != "merge_stays":
            raise
        return await _merge(request, session, shown, status=422)
    return redirect(request, "merge", say=_("They are two again, as they were before."), merge_id=merge_id)


routes: list[HTTPRouteHandler] = [
    doubles, scan, double, make_one, not_the_same, again, merges, merge, undo,
]  # fmt: skip
_REFUSALS: dict[str, str] = {
    "changes_wait": N_("A change of one of the two waits for somebody’s yes. Decide about it first."),
    "part_of_the_other": N_("One of the two is the organization above the other. They stay two."),
    "choice": N_("Please choose for each field."),
}


async def _side_by_side(
    request: Req, session: AsyncSession, pair: Pair, keep: str, chosen: Mapping[str, str], *, problem: str = "",
    status: int = 200,
) -> Template:  # fmt: skip
    a, b = [await record_of(session, pair.entity.value, one.id) for one in (pair.a, pair.b)]
    sides = await merging.sides(session, a, b)
    if keep not in ("a", "b"):
        more = sum((len(str(side.kept or "")) > len(str(side.dropped or ""))) or -1 for side in sides if not side.same)
        keep = "a" if more >= 0 else "b"
    if keep == "b":
        sides = await merging.sides(session, b, a)
    kept, dropped = (pair.b, pair.a) if keep == "b" else (pair.a, pair.b)
    rows = await _rows(session, b if keep == "b" else a, sides, chosen)
    return page(
        request, "curation/double.html", pair=pair, keep=keep, kept=kept, dropped=dropped, problem=problem, status=status,
        asked=[row for row in rows if row.choice], alike=[row for row in rows if not row.choice],
        own=pair.entity is Entity.SERVICE, percent=round(pair.score * 100),
    )  # fmt: skip


async def _rows(session: AsyncSession, kept: Record, sides: list[Side], chosen: Mapping[str, str]) -> list[Row]:
    words, places = await vocabulary(session), await _places(session, sides)
    return [
        Row(
            side.field, field_label(side.field, kept.language or ""), _lines(side.field, side.kept, words, places),
            _lines(side.field, side.dropped, words, places),
            None if side.same else chosen.get(side.field, side.choice), side.together,
        )
        for side in sides
    ]  # fmt: skip


def _lines(name: str, value: Value, words: Vocabulary, places: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines(name, value, words, places)))


async def _places(session: AsyncSession, sides: list[Side]) -> dict[str, str]:
    ids = {
        UUID(row["location_id"])
        for side in sides if side.field == "service_at_locations"
        for value in (side.kept, side.dropped) if isinstance(value, list)
        for row in value if row.get("location_id")
    }  # fmt: skip
    return await _named(session, ids)


async def _named(session: AsyncSession, ids: set[UUID]) -> dict[str, str]:
    rows = await session.execute(select(Location.id, Location.name).where(Location.id.in_(ids)))
    return {str(id): name for id, name in rows if name}


async def _merge(request: Req, session: AsyncSession, shown: Merged, *, status: int = 200) -> Template:
    stands = await merging.obstacles(session, shown.merge) if shown.merge.undone_at is None else []
    return page(
        request, "curation/merge.html", one=shown, who=await _who(session, [shown]), status=status,
        obstacles=list(dict.fromkeys(map(_said, stands))), choices=_choices(shown),
        own=shown.merge.entity == Entity.SERVICE.value, tried=status == 422,
    )  # fmt: skip


def _choices(shown: Merged) -> list[tuple[str, str]]:
    told = {KEPT: _("as in the record that stays"), DROPPED: _("from the other record"), TOGETHER: _("both")}
    return [
        (field_label(name, ""), told[choice])
        for name, choice in sorted(shown.merge.choices.items()) if choice in told
    ]  # fmt: skip


def _said(obstacle: Obstacle) -> str:
    if obstacle.code == merging.MERGED_ON:
        return _("The record that stayed was merged into another since. Take that back first.")
    what = _(_TABLES.get(obstacle.table, obstacle.table))
    if obstacle.table in ("service", "organization") and obstacle.field:
        field = field_label(obstacle.field, "")
        return _("Somebody has changed this since: %(what)s, %(field)s.") % {"what": what, "field": field}
    return _("Somebody has changed this since: %(what)s.") % {"what": what}


async def _who(session: AsyncSession, found: list[Merged]) -> dict[UUID, str]:
    return await accounts.names(session, [id for one in found for id in (one.merge.by_id, one.merge.undone_by) if id])


def _asked(params: Mapping[str, str]) -> Asked:
    entity, number = params.get("entity", ""), params.get("page", "")
    return Asked(
        entity=Entity(entity) if entity in ENTITIES else None,
        words=params.get("words", "").replace("\x00", "").strip()[:LONGEST],
        likely=params.get("likely") == "yes",
        decided=params.get("decided") == "yes",
        page=min(int(number), 10_000) if number.isascii() and number.isdigit() and int(number) else 1,
    )


def _pager(request: Req, asked: Asked, *, more: bool) -> tuple[str, str | None, str | None] | None:
    if asked.page == 1 and not more:
        return None
    url = addresses(jinja(request))

    def at(number: int) -> str:
        kept = {"entity": asked.entity or "", "words": asked.words, "likely": "yes" if asked.likely else "",
                "decided": "yes" if asked.decided else ""}  # fmt: skip
        return url("duplicates", query={name: value for name, value in kept.items() if value} | {"page": number})

    told = _("Page %(number)s") % {"number": asked.page}
    return told, at(asked.page - 1) if asked.page > 1 else None, at(asked.page + 1) if more else None
