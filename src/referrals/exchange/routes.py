"""Pages of this room."""

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Template

from referrals.accounts.guards import requires_curator
from referrals.kit.pages import Req, page


@get("/terms", name="crosswalk", guards=[requires_curator])
async def crosswalk(request: Req) -> Template:
    return page(request, "directory/home.html")


routes: list[HTTPRouteHandler] = [crosswalk]
