"""Signing in, passwords, the account page, and the administrator's list of people."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import actions, queries
from referrals.accounts.actor import Actor
from referrals.accounts.guards import PUBLIC, Who, requires_account, requires_administrator
from referrals.accounts.labels import ROLES, role_label
from referrals.accounts.letters import send_link
from referrals.accounts.middleware import COOKIE
from referrals.accounts.models import Role, User
from referrals.kit import forms
from referrals.kit.errors import LinkEnded, NotFound, Refused, TooMany
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, page, redirect
from referrals.kit.settings import LANGUAGES


class SignInForm(forms.Form):
    email: str
    password: str
    next: str = ""


class ForgottenForm(forms.Form):
    email: str


class PasswordForm(forms.Form):
    password: str
    again: str

    def problems(self) -> dict[str, str]:
        return _password_problems(self.password, self.again)


class ChangeForm(PasswordForm):
    old: str


class InviteForm(forms.Form):
    name: str
    email: str
    role: Role
    language: str = "fr"
    organization_id: UUID | None = None

    def problems(self) -> dict[str, str]:
        if "@" not in self.email:
            return {"email": _("This does not look like an e-mail address.")}
        if self.language not in LANGUAGES:
            return {"language": _("This is not one of the choices.")}
        return {}


@get("/sign-in", name="sign-in", opt=PUBLIC)
async def sign_in_page(request: Req) -> Template | Redirect:
    if request.user is not None:
        return redirect(request, _landing(request.user))
    form = forms.blank(SignInForm, next=_inside(request.query_params.get("next", "")))
    return page(request, "accounts/sign-in.html", form=form)


@post("/sign-in", name="sign-in-post", opt=PUBLIC, status_code=200)
async def sign_in(request: Req, session: Db, now: Now) -> Template | Redirect:
    form = await forms.read(request, SignInForm)
    if form.value is None:
        return page(request, "accounts/sign-in.html", form=form, status=422)
    try:
        token = await actions.sign_in(session, form.value.email, form.value.password, now)
    except TooMany:
        form.refuse("password", _("Too many tries. Please wait an hour, or choose a new password."))
        return page(request, "accounts/sign-in.html", form=form, status=429)
    if token is None:
        form.refuse("password", _("This address and this password do not belong together."))
        return page(request, "accounts/sign-in.html", form=form, status=422)
    await session.flush()
    actor = await queries.actor_of_session(session, token, now)
    assert actor is not None
    return _signed_in(request, token, actor, _inside(form.value.next))


@post("/sign-out", name="sign-out", opt=PUBLIC, status_code=303)
async def sign_out(request: Req, session: Db) -> Redirect:
    if request.auth:
        await actions.sign_out(session, request.auth)
    answer = redirect(request, "sign-in", say=_("You are signed out."))
    answer.cookies.append(_cookie(request, "", max_age=0))
    return answer


@get("/forgotten", name="forgotten", opt=PUBLIC)
async def forgotten_page(request: Req) -> Template:
    return page(request, "accounts/forgotten.html", form=forms.blank(ForgottenForm), sent=False)


@post("/forgotten", name="forgotten-post", opt=PUBLIC, status_code=200)
async def forgotten(request: Req, session: Db, settings: Deployment, now: Now) -> Template:
    """Says the same whether the address is known or not."""
    form = await forms.read(request, ForgottenForm)
    if form.value is None:
        return page(request, "accounts/forgotten.html", form=form, sent=False, status=422)
    user = await queries.by_email(session, form.value.email)
    if user is not None and user.deactivated_at is None:
        await send_link(request, session, user, "forgotten", settings, now)
    return page(request, "accounts/forgotten.html", form=form, sent=True)


@get("/password/{token:str}", name="choose-password", opt=PUBLIC | {"private": True})
async def choose_page(request: Req, session: Db, now: Now, token: FromPath[str]) -> Template:
    used = await queries.usable_link(session, token, now)
    if used is None:
        raise LinkEnded("account")
    return page(request, "accounts/choose-password.html", form=forms.blank(PasswordForm), purpose=used.purpose)


@post("/password/{token:str}", name="choose-password-post", opt=PUBLIC | {"private": True}, status_code=200)
async def choose(request: Req, session: Db, now: Now, token: FromPath[str]) -> Template | Redirect:
    form = await forms.read(request, PasswordForm)
    if form.value is None:
        used = await queries.usable_link(session, token, now)
        if used is None:
            raise LinkEnded("account")
        return page(request, "accounts/choose-password.html", form=form, purpose=used.purpose, status=422)
    user_id = await actions.choose_password(session, token, form.value.password, now)
    browser = await actions.open_session(session, user_id, now)
    actor = await queries.actor(session, user_id)
    if actor is None:
        raise LinkEnded("account")
    return _signed_in(request, browser, actor, "")


@get("/account", name="account", guards=[requires_account])
async def account(request: Req) -> Template:
    return page(request, "accounts/account.html", form=forms.blank(ChangeForm), roles=_role_names(request.user))


@post("/account/password", name="change-password", guards=[requires_account], status_code=200)
async def change_password(request: Req, session: Db, actor: Who) -> Template | Redirect:
    form = await forms.read(request, ChangeForm)
    if form.value is not None and not await actions.change_password(
        session, actor.id, form.value.old, form.value.password, request.auth
    ):
        form.refuse("old", _("This is not your present password."))
    if form.value is None:
        return page(request, "accounts/account.html", form=form, roles=_role_names(actor), status=422)
    return redirect(request, "account", say=_("Your new password is saved. Other browsers are signed out."))


@get("/accounts", name="users", guards=[requires_administrator])
async def users(request: Req, session: Db) -> Template:
    return await _users_page(request, session, forms.blank(InviteForm, language="fr", role="case_manager"))


@post("/accounts", name="invite", guards=[requires_administrator], status_code=200)
async def invite(request: Req, session: Db, settings: Deployment, now: Now, actor: Who) -> Template | Redirect:
    form = await forms.read(request, InviteForm)
    if form.value is not None and await queries.by_email(session, form.value.email) is not None:
        form.refuse("email", _("This address already has an account."))
    if form.value is None:
        return await _users_page(request, session, form, status=422)
    asked = form.value
    user = await actions.create_user(session, email=asked.email, name=asked.name, language=asked.language)
    organization = asked.organization_id or actor.organization(Role.ADMINISTRATOR)
    await actions.grant(session, user.id, asked.role, organization)
    await send_link(request, session, user, "invitation", settings, now)
    return redirect(request, "users", say=_("An invitation is on its way to %(name)s.") % {"name": user.name})


@post("/accounts/{user_id:uuid}/invite", name="invite-again", guards=[requires_administrator], status_code=303)
async def invite_again(request: Req, session: Db, settings: Deployment, now: Now, user_id: FromPath[UUID]) -> Redirect:
    user = await session.get(User, user_id)
    if user is None or user.deactivated_at is not None:
        raise NotFound
    await send_link(request, session, user, "invitation", settings, now)
    return redirect(request, "users", say=_("An invitation is on its way to %(name)s.") % {"name": user.name})


@post("/accounts/{user_id:uuid}/close", name="close-account", guards=[requires_administrator], status_code=303)
async def close(request: Req, session: Db, now: Now, actor: Who, user_id: FromPath[UUID]) -> Redirect:
    if user_id == actor.id:
        raise Refused("own_account")
    await actions.deactivate(session, user_id, now)
    return redirect(request, "users", say=_("The account is closed, and its sessions have ended."))


@post("/accounts/{user_id:uuid}/reopen", name="reopen-account", guards=[requires_administrator], status_code=303)
async def reopen(request: Req, session: Db, user_id: FromPath[UUID]) -> Redirect:
    await actions.reactivate(session, user_id)
    return redirect(request, "users", say=_("The account is open again."))


routes: list[HTTPRouteHandler] = [
    sign_in_page, sign_in, sign_out, forgotten_page, forgotten, choose_page, choose, account, change_password,
    users, invite, invite_again, close, reopen,
]  # fmt: skip


async def _users_page(request: Req, session: AsyncSession, form: Any, status: int = 200) -> Template:
    people = await queries.everybody(session)
    choices = [(role.value, role_label(role)) for role in ROLES]
    return page(
        request, "accounts/users.html", people=people, form=form, roles=choices, role_label=role_label, status=status
    )


def _signed_in(request: Req, token: str, actor: Actor, next: str) -> Redirect:
    answer = Redirect(next, status_code=303) if next else redirect(request, _landing(actor))
    answer.cookies.append(_cookie(request, token, max_age=int(actions.SESSION_LASTS.total_seconds())))
    return answer


def _cookie(request: Req, token: str, max_age: int) -> Cookie:
    secure = request.app.state.settings.secure_cookies
    return Cookie(COOKIE, value=token, httponly=True, samesite="lax", secure=secure, max_age=max_age)


def _landing(actor: Actor) -> str:
    """The page that somebody with these roles wants first."""
    pages = {
        Role.CASE_MANAGER: "today", Role.SUPERVISOR: "team", Role.PROVIDER_EDITOR: "my-services",
        Role.CURATOR: "curation", Role.ADMINISTRATOR: "users", Role.CLIENT: "my-requests",
    }  # fmt: skip
    return next((name for role, name in pages.items() if actor.may(role)), "home")


def _inside(address: str) -> str:
    """An address of our own pages, or nothing: nobody is sent elsewhere after signing in."""
    return address if address.startswith(("/fr/", "/en/")) and "\\" not in address and "//" not in address else ""


def _role_names(actor: Actor) -> list[str]:
    return [role_label(role) for role in ROLES if actor.may(role)]


def _password_problems(password: str, again: str) -> dict[str, str]:
    if len(password) < actions.SHORTEST_PASSWORD:
        return {"password": _("Please choose at least %(n)d characters.") % {"n": actions.SHORTEST_PASSWORD}}
    if password != again:
        return {"again": _("The two passwords differ.")}
    return {}
