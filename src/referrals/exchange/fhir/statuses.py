"""How the states of a referral are called in FHIR, read from `referral_states.json`. Pure.

A Task is one attempt, its ServiceRequest what was asked in it. A state that has no Task status was never sent.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from referrals.exchange.fhir.shapes import BSER, BUSINESS, Resource, concept
from referrals.tracking.lifecycle import Status
from referrals.tracking.reasons import CANCEL, Side


@dataclass(frozen=True, slots=True)
class Face:
    """`business` and `request` hold the codes of the table, where there are two in its order."""

    task: str | None
    business: tuple[str, ...]
    request: tuple[str, ...]


def _faces() -> Mapping[str, Face]:
    states = json.loads(files("referrals.tracking").joinpath("referral_states.json").read_text("utf-8"))["states"]
    return {
        name: Face(said["task_status"], _codes(said["business_status"]), _codes(said["service_request_status"]))
        for name, said in states.items()
    }


def _codes(said: str | None) -> tuple[str, ...]:
    return tuple(said.split("|")) if said else ()


FACES: Final[Mapping[str, Face]] = _faces()
TASK_STATUSES: Final = frozenset(face.task for face in FACES.values() if face.task)
REQUEST_STATUSES: Final = frozenset(code for face in FACES.values() for code in face.request)


def business_code(status: str, last_event: str | None) -> str | None:
    """`last_event` tells a missed appointment from one that was called off."""
    codes = FACES[status].business
    if not codes:
        return None
    return codes[1] if len(codes) > 1 and last_event == "appointment_cancelled" else codes[0]


def business_concept(status: str, last_event: str | None, text: str) -> Resource | None:
    code = business_code(status, last_event)
    if code is None:
        return None
    return concept(BUSINESS if code.startswith("x-") else BSER, code, text=text)


def request_status(status: str, reason: str | None, *, need_settled: bool) -> str:
    """Of the ServiceRequest. `need_settled`: the sender's verdict says that nothing more is to be done for the need.

    What the person took back is revoked; after any other end the need stays open, and so does what was asked.
    """
    codes = FACES[status].request
    if len(codes) == 1:
        return codes[0]
    if status == Status.CLOSED:
        return "completed" if need_settled else "active"
    return "revoked" if CANCEL.get(reason or "") == Side.CLIENT else "active"


def behind_task(task_status: str) -> list[str]:
    """Our states that show this Task status."""
    return [name for name, face in FACES.items() if face.task == task_status]


def behind_business(code: str) -> list[str]:
    return [name for name, face in FACES.items() if code in face.business]


def behind_request(code: str) -> list[str]:
    return [name for name, face in FACES.items() if code in face.request]
