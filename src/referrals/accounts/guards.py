"""Who may open a route. Deny by default: a route carries one of these, or says `opt={"public": True}`."""

from collections.abc import Callable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.kit.errors import NotAllowed, SignInNeeded

Connection = ASGIConnection[Any, Any, Any, Any]
Who = NamedDependency[Actor]
"""Whoever is signed in; only for routes behind a guard."""
Guard = Callable[[Connection, BaseRouteHandler], None]
PUBLIC = {"public": True}


def requires_account(connection: Connection, _: BaseRouteHandler) -> None:
    """Anybody who is signed in."""
    if connection.user is None:
        raise SignInNeeded


def requires_role(*roles: Role) -> Guard:
    """Signed in, and holding at least one of these roles."""

    def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        requires_account(connection, handler)
        if not connection.user.may(*roles):
            raise NotAllowed("role")

    guard.__name__ = "requires_" + "_or_".join(role.value for role in roles)
    return guard


requires_case_manager = requires_role(Role.CASE_MANAGER)
requires_supervisor = requires_role(Role.SUPERVISOR)
requires_provider = requires_role(Role.PROVIDER_EDITOR)
requires_curator = requires_role(Role.CURATOR)
requires_administrator = requires_role(Role.ADMINISTRATOR)
requires_client = requires_role(Role.CLIENT)
