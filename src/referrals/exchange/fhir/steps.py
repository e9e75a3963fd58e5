"""What a changed Task asks for, as events of the referral's law. Pure: it reads the Task that was, the Task that is wanted, and the day.

Four elements may change: status, statusReason, businessStatus and output. All the rest belongs to the sender or to us.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from referrals.exchange.fhir.outcomes import Issue, Misread, Unfit
from referrals.exchange.fhir.shapes import GRAVITY, OUTPUT, Resource, codes_in
from referrals.kit.i18n import N_
from referrals.tracking.labels import REASONS, reason_label
from referrals.tracking.lifecycle import FACTS, By, may, required
from referrals.tracking.reasons import CANCEL, OTHER, WITHDRAWALS
from referrals.tracking.said import Fact, Said

MINE: Final = frozenset({"status", "statusReason", "businessStatus", "output"})
NOT_COMPARED: Final = frozenset({"resourceType", "id", "meta", "text", "lastModified", "restriction"})
"""What a program may send back in its own words, or leave out, without meaning anything by it."""
EVENTS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "accepted": {"": ("offer_place", "accept"), "3.0": ("offer_place", "accept"), "x-waitlisted": ("accept_waitlist",)},
    "requested": {"x-info-requested": ("ask_info",)},
    "rejected": {"": ("decline",), "4.0": ("decline",)},
    "in-progress": {
        "": ("start_service",), "5.1.1": ("schedule", "reschedule"), "5.1.2": ("no_show",),
        "5.1.3": ("appointment_cancelled",), "5.1.4": ("start_service",),
    },
    "on-hold": {"": ("hold",), "x-on-hold": ("hold",)},
    "completed": {"": ("complete",), "7.0": ("complete",)},
    "failed": {"": ("fail",), "x-not-completed": ("fail",)},
    "cancelled": {"": ("confirm_cancel",), "6.0": ("confirm_cancel",)},
}  # fmt: skip
"""Task.status and the code of businessStatus ("" where none is meant) -> what it can mean; the first that the law allows now."""
LONGEST_REVIEW: Final = timedelta(days=30)
AHEAD: Final = ("first_contact_by", "review_on", "resume_on")
BEHIND: Final = ("started_on", "service_date")
_GRAVITY: Final = {"no-capacity": "no_capacity", "waitlist": "waitlist_too_long"}

NOT_YOURS: Final = N_(
    "Task.%(name)s cannot be changed here. A program of the receiver changes status, statusReason, businessStatus and output."
)
NOT_FROM_HERE: Final = N_("From here the Task cannot become %(status)s. It may become: %(possible)s.")
ONLY_WITHDRAWS: Final = N_(
    "A program of the sender may only take the request back: status cancelled, with a statusReason. Nothing else changes."
)
OVER: Final = N_("It cannot be taken back any more: it has ended, or its end is waited for.")
NO_STEP: Final = N_("businessStatus %(business)s does not belong to status %(status)s.")
MISSING: Final = N_("This step needs %(name)s.")
NO_REASON: Final = N_("This step needs a statusReason with one of these codes of %(system)s: %(codes)s.")
NO_WORDS: Final = N_("This step needs a few words in statusReason.text.")
BAD_OUTPUT: Final = N_("The output “%(name)s” needs %(kind)s.")
PAST: Final = N_("“%(name)s” must be a day from today on.")
FUTURE: Final = N_("“%(name)s” must be a day up to today.")


@dataclass(frozen=True, slots=True)
class Standing:
    """The referral as it stands, and what a step takes where the program does not say it."""

    status: str
    appointment_at: datetime | None
    first_contact_by: date
    """The day by which our own clock would ask, were nothing said."""


def refused_changes(before: Resource, wanted: Resource) -> list[Issue]:
    """Every element that is not the program's to change."""
    names = (before.keys() | wanted.keys()) - MINE - NOT_COMPARED
    return [
        Issue("business-rule", NOT_YOURS, f"Task.{name}", {"name": name})
        for name in sorted(names) if _bare(before.get(name)) != _bare(wanted.get(name))
    ]  # fmt: skip


