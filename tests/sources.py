"""The source code as data, for tests that hold every file to a rule."""

import ast
from dataclasses import dataclass
from functools import cache

from referrals.kit.settings import PACKAGE

ROOMS = (
    "accounts",
    "taxonomy",
    "places",
    "directory",
    "clients",
    "tracking",
    "matching",
    "exchange",
    "curation",
    "insight",
)


@dataclass(frozen=True, slots=True)
class Source:
    path: str
    """Below the package, with slashes: `clients/queries.py`."""
    tree: ast.Module

    @property
    def room(self) -> str:
        """`kit`, `clients`, …; empty for what wires the rooms."""
        return self.path.partition("/")[0] if "/" in self.path else ""

    @property
    def module(self) -> str:
        return "referrals." + self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def at(self, node: ast.stmt | ast.expr) -> str:
        return f"{self.path}:{node.lineno}"


@cache
def sources() -> tuple[Source, ...]:
    """Every module of the package but the migrations, which are written by a program."""
    files = sorted(file for file in PACKAGE.rglob("*.py") if "migrations" not in file.parts)
    return tuple(Source(file.relative_to(PACKAGE).as_posix(), ast.parse(file.read_text())) for file in files)


@cache
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """All below it: walked once, however many rules look at them."""
    return tuple(ast.walk(tree))


@cache
def calls(tree: ast.AST) -> tuple[ast.Call, ...]:
    return tuple(node for node in nodes(tree) if isinstance(node, ast.Call))


def dotted(node: ast.AST) -> str:
    """`session.get` for the expression that reads so; empty for what is no chain of names."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def text_of(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


@cache
def imports(source: Source) -> dict[str, str]:
    """Name in this file -> what it stands for, where it was imported or defined."""
    defined = {function.name: f"{source.module}.{function.name}" for function in functions(source.tree)}
    imported = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in nodes(source.tree) if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }  # fmt: skip
    return defined | imported


def resolved(source: Source, name: str) -> str:
    """`actions.links.living` -> `referrals.tracking.actions.links.living`, through the folder that hands it on."""
    first, dot, rest = name.partition(".")
    full = f"{imports(source).get(first, first)}{dot}{rest}"
    for _ in range(3):
        module, _, last = full.rpartition(".")
        handing_on = _modules().get(module)
        if handing_on is None or imports(handing_on).get(last, full) == full:
            break
        full = imports(handing_on)[last]
    return full


@cache
def _modules() -> dict[str, Source]:
    return {source.module: source for source in sources()}


@cache
def functions(tree: ast.AST) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]:
    return tuple(node for node in nodes(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
