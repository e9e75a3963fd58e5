"""Every route is guarded, every form is protected, and looking changes nothing."""

import ast
from functools import cache

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from sqlalchemy.ext.asyncio import async_sessionmaker

from referrals.app import ROUTES, create_app
from referrals.kit.settings import Settings
from tests.sources import Source, calls, dotted, functions, sources, text_of

SAFE = {"GET", "HEAD", "OPTIONS"}
SESSION_WRITES = {"session.add", "session.add_all", "session.delete"}
WRITES = {
    "referrals.kit.jobs.enqueue": "a job is a row",
    "referrals.kit.mail.post": "a message is a row",
    "referrals.clients.identity.write": "a person's identity",
    "referrals.clients.identity.write_need_note": "a person's identity",
}
ONLY_LOOKS = {
    "referrals.directory.actions.capacity.current": "reads the places free",
    "referrals.directory.actions.edit.own_phone": "reads the service's own number",
    "referrals.tracking.actions.opened": "reads what a signed link opens",
    "referrals.tracking.actions.links.living": "reads the newest link",
}
"""What lies among the actions and yet changes nothing."""
LOOKS_AND_WRITES: dict[str, str] = {}
"""path:function -> reason, for a GET that has to leave a trace."""


@pytest.fixture
def handlers(settings: Settings) -> list[tuple[str, HTTPRouteHandler]]:
    """Path and handler of everything that answers, the ones outside of the rooms too."""
    app: Litestar = create_app(settings, async_sessionmaker())
    return [
        (route.path, handler) for route in app.routes if isinstance(route, HTTPRoute)
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
    ]  # fmt: skip
    assert not bare, ", ".join(bare)


def test_every_page_has_a_name_of_its_own() -> None:
    names = [handler.name for handler in ROUTES]
    assert None not in names, [handler.handler_name for handler in ROUTES if handler.name is None]
    assert not {name for name in names if names.count(name) > 1}


def test_every_handler_that_is_written_is_wired() -> None:
    """A handler that its room forgot to list would simply not be there."""
    wired = {f"{handler.fn.__module__}.{handler.fn.__name__}" for handler in ROUTES}
    forgotten = [
        source.at(function) for source in sources() for function in functions(source.tree)
        if source.room and _verb(function) and f"{source.module}.{function.name}" not in wired
    ]  # fmt: skip
    assert not forgotten, ", ".join(forgotten)


def test_looking_at_a_page_changes_nothing() -> None:
    """As far as reading can tell: no GET handler, nor a helper of its file, calls what changes the world."""
    found = [
        f"{source.path}:{function.name} calls {name}" for source in sources() if source.room
        for function in functions(source.tree) if _verb(function) == "get"
        for name in sorted(_reached(source, function)) if f"{source.path}:{function.name}" not in LOOKS_AND_WRITES
    ]  # fmt: skip
    assert not found, "\n".join(found)


def _verb(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and dotted(decorator.func) in {"get", "post", "put", "patch", "delete"}:
            return dotted(decorator.func)
    return ""


def _reached(source: Source, handler: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """What changes the world among all that this handler calls, directly or through functions of the same file."""
    here = {function.name: function for function in functions(source.tree)}
    names, waiting, seen = set[str](), [handler], set[str]()
    while waiting:
        function = waiting.pop()
        seen.add(function.name)
        for call in calls(function):
            name = dotted(call.func)
            if name in here and name not in seen:
                waiting.append(here[name])
            full = _resolved(source, name)
            if full.rpartition(".")[2][:1].isupper():  # a value is made, nothing is done
                continue
            if full not in ONLY_LOOKS and (".actions." in full or full in WRITES or name in SESSION_WRITES):
                names.add(full)
    return names


def _resolved(source: Source, name: str) -> str:
    first, dot, rest = name.partition(".")
    return f"{_imports(source).get(first, first)}{dot}{rest}"


@cache
def _imports(source: Source) -> dict[str, str]:
    """Name in this file -> what it stands for."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(source.tree) if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }  # fmt: skip


def test_every_allowance_is_still_needed() -> None:
    called = {_resolved(source, dotted(call.func)) for source in sources() for call in calls(source.tree)}
    assert set(ONLY_LOOKS) <= called


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
