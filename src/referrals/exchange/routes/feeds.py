"""Sources that come by themselves: how they stand, a new one, a pause, fetching now."""

from urllib.parse import urlsplit
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who, requires_curator
from referrals.exchange import feeds, run_queries
from referrals.exchange import mapping as mappings
from referrals.exchange.fetching import is_web
from referrals.exchange.labels import RHYTHMS
from referrals.kit import forms
from referrals.kit.errors import Conflict
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, page, redirect
from referrals.kit.settings import Settings
from referrals.kit.text import fold


class FeedForm(forms.Form, kw_only=True):
    address: str
    source: str
    rhythm: str
    language: str = ""
    part: bool = False
    columns: str = ""
    """A saved mapping, where the package is a table of somebody's own making."""


@get("/sources", name="feeds", guards=[requires_curator])
async def listed(request: Req, session: Db, settings: Deployment) -> Template:
    return await _page(request, session, settings)


@post("/sources", name="add-feed", guards=[requires_curator], status_code=200)
async def add(request: Req, session: Db, actor: Who, now: Now, settings: Deployment) -> Template | Redirect:
    form = await forms.read(request, FeedForm)
    if form.value is not None:
        _look(form, settings)
    if form.value is None:
        return await _page(request, session, settings, form, status=422)
    wanted = form.value
    try:
        feed = await feeds.add(
            session, source=await run_queries.source_called(session, wanted.source), address=wanted.address, rhythm=wanted.rhythm,
            language=wanted.language if wanted.language in ("fr", "en") else None, whole=not wanted.part, by=actor.id,
            now=now, mapping_id=await _mapping(session, wanted.columns),
        )  # fmt: skip
    except Conflict:
        form.refuse("source", _("A source of this name is fetched already."))
        return await _page(request, session, settings, form, status=422)
    return redirect(
        request, "feeds", say=_("%(source)s is being fetched for the first time.") % {"source": feed.source}
    )


@post("/sources/{feed_id:uuid}/pause", name="pause-feed", guards=[requires_curator])
async def pause(request: Req, session: Db, now: Now, feed_id: FromPath[UUID]) -> Redirect:
    feed = await feeds.pause(session, feed_id, now)
    said = _("%(source)s is fetched again.") if feed.active else _("%(source)s is not fetched until you say so.")
    return redirect(request, "feeds", say=said % {"source": feed.source})


@post("/sources/{feed_id:uuid}/fetch", name="fetch-feed", guards=[requires_curator])
async def fetch(request: Req, session: Db, feed_id: FromPath[UUID]) -> Redirect:
    feed = await feeds.one(session, feed_id)
    await feeds.ask_fetch(session, feed.id)
    return redirect(request, "feeds", say=_("%(source)s is being fetched.") % {"source": feed.source})


@post("/sources/{feed_id:uuid}/forget", name="forget-feed", guards=[requires_curator])
async def forget(request: Req, session: Db, feed_id: FromPath[UUID]) -> Redirect:
    feed = await feeds.forget(session, feed_id)
    return redirect(
        request, "feeds", say=_("%(source)s is no longer fetched. What came in stays.") % {"source": feed.source}
    )


routes: list[HTTPRouteHandler] = [listed, add, pause, fetch, forget]


def _look(form: forms.Filled[FeedForm], settings: Settings) -> None:
    wanted = form.ok
    if not fold(wanted.source):
        form.refuse("source", _("Please fill this in."))
    elif wanted.rhythm not in RHYTHMS:
        form.refuse("rhythm", _("This is not one of the choices."))
    elif is_web(wanted.address):
        if not urlsplit(wanted.address).hostname or urlsplit(wanted.address).username:
            form.refuse("address", _("Please give an address like https://directory.example.org/hsds.zip."))
    elif "://" in wanted.address:
        form.refuse("address", _("Only addresses that begin with http:// or https:// are fetched."))
    elif settings.sources_home is None:
        form.refuse("address", _("Please give an address like https://directory.example.org/hsds.zip."))


async def _mapping(session: AsyncSession, chosen: str) -> UUID | None:
    return next((one.id for one in await mappings.saved(session) if str(one.id) == chosen), None)


async def _page(
    request: Req, session: AsyncSession, settings: Settings, form: forms.Filled[FeedForm] | None = None,
    status: int = 200,
) -> Template:  # fmt: skip
    found = await feeds.listed(session)
    return page(
        request, "exchange/feeds.html", found=found, form=form or forms.blank(FeedForm, rhythm="weekly"),
        rhythms=[(code, _(label)) for code, label in RHYTHMS.items()], labels=RHYTHMS,
        mappings=[(str(one.id), one.name) for one in await mappings.saved(session)],
        troubled=sum(1 for one in found if one.problem), local=settings.sources_home is not None, status=status,
    )  # fmt: skip
