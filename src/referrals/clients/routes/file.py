"""A person's file, page by page: each keeps what is typed as it changes, and by its button."""

from datetime import date, datetime
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import labels
from referrals.clients.file import File, open_file
from referrals.clients.progress import progress
from referrals.clients.questions import lines
from referrals.clients.steps import STEPS, Step, Typed, answers
from referrals.kit.errors import NotFound
from referrals.kit.html import in_zone
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.taxonomy.queries import vocabulary

_BY_CODE = {step.code: step for step in STEPS}


@get("/people/{client_id:uuid}/edit", name="edit-person", guards=[requires_case_manager])
async def overview(request: Req, session: Db, actor: Who, now: Now, client_id: FromPath[UUID]) -> Template:
    """What is known, what is still open and what it would decide, and the way to each page."""
    file = await open_file(session, actor, client_id)
    said = lines(file, await vocabulary(session), in_zone(now).date())
    return page(request, "clients/file.html", file=file, lines=said, progress=progress(said))


@get("/people/{client_id:uuid}/edit/{step:str}", name="edit-person-step", guards=[requires_case_manager])
async def step_page(
    request: Req, session: Db, actor: Who, now: Now, client_id: FromPath[UUID], step: FromPath[str]
) -> Template:
    file, today = await open_file(session, actor, client_id), in_zone(now).date()
    found = _step(step)
    return await _shown(request, session, file, found, found.shown(file, await vocabulary(session), today), today)


@post(
    "/people/{client_id:uuid}/edit/{step:str}", name="change-person-step", guards=[requires_case_manager],
    status_code=200,
)  # fmt: skip
async def save_step(
    request: Req, session: Db, actor: Who, now: Now, client_id: FromPath[UUID], step: FromPath[str]
) -> Template | Redirect:
    """Three ways in: by itself while somebody types, by a button that only adds or takes out a row, and by the last one."""
    file, today = await open_file(session, actor, client_id), in_zone(now).date()
    found, words, data = _step(step), await vocabulary(session), await request.form()
    form = await found.read(session, data, file, words, today)
    by_itself = request.headers.get("HX-Target") == "saved"  # then a button that was pressed before is sent along
    if not by_itself and _arranged(str(data.get("do", "")), form):
        return await _shown(request, session, file, found, form, today, focus=form.raw["focus"])
    if form.value is not None:
        await found.keep(session, file, form, in_zone(now))
    if by_itself:
        return _told(request, form, now)
    if form.value is None:
        return await _shown(request, session, file, found, form, today, status=422)
    return await _on(request, session, actor, file, found, today, str(data.get("do", "")))


routes: list[HTTPRouteHandler] = [overview, step_page, save_step]


def _step(code: str) -> Step:
    if code not in _BY_CODE:
        raise NotFound("page")
    return _BY_CODE[code]


def _arranged(asked: str, form: Typed) -> bool:
    """A row more or a row less: the page comes back, nothing is kept yet."""
    what, _colon, at = asked.partition(":")
    if what not in ("add", "remove") or "rows" not in form.raw:
        return False
    rows = form.raw["rows"]
    form.errors.clear()
    form.raw["focus"] = "add-row"
    if what == "add":
        rows.append({"days": [], "opens": "", "closes": ""})
        form.raw["focus"] = f"r{len(rows) - 1}_days"
    elif at.isdecimal() and int(at) < len(rows):
        del rows[int(at)]
    form.raw["availability_how"] = "these" if rows else ""
    return True


def _told(request: Req, form: Typed, now: datetime) -> Template:
    """A quiet word beside the form: kept, or what keeps it from being kept. What is typed stays in the browser."""
    how = answers.raw_how(form.raw.get("answers", {}))
    wrong = [labels.complaint(name, sentence) for name, sentence in form.errors.items()]
    told = page(request, "clients/_saved.html", form=form, wrong=wrong, how=how, at=now)
    told.headers["HX-Trigger"] = "saved" if form.value is not None else "unsaved"
    return told


async def _on(
    request: Req, session: AsyncSession, actor: Who, file: File, found: Step, today: date, asked: str
) -> Redirect:
    """To the next page, or back to where all of it is seen together."""
    id = file.client.id
    if asked == "again":
        return redirect(request, "edit-person-step", client_id=id, step=found.code)
    after = progress(lines(file, await vocabulary(session), today), found.code).after
    if asked == "overview" or after is None:
        return redirect(request, "edit-person", say=_("Saved."), client_id=id)
    if after in _BY_CODE:
        return redirect(request, "edit-person-step", say=_("Saved."), client_id=id, step=after)
    return redirect(request, "keep-away", say=_("Saved."), client_id=id)


async def _shown(
    request: Req, session: AsyncSession, file: File, found: Step, form: Typed, today: date, *, status: int = 200,
    focus: str = "",
) -> Template:  # fmt: skip
    words = await vocabulary(session)
    said = lines(file, words, today)
    return page(
        request, "clients/step.html", fragment="clients/_step.html", file=file, step=found, form=form, focus=focus,
        progress=progress(said, found.code), status=status, **found.options(words, file, today),
    )  # fmt: skip
