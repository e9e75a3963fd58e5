"""What went wrong, as JSON (RFC 9457) that names the parameter, in French or English as the reader asks."""

from typing import Any, Final

import msgspec
from litestar import Response

from referrals.exchange.hsds.parameters import PROBLEMS, BadParameter
from referrals.kit import i18n
from referrals.kit.errors import DomainError
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Req

MEDIA_TYPE: Final = "application/problem+json"
TITLES: Final = {
    400: N_("A parameter cannot be used like this"),
    404: N_("There is nothing at this address"),
    405: N_("This address does not answer to this method"),
    413: N_("The question is too long"),
    415: N_("The body must be JSON"),
    500: N_("Something went wrong on our side"),
    503: N_("Too many ask at once"),
}


class Busy(DomainError):
    """As many streams as we give at once are under way."""


def explain(request: Req, error: Exception, status: int) -> Response[bytes]:
    """The answer to a question that has none. `status` is the number of the error."""
    asked = request.headers.get("Accept-Language", "")
    i18n.speak(i18n.best_language(asked) if asked else "en")
    title = TITLES.get(status) or TITLES[400 if status < 500 else 500]
    body: dict[str, Any] = {"type": "about:blank", "title": _(title), "status": status}
    if isinstance(error, BadParameter):
        body["detail"] = _(PROBLEMS[error.code]) % {"name": error.name, **error.facts}
        body["parameter"] = error.name
    headers = {"Content-Language": i18n.current_language(), "Vary": "Accept-Language", **_headers(error)}
    return Response(msgspec.json.encode(body), status_code=status, media_type=MEDIA_TYPE, headers=headers)


def _headers(error: Exception) -> dict[str, str]:
    given = dict(getattr(error, "headers", None) or {})
    return given | ({"Retry-After": "5"} if isinstance(error, Busy) else {})
