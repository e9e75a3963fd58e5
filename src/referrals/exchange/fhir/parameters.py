"""What may be asked of a search, read once. A parameter that is not known is refused: left out silently, it would widen the answer."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from referrals.exchange.fhir.outcomes import Issue, Misread
from referrals.exchange.fhir.statuses import REQUEST_STATUSES, TASK_STATUSES
from referrals.kit.i18n import N_

USUAL: Final = 20
MOST: Final = 50
"""Entries on a page: of each referral it is asked anew what may be shown of it."""
Order = Literal[">=", "<"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A search. None or empty: not asked. `updated`: each must hold."""

    ids: tuple[UUID, ...] | None = None
    updated: tuple[tuple[Order, datetime], ...] = ()
    status: tuple[str, ...] = ()
    business: tuple[str, ...] = ()
    patient: tuple[UUID, ...] | None = None
    name: str = ""
    name_contains: str = ""
    organization: UUID | None = None
    count: int = USUAL
    page: str = ""
    """Where the page before ended, see `mark`."""
    include: bool = False
    accurate: bool = False
    """The total is wanted, which costs."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of resource: what a search may name, the words of its `status`, and what `_include` may follow."""

    name: str
    takes: tuple[str, ...]
    statuses: frozenset[str] = frozenset()
    include: str = ""


_ALWAYS: Final = ("_id", "_lastUpdated", "_count", "_total", "_page")
_PERSON: Final = ("patient", "patient:identifier", "status")
KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind("Organization", (*_ALWAYS, "name", "name:contains")),
        Kind("HealthcareService", (*_ALWAYS, "name", "name:contains", "organization")),
        Kind("Location", (*_ALWAYS, "organization")),
        Kind("Task", (*_ALWAYS, *_PERSON, "business-status", "_include"), TASK_STATUSES, "Task:focus"),
        Kind("ServiceRequest", (*_ALWAYS, *_PERSON), REQUEST_STATUSES),
        Kind("Consent", (*_ALWAYS, *_PERSON), frozenset({"active", "inactive"})),
        Kind("Procedure", (*_ALWAYS, *_PERSON), frozenset({"completed", "not-done"})),
    )
}
PUBLIC: Final = ("Organization", "HealthcareService", "Location")
"""The directory, which anybody may read."""

UNKNOWN: Final = N_("A search of %(kind)s does not know the parameter “%(name)s”. It knows: %(known)s.")
NOT_ID: Final = N_("“%(value)s” is not an id.")
NOT_TIME: Final = N_(
    "“%(value)s” is not a day or a moment with its zone, for example ge2027-01-15 or gt2027-01-15T09:00:00Z."
)
NOT_STATUS: Final = N_("“%(value)s” is not a status here. These are: %(known)s.")
NOT_COUNT: Final = N_("“%(value)s” is not a number from 1 to %(most)d.")
NOT_INCLUDE: Final = N_("Only %(known)s may be included.")
NOT_PAGE: Final = N_("This page is not one that was offered. Begin the search anew.")
NOT_TOTAL: Final = N_("“%(value)s” is not one of: none, accurate.")


def read(kind: Kind, pairs: Sequence[tuple[str, str]]) -> Asked:
    """Raises Misread, naming the parameter."""
    asked = Asked()
    for name, value in pairs:
        if name == "_format":
            continue
        if name not in kind.takes:
            raise _wrong(name, UNKNOWN, kind=kind.name, name=name, known=", ".join(kind.takes))
        asked = _READ[name](asked, name, value.strip(), kind)
    return asked


def mark(*parts: str) -> str:
    return urlsafe_b64encode("|".join(parts).encode()).decode().rstrip("=")


def after_moment(page: str) -> tuple[datetime, UUID]:
    """Where a page of referrals begins. Raises Misread."""
    moment, _, id = _unmarked(page).partition("|")
    try:
        return datetime.fromisoformat(moment), UUID(id)
    except ValueError:
        raise _wrong("_page", NOT_PAGE) from None


def after_id(page: str) -> UUID:
    try:
        return UUID(_unmarked(page))
    except ValueError:
        raise _wrong("_page", NOT_PAGE) from None


def _unmarked(page: str) -> str:
    try:
        return urlsafe_b64decode(page + "=" * (-len(page) % 4)).decode()
    except ValueError:
        raise _wrong("_page", NOT_PAGE) from None


