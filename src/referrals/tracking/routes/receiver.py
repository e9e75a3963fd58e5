"""The receiver's page, by signed link or with an account: one question, and the answers that are possible now.

Opening it changes nothing. Whatever changes something is a POST; that it was read is told by the visible page itself.
"""

from contextlib import suppress
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template

from referrals.accounts.guards import Who, requires_provider
from referrals.accounts.models import Role
from referrals.kit.errors import TooMany
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, redirect
from referrals.tracking import actions, queries
from referrals.tracking.actions import codes
from referrals.tracking.actions.codes import Proof
from referrals.tracking.actions.links import for_receiver
from referrals.tracking.lifecycle import By
from referrals.tracking.queries.receiver import KNOWN
from referrals.tracking.routes.doors import PRIVATE, RECEIVERS, Behind, Reading
from referrals.tracking.routes.receiver_page import (
    by_account,
    by_link,
    read_by,
    record_answer,
    show,
)
from referrals.tracking.said import RECEIVER, Party


@get("/r/{token:str}", name="receiver", opt=PRIVATE, dependencies=RECEIVERS)
async def receiver(request: Req, session: Db, now: Now, held: Behind, reader: Reading) -> Template:
    return await show(request, session, held.referral, now, reader)


@post("/r/{token:str}", name="receiver-answer", opt=PRIVATE, dependencies=RECEIVERS, status_code=200)
async def receiver_answer(
    request: Req, session: Db, now: Now, token: FromPath[str], held: Behind, reader: Reading
) -> Template | Redirect:
    """With a yes by mail link the code for the name goes out at once: nobody has to ask for it."""
    before = held.referral.status
    if refused := await record_answer(request, session, held.referral, RECEIVER, now, reader):
        return refused
    said = _("Your answer is recorded. Thank you.")
    if held.address and reader.proof is Proof.NONE and before not in KNOWN and held.referral.status in KNOWN:
        with suppress(TooMany):  # the page offers it again
            await codes.mail_code(session, held.address, held.language, now)
    return redirect(request, "receiver", say=said, token=token)


@post("/r/{token:str}/seen", name="receiver-seen", opt=PRIVATE, status_code=204)
async def receiver_seen(request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]) -> None:
    """Told by the page once somebody has it before them; scanners that follow links never get here."""
    held = await for_receiver(session, settings.secret, token, now)
    if held.alive:
        held.referral.seen_at = held.referral.seen_at or now
        reader = await by_link(request, session, settings, held, token, now)
        await read_by(session, held.referral, reader, now)


@post("/r/{token:str}/renew", name="renew-receiver", opt=PRIVATE, status_code=303)
async def renew_receiver(request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]) -> Redirect:
    """To the address that the first link went to, whoever presses the button. A letter is renewed by its sender."""
    held = await for_receiver(session, settings.secret, token, now)
    if held.alive or held.link is None:
        return redirect(request, "receiver", token=token)
    await actions.renew(session, held.link, held.referral, now)
    return redirect(
        request, "receiver", say=_("A new link is on its way, to the address of the first one."), token=token
    )


@get("/my-services/referrals/{referral_id:uuid}", name="received-one", guards=[requires_provider])
async def received_one(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Template:
    referral = await queries.get(session, actor, referral_id, Role.PROVIDER_EDITOR)
    return await show(request, session, referral, now, await by_account(request, session, referral_id))


@post("/my-services/referrals/{referral_id:uuid}", name="received-answer", guards=[requires_provider], status_code=200)
async def received_answer(
    request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]
) -> Template | Redirect:
    referral = await queries.get(session, actor, referral_id, Role.PROVIDER_EDITOR)
    reader = await by_account(request, session, referral_id)
    refused = await record_answer(request, session, referral, Party(By.PROVIDER, actor.id), now, reader)
    return refused or redirect(
        request, "received-one", say=_("Your answer is recorded. Thank you."), referral_id=referral_id
    )


@post(
    "/my-services/referrals/{referral_id:uuid}/seen", name="received-seen", guards=[requires_provider], status_code=204
)
async def received_seen(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> None:
    referral = await queries.get(session, actor, referral_id, Role.PROVIDER_EDITOR)
    referral.seen_at = referral.seen_at or now
    await read_by(session, referral, await by_account(request, session, referral_id), now)


routes: list[HTTPRouteHandler] = [
    receiver, receiver_answer, receiver_seen, renew_receiver, received_one, received_answer, received_seen,
]  # fmt: skip
