"""What may stand in the file, for each role, and how a cell is written so that no spreadsheet computes it. Pure."""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from referrals.accounts.models import Role
from referrals.kit.html import in_zone
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.tracking.lifecycle import OPEN

Cell = str | int | date | datetime | None
_FORMULA: Final = re.compile(r"\s*[=+\-@\t\r\n|%＝＋－＠]")
"""What a spreadsheet may take for a formula, or for the beginning of one after blanks."""


@dataclass(frozen=True, slots=True)
class Row:
    """One request. What its reader's role may not see is empty."""

    code: str
    status: str
    status_label: str
    urgency: str
    attempt: int
    case_manager: str
    sent_at: datetime | None
    answered_at: datetime | None
    due_at: datetime | None
    appointment_at: datetime | None
    started_on: date | None
    completed_at: datetime | None
    closed_at: datetime | None
    person: str = ""
    need: str = ""
    need_status: str = ""
    service: str = ""
    organization: str = ""
    late: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """`of_people`: tells of somebody, which a supervisor does not see."""

    title: str
    value: Callable[[Row], Cell]
    of_people: Literal["yes", ""] = ""


COLUMNS: Final[Mapping[str, Column]] = {
    "person": Column(N_("Person"), lambda row: row.person, "yes"),
    "need": Column(N_("Need"), lambda row: row.need, "yes"),
    "need_status": Column(N_("What became of the need"), lambda row: row.need_status, "yes"),
    "service": Column(N_("Service"), lambda row: row.service, "yes"),
    "organization": Column(N_("Organization"), lambda row: row.organization, "yes"),
    "case_manager": Column(N_("Case manager"), lambda row: row.case_manager),
    "status": Column(N_("Where it stands"), lambda row: row.status_label),
    "urgency": Column(N_("Urgency"), lambda row: row.urgency),
    "attempt": Column(N_("Which try"), lambda row: row.attempt),
    "sent": Column(N_("Sent on"), lambda row: row.sent_at),
    "answered": Column(N_("Answered on"), lambda row: row.answered_at),
    "due": Column(N_("Expected by"), lambda row: row.due_at if row.status in OPEN else None),
    "late": Column(N_("Late"), lambda row: row.late),
    "appointment": Column(N_("Appointment"), lambda row: row.appointment_at, "yes"),
    "started": Column(N_("Begun on"), lambda row: row.started_on),
    "completed": Column(N_("Done on"), lambda row: row.completed_at),
    "closed": Column(N_("Ended on"), lambda row: row.closed_at),
    "code": Column(N_("Code of the request"), lambda row: row.code),
}
USUAL: Final = ("person", "need", "service", "status", "sent", "answered", "due", "case_manager", "code")


def offered(role: Role) -> dict[str, Column]:
    """A supervisor's team as it stands; of the people themselves only whoever carries their files."""
    return {name: one for name, one in COLUMNS.items() if role == Role.CASE_MANAGER or not one.of_people}


def written(names: Sequence[str], rows: Sequence[Row]) -> bytes:
    """CSV in UTF-8 with the mark that spreadsheets want; in French with semicolons, as they expect it there."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";" if current_language() == "fr" else ",")
    writer.writerow([harmless(_(COLUMNS[name].title)) for name in names])
    writer.writerows([[harmless(_said(COLUMNS[name].value(row))) for name in names] for row in rows])
    return file.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """With an apostrophe before whatever could be a formula: it is then read as text, and seen as it was written."""
    return f"'{text}" if _FORMULA.match(text) else text


def _said(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return in_zone(cell).strftime("%Y-%m-%d %H:%M")
    return "" if cell is None else cell.isoformat() if isinstance(cell, date) else str(cell)
