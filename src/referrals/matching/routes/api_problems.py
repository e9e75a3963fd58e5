"""Why a program's question has no answer: what is wrong, field by field, or what its key lacks."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response

from referrals.kit.errors import DomainError
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Req
from referrals.kit.problems import problem, speak_for
from referrals.matching.asked_problems import sentence
from referrals.matching.asking import BadQuestion

TITLES: Final[Mapping[int, str]] = {
    400: N_("The body is not a JSON object"),
    401: N_("A key is needed"),
    403: N_("This key may not do this"),
    404: N_("There is nothing at this address"),
    405: N_("This address does not answer to this method"),
    413: N_("The question is too long"),
    415: N_("The body must be JSON"),
    422: N_("The question cannot be answered as it stands"),
    429: N_("Too much was asked in this minute"),
    500: N_("Something went wrong on our side"),
}
DETAILS: Final[Mapping[str, str]] = {
    "no_key": N_("Send the key with the question, in the header Authorization, after the word Bearer."),
    "unknown_key": N_("This key is not known here, or was revoked. An administrator can make another."),
    "scope": N_("The key lacks “%(scope)s”. An administrator can make one that has it."),
    "allowance": N_("This key may ask about %(most)s needs a minute. Ask again in %(seconds)s seconds."),
}


def explain(request: Req, error: Exception, status: int) -> Response[bytes]:
    if not isinstance(error, BadQuestion):  # which has been read in the language that it names
        speak_for(request)
    title = _(TITLES.get(status) or TITLES[400 if status < 500 else 500])
    headers = dict(getattr(error, "headers", None) or {})
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="matches"'
    facts = getattr(error, "facts", {}) if isinstance(error, DomainError) else {}
    return problem(status, title, _more(error, facts), headers | facts.get("headers", {}))


def _more(error: Exception, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(error, BadQuestion):
        said = error.reading.problems
        errors = [{"field": one.where, "code": one.code, "message": sentence(one)} for one in said]
        return {"detail": errors[0]["message"], "errors": errors, "ignored": list(error.reading.ignored)}
    detail = DETAILS.get(getattr(error, "code", ""))
    return {"detail": _(detail) % facts} if detail else {}
