"""A run of an import as the pages show it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from referrals.exchange.labels import KINDS, PHASES, STATES, TERMS
from referrals.exchange.models import ImportRun
from referrals.exchange.reasons import sentence
from referrals.kit.html import number
from referrals.kit.i18n import N_, ngettext
from referrals.kit.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Progress:
    text: str
    percent: int


@dataclass(frozen=True, slots=True)
class RunView:
    id: UUID
    source: str
    file_name: str
    state: str
    badge: str
    kind: str
    sentence: str
    """Where things stand."""
    at: datetime
    progress: Progress | None
    going: bool
    waiting: bool
    ready: bool
    can_stop: bool
    can_undo: bool
    whole: bool
    report: Mapping[str, Any]
    kinds: tuple[tuple[Any, ...], ...]
    """Rows of a table: kind of record, new, changed, unchanged, gone."""
    terms: tuple[tuple[str, str], ...]
    """How the source's terms stood after it, with their counts; empty where it has none."""
    unreached: int
    """Services that no need of ours reaches."""
    needs_columns: bool
    undone: tuple[str, ...]
    """What the undoing did, a sentence each."""


def view(run: ImportRun) -> RunView:
    badge, kind = STATES[run.state]
    going = run.state in ("queued", "running")
    needs_columns = (
        run.step == "rehearse"
        and run.upload is not None
        and ((run.state == "ready" and run.report is None) or (run.state == "failed" and run.mapping_id is not None))
    )
    return RunView(
        run.id, run.source, run.file_name, run.state, _(badge), kind, _sentence(run), run.ended_at or run.asked_at,
        _progress(run) if going else None, going, run.state == "queued", run.state == "ready" and run.report is not None, run.state in ("queued", "running", "ready"),
        run.state == "done", run.whole, run.report or {}, tuple(_kinds(run.report or {})),
        tuple(_terms(run.report or {})), int((run.report or {}).get("terms", {}).get("services", 0)), needs_columns, tuple(_undone(run)),
    )  # fmt: skip


_SENTENCES = {
    "queued": N_("It begins in a moment, or once the package before it is through."),
    "running": N_("Whatever happens, the directory is all as before or all as after."),
    "ready": N_("Nothing has come in yet. If you say yes: %(counts)s."),
    "failed": N_("Nothing of it has come in: %(problem)s"),
    "cancelled": N_("It was stopped, and nothing of it has come in."),
    "undone": N_("It had come in and was taken back."),
    "done": N_("It has come in: %(counts)s."),
}


def _sentence(run: ImportRun) -> str:
    if run.state == "failed" and run.problem in (None, "", "internal"):
        return _(
            "Something went wrong on our side, and nothing of it has come in. Whoever runs this service can see why."
        )
    if run.state == "ready" and run.report is None:
        return _("This is a table of somebody’s own making. Say what its columns hold, and it can be read.")
    return _(_SENTENCES[run.state]) % {"counts": _counts(run.report or {}), "problem": sentence(run.problem or "")}


def _counts(report: Mapping[str, Any]) -> str:
    new, changed, gone = (int(report.get(name, 0)) for name in ("created", "changed", "gone"))
    refused = int(report.get("rejected", 0))
    parts = [
        "" if new or changed or gone else _("no record is other than before"),
        ngettext("%(num)s new record", "%(num)s new records", new) % {"num": number(new)} if new else "",
        ngettext("%(num)s changed", "%(num)s changed", changed) % {"num": number(changed)} if changed else "",
        ngettext("%(num)s gone from the source", "%(num)s gone from the source", gone) % {"num": number(gone)}
        if gone
        else "",
        ngettext("%(num)s refused", "%(num)s refused", refused) % {"num": number(refused)} if refused else "",
    ]
    return ", ".join(filter(None, parts))


def _progress(run: ImportRun) -> Progress:
    if run.phase is None:
        return Progress(_(STATES[run.state][0]), 0)
    percent = min(100, int(100 * run.done / run.total)) if run.total else 0
    return Progress(_(PHASES[run.phase]), percent)


def _kinds(report: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    kinds: Mapping[str, Mapping[str, int]] = report.get("kinds", {})
    for entity in (*(kind for kind in KINDS if kind in kinds),):
        counts = kinds[entity]
        yield (_(KINDS[entity]), *(counts.get(name, 0) for name in ("created", "changed", "unchanged", "gone")))


def _terms(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    counts: Mapping[str, int] = report.get("terms", {})
    if any(counts.get(name) for name in TERMS):
        yield from ((_(title), number(counts.get(name, 0))) for name, title in TERMS.items())


def _undone(run: ImportRun) -> Iterator[str]:
    done: Mapping[str, int] = run.undo_report or {}
    left, marked, stayed, restored, edited, returned, later, history = (
        done.get(name, 0) for name in
        ("left", "kept_marked", "stayed", "restored", "edited_since", "returned", "touched_later", "history")
    )  # fmt: skip
    said = (
        (left, ngettext("%(num)s record that it had brought has left.", "%(num)s records that it had brought have left.", left)),
        (marked, ngettext(
            "%(num)s record that it had brought is marked as gone: something of ours hangs on it.",
            "%(num)s records that it had brought are marked as gone: something of ours hangs on them.", marked,
        )),
        (stayed, ngettext(
            "%(num)s record that it had brought stays: it was edited here since, or belongs to what stays.",
            "%(num)s records that it had brought stay: they were edited here since, or belong to what stays.", stayed,
        )),
        (restored, ngettext("%(num)s changed record is as before.", "%(num)s changed records are as before.", restored)),
        (edited, ngettext(
            "In %(num)s of them a field was edited since, and keeps what it says now.",
            "In %(num)s of them fields were edited since, and keep what they say now.", edited,
        )),
        (returned, ngettext("%(num)s record that had gone is back.", "%(num)s records that had gone are back.", returned)),
        (later, ngettext(
            "%(num)s record stays as it is: a later import has written it.",
            "%(num)s records stay as they are: a later import has written them.", later,
        )),
        (history, ngettext(
            "%(num)s entry of the history stays: it is never rewritten.",
            "%(num)s entries of the history stay: they are never rewritten.", history,
        )),
    )  # fmt: skip
    yield from (sentence % {"num": number(count)} for count, sentence in said if count)
