"""Pages of this room: the caseload, a person's file, their needs."""

from litestar.handlers import HTTPRouteHandler

from referrals.clients.routes import file, needs, people, reach

routes: list[HTTPRouteHandler] = [*people.routes, *file.routes, *needs.routes, *reach.routes]
