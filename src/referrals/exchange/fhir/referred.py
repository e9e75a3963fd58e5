"""A referral as FHIR: one attempt is a Task, with the ServiceRequest that it is to fulfil, the Consent that lets it leave, and
the Procedure that came of it. All four bear the referral's id. The shapes follow the SDOH Clinical Care guide."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from referrals.clients.models import Consent
from referrals.exchange.fhir import needs
from referrals.exchange.fhir.seeing import Glimpse, Named, Person, Side, Sight
from referrals.exchange.fhir.shapes import (
    ACT,
    ACT_REASON,
    AGE_BAND,
    CONSENT,
    CONSENT_ACTION,
    CONSENT_SCOPE,
    FIELD,
    FUNDING,
    GRAVITY,
    LANGUAGE,
    MASKED,
    NEED,
    NOTICE,
    OUTCOME,
    OUTPUT,
    PAID_BY,
    PARTICIPATION,
    PERSON,
    REASON,
    TASK_CODE,
    Resource,
    concept,
    day,
    filled,
    moment,
    reference,
)
from referrals.exchange.fhir.statuses import FACES, business_concept, request_status
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.vocabulary import Vocabulary
from referrals.tracking import labels
from referrals.tracking.lifecycle import By, Status
from referrals.tracking.models import ReferralEvent

WITH_REASON: Final = frozenset({"rejected", "cancelled", "on-hold", "failed", "entered-in-error"})
"""Task statuses that say why."""
GRAVITY_REASONS: Final[Mapping[str, str]] = {"no_capacity": "no-capacity", "waitlist_too_long": "waitlist"}
"""Our codes that the guide has words for."""
NOT_FOR_RECEIVERS: Final = frozenset({"close", "auto_close"})
"""Events behind which stands the sender's verdict."""


def version(seen: Glimpse) -> str:
    return str(seen.referral.position)


def task(seen: Glimpse) -> Resource:
    referral, status = seen.referral, FACES[seen.referral.status].task
    return filled({
        "resourceType": "Task", "id": str(referral.id), "meta": _meta(seen),
        "groupIdentifier": _need_identifier(seen), "status": status, "statusReason": _reason(seen, status or ""),
        "businessStatus": business_concept(referral.status, seen.last.kind if seen.last else None, _called(seen)),
        "intent": "order", "priority": _priority(referral.urgency),
        "code": concept(TASK_CODE, "fulfill", "Fulfill the focal request"),
        "focus": reference("ServiceRequest", referral.id), "for": _person_reference(seen),
        "authoredOn": moment(referral.sent_at or referral.created_at), "lastModified": moment(seen.updated),
        "requester": _refers("Organization", seen.sender),
        "owner": _refers("Organization", seen.organization),
        "reasonReference": reference("Consent", referral.id) if referral.consent_id else None,
        "note": [filled({"authorString": _(_AUTHORS[note.author_role]) if note.author_role in _AUTHORS else None,
                         "time": moment(note.at), "text": note.text}) for note in seen.words],
        "restriction": {"period": {"end": moment(referral.due_at)}} if status == "requested" and referral.due_at else None,
        "output": list(_outputs(seen)),
    })  # fmt: skip


def service_request(sight: Sight, words: Vocabulary) -> tuple[Resource, set[str]]:
    """With the fields of the agreement that stand in it."""
    seen, referral, language = sight.glimpse, sight.glimpse.referral, current_language()
    last = seen.last
    told = {"urgency"} | ({"need"} if sight.need else set()) | ({"need_by"} if sight.need_by else set())
    told |= ({"funding"} if sight.funding else set()) | ({"notes"} if sight.notes else set())
    person, about = _patient(seen, sight.person)
    funding = [{"url": PAID_BY, "valueCodeableConcept": concept(FUNDING, code, words.label("funding", code, language))}
               for code in sight.funding]  # fmt: skip
    request = filled({
        "resourceType": "ServiceRequest", "id": str(referral.id), "meta": _meta(seen),
        "contained": [person] if person else [], "extension": [*funding, *({"url": NOTICE, "valueMarkdown": one} for one in sight.notices)], "requisition": _need_identifier(seen),
        "status": request_status(referral.status, last.reason_code if last else None, need_settled=sight.settled),
        "intent": "order", "category": [needs.category(words, sight.need)] if sight.need else [],
        "priority": _priority(referral.urgency),
        "code": needs.need(words, sight.need, language) if sight.need else MASKED,
        "subject": _person_reference(seen) | ({"reference": "#person"} if person else {}),
        "occurrencePeriod": {"end": day(sight.need_by)} if sight.need_by else None,
        "authoredOn": moment(referral.sent_at or referral.created_at),
        "requester": _refers("Organization", seen.sender),
        "performer": [_refers("HealthcareService", seen.service)],
        "supportingInfo": [reference("Consent", referral.id)] if referral.consent_id else [],
        "note": [{"text": sight.notes}] if sight.notes else [],
    })  # fmt: skip
    return request, told | about


