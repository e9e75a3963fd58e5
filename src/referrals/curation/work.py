"""What all lists of work have in common: what is asked of them, how much there is, and one line of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.queries.texts import Text

PER_PAGE: Final = 25


@dataclass(frozen=True, slots=True)
class Asked:
    """One page of a list. `kind`: of the finding, of the report; empty texts narrow nothing. `page` counts from 1."""

    language: str
    now: datetime
    kind: str = ""
    organization: str = ""
    """Words of its name."""
    area: str = ""
    """A town, a department, or the beginning of a postcode."""
    page: int = 1

    @property
    def narrowed(self) -> bool:
        return bool(self.kind or self.organization or self.area)


@dataclass(frozen=True, slots=True)
class Tally:
    """How much waits, and since when the oldest does. `more`: there are more than were counted."""

    count: int
    oldest: date | datetime | None
    more: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """One click. `route` and `params` name a page; `post`: the click does it at once."""

    text: str
    route: str
    params: dict[str, Any]
    anchor: str = ""
    post: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One line. `about`: what it concerns; `says`: what is the matter, in a sentence; `kind`: as in `ui.line`."""

    id: str
    about: Text
    organization: str
    says: str
    since: date | datetime | None
    act: Act
    href: Act | None = None
    kind: str = "attention"
    badge: str = ""
    words: str = ""
    """What somebody wrote, in their own words."""
    others: tuple[Act, ...] = field(default=())
    dismiss: Act | None = None
    """Saying that it is right as it stands; asks for a reason."""


Count = Callable[[AsyncSession, datetime], Awaitable[Tally]]
Rows = Callable[[AsyncSession, Asked], Awaitable[Sequence[Task]]]
"""One statement; one line more than a page holds when there is another page."""


@dataclass(frozen=True, slots=True)
class WorkList:
    """One kind of work. `title` and `lead` are sentences of the catalogs; `kinds`: what it may be narrowed to."""

    code: str
    title: str
    lead: str
    tally: Count
    rows: Rows
    kinds: dict[str, str] = field(default_factory=dict)
    """Code -> label, untranslated."""
    narrows: bool = True
    """Whether organization and area may narrow it."""
