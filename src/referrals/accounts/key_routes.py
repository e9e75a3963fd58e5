"""The administrator's keys for programs: which there are, a new one shown once, one that opens nothing any more."""

from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import keys
from referrals.accounts.guards import Who, requires_administrator
from referrals.accounts.models import Role
from referrals.kit import forms
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect

_LONGEST_LABEL = 80
_MOST_A_MINUTE = 10_000
_SEEN = N_(
    "This key is made already, and a key is shown only once. If nobody has written it down, revoke it and make a new one."
)


class KeyForm(forms.Form):
    label: str
    scopes: list[str]
    per_minute: int = keys.PER_MINUTE
    id: UUID | None = None
    """Names one filling-in of this form: sent twice, it makes one key."""

    def problems(self) -> dict[str, str]:
        found = {}
        if len(self.label) > _LONGEST_LABEL:
            found["label"] = _("Please stay under %(n)d characters.") % {"n": _LONGEST_LABEL}
        if not set(self.scopes) <= set(keys.SCOPES):
            found["scopes"] = _("This is not one of the choices.")
        if not 1 <= self.per_minute <= _MOST_A_MINUTE:
            found["per_minute"] = _("Please choose from 1 to %(n)d.") % {"n": _MOST_A_MINUTE}
        return found


@get("/keys", name="keys", guards=[requires_administrator])
async def listed(request: Req, session: Db) -> Template:
    return await _page(request, session, _blank())


@post("/keys", name="make-key", guards=[requires_administrator], status_code=200)
async def make(request: Req, session: Db, now: Now, actor: Who) -> Template | Redirect:
    """Answers with the page itself: the key is shown on it and nowhere else, so that no address or cookie carries it."""
    form = await forms.read(request, KeyForm)
    if form.value is None:
        return await _page(request, session, form, status=422)
    asked = form.value
    if asked.id is not None and await keys.exists(session, asked.id):
        return redirect(request, "keys", say=_(_SEEN), kind="attention")
    organization = actor.organization(Role.ADMINISTRATOR)
    made = await keys.make(
        session, asked.label, asked.scopes, asked.per_minute, organization, actor.id, now, id=asked.id
    )
    return await _page(request, session, _blank(), made=made, label=asked.label)


@post("/keys/{key_id:uuid}/revoke", name="revoke-key", guards=[requires_administrator], status_code=303)
async def revoke(request: Req, session: Db, now: Now, key_id: FromPath[UUID]) -> Redirect:
    key = await keys.revoke(session, key_id, now)
    return redirect(request, "keys", say=_("The key “%(label)s” opens nothing any more.") % {"label": key.label})


routes: list[HTTPRouteHandler] = [listed, make, revoke]


async def _page(
    request: Req, session: AsyncSession, form: Any, *, made: str = "", label: str = "", status: int = 200
) -> Template:
    scopes = [(code, _(said)) for code, said in keys.SCOPES.items()]
    there = await keys.for_matches(session)
    return page(
        request, "accounts/keys.html", keys=there, in_use=[key for key in there if key.revoked_at is None], form=form,
        scopes=scopes, made=made, label=label, status=status,
    )  # fmt: skip


def _blank() -> forms.Filled[KeyForm]:
    return forms.blank(KeyForm, scopes=[keys.MATCHES], per_minute=keys.PER_MINUTE, id=uuid4())
