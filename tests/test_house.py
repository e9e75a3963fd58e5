"""The rules of the house that no single room can keep. The floors themselves are checked by import-linter."""

import ast
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from referrals.kit.settings import Settings
from referrals.worker import build, every_job
from tests.sources import ROOMS, Source, calls, dotted, functions, nodes, sources, text_of

PEOPLE_DOORS = {
    "clients/queries.py": "the caseload: every read begins at who may see whom",
    "tracking/queries/today.py": "the same statement is narrowed to the caseload",
    "tracking/queries/receiver.py": "the holder of a signed link sees the one person whom it was made for",
}
IDENTITY_DOORS = {
    f"clients/{name}.py"
    for name in (
        "identity",
        "contacting/gateway",
        "contacting/editing",
        "contacting/again",
        "actions",
        "models/__init__",
        "models/person",
    )
}
CLOCKS = {"app.py", "worker.py", "cli.py", "demo.py", "server.py"}
"""Where time comes in. A room's command is an entry too, see `_is_entry`."""
OTHER_COMMITS = {"directory/search/embedded.py": "the search engine's own writer, which is no database"}
LATE_IMPORTS: dict[str, str] = {}
"""path -> reason. An import inside a function is a confession."""


def test_people_are_read_through_the_caseload_alone() -> None:
    found = [
        source.at(call) for source in sources() for call in calls(source.tree)
        if source.path not in PEOPLE_DOORS and _reads_whole(call, "Client")
    ]  # fmt: skip
    assert not found, "begin at clients.queries: " + ", ".join(found)


def test_who_a_person_is_stays_behind_its_door() -> None:
    found = [
        source.at(node) for source in sources() for node in nodes(source.tree)
        if source.path not in IDENTITY_DOORS and isinstance(node, ast.Name | ast.Attribute)
        and dotted(node).rpartition(".")[2] in {"ClientIdentity", "ClientContact"}
    ]  # fmt: skip
    assert not found, "ask clients.identity or clients.contact: " + ", ".join(found)


def test_no_room_commits_or_rolls_back() -> None:
    found = [
        source.at(call) for source in sources() for call in calls(source.tree)
        if source.room in ROOMS and source.path not in OTHER_COMMITS
        and isinstance(call.func, ast.Attribute) and call.func.attr in {"commit", "rollback"}
    ]  # fmt: skip
    assert not found, "one transaction per request and per job, ended by whoever opened it: " + ", ".join(found)


def test_time_comes_in_from_outside() -> None:
    asked = {"now", "utcnow", "today"}
    found = [
        source.at(call) for source in sources() for call in calls(source.tree)
        if not _is_entry(source) and dotted(call.func).rpartition(".")[0].rpartition(".")[2] in {"datetime", "date"}
        and dotted(call.func).rpartition(".")[2] in asked
    ]  # fmt: skip
    assert not found, "take `now` as a parameter: " + ", ".join(found)


def test_imports_stand_at_the_top() -> None:
    found = [
        source.at(node) for source in sources() for function in functions(source.tree) for node in nodes(function)
        if isinstance(node, ast.Import | ast.ImportFrom) and source.path not in LATE_IMPORTS
    ]  # fmt: skip
    assert not found, ", ".join(found)


def test_every_room_says_what_it_is() -> None:
    silent = [source.path for source in sources() if source.tree.body and not ast.get_docstring(source.tree)]
    assert not silent, ", ".join(silent)


@pytest.mark.parametrize("lower", ["clients", "directory"])
def test_the_two_pillars_do_not_know_each_other(lower: str) -> None:
    other = {"clients": "directory", "directory": "clients"}[lower]
    found = [source.path for source in sources() if source.room == lower and other in set(_imported_rooms(source))]
    assert not found, ", ".join(found)


def test_every_allowance_is_still_needed() -> None:
    """An exception whose file is gone would let the next file of that name through."""
    here = {source.path for source in sources()}
    assert {*PEOPLE_DOORS, *IDENTITY_DOORS, *OTHER_COMMITS, *LATE_IMPORTS} <= here


def test_every_job_that_is_asked_for_exists(settings: Settings) -> None:
    jobs = every_job(settings)
    asked = {
        (source.at(call), name) for source in sources() for call in calls(source.tree)
        if dotted(call.func).rpartition(".")[2] == "enqueue" and len(call.args) > 1
        and (name := text_of(call.args[1])) is not None
    }  # fmt: skip
    unknown = sorted(f"{at} {name}" for at, name in asked if name not in jobs)
    assert not unknown, ", ".join(unknown)


def test_every_job_that_a_room_repeats_is_repeated_by_the_worker(settings: Settings) -> None:
    """Also where several run at the same minute."""
    rooms = [module for name, module in sys.modules.items() if name.startswith("referrals.")]
    said = {name for module in rooms for name in getattr(module, "PERIODIC", {})}
    repeats = {id for _, id in build(settings, "postgresql://", async_sessionmaker()).periodic_registry.periodic_tasks}
    assert {"tracking.morning", "tracking.sweep_papers", "tracking.ring"} <= said <= repeats
    assert repeats <= every_job(settings).keys()


def _reads_whole(call: ast.Call, model: str) -> bool:
    """`select(Model)` and `session.get(Model, …)`: the whole row, not a column of it."""
    name = dotted(call.func)
    return (name == "select" or name.endswith(".get")) and any(
        isinstance(argument, ast.Name) and argument.id == model for argument in call.args
    )


def _is_entry(source: Source) -> bool:
    return source.path in CLOCKS or source.path.endswith("/command.py")


def _imported_rooms(source: Source) -> Iterator[str]:
    for node in nodes(source.tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("referrals."):
            yield node.module.split(".")[1]
