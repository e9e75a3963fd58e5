"""Every page there is: which role opens it, and with which records of the demo. A route that is missing here is an error."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from litestar.handlers import HTTPRouteHandler

from referrals.accounts.models import Role
from referrals.app import ROUTES, paths

FRAGMENTS = {"suggest", "suggest-place"}
"""Answers for a field, not pages."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One page: its route's name, its path without the language, and who opens it (None: anybody)."""

    name: str
    path: str
    role: Role | None


def stops(records: dict[str, str]) -> list[Stop]:
    """All pages that a GET opens. `records`: placeholder -> value, or `route.placeholder` -> value for one route."""
    found = []
    templates = paths(ROUTES)
    for route in ROUTES:
        if "GET" not in {str(getattr(m, "value", m)) for m in route.http_methods} or route.name in FRAGMENTS:
            continue
        assert route.name, route.paths
        path = templates[route.name]
        for placeholder in _placeholders(path):
            key = f"{route.name}.{placeholder}"
            value = records.get(key) or records.get(placeholder)
            assert value is not None, f"tests/e2e/walk.py does not know a record for {key}"
            path = path.replace(f"{{{placeholder}}}", value)
        found.append(Stop(route.name, path, _role(route)))
    return [*found, Stop("services-found", "/services?q=kin%C3%A9+lyon", None), Stop("not-found", "/nowhere", None)]


def _placeholders(path: str) -> Iterator[str]:
    return (part[1:-1] for part in path.split("/") if part.startswith("{"))


def _role(route: HTTPRouteHandler) -> Role | None:
    """Read off the guard's name: `requires_case_manager`."""
    for guard in route.guards or ():
        name = getattr(guard, "__name__", "").removeprefix("requires_")
        if name == "account":
            return Role.CASE_MANAGER
        return Role(name.split("_or_")[0])
    return None


def records(conninfo: str) -> dict[str, str]:
    """Records of the demo that make each page interesting."""

    def one(statement: str) -> str:
        row = connection.execute(statement).fetchone()  # type: ignore[call-overload]  # our own statements
        assert row is not None, statement
        return str(row[0])

    with psycopg.connect(conninfo) as connection:
        paul = "(SELECT client_id FROM client_identity WHERE given_name = 'Paul')"
        need = one(f"SELECT id FROM need WHERE client_id = {paul} AND term = 'neuropsychology'")  # noqa: S608
        service = one("SELECT id FROM service WHERE source_key = 'kestrel-bay-neuro'")
        return {
            "client_id": one(f"SELECT client_id FROM client_identity WHERE client_id = {paul}"),  # noqa: S608
            "need_id": need,
            "service_id": service,
            "edit-service.service_id": one("SELECT id FROM service WHERE source_key = 'tern-house-occupation'"),
            "organization_id": one("SELECT organization_id FROM service WHERE source_key = 'kestrel-bay-neuro'"),
            "referral_id": one("SELECT id FROM referral WHERE status = 'info_requested' LIMIT 1"),
        }
