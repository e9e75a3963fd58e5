"""The pages of directories that come in: imports, the terms they bring."""

from litestar.handlers import HTTPRouteHandler

from referrals.exchange.routes import crosswalk, imports

routes: list[HTTPRouteHandler] = [*crosswalk.routes, *imports.routes]
