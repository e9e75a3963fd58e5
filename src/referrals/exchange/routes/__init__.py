"""The pages of directories that come in: imports, conflicts with what was edited here, sources, the terms they bring."""

from litestar.handlers import HTTPRouteHandler

from referrals.exchange.export import routes as export
from referrals.exchange.routes import conflicts, crosswalk, feeds, imports

routes: list[HTTPRouteHandler] = [*crosswalk.routes, *imports.routes, *conflicts.routes, *feeds.routes, *export.routes]
