"""Pages of this room."""

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Template

from referrals.accounts.guards import PUBLIC, requires_provider
from referrals.kit.pages import Req, page


@get("/", name="home", opt=PUBLIC)
async def home(request: Req) -> Template:
    return page(request, "directory/home.html")


@get("/privacy", name="privacy", opt=PUBLIC)
async def privacy(request: Req) -> Template:
    return page(request, "directory/privacy.html")


@get("/about", name="about", opt=PUBLIC)
async def about(request: Req) -> Template:
    return page(request, "directory/about.html")


@get("/services", name="services", opt=PUBLIC)
async def services(request: Req) -> Template:
    return page(request, "directory/home.html")


@get("/my-services", name="my-services", guards=[requires_provider])
async def my_services(request: Req) -> Template:
    return page(request, "directory/home.html")


routes: list[HTTPRouteHandler] = [home, privacy, about, services, my_services]
