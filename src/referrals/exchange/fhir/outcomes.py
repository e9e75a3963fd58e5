"""What went wrong, as an OperationOutcome in the reader's language: what kind, in a sentence, and where in what was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from litestar import Response

from referrals.exchange.fhir.shapes import MEDIA_TYPE, Resource, filled
from referrals.kit import i18n
from referrals.kit.errors import Conflict, DomainError, NotAllowed, Refused
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Req
from referrals.kit.problems import speak_for


@dataclass(frozen=True, slots=True)
class Issue:
    """`code` is one of FHIR's issue types, `at` a FHIRPath, or a parameter's name; `facts` fill the sentence of `says`."""

    code: str
    says: str
    at: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def told(self, severity: str = "error") -> Resource:
        sentence = _(self.says) % self.facts if self.facts else _(self.says)
        return filled({
            "severity": severity, "code": self.code, "diagnostics": sentence, "expression": [self.at] if self.at else [],
        })  # fmt: skip


class Told(DomainError):
    """An error that says its issues itself."""

    def __init__(self, *issues: Issue) -> None:
        super().__init__(issues[0].code)
        self.issues = issues


class Misread(Told):
    """What was sent or asked cannot be read."""


class Unfit(Told):
    """It can be read, and may not be done."""


class Stale(Told):
    """Somebody was quicker: the version that was named is not the newest."""


class Unversioned(Told):
    """An update must name the version that it knows."""


def moved(address: str) -> Resource:
    """What goes with the new address of a record that was merged into another."""
    return outcome([Issue("informational", MOVED, facts={"address": address})], "information")


MOVED: Final = N_("It was found to be the same as another one, and is read at its address now: %(address)s")
CODES: Final[Mapping[int, tuple[str, str]]] = {
    400: ("invalid", N_("This cannot be read.")),
    401: ("login", N_("A key is needed: send it in the header Authorization, after the word Bearer.")),
    403: ("forbidden", N_("This key may not do this.")),
    404: ("not-found", N_("There is nothing at this address, or not for this key.")),
    405: ("not-supported", N_("This address does not answer to this method.")),
    406: ("not-supported", N_("The answers here are JSON and nothing else.")),
    409: ("conflict", N_("Somebody was quicker. Read the Task again: it stands where it stands now.")),
    410: ("deleted", N_("It is gone.")),
    413: ("too-long", N_("What was sent is too long.")),
    415: (
        "not-supported",
        N_("The body must be JSON: application/fhir+json, or application/json-patch+json for a patch."),
    ),
    422: ("business-rule", N_("This cannot be done as it stands.")),
    429: ("throttled", N_("Too much was asked in this minute. Come again a little later.")),
    500: ("exception", N_("Something went wrong on our side. Nothing was changed.")),
}
"""HTTP number -> FHIR's issue type and our sentence, where the error says nothing itself."""
SENTENCES: Final[Mapping[str, str]] = {
    "unknown_key": N_("This key is not known here, or was revoked. An administrator can make another."),
    "scope": N_("The key lacks “%(scope)s”. An administrator can make one that has it."),
    "no_organization": N_("The key belongs to no organization, so no referral is its own."),
    "notice": N_("A notice that must go with this has no wording here yet, so it is not told."),
    "nothing_in_return": N_(
        "The person agreed that you say yes or no and where things stand, and nothing more. Leave out the words, and outputs that the step does not need."
    ),
    "no_consent": N_("The person’s agreement does not cover this, or has ended."),
}


def explain(request: Req, error: Exception, status: int) -> Response[bytes]:
    """The answer to a question that has none. `status` is the number of the error."""
    speak_for(request)
    headers = {"Content-Language": i18n.current_language(), "Vary": "Accept-Language", "Cache-Control": "no-store"}
    facts: Mapping[str, Any] = getattr(error, "facts", {}) if isinstance(error, DomainError) else {}
    headers |= dict(getattr(error, "headers", None) or {}) | facts.get("headers", {})
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="fhir"'
    return Response(
        msgspec.json.encode(outcome(_issues(error, facts, status))), status_code=status, media_type=MEDIA_TYPE,
        headers=headers,
    )  # fmt: skip


def outcome(issues: Sequence[Issue], severity: str = "error") -> Resource:
    return {"resourceType": "OperationOutcome", "issue": [issue.told(severity) for issue in issues]}


def _issues(error: Exception, facts: Mapping[str, Any], status: int) -> Sequence[Issue]:
    if isinstance(error, Told):
        return error.issues
    code, sentence = CODES.get(status) or CODES[400 if status < 500 else 500]
    if isinstance(error, NotAllowed | Refused | DomainError) and not isinstance(error, Conflict):
        known = SENTENCES.get(error.code)
        return [Issue(code, known, facts=facts) if known else Issue(code, sentence)]
    return [Issue(code, sentence)]