def events(before: Resource, wanted: Resource, standing: Standing, today: date) -> list[tuple[str, Said]]:
    """What is to happen, in order; nothing where the Task says what it said before. Raises Misread and Unfit."""
    status = wanted.get("status")
    if not isinstance(status, str):
        raise Misread(Issue("required", MISSING, "Task.status", {"name": "Task.status"}))
    facts = dict(_facts(wanted))
    business = _business(wanted) if _business(wanted) != _business(before) else ""
    moved = "appointment_at" in facts and facts["appointment_at"] != standing.appointment_at
    if status == before.get("status") and not business:
        if not (moved and status == "in-progress"):
            return []
        business = "5.1.1"
    if status == "in-progress" and not business and moved:
        business = "5.1.1"
    event = _event(status, business, standing)
    said = _said(event, wanted, facts, standing, today)
    steps = [(event, said)]
    if event in ("accept", "offer_place") and moved:
        steps.append(("schedule", Said(facts={"appointment_at": facts["appointment_at"]})))
    return steps


def withdrawal(before: Resource, wanted: Resource, standing: str) -> Said | None:
    """What a sender's program asks for: to take the request back, and nothing else. None where nothing is asked for.

    Raises Misread and Unfit.
    """
    others = [name for name in ("businessStatus", "output") if _bare(before.get(name)) != _bare(wanted.get(name))]
    if others:
        raise Unfit(*(Issue("business-rule", ONLY_WITHDRAWS, f"Task.{name}") for name in others))
    if wanted.get("status") == before.get("status"):
        return None
    if wanted.get("status") != "cancelled":
        raise Unfit(Issue("business-rule", ONLY_WITHDRAWS, "Task.status"))
    if not any(may(By.CASE_MANAGER, event, standing) for event in ("cancel", "request_cancel")):
        raise Unfit(Issue("business-rule", OVER, "Task.status"))
    codes = {code: CANCEL[code] for code in WITHDRAWALS}
    reason = _reason(wanted, codes)
    if reason is None:
        facts = {"system": "urn:relais:reason", "codes": ", ".join(codes)}
        raise Unfit(Issue("required", NO_REASON, "Task.statusReason.coding", facts))
    words = _words(wanted)
    if reason == OTHER and not words:
        raise Unfit(Issue("required", NO_WORDS, "Task.statusReason.text"))
    return Said(reason, words=words)


def lacking(event: str, names: Sequence[str]) -> list[Issue]:
    """Sentences for what `tracking.actions.missing` found."""
    return [_lacking(event, name) for name in names]


def _lacking(event: str, name: str) -> Issue:
    if name == "reason":
        codes = ", ".join(required(event, By.PROVIDER).codes)
        return Issue("required", NO_REASON, "Task.statusReason.coding", {"system": "urn:relais:reason", "codes": codes})
    if name == "words":
        return Issue("required", NO_WORDS, "Task.statusReason.text")
    said = name.replace("_", "-")
    where = f"Task.output.where(type.coding.code='{said}').value"
    return Issue("required", MISSING, where, {"name": f"an output of type {OUTPUT}|{said}"})


def _event(status: str, business: str, standing: Standing) -> str:
    meant = EVENTS.get(status, {})
    if business and meant and business not in meant:
        facts = {"business": business, "status": status}
        raise Unfit(Issue("business-rule", NO_STEP, "Task.businessStatus", facts))
    for event in meant.get(business, ()):
        if may(By.PROVIDER, event, standing.status):
            return event
    facts = {"status": f"{status} {business}".strip(), "possible": ", ".join(possible(standing.status))}
    raise Unfit(Issue("business-rule", NOT_FROM_HERE, "Task.status", facts))


def possible(status: str) -> list[str]:
    """Task statuses, with the businessStatus where one is needed, that a receiver's program may ask for now."""
    return [
        f"{name} {business}".strip()
        for name, meant in EVENTS.items() for business, found in meant.items()
        if (not business or found != meant.get("")) and any(may(By.PROVIDER, event, status) for event in found)
    ]  # fmt: skip


def _said(event: str, wanted: Resource, facts: Mapping[str, Fact], standing: Standing, today: date) -> Said:
    asked = required(event, By.PROVIDER)
    brought: dict[str, Fact] = {name: facts[name] for name in asked.facts if name in facts}
    brought = _usual(event, standing, today, facts) | brought
    brought |= {name: facts[name] for name in ("sessions",) if event == "complete" and name in facts}
    words = _words(wanted)
    reason = _reason(wanted, asked.codes) if asked.codes else None
    if reason == "access_barrier" and "barrier" in facts:
        brought["barrier"] = facts["barrier"]
    _in_time(brought, today)
    return Said(reason, brought, words if asked.words or asked.codes else "")


