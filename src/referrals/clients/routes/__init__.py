"""Pages of this room: the caseload, a person's file, their needs."""

from litestar.handlers import HTTPRouteHandler

from referrals.clients.routes import file, handing_over, needs, notices, people, reach

routes: list[HTTPRouteHandler] = [
    *people.routes,
    *handing_over.routes,
    *file.routes,
    *needs.routes,
    *reach.routes,
    *notices.routes,
]
