"""Pages of this room: the caseload, a person's file, their needs."""

from litestar.handlers import HTTPRouteHandler

from referrals.clients.routes import needs, people

routes: list[HTTPRouteHandler] = [*people.routes, *needs.routes]