def _words(wanted: Resource) -> str:
    """Of their own: the guide wants a text beside each code, and one that only says the code again is none."""
    said = wanted.get("statusReason")
    said = said if isinstance(said, dict) else {}
    text = str(said.get("text") or "").strip()
    coded = [one for one in said.get("coding") or () if isinstance(one, dict)]
    repeated = {str(one.get(key)) for one in coded for key in ("code", "display")}
    repeated |= {reason_label(event, str(one.get("code"))) for one in coded for event in REASONS}
    return "" if text in repeated else text


def _usual(event: str, standing: Standing, today: date, facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """What a plain Task leaves open and our law wants to hear."""
    usual: dict[str, Fact] = {}
    match event:
        case "accept" | "offer_place":
            usual["first_contact_by"] = standing.first_contact_by
        case "accept_waitlist":
            wait = facts.get("estimated_wait_days")
            if isinstance(wait, int):
                usual["review_on"] = today + min(max(timedelta(days=wait), timedelta(days=7)), LONGEST_REVIEW)
        case "start_service":
            usual["started_on"] = today
        case "complete":
            usual["service_date"] = today
        case "no_show" if standing.appointment_at is not None:
            usual["missed_at"] = standing.appointment_at
    return usual


def _reason(wanted: Resource, codes: Mapping[str, object]) -> str | None:
    """One of our codes, or of the guide's. Words alone mean another reason, where the step knows that."""
    said = wanted.get("statusReason")
    for system, code in codes_in([said]):
        meant = _GRAVITY.get(code, "") if system == GRAVITY else code
        if meant in codes:
            return meant
    words = isinstance(said, dict) and not said.get("coding") and said.get("text")
    return OTHER if words and OTHER in codes else None


def _in_time(facts: Mapping[str, Fact], today: date) -> None:
    for name, value in facts.items():
        if name in AHEAD and isinstance(value, date) and value < today:
            raise Unfit(Issue("value", PAST, _where(name), {"name": name.replace("_", "-")}))
        if name in BEHIND and isinstance(value, date) and value > today:
            raise Unfit(Issue("value", FUTURE, _where(name), {"name": name.replace("_", "-")}))


def _business(task: Resource) -> str:
    return next((code for _, code in codes_in([task.get("businessStatus")])), "")


def _facts(task: Resource) -> Iterator[tuple[str, Fact]]:
    """The outputs of our own type, read as what the law calls them. Raises Misread."""
    outputs = task.get("output") or []
    for output in outputs if isinstance(outputs, list) else []:
        if not isinstance(output, dict):
            continue
        for system, code in codes_in([output.get("type")]):
            name = code.replace("-", "_")
            if system == OUTPUT and name in FACTS:
                yield name, _value(name, output)


def _value(name: str, output: Resource) -> Fact:
    raw = next((value for key, value in output.items() if key.startswith("value")), None)
    kind = FACTS[name]
    try:
        if isinstance(kind, frozenset):
            code = raw if isinstance(raw, str) else next(code for _, code in codes_in([raw]))
            if code in kind:
                return code
            raise ValueError(code)
        if kind is int:
            if isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0:
                return raw
            raise ValueError(raw)
        if kind is date:
            return date.fromisoformat(str(raw)[:10])
        at = datetime.fromisoformat(str(raw).replace("Z", "+00:00"))
        if at.tzinfo is None:
            raise ValueError(raw)
        return at.astimezone(UTC)
    except (ValueError, StopIteration):
        needed = ", ".join(sorted(kind)) if isinstance(kind, frozenset) else _KINDS[kind]
        facts = {"name": name.replace("_", "-"), "kind": needed}
        raise Misread(Issue("value", BAD_OUTPUT, _where(name), facts)) from None


_KINDS: Final[Mapping[type, str]] = {
    int: "valueInteger, 0 or more", date: "valueDate, 2027-01-15", datetime: "valueDateTime with its zone, 2027-01-15T09:00:00Z",
}  # fmt: skip


def _where(name: str) -> str:
    return f"Task.output.where(type.coding.code='{name.replace('_', '-')}').value"


_FOR_PEOPLE: Final = frozenset({"display", "text", "authorString"})


def _bare(value: Any) -> Any:
    """Without the words for people, which change with the reader's language."""
    if isinstance(value, dict):
        return {key: _bare(inner) for key, inner in value.items() if key not in _FOR_PEOPLE}
    return [_bare(inner) for inner in value] if isinstance(value, list) else value
