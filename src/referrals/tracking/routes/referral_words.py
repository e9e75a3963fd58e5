"""The case manager's side of it: words to the service or the person, papers that the service asks for, a code to read out."""

from collections.abc import Mapping
from uuid import UUID

from litestar import post
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who, requires_case_manager
from referrals.kit import forms
from referrals.kit.errors import Conflict, NotFound, Refused, TooMany
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, redirect
from referrals.tracking import messages, papers
from referrals.tracking.actions import codes
from referrals.tracking.models import Referral, ReferralFile
from referrals.tracking.papers import NotOurs
from referrals.tracking.routes.between import PaperForm, WordsForm, between
from referrals.tracking.routes.receiver_words import download
from referrals.tracking.routes.referral import mine, show
from referrals.tracking.said import case_manager

ROOM = papers.LARGEST + (1 << 16)
"""Bytes of a request with a paper: the file, and the fields around it."""


@post("/referrals/{referral_id:uuid}/words", name="referral-words", guards=[requires_case_manager], status_code=200)
async def write(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Template | Redirect:
    """Moves nothing: no status, no clock."""
    found = await mine(session, actor, referral_id)
    form = await forms.read(request, WordsForm)
    if form.value is None:
        side = await between(session, found, now, words=form)
        return await show(request, session, found, now, side=side, status=422)
    try:
        said = form.value
        await messages.write(
            session, found, case_manager(actor), said.message, said.to, said.key, now,
            sensitivity=[said.delicate] if said.delicate else [],
        )  # fmt: skip
    except Conflict:
        typed = [(_("Your message"), said.message)]
        return await show(request, session, found, now, quicker=True, typed=typed, status=409)
    except Refused:
        form.refuse("to", _("Their agreement does not let you tell the service more."))
        side = await between(session, found, now, words=form)
        return await show(request, session, found, now, side=side, status=422)
    return redirect(request, "referral", say=_("Your message is on its way."), referral_id=referral_id, anchor="words")


@post(
    "/referrals/{referral_id:uuid}/papers", name="referral-papers", guards=[requires_case_manager], status_code=200,
    request_max_body_size=ROOM,
)  # fmt: skip
async def attach(
    request: Req, session: Db, settings: Deployment, actor: Who, now: Now, referral_id: FromPath[UUID]
) -> Template | Redirect:
    found = await mine(session, actor, referral_id)
    form = await forms.read(request, PaperForm)
    upload = (await request.form()).get("file")
    if not isinstance(upload, UploadFile) or not upload.filename:
        form.refuse("file", _("Please choose a file."))
    if form.value is not None and isinstance(upload, UploadFile):
        try:
            await papers.add(
                session, settings, found, actor.id, document=form.value.document,
                content=await upload.read(papers.LARGEST + 1), tier=form.value.tier,
                sensitivity=form.value.sensitivity or None, now=now,
            )  # fmt: skip
        except NotOurs as refused:
            form.refuse("document" if str(refused) == "unasked" else "file", _(COMPLAINTS[str(refused)]))
    if form.value is None:
        side = await between(session, found, now, paper=form)
        return await show(request, session, found, now, side=side, status=422)
    return redirect(
        request,
        "referral",
        say=_("The paper is added. Who made it, when and where does not go along."),
        referral_id=referral_id,
        anchor="papers",
    )


@post(
    "/referrals/{referral_id:uuid}/papers/{file_id:uuid}", name="referral-paper", guards=[requires_case_manager],
    status_code=200,
)  # fmt: skip
async def take(
    session: Db, settings: Deployment, actor: Who, referral_id: FromPath[UUID], file_id: FromPath[UUID]
) -> Response[bytes]:
    row = await _paper(session, await mine(session, actor, referral_id), file_id)
    return download(await papers.content(settings, row), row.kind)


@post(
    "/referrals/{referral_id:uuid}/papers/{file_id:uuid}/remove", name="drop-paper", guards=[requires_case_manager],
    status_code=303,
)  # fmt: skip
async def remove(
    request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID], file_id: FromPath[UUID]
) -> Redirect:
    row = await _paper(session, await mine(session, actor, referral_id), file_id)
    await papers.drop(session, row, now)
    return redirect(request, "referral", say=_("The paper is deleted."), referral_id=referral_id, anchor="papers")


@post("/referrals/{referral_id:uuid}/code", name="referral-code", guards=[requires_case_manager], status_code=200)
async def read_out(
    request: Req, session: Db, settings: Deployment, actor: Who, now: Now, referral_id: FromPath[UUID]
) -> Template | Redirect:
    """Six digits, shown once to be read out; they open this one page for whoever holds its link or its letter."""
    found = await mine(session, actor, referral_id)
    side = await between(session, found, now)
    if not side.reads_out:
        raise Conflict("not_possible")
    try:
        code = await codes.tell_code(session, found.id, actor.id, now)
    except TooMany:
        said = _("Five codes were made within the hour. Please try again later.")
        return redirect(request, "referral", say=said, kind="attention", referral_id=referral_id)
    digits = codes.digits_of(settings.secret, code.id)
    side = await between(session, found, now, said_code=f"{digits[:3]} {digits[3:]}")
    return await show(request, session, found, now, side=side)


routes: list[HTTPRouteHandler] = [write, attach, take, remove, read_out]


COMPLAINTS: Mapping[str, str] = {
    "empty": N_("This file is empty."),
    "large": N_("This file is larger than 8 MB."),
    "kind": N_("This is no PDF, JPEG or PNG, whatever its name says."),
    "locked": N_("This PDF is locked. Please save it without a password."),
    "alive": N_(
        "Something in this PDF would run by itself, or another file lies in it. Please print it into a new PDF."
    ),
    "broken": N_("This file is damaged and cannot be read."),
    "many": N_("Five papers are attached already. Please delete one first."),
    "unasked": N_("The service does not ask for this paper."),
}


async def _paper(session: AsyncSession, referral: Referral, file_id: UUID) -> ReferralFile:
    row = next((one for one in await papers.of(session, referral.id) if one.id == file_id), None)
    if row is None:
        raise NotFound("paper")
    return row