def _wrong(at: str, says: str, **facts: Any) -> Misread:
    return Misread(Issue("invalid", says, at, facts))


def _ids(asked: Asked, name: str, value: str, kind: Kind) -> Asked:
    found = tuple(_uuid(name, one) for one in value.split(","))
    return replace(asked, ids=found if asked.ids is None else tuple(id for id in asked.ids if id in found))


def _patient(asked: Asked, name: str, value: str, kind: Kind) -> Asked:
    """`Patient/id`, `id`, or as identifier `system|id`."""
    found = tuple(_uuid(name, one.rpartition("|")[2].rpartition("/")[2]) for one in value.split(","))
    return replace(asked, patient=found if asked.patient is None else tuple(id for id in asked.patient if id in found))


def _organization(asked: Asked, name: str, value: str, kind: Kind) -> Asked:
    return replace(asked, organization=_uuid(name, value.removeprefix("Organization/")))


def _uuid(name: str, value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise _wrong(name, NOT_ID, value=value[:60]) from None


_VALUE: Final = re.compile(
    r"(eq|gt|ge|lt|le)?(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d))?"
)


def _updated(asked: Asked, name: str, value: str, kind: Kind) -> Asked:
    found = _VALUE.fullmatch(value.replace(" ", "+"))
    if found is None:
        raise _wrong(name, NOT_TIME, value=value[:60])
    prefix, on, clock = found.groups()
    try:
        begins, ends = _span(on, clock)
    except ValueError:
        raise _wrong(name, NOT_TIME, value=value[:60]) from None
    orders: dict[str, tuple[tuple[Order, datetime], ...]] = {
        "eq": ((">=", begins), ("<", ends)), "gt": ((">=", ends),), "ge": ((">=", begins),), "lt": (("<", begins),),
        "le": (("<", ends),),
    }  # fmt: skip
    return replace(asked, updated=(*asked.updated, *orders[prefix or "eq"]))


def _span(on: str, clock: str | None) -> tuple[datetime, datetime]:
    """The stretch of time that the value names by its own precision: a day, a minute, a second, a millisecond."""
    if clock is None:
        day = date.fromisoformat(on)
        begins = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return begins, begins + timedelta(days=1)
    begins = datetime.fromisoformat((on + clock).replace("Z", "+00:00"))
    said = re.split(r"Z|[+-]", clock)[0]
    if "." in said:
        return begins, begins + timedelta(milliseconds=1)
    return begins, begins + (timedelta(seconds=1) if said.count(":") == 2 else timedelta(minutes=1))


def _status(asked: Asked, name: str, value: str, kind: Kind) -> Asked:
    wanted = tuple(one.rpartition("|")[2] for one in value.split(","))
    for one in wanted:
        if one not in kind.statuses:
            raise _wrong(name, NOT_STATUS, value=one[:60], known=", ".join(sorted(kind.statuses)))
    return replace(asked, status=wanted)


def _business(asked: Asked, name: str, value: str, kind: Kind) -> Asked:
    return replace(asked, business=tuple(one.rpartition("|")[2] for one in value.split(",")))


def _count(asked: Asked, name: str, value: str, kind: Kind) -> Asked:
    if not value.isdigit() or int(value[:9]) == 0:
        raise _wrong(name, NOT_COUNT, value=value[:20], most=MOST)
    return replace(asked, count=min(int(value[:9]), MOST))


def _total(asked: Asked, name: str, value: str, kind: Kind) -> Asked:
    if value not in ("none", "accurate"):
        raise _wrong(name, NOT_TOTAL, value=value[:20])
    return replace(asked, accurate=value == "accurate")


def _included(asked: Asked, name: str, value: str, kind: Kind) -> Asked:
    if value not in (kind.include, f"{kind.include}:ServiceRequest"):
        raise _wrong(name, NOT_INCLUDE, known=kind.include)
    return replace(asked, include=True)


_READ: Final[Mapping[str, Callable[[Asked, str, str, Kind], Asked]]] = {
    "_id": _ids, "_lastUpdated": _updated, "_count": _count, "_total": _total, "_include": _included,
    "_page": lambda asked, name, value, kind: replace(asked, page=value),
    "patient": _patient, "patient:identifier": _patient, "status": _status, "business-status": _business,
    "organization": _organization, "name": lambda asked, name, value, kind: replace(asked, name=value),
    "name:contains": lambda asked, name, value, kind: replace(asked, name_contains=value),
}  # fmt: skip
