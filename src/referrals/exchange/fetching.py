"""Fetching a package from an address that a curator wrote: bounded in size and time, and never into this network.

An address is checked where it counts, when the connection is made, so that neither a redirect nor a name that changes
its number between the question and the answer leads to a machine that only this network can reach. No proxy of the
environment is asked, because then only the proxy would see where it goes.
"""

import http.client
import ipaddress
import re
import shutil
import socket
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from functools import partial
from http.client import HTTPMessage
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urlsplit

from referrals.exchange.uploads import LARGEST, safe_name

PATIENCE: Final = 30.0
"""Seconds that one answer may keep silent."""
LONGEST: Final = 600.0
"""Seconds that all of it may take."""
MOST_HOPS: Final = 5
_CHUNK: Final = 1 << 18
_ENDINGS: Final = {
    "application/zip": ".zip", "text/csv": ".csv", "application/json": ".json", "application/x-ndjson": ".ndjson",
    "application/ndjson": ".ndjson",
}  # fmt: skip


class Unfetched(Exception):
    """`code` names the sentence, `detail` fills it."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Known:
    """What the source said of its last package, so that the same is not fetched again."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """`name` of the file in the folder that was given; None where the source has nothing new."""

    name: str | None
    known: Known


def is_web(address: str) -> bool:
    return urlsplit(address).scheme.lower() in ("http", "https")


def is_public(number: str) -> bool:
    """Whether an IP address is one of the whole internet."""
    found = ipaddress.ip_address(number.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (mapped is None or mapped.is_global)


def from_web(address: str, folder: Path, known: Known, *, private: bool = False) -> Fetched:
    """Fetch into the folder. Blocks; raises Unfetched. `private`: also from machines of this network."""
    if not is_web(address) or not urlsplit(address).hostname:
        raise Unfetched("scheme")
    headers = {"User-Agent": "Relais", "Accept": "*/*", "Accept-Encoding": "identity"}
    headers |= {"If-None-Match": known.etag} if known.etag else {}
    headers |= {"If-Modified-Since": known.last_modified} if known.last_modified else {}
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - the scheme has been looked at
    ends = time.monotonic() + LONGEST
    try:
        with _opener(private).open(request, timeout=PATIENCE) as answer:
            told = Known(answer.headers.get("ETag"), answer.headers.get("Last-Modified"))
            name = _name(address, answer.headers)
            _write(answer, folder / name, ends, answer.headers.get("Content-Length"))
            return Fetched(name, told)
    except urllib.error.HTTPError as error:
        if error.code == 304:
            return Fetched(None, known)
        raise Unfetched("astray" if 300 <= error.code < 400 else "status", str(error.code)) from error
    except urllib.error.URLError as error:
        if isinstance(error.reason, Unfetched):
            raise error.reason from error
        raise Unfetched("silent", type(error.reason).__name__) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unfetched("silent", type(error).__name__) from error


def from_here(address: str, folder: Path, known: Known, home: Path | None) -> Fetched:
    """From the folder of local sources, and from nowhere else on this machine. Blocks; raises Unfetched."""
    if home is None:
        raise Unfetched("no_folder")
    path = (home / address.lstrip("/")).resolve()
    if path != home and not path.is_relative_to(home):
        raise Unfetched("outside")
    if not path.is_file():
        raise Unfetched("not_there")
    stamp = f"{path.stat().st_mtime_ns}-{path.stat().st_size}"
    if known.etag == stamp:
        return Fetched(None, known)
    if path.stat().st_size > LARGEST:
        raise Unfetched("large")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = safe_name(path.name)
    shutil.copyfile(path, folder / name)
    return Fetched(name, Known(stamp))


def _write(answer: IO[bytes], path: Path, ends: float, length: str | None) -> None:
    """`length`: how many bytes were promised. Half a directory would look as if the other half had gone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    size = 0
    with path.open("wb") as file:
        while piece := answer.read(_CHUNK):
            size += len(piece)
            if size > LARGEST:
                raise Unfetched("large")
            if time.monotonic() > ends:
                raise Unfetched("slow")
            file.write(piece)
    if not size:
        raise Unfetched("empty")
    if length is not None and length.isdecimal() and size < int(length):
        raise Unfetched("cut")


def _name(address: str, headers: HTTPMessage) -> str:
    last = safe_name(urlsplit(address).path.rpartition("/")[2] or "package")
    if re.search(r"\.(zip|csv|tsv|json|ndjson|jsonl|ya?ml)$", last):
        return last
    return last.partition(".")[0] + _ENDINGS.get(headers.get_content_type(), ".zip")


def _connect(
    address: tuple[str, int], timeout: float | None = None, source_address: Any = None, *, private: bool = False
) -> socket.socket:
    """To the first of a name's numbers that may be reached; the check and the connection use the same number."""
    host, port = address
    refused = False
    error: OSError | None = None
    for family, kind, proto, _, where in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM):
        if not (private or is_public(str(where[0]))):
            refused = True
            continue
        made = socket.socket(family, kind, proto)
        made.settimeout(PATIENCE)
        try:
            made.connect(where)
        except OSError as problem:
            made.close()
            error = problem
            continue
        return made
    if refused:
        raise Unfetched("private", host)
    raise error or OSError("no address")


class _Plain(urllib.request.HTTPHandler):
    def __init__(self, *, private: bool) -> None:
        super().__init__()
        self.private = private

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(guarded, http.client.HTTPConnection, self.private), request)


class _Secure(urllib.request.HTTPSHandler):
    def __init__(self, *, private: bool) -> None:
        super().__init__()
        self.private = private

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(guarded, http.client.HTTPSConnection, self.private), request)


def guarded(kind: type[http.client.HTTPConnection], private: bool, host: str, **more: Any) -> Any:
    """A connection that looks at the number which it really goes to. Using it raises Unfetched("private") and OSError."""
    made = kind(host, **more)
    made._create_connection = partial(_connect, private=private)  # type: ignore[attr-defined]  # where http.client opens its socket
    return made


class _Hops(urllib.request.HTTPRedirectHandler):
    max_redirections = MOST_HOPS

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        if not is_web(newurl):
            raise Unfetched("scheme")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener(private: bool) -> urllib.request.OpenerDirector:
    opener = urllib.request.OpenerDirector()
    for handler in (
        _Plain(private=private), _Secure(private=private), _Hops(), urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
    ):  # fmt: skip
        opener.add_handler(handler)
    return opener
