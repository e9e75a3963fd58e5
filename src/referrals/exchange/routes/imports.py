"""Imports: send a package, read what it would do, let it in, watch it, read what it did, take it back."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from anyio import to_thread
from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response, Template

from referrals.accounts.guards import Who, requires_curator
from referrals.exchange import run_queries, runs, uploads
from referrals.exchange.broken import BrokenPackage, NeedsMapping
from referrals.exchange.labels import KINDS, LOSSES, WHAT
from referrals.exchange.package import Package
from referrals.exchange.reasons import sentence
from referrals.exchange.run_queries import PER_PAGE
from referrals.exchange.showing import view
from referrals.kit import forms
from referrals.kit.html import number
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, page, redirect

ROOM = uploads.LARGEST + (1 << 20)
"""Bytes of a request with an upload: the file, and the fields around it."""


class SendForm(forms.Form, kw_only=True):
    source: str = ""
    language: str = ""
    part: bool = False


@get("/imports", name="imports", guards=[requires_curator])
async def imports(request: Req, session: Db, at: FromQuery[int] = 1) -> Template:
    return await _list(request, session, max(1, min(at, 1000)))


@post("/imports", name="send-import", guards=[requires_curator], status_code=200, request_max_body_size=ROOM)
async def send(request: Req, session: Db, actor: Who, now: Now, settings: Deployment) -> Template | Redirect:
    """Put the file away and try it; nothing comes in before somebody has read what it would do."""
    data = await request.form()
    form = forms.parse(SendForm, data)
    upload = data.get("file")
    if not isinstance(upload, UploadFile) or not upload.filename:
        form.refuse("file", _("Please choose a file."))
    elif not uploads.is_a_kind_of_ours(upload.filename):
        form.refuse("file", _("This kind of file cannot be imported. A zip, CSV, JSON or YAML file can."))
    if form.errors or not isinstance(upload, UploadFile):
        return await _list(request, session, 1, form, status=422)
    run_id, sent = uuid4(), form.ok
    try:
        kept = await uploads.keep(settings.uploads_home, run_id, upload)
    except BrokenPackage as broken:
        form.refuse("file", str(broken))
        return await _list(request, session, 1, form, status=422)
    name = uploads.safe_name(upload.filename)
    language = sent.language if sent.language in ("fr", "en") else None
    source = await run_queries.source_called(session, sent.source or name.rpartition(".")[0])
    asked: dict[str, Any] = {
        "id": run_id,
        "file_name": name,
        "now": now,
        "by": actor.id,
        "whole": not sent.part,
        "upload": kept,
    }
    try:
        await to_thread.run_sync(Package, settings.uploads_home / kept)
    except NeedsMapping:
        await runs.wait_for_columns(session, source=source, language=language, **asked)
        return redirect(request, "import-columns", run_id=run_id)
    except BrokenPackage:
        pass  # the run itself says so, on its page
    await runs.ask(session, source=source, language=language, **asked)
    return redirect(request, "import", run_id=run_id)


@get("/imports/{run_id:uuid}", name="import", guards=[requires_curator])
async def show(request: Req, session: Db, run_id: FromPath[UUID]) -> Template:
    run = await run_queries.one(session, run_id)
    counts = await run_queries.change_counts(session, run_id)
    shown = page(
        request, "exchange/import.html", fragment="exchange/_import-progress.html", run=view(run),
        losses=await run_queries.losses(session, run), later=await run_queries.has_a_later(session, run), labels=LOSSES, say=sentence, kind_names=KINDS,
        changes=[
            (what, entity, _(WHAT[what]), _(KINDS[entity]), count)
            for what in WHAT for entity in KINDS if (count := counts.get((what, entity), 0))
        ],
    )  # fmt: skip
    if run.state not in ("queued", "running") and request.headers.get("HX-Request") == "true":
        shown.headers["HX-Refresh"] = "true"  # whoever watched it go now sees the whole page of what it did
    return shown


@get("/imports/{run_id:uuid}/changes", name="import-changes", guards=[requires_curator])
async def changes(
    request: Req, session: Db, run_id: FromPath[UUID], what: FromQuery[str] = "", kind: FromQuery[str] = "",
    at: FromQuery[int] = 1,
) -> Template:  # fmt: skip
    """The records to which a run did one thing, field by field."""
    run = await run_queries.one(session, run_id)
    counts = await run_queries.change_counts(session, run_id)
    there = [(one, entity) for one in WHAT for entity in KINDS if (one, entity) in counts]
    chosen = (what, kind) if (what, kind) in counts else next(iter(there), ("", ""))
    shown = max(1, min(at, 10_000))
    found = await run_queries.changes(session, run_id, *chosen, shown)
    url = request.app.state.jinja.globals["url"]
    tabs = [
        Tab(
            _(KINDS[entity]), f"{_(WHAT[one])} · {number(counts[one, entity])}",
            url("import-changes", run_id=run_id, query={"what": one, "kind": entity}), (one, entity) == chosen,
        )
        for one, entity in there
    ]  # fmt: skip
    return page(
        request, "exchange/import-changes.html", run=view(run), tabs=tabs, found=found[:PER_PAGE],
        more=len(found) > PER_PAGE, at=shown, what=chosen[0], kind=chosen[1],
        total=counts.get(chosen, 0), title=_(KINDS[chosen[1]]) if chosen[1] else "",
        done=_(WHAT[chosen[0]]) if chosen[0] else "",
    )  # fmt: skip


@get("/imports/{run_id:uuid}/losses.csv", name="import-losses", guards=[requires_curator])
async def losses(session: Db, run_id: FromPath[UUID]) -> Response[bytes]:
    """Everything that was left out or put right, a line each, in the language of the page."""
    await run_queries.one(session, run_id)
    text = "".join([piece async for piece in _csv(run_queries.loss_lines(session, run_id))])
    return Response(
        b"\xef\xbb\xbf" + text.encode(), media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="import-{str(run_id)[:8]}.csv"', "Cache-Control": "no-store"},
    )  # fmt: skip


@post("/imports/{run_id:uuid}/let-in", name="let-import-in", guards=[requires_curator])
async def let_in(request: Req, session: Db, now: Now, run_id: FromPath[UUID]) -> Redirect:
    await runs.bring_in(session, run_id, now)
    return redirect(request, "import", run_id=run_id)


@post("/imports/{run_id:uuid}/stop", name="stop-import", guards=[requires_curator])
async def stop(request: Req, session: Db, now: Now, settings: Deployment, run_id: FromPath[UUID]) -> Redirect:
    run = await runs.stop(session, run_id, now)
    if run.state == "cancelled":
        uploads.remove(settings.uploads_home, run)
    return redirect(request, "import", say=_("The import is being stopped. Nothing of it comes in."), run_id=run_id)


@post("/imports/{run_id:uuid}/undo", name="undo-import", guards=[requires_curator])
async def undo(request: Req, session: Db, actor: Who, now: Now, run_id: FromPath[UUID]) -> Redirect:
    await runs.ask_undo(session, run_id, actor.id, now)
    return redirect(request, "import", run_id=run_id)


routes: list[HTTPRouteHandler] = [imports, send, show, changes, losses, let_in, stop, undo]


@dataclass(frozen=True, slots=True)
class Tab:
    title: str
    subtitle: str
    url: str
    current: bool


async def _list(
    request: Req, session: Db, at: int, form: forms.Filled[SendForm] | None = None, status: int = 200
) -> Template:
    found = await run_queries.listed(session, at)
    return page(
        request, "exchange/imports.html", runs=[view(run) for run in found[:PER_PAGE]], more=len(found) > PER_PAGE,
        at=at, form=form or forms.blank(SendForm), largest=uploads.LARGEST >> 20, status=status,
    )  # fmt: skip


async def _csv(lines: AsyncIterator[run_queries.LossLine]) -> AsyncIterator[str]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("What"), _("File"), _("Line"), _("Kind of record"), _("Record"), _("Field"), _("Reason")])
    async for one in lines:
        kind = _(KINDS[one.entity]) if one.entity in KINDS else one.entity
        row = [_(LOSSES[one.kind]), one.file, str(one.line or ""), kind, one.record_key, one.field, sentence(one)]
        writer.writerow([_plain(cell) for cell in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def _plain(cell: str | None) -> str:
    """A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    return f"'{cell}" if cell and cell[0] in "=+-@\t\r" else cell or ""
