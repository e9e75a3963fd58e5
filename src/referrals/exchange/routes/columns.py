"""A table of somebody's own making: its columns, what each may hold, and the first rows as they would be read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from anyio import to_thread
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who, requires_curator
from referrals.exchange import mapping as mappings
from referrals.exchange import run_queries, runs, uploads
from referrals.exchange.broken import BrokenPackage
from referrals.exchange.formats import columns
from referrals.exchange.formats.columns import Mapping, Preview
from referrals.exchange.formats.targets import TARGETS, several
from referrals.exchange.mapping import Sample
from referrals.exchange.models import ImportRun
from referrals.exchange.reasons import sentence
from referrals.kit.errors import Conflict
from referrals.kit.html import listed
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, page, redirect
from referrals.kit.settings import Settings
from referrals.taxonomy.queries import vocabulary

DATES = {"ymd": N_("2027-01-31"), "dmy": N_("31/01/2027"), "mdy": N_("01/31/2027")}
DECIMALS = {".": N_("12.50"), ",": N_("12,50")}


@dataclass(frozen=True, slots=True)
class Choice:
    """One column: what it holds in the first rows, and where it goes."""

    at: int
    title: str
    examples: str
    target: str
    separator: str
    several: bool


@get("/imports/{run_id:uuid}/columns", name="import-columns", guards=[requires_curator])
async def show(request: Req, session: Db, settings: Deployment, run_id: FromPath[UUID]) -> Template:
    run, path = await _waiting(session, settings, run_id)
    found = await to_thread.run_sync(mappings.sample, path)
    known = await mappings.fitting(session, found.titles)
    near = None if known else await mappings.nearest(session, found.titles)
    saved = known or (near[0] if near else None)
    mapping = columns.from_json(saved.mapping) if saved else columns.guess(found.titles, found.rows)
    mapping = replace(
        mapping,
        columns=tuple(one for one in mapping.columns if one.column in found.titles),
        language=mapping.language or run.language or "",
    )
    told = _near(near[0].name, near[1]) if near else ""
    return await _page(request, session, run, path, found, mapping, known.name if known else "", {}, told=told)


@post("/imports/{run_id:uuid}/columns", name="map-columns", guards=[requires_curator], status_code=200)
async def choose(
    request: Req, session: Db, actor: Who, now: Now, settings: Deployment, run_id: FromPath[UUID]
) -> Template | Redirect:
    """See the rows again, or save the mapping and try the package with it."""
    run, path = await _waiting(session, settings, run_id)
    data = await request.form()
    found = await to_thread.run_sync(mappings.sample, path)
    mapping = mappings.read(data, found.titles)
    name = str(data.get("name") or "").strip()[:80]
    if data.get("do") != "save":
        return await _page(request, session, run, path, found, mapping, name, {})
    lacking = columns.problems(mapping, found.titles)
    errors = {"": lacking[0]} if lacking else {}
    if not name:
        errors["name"] = _("Please fill this in.")
    if errors:
        return await _page(request, session, run, path, found, mapping, name, errors, status=422)
    kept = await mappings.save(session, name, mapping, actor.id, now)
    await runs.try_with(session, run.id, kept.id, now)
    return redirect(request, "import", run_id=run.id)


routes: list[HTTPRouteHandler] = [show, choose]


def _near(name: str, gone: Sequence[str]) -> str:
    said = {"name": name, "columns": listed(list(gone))}
    return _("Read as in “%(name)s”. Not in this file: %(columns)s.") % said


async def _waiting(session: AsyncSession, settings: Settings, run_id: UUID) -> tuple[ImportRun, Path]:
    run = await run_queries.one(session, run_id)
    try:
        path = uploads.path_of(settings.uploads_home, run)
    except BrokenPackage as broken:
        raise Conflict("import_has_ended") from broken
    if run.state not in ("ready", "failed") or run.step != "rehearse":
        raise Conflict("import_has_ended")
    return run, path


async def _page(
    request: Req, session: AsyncSession, run: ImportRun, path: Path, found: Sample, mapping: Mapping, name: str,
    errors: dict[str, str], status: int = 200, told: str = "",
) -> Template:  # fmt: skip
    words = await vocabulary(session)
    seen: Preview = await to_thread.run_sync(mappings.preview, path, mapping, words)
    chosen = {one.column: one for one in mapping.columns}
    choices = [
        Choice(
            at, title, " · ".join(list(dict.fromkeys(row[at][:40] for row in found.rows if row[at].strip()))[:3]),
            chosen[title].target if title in chosen else "", chosen[title].separator if title in chosen else "",
            title in chosen and several(chosen[title].target),
        )
        for at, title in enumerate(found.titles)
    ]  # fmt: skip
    problems = columns.problems(mapping, found.titles)
    return page(
        request, "exchange/import-columns.html", run=run, choices=choices, name=name, errors=errors, status=status,
        targets=[(code, _(one.label)) for code, one in TARGETS.items()], mapping=mapping, problems=problems,
        organization=next((one.value for one in mapping.fixed if one.target == mappings.ORGANIZATION), ""),
        dates=[(code, _(label)) for code, label in DATES.items()], say=sentence, preview=seen,
        decimals=[(code, _(label)) for code, label in DECIMALS.items()], labels={c: _(t.label) for c, t in TARGETS.items()},
        told=told, refused=sum(1 for row in seen.rows if row.problem) + len(seen.refused),
    )  # fmt: skip
