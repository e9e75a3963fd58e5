"""What the directory has at all: the needs that some service answers, and for some of them a town that has it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ARRAY, String, bindparam, func, literal, select, true
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Listing, ListingPlace
from referrals.directory.queries.published import published
from referrals.kit.prepared import AnySelect, rows

KEPT: Final = timedelta(minutes=10)
"""A first page may be that much behind; what it leads to is always fresh."""
_LOOKED_AT: Final = 500
"""Places of a need that may say which town has most of it."""


@dataclass(slots=True)
class Offered:
    """Remembered by one running application: everybody's first page asks it, and the answer hardly changes."""

    needs: frozenset[str] = frozenset()
    """Codes, headings among them."""
    towns: dict[str, str] = field(default_factory=dict)
    """Need -> the town with most services for it."""
    until: datetime | None = None

    async def refresh(
        self, session: AsyncSession, now: datetime, *, needs: Sequence[str], examples: Sequence[str]
    ) -> None:
        """Looks again where what is known is too old. `examples`: the needs that want a town."""
        if self.until is not None and now < self.until:
            return
        self.needs = frozenset(row.code for row in await rows(session, _needs, None, codes=list(needs)))
        self.towns = {}
        for row in await rows(session, _towns, None, codes=list(examples)):
            self.towns.setdefault(row.code, row.city)
        self.until = now + KEPT


def _needs(_: None) -> AnySelect:
    """One look into the index of needs for each code, which ends with the first service."""
    wanted, code = _wanted()
    first: Any = (
        published().with_only_columns(literal(1)).where(Listing.need_paths.contains(array([code]))).correlate(wanted)
    )
    return select(code).select_from(wanted.join(first.limit(1).lateral("found"), true()))


def _towns(_: None) -> AnySelect:
    wanted, code = _wanted()
    some: Any = (
        published()
        .join(ListingPlace, ListingPlace.service_id == Listing.service_id)
        .with_only_columns(ListingPlace.city)
        .where(
            Listing.need_paths.contains(array([code])), ListingPlace.city.is_not(None), ~ListingPlace.confidential,
            ListingPlace.point.is_not(None), ListingPlace.kind != "virtual",
        )
        .correlate(wanted)
    )  # fmt: skip
    places = some.limit(_LOOKED_AT).lateral("places")
    return (
        select(code, places.c.city)
        .select_from(wanted.join(places, true()))
        .group_by(code, places.c.city)
        .order_by(func.count().desc(), places.c.city)
    )


def _wanted() -> tuple[Any, Any]:
    wanted = func.unnest(bindparam("codes", type_=ARRAY(String))).table_valued("code").render_derived(name="wanted")
    return wanted, wanted.c.code
