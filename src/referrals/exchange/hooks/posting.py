"""Sending a notice out: to the address and nowhere else, never into this network, and not for long."""

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import urlsplit

from anyio import to_thread

from referrals.exchange.fetching import Unfetched, guarded

PATIENCE: Final = 10.0
"""Seconds, for each of connecting, sending and the answer."""
_ENOUGH: Final = 2_000


@dataclass(frozen=True, slots=True)
class Answer:
    """`problem`: a code of `labels.PROBLEMS`, where there was no answer."""

    status: int | None
    milliseconds: int
    problem: str | None = None

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Outward(Protocol):
    """The world outside. Tests put one of their own in its place."""

    async def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> Answer: ...


class Web:
    """`private`: this installation may also reach machines of its own network, and without TLS. Only ever for trying things."""

    def __init__(self, *, private: bool) -> None:
        self.private = private

    async def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        return await to_thread.run_sync(self._post, address, body, headers)

    def _post(self, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        where, begun = urlsplit(address), time.monotonic()

        def answer(status: int | None, problem: str | None = None) -> Answer:
            return Answer(status, round((time.monotonic() - begun) * 1000), problem)

        if not allowed(address, private=self.private):
            return answer(None, "address")
        kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
        connection = guarded(kind, self.private, where.netloc.rpartition("@")[2], timeout=PATIENCE)
        try:
            connection.request(
                "POST", (where.path or "/") + (f"?{where.query}" if where.query else ""), body, dict(headers)
            )
            told = connection.getresponse()  # a redirect is an answer like any other: it is not followed
            told.read(_ENOUGH)
            return answer(told.status)
        except Unfetched as refused:
            return answer(None, refused.code)
        except TimeoutError:
            return answer(None, "slow")
        except (OSError, http.client.HTTPException, ValueError):
            return answer(None, "silent")
        finally:
            connection.close()


def allowed(address: str, *, private: bool) -> bool:
    """An address of the web, with TLS, and without a name or password in it."""
    try:
        where = urlsplit(address)
        port = where.port
    except ValueError:
        return False
    schemes = ("https", "http") if private else ("https",)
    return bool(where.hostname) and port != 0 and where.scheme in schemes and "@" not in where.netloc
