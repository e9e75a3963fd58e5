"""What this server can do, read off what is routed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Final

from litestar import Litestar
from litestar.routes import HTTPRoute

from referrals.exchange.fhir.parameters import KINDS, PUBLIC, Kind
from referrals.exchange.fhir.shapes import MEDIA_TYPE, PATH, VERSION, Resource, filled, moment
from referrals.kit.i18n import gettext as _

_INTERACTIONS: Final[Mapping[tuple[str, bool], str]] = {
    ("GET", True): "read", ("GET", False): "search-type", ("PUT", True): "update", ("PATCH", True): "patch",
}  # fmt: skip
"""(method, whether of one resource) -> what FHIR calls it."""
_TYPES: Final[Mapping[str, str]] = {
    "_id": "token", "_lastUpdated": "date", "status": "token", "business-status": "token", "patient": "reference",
    "name": "string", "organization": "reference",
}  # fmt: skip
"""Parameters that narrow a search; the others say how the answer looks, and are not listed one by one."""


def statement(app: Litestar, base: str, product: str, now: datetime) -> Resource:
    """The CapabilityStatement of this installation. `base`: where `/fhir` is."""
    done = interactions(app)
    return {
        "resourceType": "CapabilityStatement", "status": "active", "date": moment(now), "kind": "instance",
        "software": {"name": product, "version": version("referrals")},
        "implementation": {"description": _("Directory and referrals of %(product)s") % {"product": product}, "url": base},
        "fhirVersion": VERSION, "format": [MEDIA_TYPE, "json"], "patchFormat": ["application/json-patch+json"],
        "rest": [{
            "mode": "server",
            "security": {
                "cors": True,
                "description": _("The directory is open to anybody. Referrals need a key of the organization that sent or received them, as a bearer token with SMART’s scopes (system/Task.read …)."),
            },
            "resource": [_resource(KINDS[name], done[name]) for name in KINDS if name in done],
        }],
    }  # fmt: skip


def interactions(app: Litestar) -> dict[str, list[str]]:
    """Type of resource -> what really answers there."""
    found: dict[str, list[str]] = {}
    for kind, single, methods in _routes(app):
        told = [said for (method, one), said in _INTERACTIONS.items() if one == single and method in methods]
        found.setdefault(kind, []).extend(told)
    return found


def _routes(app: Litestar) -> Iterator[tuple[str, bool, set[str]]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute) and route.path_format.startswith(f"{PATH}/"):
            kind, _slash, one = route.path_format.removeprefix(f"{PATH}/").partition("/")
            if kind in KINDS:
                yield kind, bool(one), {str(getattr(method, "value", method)) for method in route.methods}


def _resource(kind: Kind, done: list[str]) -> Resource:
    updates = "update" in done
    return filled({
        "type": kind.name, "interaction": [{"code": code} for code in sorted(done)],
        "documentation": _("Open to anybody.") if kind.name in PUBLIC else _("With the scope system/%(kind)s.read.") % {"kind": kind.name},
        "versioning": "versioned-update" if updates else "no-version" if kind.name in (*PUBLIC, "Consent") else "versioned",
        "readHistory": False, "updateCreate": False if updates else None,
        "conditionalRead": "not-match", "searchInclude": [kind.include] if kind.include else [],
        "searchParam": [{"name": name, "type": _TYPES[name]} for name in kind.takes if name in _TYPES],
    })  # fmt: skip
