"""Leaving quickly, for a browser without scripts: to a page that nobody wonders about, forgetting what can be forgotten."""

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from referrals.accounts.guards import PUBLIC
from referrals.kit.i18n import current_language
from referrals.kit.pages import Deployment, Req


@get("/leave", name="leave", opt=PUBLIC | {"exclude_from_csrf": True})
async def leave(request: Req, settings: Deployment) -> Redirect:
    """Asked for by our own pages alone, it also has the browser forget our cookies and what was kept on the device."""
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    if request.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none"):
        headers["Clear-Site-Data"] = '"cookies", "storage"'
    return Redirect(settings.exit_from(current_language()), status_code=303, headers=headers)


routes: list[HTTPRouteHandler] = [leave]
