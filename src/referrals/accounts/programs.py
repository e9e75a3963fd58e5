"""Who asks with a key: the guard of everything that programs may open, and what they may still ask for."""

from dataclasses import dataclass
from uuid import UUID

from litestar.handlers import BaseRouteHandler

from referrals.accounts import keys
from referrals.accounts.allowance import Allowances, Left
from referrals.accounts.guards import Connection
from referrals.accounts.models import ApiKey
from referrals.kit.db import transaction
from referrals.kit.errors import NotAllowed, SignInNeeded, TooMany
from referrals.kit.pages import Req

_SCHEME = "bearer "


@dataclass(frozen=True, slots=True)
class Program:
    """Whoever holds a key."""

    key_id: UUID
    organization_id: UUID | None
    scopes: frozenset[str]
    per_minute: int


async def requires_key(connection: Connection, handler: BaseRouteHandler) -> None:
    """A key in `Authorization: Bearer …` whose scopes hold the one that the route names in `opt["scope"]`.

    Raises SignInNeeded, NotAllowed, and TooMany where this minute's allowance is spent.
    """
    said = connection.headers.get("Authorization", "")
    token = said[len(_SCHEME) :].strip() if said.lower().startswith(_SCHEME) else ""
    if not token:
        raise SignInNeeded("no_key")
    async with transaction(connection.app.state.sessions) as session:
        key = await keys.used(session, token, connection.app.state.now())
        if key is None:
            raise SignInNeeded("unknown_key")
        program = _program(key)
    if handler.opt["scope"] not in program.scopes:
        raise NotAllowed("scope", scope=handler.opt["scope"])
    connection.scope["auth"] = program
    spend(connection, 1)


def spend(connection: Connection | Req, wanted: int) -> Left:
    """Takes this much from the key's allowance. Raises TooMany, with the headers that say when to come again."""
    program: Program = connection.scope["auth"]
    allowances: Allowances = connection.app.state.allowances
    left = allowances.spend(program.key_id, program.per_minute, wanted, connection.app.state.now())
    if not left.granted:
        raise TooMany("allowance", most=left.most, seconds=left.seconds, headers=left.headers)
    return left


def _program(key: ApiKey) -> Program:
    return Program(key.id, key.organization_id, frozenset(key.scopes), key.per_minute)
