"""What may be asked of each list: one table, which the handlers read, the OpenAPI document prints and the problems name."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from referrals.exchange.hsds.trees import Kind
from referrals.kit.errors import DomainError
from referrals.kit.i18n import N_

MOST: Final = 1000
"""Records on one page."""
EVERYTHING: Final = 100_000
"""Records on a page of ids alone (`minimal`), where nobody says how many."""
LAST_PAGE: Final = 1_000_000
LONGEST: Final = 300
"""Signs of a text."""
_UUID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
TEXT: Final = r"^[^\x00-\x1f\x7f]+$"
"""No line breaks, no tabs, no signs that steer a machine."""
NEAREST, FARTHEST = 1, 500_000


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a record stands in its list: in the order in which records came, then of their ids."""

    came: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{(self.came - _EPOCH) // timedelta(microseconds=1)},{self.id}"

    @classmethod
    def read(cls, text: str) -> "Seat":
        """Raises ValueError."""
        said = SEAT.fullmatch(text)
        if not said:
            raise ValueError(text)
        return cls(_EPOCH + timedelta(microseconds=int(said[1])), UUID(said[2]))


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SEAT: Final = re.compile(rf"(\d{{1,16}}),({_UUID})")


class BadParameter(DomainError):
    """`problem`: a sentence of PROBLEMS, filled with `facts`; it is the error's code."""

    def __init__(self, name: str, problem: str, **facts: object) -> None:
        super().__init__(problem, **facts)
        self.name = name


PROBLEMS: Final = {
    "unknown": N_("%(name)s is not a parameter of this list. It has: %(known)s."),
    "twice": N_("%(name)s is given more than once."),
    "kind_uuid": N_("%(name)s must be a UUID, like 6f0a8b62-8a3e-5f5c-9a55-0d6c2f7f4f11."),
    "kind_whole": N_("%(name)s must be a whole number from %(low)s to %(high)s."),
    "kind_flag": N_("%(name)s must be true or false."),
    "kind_moment": N_("%(name)s must be a moment like 2027-01-15T09:00:00Z."),
    "kind_choice": N_("%(name)s must be one of: %(choices)s."),
    "kind_seat": N_("%(name)s must be copied from the Link header of the page before."),
    "kind_text": N_("%(name)s must be a text of 1 to %(high)s printable signs."),
    "body": N_("The body must be a JSON object whose keys are parameters."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    kind: Literal["text", "uuid", "whole", "flag", "moment", "choice", "seat"]
    says: str
    low: int = 1
    high: int = LONGEST
    choices: tuple[str, ...] = ()
    otherwise: object = None
    """What holds where it is not given, for the reader of the document."""


_ALL: Final = (
    Parameter("search", "text", "Records whose texts hold all of these words, in any of their languages and with or without accents. \"Words in quotation marks\" stand together, `or` allows either, a minus leaves out. A service is also found by its organization's words."),
    Parameter("page", "whole", "Which page. Records never move to an earlier or later page because others are added: new ones come last. What is withdrawn leaves its page shorter until the day (UTC) ends.", high=LAST_PAGE, otherwise=1),
    Parameter("per_page", "whole", f"Records on a page, at most {MOST}.", high=MOST, otherwise=50),
    Parameter("after", "seat", "Where the page before ended, as the `Link` header with `rel=next` has it: the records behind that one, whatever was added or withdrawn meanwhile, at any hour. `page` then only counts."),
    Parameter("format", "choice", "`ndjson` streams every record of the answer, one a line, without pages; `page` and `per_page` then say nothing.", choices=("json", "ndjson"), otherwise="json"),
    Parameter("taxonomy_term_id", "uuid", "Records with this very term: on the record, for a permanence also on its service, for an organization also on one of its services."),
    Parameter("taxonomy_id", "uuid", "The same with any term of this taxonomy; for terms, those of this taxonomy."),
    Parameter("organization_id", "uuid", "What this organization runs."),
    Parameter("modified_after", "moment", "Services modified at or after this moment, and their permanences."),
    Parameter("minimal", "flag", f"Only `id` and `modified_date`, up to {EVERYTHING} on a page unless `per_page` says otherwise.", otherwise=False),
    Parameter("full", "flag", "Everything that hangs on each record. The organization of a service stands in it with its own fields; all of it is at /organizations/{id}.", otherwise=False),
    Parameter("full_service", "flag", "Each organization with its services in full, rather than their ids and names.", otherwise=False),
    Parameter("top_only", "flag", "Only terms that have no broader term.", otherwise=False),
    Parameter("parent_id", "uuid", "Terms right below this one."),
    Parameter("postcode", "text", "Permanences of services whose stated area holds this postcode, or that state none.", high=12),
    Parameter("proximity", "whole", "Metres from the middle of `postcode`. Where that is not given, or nobody knows where it is, nothing is near: the list is empty. A place whose address is confidential is near where its postcode is the same.", low=NEAREST, high=FARTHEST),
)  # fmt: skip
PARAMETERS: Final = {parameter.name: parameter for parameter in _ALL}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A list and its records. `name` is its path."""

    name: str
    entity: Kind
    takes: tuple[str, ...]
    one_takes: tuple[str, ...] = ()
    """Parameters of a single record."""

    def parameters(self) -> tuple[Parameter, ...]:
        return tuple(PARAMETERS[name] for name in self.takes)


_PAGED: Final = ("search", "page", "after", "per_page", "format")
_MARKED: Final = ("taxonomy_term_id", "taxonomy_id")
ENDPOINTS: Final = {
    endpoint.name: endpoint for endpoint in (
        Endpoint("services", "service", (*_PAGED, *_MARKED, "organization_id", "modified_after", "minimal", "full")),
        Endpoint("taxonomies", "taxonomy", _PAGED),
        Endpoint("taxonomy_terms", "taxonomy_term", (*_PAGED, "taxonomy_id", "top_only", "parent_id")),
        Endpoint("organizations", "organization", (*_PAGED, "full_service", "full", *_MARKED), ("full_service",)),
        Endpoint("service_at_locations", "service_at_location", (
            *_PAGED, *_MARKED, "organization_id", "modified_after", "full", "postcode", "proximity",
        )),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks of a list, read. All of it must hold together."""

    search: str | None = None
    page: int = 1
    after: Seat | None = None
    per_page: int | None = None
    format: str = "json"
    taxonomy_term_id: UUID | None = None
    taxonomy_id: UUID | None = None
    organization_id: UUID | None = None
    modified_after: datetime | None = None
    minimal: bool = False
    full: bool = False
    full_service: bool = False
    top_only: bool = False
    parent_id: UUID | None = None
    postcode: str | None = None
    proximity: int | None = None

    @property
    def size(self) -> int:
        return self.per_page or (EVERYTHING if self.minimal else 50)


def read(takes: Iterable[str], query: Iterable[tuple[str, str]], body: Mapping[str, Any] | None = None) -> Asked:
    """The question, from an address and perhaps a body whose values are JSON's own. Raises BadParameter."""
    known = tuple(takes)
    found: dict[str, Any] = {}
    given = [(name, value, _FROM_TEXT) for name, value in query] + [
        (name, value, _FROM_JSON) for name, value in (body or {}).items()
    ]
    for name, value, reader in given:
        if name not in known:
            raise BadParameter(name, "unknown", known=", ".join(known))
        if name in found:
            raise BadParameter(name, "twice")
        parameter = PARAMETERS[name]
        try:
            found[name] = _bounded(parameter, reader[parameter.kind](value))
        except (ValueError, TypeError, AttributeError):
            raise _not_of_its_kind(parameter) from None
    return Asked(**found)


def _not_of_its_kind(parameter: Parameter) -> BadParameter:
    return BadParameter(
        parameter.name, f"kind_{parameter.kind}", low=parameter.low, high=parameter.high,
        choices=", ".join(parameter.choices),
    )  # fmt: skip


def _bounded(parameter: Parameter, value: Any) -> Any:
    within = (
        parameter.low <= value <= parameter.high if parameter.kind == "whole"
        else value in parameter.choices if parameter.kind == "choice"
        else 0 < len(value) <= parameter.high and re.fullmatch(TEXT, value) is not None if parameter.kind == "text"
        else True
    )  # fmt: skip
    if not within:
        raise ValueError
    return value


def _uuid(text: str) -> UUID:
    if not re.fullmatch(_UUID, text):
        raise ValueError
    return UUID(text)


def _whole(text: str) -> int:
    if not _DIGITS.fullmatch(text):
        raise ValueError
    return int(text)


def _flag(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()] if text.lower() in ("true", "false") else _no(text)


def _moment(text: str) -> datetime:
    # A plus that nobody encoded comes as a space.
    said = datetime.fromisoformat(re.sub(r" (\d\d:?\d\d)$", r"+\1", text.strip().upper()))
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str) else _no(value)


def _json_whole(value: Any) -> int:
    """JSON knows one kind of number: 50.0 is whole."""
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return int(value) if whole and not isinstance(value, bool) else _no(value)


def _json_flag(value: Any) -> bool:
    return bool(value) if isinstance(value, bool) else _no(value)


def _no(value: object) -> Any:
    raise ValueError(value)


_DIGITS: Final = re.compile(r"[0-9]{1,9}")
_FROM_TEXT: Final = {
    "text": _text, "choice": _text, "uuid": _uuid, "whole": _whole, "flag": _flag, "moment": _moment,
    "seat": Seat.read,
}  # fmt: skip
_FROM_JSON: Final = _FROM_TEXT | {"whole": _json_whole, "flag": _json_flag}
