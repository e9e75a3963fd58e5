"""The pages of directories that come in and of what goes out: imports, conflicts, sources, terms, open data."""

from litestar.handlers import HTTPRouteHandler

from referrals.exchange.caseload import routes as caseload
from referrals.exchange.export import routes as export
from referrals.exchange.hooks import routes as hooks
from referrals.exchange.routes import columns, conflicts, crosswalk, feeds, imports

routes: list[HTTPRouteHandler] = [
    *crosswalk.routes, *imports.routes, *columns.routes, *conflicts.routes, *feeds.routes, *export.routes, *hooks.routes, *caseload.routes,
]  # fmt: skip
