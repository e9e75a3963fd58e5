"""Taking a shortlist along: by mail to oneself, or under a code for a case manager. The only pages of it that act."""

from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import PUBLIC
from referrals.directory import handing, sending
from referrals.directory.handing import spelled
from referrals.directory.queries import published_ids
from referrals.directory.queries.redirects import all_standing
from referrals.directory.routes.drawing import qr
from referrals.directory.shortlist import listed_in, split, written
from referrals.kit import forms
from referrals.kit.errors import NotFound
from referrals.kit.forms import is_email
from referrals.kit.html import addresses
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, jinja, page


class LetterForm(forms.Form):
    email: str
    s: str = ""

    def problems(self) -> dict[str, str]:
        if not is_email(self.email) or len(self.email) > 254:
            return {"email": _("This does not look like an e-mail address.")}
        return {}


class HandForm(forms.Form):
    s: str = ""


class TakeBackForm(forms.Form):
    code: str


@get("/shortlist/send", name="send-list", opt=PUBLIC)
async def send_page(request: Req, session: Db) -> Template:
    ids = await _there(session, listed_in(request.query_params))
    return page(request, "directory/send-list.html", form=forms.blank(LetterForm), list=written(ids), count=len(ids))


@post("/shortlist/send", name="send-list-post", opt=PUBLIC, status_code=200)
async def send(request: Req, session: Db, now: Now, settings: Deployment) -> Template:
    form = await forms.read(request, LetterForm)
    ids = await _there(session, split(str(form.s)))
    if form.value is not None and not request.app.state.letters.allows(now):
        form.refuse("", _("Many lists are being sent just now. Please try again in an hour, or print yours."))
    if form.value is None:
        return page(
            request, "directory/send-list.html", form=form, list=written(ids), count=len(ids), status=422,
        )  # fmt: skip
    await sending.ask(session, settings.secret, to=form.value.email, services=ids, language=current_language())
    return page(request, "directory/list-sent.html", list=written(ids))


@get("/shortlist/hand", name="hand-list", opt=PUBLIC)
async def hand_page(request: Req, session: Db) -> Template:
    ids = await _there(session, listed_in(request.query_params))
    return page(request, "directory/hand-list.html", list=written(ids), count=len(ids), code="")


@post("/shortlist/hand", name="hand-list-post", opt=PUBLIC, status_code=200)
async def hand(request: Req, session: Db, now: Now, settings: Deployment) -> Template:
    form = await forms.read(request, HandForm)
    ids = await _there(session, split(str(form.s)))
    if not request.app.state.letters.allows(now):
        said = _("Many lists are being handed over just now. Please try again in an hour, or print yours.")
        return page(
            request, "directory/hand-list.html", list=written(ids), count=len(ids), code="", form={"": said}, status=429
        )
    made = await handing.hand(session, ids, now)
    address = settings.base_url + addresses(jinja(request))("handed-list", code=made.code)
    return page(
        request, "directory/hand-list.html", list=written(ids), count=len(ids), code=spelled(made.code),
        until=made.ends_at, square=qr(address),
    )  # fmt: skip


@post("/shortlist/take-back", name="take-back-list", opt=PUBLIC, status_code=200)
async def take_back(request: Req, session: Db) -> Template:
    form = await forms.read(request, TakeBackForm)
    await handing.take_back(session, str(form.code))
    return page(request, "directory/list-taken-back.html")


routes: list[HTTPRouteHandler] = [send_page, send, hand_page, hand, take_back]


async def _there(session: AsyncSession, ids: tuple[UUID, ...]) -> list[UUID]:
    """Those that are listed still, in their order. Raises NotFound where there is nothing to take along."""
    stands = await all_standing(session, ids) if ids else {}
    wanted = list(dict.fromkeys(stands.values()))
    there = await published_ids(session, wanted)
    found = [id for id in wanted if id in there]
    if not found:
        raise NotFound("list")
    return found
