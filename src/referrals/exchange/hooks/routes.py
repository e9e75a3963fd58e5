"""The programs of an organization: their keys for referrals, and the addresses that want to be told. For whoever administrates it."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import keys
from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_role
from referrals.accounts.models import Role
from referrals.directory.models import Organization
from referrals.directory.queries.called import names
from referrals.exchange.hooks import actions, queries
from referrals.exchange.hooks.labels import EVENTS, PAUSED, PROBLEMS, TRIAL
from referrals.exchange.hooks.posting import allowed
from referrals.exchange.hooks.telling import trial
from referrals.kit import forms
from referrals.kit.errors import NotAllowed, NotFound
from referrals.kit.i18n import N_, current_language, ngettext
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, page, redirect

_administrates = requires_role(Role.ADMINISTRATOR, Role.PROVIDER_EDITOR)
_LONGEST = 500
_LABEL = 80


class KeyForm(forms.Form):
    label: str
    key_scopes: list[str]
    organization: str = ""

    def problems(self) -> dict[str, str]:
        found = {}
        if len(self.label) > _LABEL:
            found["label"] = _("Please stay under %(n)d characters.") % {"n": _LABEL}
        if not set(self.key_scopes) <= set(keys.OF_AN_ORGANIZATION):
            found["key_scopes"] = _("This is not one of the choices.")
        return found


class HookForm(forms.Form):
    address: str
    events: list[str]
    organization: str = ""

    def problems(self) -> dict[str, str]:
        found = {}
        if len(self.address) > _LONGEST:
            found["address"] = _("Please stay under %(n)d characters.") % {"n": _LONGEST}
        if not set(self.events) <= set(EVENTS):
            found["events"] = _("This is not one of the choices.")
        return found


@get("/connections", name="connections", guards=[_administrates])
async def connections(request: Req, session: Db, actor: Who) -> Template:
    return await _page(request, session, actor)


@post("/connections/keys", name="make-connection-key", guards=[_administrates], status_code=200)
async def make_key(request: Req, session: Db, now: Now, actor: Who) -> Template:
    """Answers with the page itself: the key is shown on it and nowhere else, so that no address or cookie carries it."""
    form = await forms.read(request, KeyForm)
    organization = _chosen(actor, form)
    if form.value is None or organization is None:
        return await _page(request, session, actor, key_form=form, status=422)
    asked = form.value
    made = await keys.make(session, asked.label, asked.key_scopes, keys.PER_MINUTE, organization, actor.id, now)
    return await _page(request, session, actor, made=made, made_for=asked.label)


@post("/connections/keys/{key_id:uuid}/revoke", name="revoke-connection-key", guards=[_administrates], status_code=303)
async def revoke_key(request: Req, session: Db, now: Now, actor: Who, key_id: FromPath[UUID]) -> Redirect:
    if key_id not in {key.id for key in await keys.of(session, queries.administered(actor))}:
        raise NotFound("key")
    key = await keys.revoke(session, key_id, now)
    return redirect(request, "connections", say=_("The key “%(label)s” opens nothing any more.") % {"label": key.label})


@post("/connections/hooks", name="register-webhook", guards=[_administrates], status_code=200)
async def register(request: Req, session: Db, now: Now, actor: Who, settings: Deployment) -> Template:
    form = await forms.read(request, HookForm)
    organization = _chosen(actor, form)
    if form.value and not allowed(form.value.address, private=settings.private_sources):
        form.refuse("address", _("Please give an address that begins with https:// and holds no name or password."))
    if form.value is None or organization is None:
        return await _page(request, session, actor, hook_form=form, status=422)
    hook, made = await actions.register(
        session, organization, form.value.address, form.value.events, actor.id, now, settings.secret
    )
    await trial(session, hook, now)
    return await _page(request, session, actor, signs=made, made_for=hook.address)


@get("/connections/hooks/{hook_id:uuid}", name="webhook", guards=[_administrates])
async def webhook(request: Req, session: Db, actor: Who, hook_id: FromPath[UUID]) -> Template:
    hook = await queries.get(session, queries.administered(actor), hook_id)
    found = await queries.notices(session, hook)
    return page(
        request, "exchange/webhook.html", hook=hook, found=found, paused=PAUSED, problems=PROBLEMS,
        events=[_(said) for event, said in EVENTS.items() if event in hook.events], kinds={**EVENTS, TRIAL: N_("A trial")},
        waiting=sum(1 for one in found if one.state == "waiting"), kind_of=_KINDS, said_of=_SAID, shown=queries.SHOWN,
    )  # fmt: skip


@post("/connections/hooks/{hook_id:uuid}/pause", name="pause-webhook", guards=[_administrates], status_code=303)
async def pause(request: Req, session: Db, now: Now, actor: Who, hook_id: FromPath[UUID]) -> Redirect:
    """Pauses, or takes up again."""
    hook = await queries.get(session, queries.administered(actor), hook_id)
    if hook.paused_at is None:
        await actions.pause(session, hook, now)
        return redirect(request, "webhook", say=_("Nothing is sent now; everything is kept."), hook_id=hook_id)
    sent = await actions.take_up(session, hook, now)
    say = ngettext("%(num)d notice goes out now.", "%(num)d notices go out now.", sent) % {"num": sent}
    return redirect(request, "webhook", say=say, hook_id=hook_id)


@post("/connections/hooks/{hook_id:uuid}/end", name="end-webhook", guards=[_administrates], status_code=303)
async def end(request: Req, session: Db, now: Now, actor: Who, hook_id: FromPath[UUID]) -> Redirect:
    hook = await queries.get(session, queries.administered(actor), hook_id)
    await actions.end(session, hook, now)
    return redirect(request, "connections", say=_("Nothing is sent to this address any more."))


@post("/connections/hooks/{hook_id:uuid}/trial", name="try-webhook", guards=[_administrates], status_code=303)
async def try_it(request: Req, session: Db, now: Now, actor: Who, hook_id: FromPath[UUID]) -> Redirect:
    hook = await queries.get(session, queries.administered(actor), hook_id)
    await trial(session, hook, now)
    return redirect(request, "webhook", say=_("A trial is on its way. Look again in a moment."), hook_id=hook_id)


@post(
    "/connections/hooks/{hook_id:uuid}/notices/{delivery_id:uuid}/again", name="replay-notice",
    guards=[_administrates], status_code=303,
)  # fmt: skip
async def replay(
    request: Req, session: Db, now: Now, actor: Who, hook_id: FromPath[UUID], delivery_id: FromPath[UUID]
) -> Redirect:
    hook = await queries.get(session, queries.administered(actor), hook_id)
    await actions.replay(session, hook, await queries.notice(session, hook, delivery_id), now)
    return redirect(request, "webhook", say=_("The notice goes out once more, with the same id."), hook_id=hook_id)


routes: list[HTTPRouteHandler] = [
    connections, make_key, revoke_key, register, webhook, pause, end, try_it, replay,
]  # fmt: skip
_KINDS = {"taken": "good", "waiting": "attention", "given_up": "stop"}
_SAID = {"taken": N_("Taken"), "waiting": N_("Waiting"), "given_up": N_("Given up")}


def _chosen(actor: Actor, form: forms.Filled[Any]) -> UUID | None:
    """For which organization; without a choice where there is but one."""
    ours = queries.administered(actor)
    if not ours:
        raise NotAllowed("role")
    wanted = str(form.raw["organization"] or ours[0])
    if wanted in map(str, ours):
        return UUID(wanted)
    form.refuse("organization", _("This is not one of the choices."))
    return None


async def _page(
    request: Req, session: AsyncSession, actor: Actor, *, key_form: Any = None, hook_form: Any = None, made: str = "",
    signs: str = "", made_for: str = "", status: int = 200,
) -> Template:  # fmt: skip
    ours = queries.administered(actor)
    if not ours:
        raise NotAllowed("role")
    told, found = await names(session), [await session.get(Organization, id) for id in ours]
    organizations = [(str(one.id), told.organization(one).text("name", current_language())) for one in found if one]
    asked = key_form or hook_form
    return page(
        request, "exchange/connections.html", status=status, organizations=organizations, called=dict(organizations),
        keys=[key for key in await keys.of(session, ours) if key.revoked_at is None], scopes=_options(keys.OF_AN_ORGANIZATION),
        hooks=await queries.registered(session, ours), events=_options(EVENTS), made=made, signs=signs, made_for=made_for,
        form=asked or forms.blank(KeyForm), key_form=key_form or forms.blank(KeyForm, key_scopes=_USUAL),
        hook_form=hook_form or forms.blank(HookForm, events=list(EVENTS)), paused=PAUSED,
    )  # fmt: skip


_USUAL = [keys.scope("Task", "read"), keys.scope("ServiceRequest", "read")]


def _options(labels: Any) -> list[tuple[str, str]]:
    return [(code, _(label)) for code, label in labels.items()]
