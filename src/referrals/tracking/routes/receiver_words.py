"""What a receiver writes beside its answers, and the papers that it opens: by link and with an account."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who, requires_provider
from referrals.accounts.models import Role
from referrals.kit import forms
from referrals.kit.errors import Conflict, NotFound, Refused
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, redirect
from referrals.kit.settings import Settings
from referrals.tracking import messages, papers, queries, unrecorded
from referrals.tracking.actions.codes import Proof
from referrals.tracking.answers import NOTHING_MORE
from referrals.tracking.lifecycle import By
from referrals.tracking.models import Referral
from referrals.tracking.routes.doors import PRIVATE, RECEIVERS, Behind, Reading
from referrals.tracking.routes.receiver_page import Reader, WordsForm, by_account, show
from referrals.tracking.said import RECEIVER, Party


@post("/r/{token:str}/words", name="receiver-words", opt=PRIVATE, dependencies=RECEIVERS, status_code=200)
async def receiver_words(
    request: Req, session: Db, now: Now, token: FromPath[str], held: Behind, reader: Reading
) -> Template | Redirect:
    refused = await _write(request, session, held.referral, RECEIVER, now, reader)
    return refused or redirect(request, "receiver", say=_("Your message is with the sender."), token=token)


@post(
    "/my-services/referrals/{referral_id:uuid}/words",
    name="received-words",
    guards=[requires_provider],
    status_code=200,
)
async def received_words(
    request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]
) -> Template | Redirect:
    referral = await queries.get(session, actor, referral_id, Role.PROVIDER_EDITOR)
    reader = await by_account(request, session, referral_id)
    refused = await _write(request, session, referral, Party(By.PROVIDER, actor.id), now, reader)
    said = _("Your message is with the sender.")
    return refused or redirect(request, "received-one", say=said, referral_id=referral_id)


@post(
    "/r/{token:str}/papers/{file_id:uuid}", name="receiver-paper", opt=PRIVATE, dependencies=RECEIVERS, status_code=200
)
async def receiver_paper(
    session: Db, settings: Deployment, now: Now, file_id: FromPath[UUID], held: Behind, reader: Reading
) -> Response[bytes] | Template:
    """A POST: to open a paper is written down, and no scanner that follows links does it."""
    identified: Literal["yes", "no"] = "no" if reader.proof is Proof.NONE else "yes"
    return await _paper(session, settings, held.referral, file_id, now, identified)


@post(
    "/my-services/referrals/{referral_id:uuid}/papers/{file_id:uuid}", name="received-paper", guards=[requires_provider],
    status_code=200,
)  # fmt: skip
async def received_paper(
    session: Db, settings: Deployment, actor: Who, now: Now, referral_id: FromPath[UUID], file_id: FromPath[UUID]
) -> Response[bytes]:
    referral = await queries.get(session, actor, referral_id, Role.PROVIDER_EDITOR)
    return await _paper(session, settings, referral, file_id, now, "yes")


routes: list[HTTPRouteHandler] = [receiver_words, received_words, receiver_paper, received_paper]


async def _write(
    request: Req, session: AsyncSession, referral: Referral, party: Party, now: datetime, reader: Reader
) -> Template | None:
    form = await forms.read(request, WordsForm)
    if form.value is None:
        return await show(request, session, referral, now, reader, words_form=form, status=422)
    try:
        await messages.write(session, referral, party, form.value.words, ["sender"], form.value.key, now)
    except Conflict:
        typed = unrecorded.fields(form, ["words"])
        return await show(request, session, referral, now, reader, quicker=True, typed=typed, status=409)
    except Refused:
        form.refuse("words", _(NOTHING_MORE))
        return await show(request, session, referral, now, reader, words_form=form, status=422)
    return None


async def _paper(
    session: AsyncSession, settings: Settings, referral: Referral, file_id: UUID, now: datetime,
    identified: Literal["yes", "no"],
) -> Response[bytes]:  # fmt: skip
    seen = await papers.visible(session, referral, now, identified=identified)
    row = next((one for one in seen if one.id == file_id), None)
    if row is None:
        raise NotFound("paper")
    content = await papers.content(settings, row)
    await papers.opened(session, referral, row, now)
    return download(content, row.kind)


def download(content: bytes, kind: str) -> Response[bytes]:
    """To be kept, never to be shown by the browser as if it were a page of ours."""
    return Response(
        content, media_type=papers.MEDIA[kind],
        headers={
            "Content-Disposition": f'attachment; filename="document.{papers.ENDINGS[kind]}"',
            "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "no-store",
        },
    )  # fmt: skip
