"""Every route is guarded, every form is protected, and looking changes nothing."""

import ast
from collections import deque
from functools import cache

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from referrals.app import FOR_PROGRAMS, ROUTES
from tests.sources import Source, calls, dotted, functions, resolved, sources, text_of

SAFE = {"GET", "HEAD", "OPTIONS"}
WRITES = {
    "session.add", "session.add_all", "session.delete", "session.merge", "referrals.kit.jobs.enqueue",
    "sqlalchemy.delete", "sqlalchemy.insert", "sqlalchemy.update", "sqlalchemy.dialects.postgresql.insert",
}  # fmt: skip
"""What changes the world, besides setting an attribute within an action."""
LOOKS_AND_WRITES: dict[str, str] = {
    "match": "the list is kept as it was shown, to be explained later, and a need that nothing fits is counted, once a day",
    "referral": "the next best are looked for anew where what was ready is of another day or another listing",
    "story_page": "the same, for the need itself",
}
"""Name of a handler -> reason, for a GET that has to leave a trace."""
WITHOUT_A_COOKIE = ("/hsds/", "/api/v1/", "/fhir/")
"""For programs: nobody is signed in there by a cookie that a stranger's page could use. What changes something wants a key."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


@pytest.fixture(scope="session")
def handlers(house: Litestar) -> list[tuple[str, HTTPRouteHandler]]:
    """Path and handler of everything that answers, the ones outside of the rooms too."""
    return [
        (route.path, handler) for route in house.routes if isinstance(route, HTTPRoute)
        for handler in route.route_handlers if handler.http_methods != {"OPTIONS"}
    ]  # fmt: skip


def test_every_route_has_a_guard_or_says_that_it_is_public(handlers: list[tuple[str, HTTPRouteHandler]]) -> None:
    open_ones = [path for path, handler in handlers if not handler.resolve_guards() and not handler.opt.get("public")]
    assert not open_ones, ", ".join(open_ones)


def test_no_route_is_guarded_and_public_at_once(handlers: list[tuple[str, HTTPRouteHandler]]) -> None:
    both = [path for path, handler in handlers if handler.resolve_guards() and handler.opt.get("public")]
    assert not both, ", ".join(both)


def test_every_form_carries_a_token(handlers: list[tuple[str, HTTPRouteHandler]]) -> None:
    bare = [
        path for path, handler in handlers
        if not set(handler.http_methods) <= SAFE and handler.opt.get("exclude_from_csrf")
        and not path.startswith(WITHOUT_A_COOKIE)
    ]  # fmt: skip
    assert not bare, ", ".join(bare)


def test_every_page_has_a_name_of_its_own() -> None:
    names = [handler.name for handler in ROUTES]
    assert None not in names, [handler.handler_name for handler in ROUTES if handler.name is None]
    assert not {name for name in names if names.count(name) > 1}


def test_every_handler_that_is_written_is_wired() -> None:
    """A handler that its room forgot to list would simply not be there."""
    wired = {f"{handler.fn.__module__}.{handler.fn.__name__}" for handler in (*ROUTES, *FOR_PROGRAMS)}
    forgotten = [
        source.at(function) for source in sources() for function in functions(source.tree)
        if source.room and _verb(function) and f"{source.module}.{function.name}" not in wired
    ]  # fmt: skip
    assert not forgotten, ", ".join(forgotten)


def test_looking_at_a_page_changes_nothing() -> None:
    """As far as reading can tell: nothing that a GET handler calls, near or far, writes anything."""
    found = [
        f"{name} through {path}" for name, (source, function) in _everything().items()
        if source.room and _verb(function) == "get" and function.name not in LOOKS_AND_WRITES
        and (path := _way_to_a_write(name))
    ]  # fmt: skip
    assert not found, "\n".join(found)


def _verb(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and dotted(decorator.func) in {"get", "post", "put", "patch", "delete"}:
            return dotted(decorator.func)
    return ""


@cache
def _everything() -> dict[str, tuple[Source, Function]]:
    return {
        f"{source.module}.{function.name}": (source, function)
        for source in sources() for function in functions(source.tree)
    }  # fmt: skip


def _way_to_a_write(name: str) -> str:
    """A shortest chain of calls from here to something that writes; empty where there is none."""
    ways, seen = deque([(name, name)]), {name}
    while ways:
        here, way = ways.popleft()
        writes, called = _does(here)
        if writes:
            return f"{way} > {writes}"
        for further in called:
            if further not in seen:
                seen.add(further)
                ways.append((further, f"{way} > {further}"))
    return ""


@cache
def _does(name: str) -> tuple[str, tuple[str, ...]]:
    """What a function writes itself, and which of ours it calls."""
    source, function = _everything()[name]
    if _sets_something(source, function):
        return "an attribute", ()
    called = []
    for call in calls(function):
        said = dotted(call.func)
        full = resolved(source, said)
        if said in WRITES or full in WRITES:
            return full, ()
        if full in _everything():
            called.append(full)
    return "", tuple(called)


def _sets_something(source: Source, function: Function) -> bool:
    """`need.status = …` within an action."""
    if ".actions" not in source.module:
        return False
    set_here = [
        target for node in ast.walk(function) if isinstance(node, ast.Assign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]  # fmt: skip
    return any(isinstance(target, ast.Attribute) for target in set_here)


def test_the_reading_finds_a_write_where_there_is_one() -> None:
    assert _way_to_a_write("referrals.clients.routes.people.archive")
    assert _way_to_a_write("referrals.clients.routes.needs.add_need")
    assert _way_to_a_write("referrals.accounts.routes.invite")
    assert not _way_to_a_write("referrals.clients.queries.people")


def test_every_address_written_in_the_code_leads_to_a_page() -> None:
    """`redirect(request, "name")` and `addresses(…)("name")`, where the name is written out."""
    known = {handler.name for handler in ROUTES}
    found = []
    for source in sources():
        for call in calls(source.tree):
            asked = call.args[1] if dotted(call.func) == "redirect" and len(call.args) > 1 else None
            if isinstance(call.func, ast.Call) and dotted(call.func.func) == "addresses" and call.args:
                asked = call.args[0]
            name = text_of(asked)
            if name is not None and name not in known:
                found.append(f"{source.at(call)} {name}")
    assert not found, ", ".join(found)
