"""Small pieces that every resource is made of: codings, references, moments; and the systems that codes belong to."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

Resource = dict[str, Any]
"""A FHIR resource or one of its elements, as JSON has it. Nothing empty is in it: FHIR forbids that."""
PATH: Final = "/fhir"
MEDIA_TYPE: Final = "application/fhir+json"
VERSION: Final = "4.0.1"

OURS: Final = "urn:relais:"
"""Our own systems are names, not addresses: the same in every installation, so that a program is written once."""
NEED: Final = f"{OURS}need"
REASON: Final = f"{OURS}reason"
BUSINESS: Final = f"{OURS}business-status"
OUTPUT: Final = f"{OURS}task-output"
OUTCOME: Final = f"{OURS}provider-outcome"
FIELD: Final = f"{OURS}field"
FUNDING: Final = f"{OURS}funding"
PERSON: Final = f"{OURS}person"
CONSENT: Final = f"{OURS}consent"
AGE_BAND: Final = f"{OURS}extension:age-band"
NOTICE: Final = f"{OURS}extension:notice"
PAID_BY: Final = f"{OURS}extension:paid-by"

BSER: Final = "http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS"
TASK_CODE: Final = "http://hl7.org/fhir/CodeSystem/task-code"
GRAVITY: Final = "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes"
CAPACITY: Final = (
    "http://hl7.org/fhir/us/sdoh-clinicalcare/StructureDefinition/SDOHCC-ExtensionHealthcareServiceCapacityStatus"
)
FOR_APPOINTMENT: Final = (
    "http://hl7.org/fhir/us/sdoh-clinicalcare/StructureDefinition/SDOHCC-ExtensionHealthcareServiceTelecomAppointment"
)
US_CORE_CATEGORY: Final = "http://hl7.org/fhir/us/core/CodeSystem/us-core-category"
ABSENT: Final = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
CONSENT_SCOPE: Final = "http://terminology.hl7.org/CodeSystem/consentscope"
ACT: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
ACT_REASON: Final = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
PARTICIPATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
CONSENT_ACTION: Final = "http://terminology.hl7.org/CodeSystem/consentaction"
LANGUAGE: Final = "urn:ietf:bcp:47"
MASKED: Final[Resource] = {"coding": [{"system": ABSENT, "code": "masked"}]}
"""It is known, and not told to this reader now."""


def filled(elements: Mapping[str, Any]) -> Resource:
    """Without what is empty."""
    return {name: value for name, value in elements.items() if value not in (None, "", [], {}, ())}


def concept(system: str, code: str, display: str = "", text: str = "") -> Resource:
    return filled({"coding": [filled({"system": system, "code": code, "display": display})], "text": text})


def reference(kind: str, id: object, display: str = "") -> Resource:
    return filled({"reference": f"{kind}/{id}", "type": kind, "display": display})


def moment(at: datetime | None) -> str | None:
    """FHIR instant, to the millisecond, in UTC."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day(on: date | None) -> str | None:
    return None if on is None else on.isoformat()


def codes_in(concepts: Iterable[Any]) -> Iterable[tuple[str, str]]:
    """(system, code) of every coding in these concepts, whatever shape somebody sent."""
    for said in concepts:
        for coding in said.get("coding", ()) if isinstance(said, dict) else ():
            if isinstance(coding, dict) and isinstance(coding.get("code"), str):
                yield str(coding.get("system", "")), coding["code"]
