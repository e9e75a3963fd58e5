"""Pages of this room."""

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Template

from referrals.accounts.guards import requires_case_manager, requires_client, requires_supervisor
from referrals.kit.pages import Req, page


@get("/today", name="today", guards=[requires_case_manager])
async def today(request: Req) -> Template:
    return page(request, "directory/home.html")


@get("/team", name="team", guards=[requires_supervisor])
async def team(request: Req) -> Template:
    return page(request, "directory/home.html")


@get("/my-requests", name="my-requests", guards=[requires_client])
async def my_requests(request: Req) -> Template:
    return page(request, "directory/home.html")


routes: list[HTTPRouteHandler] = [today, team, my_requests]
