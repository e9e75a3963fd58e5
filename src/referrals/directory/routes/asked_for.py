"""What people look for: for those who keep the directory, in whole weeks and never about a few."""

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Template

from referrals.accounts.guards import requires_role
from referrals.accounts.models import Role
from referrals.directory.counting import FEW, asked_for
from referrals.kit.html import in_zone
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page
from referrals.taxonomy.queries import vocabulary

requires_curator_or_supervisor = requires_role(Role.CURATOR, Role.SUPERVISOR)


@get("/curation/asked-for", name="asked-for", guards=[requires_curator_or_supervisor])
async def what_people_look_for(request: Req, session: Db, now: Now) -> Template:
    found, words = await asked_for(session, in_zone(now).date()), await vocabulary(session)
    rows = [
        [
            words.label("need", line.need, current_language()) if line.need else _("Without a known need"),
            line.area.partition(" ")[2] or line.area or _("Anywhere"),
            line.times,
        ]
        for line in found.lines
    ]
    return page(request, "directory/asked-for.html", found=found, rows=rows, fewest=FEW)


routes: list[HTTPRouteHandler] = [what_people_look_for]
