"""The shortlist: what its address names, as rows. Where scripts run, the device keeps it and asks for the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import PUBLIC
from referrals.directory.queries import cards
from referrals.directory.queries.redirects import all_standing
from referrals.directory.routes.drawing import qr
from referrals.directory.routes.rows import Row, rows, spoken
from referrals.directory.shortlist import BESIDE, listed_in, written
from referrals.kit.html import Addresses, addresses, in_zone
from referrals.kit.i18n import current_language, ngettext
from referrals.kit.pages import Db, Deployment, Now, Req, jinja, page
from referrals.taxonomy.queries import vocabulary


@dataclass(frozen=True, slots=True)
class Kept:
    """One service of a list."""

    id: UUID
    row: Row
    without: str
    """The list's address when this one is taken off."""


@dataclass(frozen=True, slots=True)
class Shortlist:
    """What stands on a list now. `gone`: how many of it are listed no more."""

    lines: tuple[Kept, ...]
    gone: int

    @property
    def ids(self) -> tuple[UUID, ...]:
        return tuple(line.id for line in self.lines)

    @property
    def address(self) -> str:
        """As `s` in an address."""
        return written(self.ids)

    @property
    def count(self) -> str:
        number = len(self.lines)
        return ngettext("%(num)d service on your list", "%(num)d services on your list", number) % {"num": number}


@get("/shortlist", name="shortlist", opt=PUBLIC)
async def shortlist(request: Req, session: Db, now: Now, settings: Deployment) -> Template:
    url = addresses(jinja(request))
    found = await read(session, listed_in(request.query_params), url, now)
    return page(
        request, "directory/shortlist.html", fragment="directory/_shortlist.html", found=found, spoken=spoken,
        beside=BESIDE, square=qr(settings.base_url + url("shortlist", query={"s": found.address})) if found.lines else "",
        by_device=request.headers.get("HX-Request") == "true",
    )  # fmt: skip


routes: list[HTTPRouteHandler] = [shortlist]


async def read(session: AsyncSession, ids: Sequence[UUID], url: Addresses, now: datetime) -> Shortlist:
    """In the order of the list; a service that was told twice stands once, and what is listed no more is counted."""
    stands = await all_standing(session, ids) if ids else {}
    wanted = list(dict.fromkeys(stands.values()))
    filled = await cards(session, wanted, current_language(), None, in_zone(now).date())
    there = [card.id for card in filled]
    shown = rows(filled, await vocabulary(session), url, now)
    lines = tuple(
        Kept(id, row, url("shortlist", query={"s": written([other for other in there if other != id])}))
        for id, row in zip(there, shown, strict=True)
    )
    return Shortlist(lines, len(wanted) - len(there))