def consent(seen: Glimpse, agreed: Consent, now: datetime) -> Resource:
    """As it concerns this referral: who else is named in it is told to nobody."""
    stands = agreed.revoked_at is None and (agreed.expires_at is None or agreed.expires_at > now)
    actions = {"out": ("disclose",), "back": ("collect",), "both": ("disclose", "collect")}[agreed.direction]
    own = [{"system": CONSENT, "value": str(agreed.id)}] if seen.side == Side.SENDER else []
    return filled({
        "resourceType": "Consent", "id": str(seen.referral.id),
        "meta": {"lastUpdated": moment(max(filter(None, (agreed.granted_at, agreed.revoked_at))))}, "identifier": own,
        "status": "active" if stands else "inactive", "scope": concept(CONSENT_SCOPE, "patient-privacy", "Privacy Consent"),
        "category": [concept(ACT, "IDSCL", "information disclosure")], "patient": _person_reference(seen),
        "dateTime": moment(agreed.granted_at),
        "organization": [_refers("Organization", seen.sender)],
        "sourceAttachment": {"contentType": "text/plain", "language": agreed.language_shown,
                             "title": f"sha256:{agreed.text_hash}", "creation": moment(agreed.granted_at)},
        "policyRule": concept(ACT, "OPTIN", "opt-in"),
        "provision": filled({
            "type": "permit",
            "period": filled({"start": moment(agreed.granted_at), "end": moment(agreed.revoked_at or agreed.expires_at)}),
            "actor": [{"role": concept(PARTICIPATION, "IRCP", "information recipient"),
                       "reference": _refers("HealthcareService", seen.agreed)}],
            "action": [concept(CONSENT_ACTION, code) for code in actions],
            "purpose": [{"system": ACT_REASON, "code": "COC", "display": "coordination of care"}],
            "code": [concept(FIELD, field) for field in sorted(agreed.scope)],
        }),
    })  # fmt: skip


def procedure(sight: Sight, words: Vocabulary) -> tuple[Resource, set[str]]:
    """What the provider says it did; with the fields of the agreement that stand in it. Only of what was completed."""
    seen = sight.glimpse
    done = next(event for event in reversed(seen.story) if event.kind == "complete")
    outcome = str(done.facts["provider_outcome"])
    none = outcome == "none"
    return filled({
        "resourceType": "Procedure", "id": str(seen.referral.id), "meta": _meta(seen),
        "basedOn": [reference("ServiceRequest", seen.referral.id)], "partOf": [],
        "status": "not-done" if none else "completed",
        "statusReason": {"text": _(labels.OUTCOME[outcome])} if none else None,
        "category": needs.category(words, sight.need) if sight.need else None,
        "code": needs.need(words, sight.need, current_language()) if sight.need else MASKED,
        "subject": _person_reference(seen), "performedDateTime": done.facts["service_date"],
        "performer": [{"actor": _refers("Organization", seen.organization)}],
        "outcome": concept(OUTCOME, outcome, text=_(labels.OUTCOME[outcome])),
    }), {"need"} if sight.need else set()  # fmt: skip


def completed(seen: Glimpse) -> bool:
    return seen.referral.completed_at is not None and any(event.kind == "complete" for event in seen.story)


def _refers(kind: str, to: Named) -> Resource:
    return reference(kind, to.id, to.name)


def _meta(seen: Glimpse) -> Resource:
    return {"versionId": version(seen), "lastUpdated": moment(seen.updated)}


def _called(seen: Glimpse) -> str:
    """The state in the words of whoever reads."""
    say = labels.status_label if seen.side == Side.SENDER else labels.receiver_label
    return say(seen.referral.status)


def _priority(urgency: str) -> str:
    return "urgent" if urgency == "urgent" else "routine"


