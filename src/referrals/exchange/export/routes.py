"""Open data: the whole public directory as files that anybody may take, made by the worker and kept until it changes."""

from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import File, Redirect, Template

from referrals.accounts.guards import PUBLIC
from referrals.exchange.export import conformance, offers
from referrals.exchange.export.formats import FORMATS, Format, of_key
from referrals.exchange.export.jobs import ask_for
from referrals.exchange.export.state import state
from referrals.exchange.export.store import COUNTS, Progress, Store
from referrals.kit.errors import NotFound
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, page, redirect


@get("/open-data", name="open-data", opt=PUBLIC)
async def open_data(request: Req, session: Db, settings: Deployment, now: Now) -> Template:
    found = offers.listed(Store.of(settings), await state(session), now)
    return page(
        request, "exchange/export.html", fragment="exchange/_export-offers.html", offers=found,
        going=any(offer.percent is not None for offer in found), ready=[offer for offer in found if offer.kept],
    )  # fmt: skip


@get("/open-data/{key:str}", name="export", opt=PUBLIC)
async def one_export(request: Req, session: Db, settings: Deployment, now: Now, key: FromPath[str]) -> Template:
    """What is in one file, and what its format cannot say."""
    found = _known(key)
    offer = offers.offered(Store.of(settings), found, key, await state(session), now)
    return page(
        request, "exchange/export-one.html", offer=offer,
        losses=offers.losses(offer), inside=offers.inside(offer),
    )  # fmt: skip


@post("/open-data/{key:str}", name="make-export", opt=PUBLIC, status_code=200)
async def make_export(request: Req, session: Db, settings: Deployment, now: Now, key: FromPath[str]) -> Redirect:
    """Have the worker make it, unless what is there is still true or somebody asked already."""
    store = Store.of(settings)
    if key == COUNTS:
        await ask_for(session, COUNTS)
        return redirect(request, "conformance", say=_("The records are being counted. Look again in a moment."))
    found = _known(key)
    offer = offers.offered(store, found, key, await state(session), now)
    if offer.current:
        return redirect(request, "open-data", say=_("This file is already what the directory says now."))
    await ask_for(session, key)
    store.say_progress(key, Progress(0, 0, now))
    return redirect(request, "open-data", anchor=f"file-{key.replace('.', '-')}")


@get("/open-data/{key:str}/file", name="export-file", opt=PUBLIC)
async def export_file(request: Req, settings: Deployment, key: FromPath[str]) -> Response[Any]:
    """The file itself. Its name carries the day on which it was made."""
    found, store = _known(key), Store.of(settings)
    kept = store.kept(key, found.suffix)
    if kept is None:
        raise NotFound
    name = f"{settings.product.lower()}-{key.replace('.', '-')}-{kept.made.made_at:%Y-%m-%d}{found.suffix}"
    return File(
        path=store.file(key, found.suffix), filename=name, media_type=found.media_type, etag=None,
        headers={"Cache-Control": "no-cache", "X-Content-SHA256": kept.made.sha256},
    )  # fmt: skip


@get("/conformance", name="conformance", opt=PUBLIC)
async def conformance_page(request: Req, session: Db, settings: Deployment, now: Now) -> Template:
    """What we speak of each standard, read off the running system."""
    store = Store.of(settings)
    shown = conformance.computed(request.app, store, FORMATS)
    return page(
        request, "exchange/conformance.html", shown=shown, kinds=offers.NAMES,
        counted=store.counted(), current=await state(session), counting=store.progress(COUNTS, now) is not None,
    )  # fmt: skip


routes: list[HTTPRouteHandler] = [open_data, one_export, make_export, export_file, conformance_page]


def _known(key: str) -> Format:
    found = of_key(key)
    if found is None:
        raise NotFound
    return found[0]
