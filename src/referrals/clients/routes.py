"""Pages of this room."""

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Template

from referrals.accounts.guards import requires_case_manager
from referrals.kit.pages import Req, page


@get("/people", name="people", guards=[requires_case_manager])
async def people(request: Req) -> Template:
    return page(request, "directory/home.html")


routes: list[HTTPRouteHandler] = [people]
