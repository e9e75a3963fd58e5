"""Pages of this room: searching, a service, an organization, and keeping one's own listings right."""

from litestar.handlers import HTTPRouteHandler

from referrals.directory.routes import (
    asked_for,
    browse,
    checks,
    claims,
    compare,
    edit,
    help_lines,
    home,
    leaving,
    mine,
    new_service,
    offers,
    proposals,
    questions,
    reports,
    saved,
    sending,
    shortlist,
    taking_along,
    upkeep,
)

routes: list[HTTPRouteHandler] = [
    *home.routes,
    *help_lines.routes,
    *browse.routes,
    *offers.routes,
    *mine.routes,
    *edit.routes,
    *new_service.routes,
    *proposals.routes,
    *claims.routes,
    *upkeep.routes,
    *questions.routes,
    *checks.routes,
    *reports.routes,
    *shortlist.routes,
    *compare.routes,
    *sending.routes,
    *leaving.routes,
    *taking_along.routes,
    *saved.routes,
    *asked_for.routes,
]
