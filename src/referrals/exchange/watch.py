"""Whoever watches an import while it runs: told where it stands, and able to stop it."""

from typing import Literal, Protocol

Phase = Literal["read", "check", "write", "list", "undo"]


class Cancelled(Exception):
    """Somebody asked that the import stop. Nothing of it is kept."""


class Watch(Protocol):
    async def see(self, phase: Phase, done: int, total: int) -> None:
        """So much of `total` is done: bytes while reading, kinds of record or services after that. Raises Cancelled."""


class Nobody:
    """No one watches."""

    async def see(self, phase: Phase, done: int, total: int) -> None:
        return