def _need_identifier(seen: Glimpse) -> Resource | None:
    """What the attempts for one need have in common; told to nobody but the sender."""
    return {"system": NEED, "value": str(seen.referral.need_id)} if seen.side == Side.SENDER else None


def _person_reference(seen: Glimpse) -> Resource:
    return {"type": "Patient", "identifier": {"system": PERSON, "value": str(seen.person)}}


def _patient(seen: Glimpse, who: Person) -> tuple[Resource | None, set[str]]:
    """The person inside the request, as far as they may be known; and the fields that this takes."""
    fields = {
        "name": who.name, "birth_date": who.birth_date, "phone": who.phones, "email": who.emails, "address": who.address,
        "area": who.area, "languages": who.languages, "age_band": who.age_from is not None,
    }  # fmt: skip
    told = {name for name, value in fields.items() if value}
    if not told:
        return None, told
    low = who.age_from
    band = {"low": {"value": low, "unit": "a"}, "high": {"value": low + 9, "unit": "a"}} if low is not None else None
    return filled({
        "resourceType": "Patient", "id": "person",
        "extension": [{"url": AGE_BAND, "valueRange": band}] if band else [],
        "identifier": [{"system": PERSON, "value": str(seen.person)}],
        "name": [{"text": who.name}] if who.name else [],
        "telecom": [*({"system": "phone", "value": value} for value in who.phones),
                    *({"system": "email", "value": value} for value in who.emails)],
        "birthDate": day(who.birth_date),
        "address": [filled({"text": who.address, "city": who.area})] if who.address or who.area else [],
        "communication": [{"language": concept(LANGUAGE, code)} for code in who.languages],
    }), told  # fmt: skip


def _reason(seen: Glimpse, status: str) -> Resource | None:
    """Why it stands where it stands. Why a sender took something back is the sender's own."""
    event, spoken = seen.last, _called(seen)
    if status not in WITH_REASON and (event is None or event.reason_code is None):
        return None
    if event is None or event.reason_code is None or not _may_know(seen, event):
        return {"text": spoken} if status in WITH_REASON else None
    label = labels.reason_label(event.kind, event.reason_code)
    codings = [{"system": REASON, "code": event.reason_code, "display": label}]
    if event.reason_code in GRAVITY_REASONS:
        codings.append({"system": GRAVITY, "code": GRAVITY_REASONS[event.reason_code]})
    return {"coding": codings, "text": label}


def _may_know(seen: Glimpse, event: ReferralEvent) -> bool:
    own = event.actor_role in (By.PROVIDER, By.ON_BEHALF) or event.kind == "expire"
    return own or seen.side == Side.SENDER


def _outputs(seen: Glimpse) -> Iterator[Resource]:
    """What has been said so far and still holds, each as an output whose type is ours."""
    referral = seen.referral
    facts = {
        name: value
        for event in seen.story
        if event.kind not in NOT_FOR_RECEIVERS
        for name, value in event.facts.items()
    }
    for name, kind in _STILL.get(referral.status, {}).items():
        if name in facts:
            yield _output(name, kind, facts[name])
    if referral.appointment_at is not None:
        yield _output("appointment_at", "valueDateTime", moment(referral.appointment_at))
    if referral.started_on is not None:
        yield _output("started_on", "valueDate", day(referral.started_on))
    if completed(seen):
        for name, kind in _DONE.items():
            if name in facts:
                yield _output(name, kind, facts[name])
        activity = concept(GRAVITY, "resulting-activity", "Resulting Activity")
        yield {"type": activity, "valueReference": reference("Procedure", referral.id)}


def _output(name: str, kind: str, value: object) -> Resource:
    return {"type": concept(OUTPUT, name.replace("_", "-")), kind: value}


_STILL: Final[Mapping[str, Mapping[str, str]]] = {
    Status.ACCEPTED: {"first_contact_by": "valueDate"},
    Status.WAITLISTED: {"estimated_wait_days": "valueInteger", "review_on": "valueDate"},
    Status.ON_HOLD: {"resume_on": "valueDate"},
}
"""What was promised, for as long as it is waited for."""
_DONE: Final[Mapping[str, str]] = {
    "service_date": "valueDate", "sessions": "valuePositiveInt", "provider_outcome": "valueCode",
}  # fmt: skip
_AUTHORS: Final[Mapping[str, str]] = {
    By.PROVIDER: N_("the service"), By.ON_BEHALF: N_("the service"), By.CASE_MANAGER: N_("the sender"), By.CLIENT: N_("the person"),
}  # fmt: skip
