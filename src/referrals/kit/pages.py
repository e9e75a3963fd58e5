"""One handler, one context, two templates: a whole page, or the very fragment of it that htmx asked for."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_410_GONE
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.html import Jinja, addresses
from referrals.kit.settings import Settings

Req = Request[Any, Any, Any]
Db = NamedDependency[AsyncSession]
"""The request's one transaction."""
Now = NamedDependency[datetime]
"""The request's time, from the one clock."""
Deployment = NamedDependency[Settings]
FLASH = "said"


class Instead(Exception):
    """The page that stands where another was asked for: what a dependency raises that finds a door shut."""

    def __init__(self, shown: Template) -> None:
        super().__init__("another page stands here")
        self.shown = shown


def page(request: Req, template: str, /, *, fragment: str | None = None, status: int = 200, **context: Any) -> Template:
    """`template` in full, or `fragment` when htmx asks for a part of the page; both from one context."""
    partial = (
        fragment is not None
        and request.headers.get("HX-Request") == "true"
        and "HX-History-Restore-Request" not in request.headers
    )
    said = _read_flashes(request)
    around = request.app.state.page_context(request, whole=not partial)
    context = {**around, "flashes": said, "errors": _errors(context), **context}
    headers = {"Vary": "HX-Request, Cookie"}
    if request.user is not None or request.route_handler.opt.get("private"):
        headers["Cache-Control"] = "no-store"
    elif status == HTTP_410_GONE:
        headers["Cache-Control"] = "no-cache"  # a browser would keep it for ever, and what is gone may come back
    return Template(
        template_name=fragment if partial and fragment else template,
        context=context,
        status_code=status,
        headers=headers,
        media_type="text/html",
        cookies=[Cookie(FLASH, value="", max_age=0)] if said else None,
    )


def redirect(
    request: Req, name: str, /, *, say: str | None = None, kind: str = "good", anchor: str = "", **params: Any
) -> Redirect:
    """See Other to the page `name`, with a sentence that the next page shows once."""
    address = addresses(jinja(request))(name, **params) + (f"#{anchor}" if anchor else "")
    cookies = [_flash(request, kind, say)] if say else None
    return Redirect(address, status_code=303, cookies=cookies)


def jinja(request: Req) -> Jinja:
    env: Jinja = request.app.state.jinja
    return env


def _flash(request: Req, kind: str, text: str) -> Cookie:
    value = urlsafe_b64encode(msgspec.json.encode([[kind, text]])).decode()
    return Cookie(
        FLASH, value=value, httponly=True, samesite="lax", max_age=60, secure=request.app.state.settings.secure_cookies
    )


def _read_flashes(request: Req) -> list[dict[str, str]]:
    raw = request.cookies.get(FLASH)
    if not raw:
        return []
    try:
        pairs = msgspec.json.decode(urlsafe_b64decode(raw), type=list[tuple[str, str]])
    except (ValueError, msgspec.DecodeError):
        return []
    return [
        {"kind": kind if kind in {"good", "attention", "stop"} else "good", "text": text} for kind, text in pairs[:3]
    ]


def _errors(context: dict[str, Any]) -> dict[str, str]:
    form = context.get("form")
    return getattr(form, "errors", {}) if form is not None else {}
