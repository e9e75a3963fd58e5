"""The same for programs: which addresses are registered, what became of each notice, and one sent again."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.keys import HOOKS
from referrals.accounts.programs import Program, requires_key
from referrals.exchange.fhir.shapes import moment
from referrals.exchange.hooks import actions, queries
from referrals.exchange.hooks.models import Webhook
from referrals.exchange.hooks.queries import Notice
from referrals.kit.db import transaction
from referrals.kit.pages import Db, Now, Req
from referrals.kit.problems import speak_for

_OPT = {"exclude_from_csrf": True, "scope": HOOKS}
_STATES = ("taken", "waiting", "given_up")


async def provide_transaction(request: Req) -> AsyncIterator[AsyncSession]:
    async with transaction(request.app.state.sessions) as session:
        yield session


_WITH = {"session": Provide(provide_transaction)}


@get("/api/v1/webhooks", name="api-webhooks", guards=[requires_key], opt=_OPT, dependencies=_WITH)
async def webhooks(request: Req, session: Db) -> Response[bytes]:
    found = await queries.registered(session, _organizations(request))
    return _answer(
        request, [_hook(one.hook) | {"waiting": one.waiting, "last_taken": moment(one.last)} for one in found]
    )


@get("/api/v1/webhooks/{hook_id:uuid}/notices", name="api-notices", guards=[requires_key], opt=_OPT, dependencies=_WITH)
async def notices(request: Req, session: Db, hook_id: FromPath[UUID]) -> Response[bytes]:
    """The newest fifty; `?state=given_up` for those that never got through."""
    state: Any = request.query_params.get("state")
    if state is not None and state not in _STATES:
        raise HTTPException(status_code=422)
    hook = await queries.get(session, _organizations(request), hook_id)
    return _answer(request, [_notice(one) for one in await queries.notices(session, hook, state)])


@post(
    "/api/v1/webhooks/{hook_id:uuid}/notices/{delivery_id:uuid}/again", name="api-replay-notice", guards=[requires_key],
    opt=_OPT, dependencies=_WITH, status_code=202,
)  # fmt: skip
async def again(
    request: Req, session: Db, now: Now, hook_id: FromPath[UUID], delivery_id: FromPath[UUID]
) -> Response[bytes]:
    hook = await queries.get(session, _organizations(request), hook_id)
    delivery = await queries.notice(session, hook, delivery_id)
    await actions.replay(session, hook, delivery, now)
    return _answer(request, {"id": str(delivery.id), "state": "waiting"}, status=202)


routes: list[HTTPRouteHandler] = [webhooks, notices, again]


def _organizations(request: Req) -> list[UUID]:
    program: Program = request.scope["auth"]
    return [program.organization_id] if program.organization_id else []


def _hook(hook: Webhook) -> dict[str, Any]:
    return {
        "id": str(hook.id), "address": hook.address, "events": hook.events, "paused": hook.paused_why,
        "failures_in_a_row": hook.failures,
    }  # fmt: skip


def _notice(one: Notice) -> dict[str, Any]:
    delivery = one.delivery
    return {
        "id": str(delivery.id), "event": delivery.kind, "state": one.state, "created_at": moment(delivery.created_at),
        "taken_at": moment(delivery.delivered_at), "body": delivery.body,
        "tries": [
            {"at": moment(try_.at), "status": try_.status, "problem": try_.problem, "ms": try_.milliseconds} for try_ in one.tries
        ],
    }  # fmt: skip


def _answer(request: Req, told: Any, status: int = 200) -> Response[bytes]:
    speak_for(request)
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(told), status_code=status, media_type="application/json", headers=headers)
