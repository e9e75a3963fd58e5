"""Real answers of a Meilisearch server, kept, so that the adapter is checked where no such server runs.

    MEILISEARCH_URL=http://127.0.0.1:7700 MEILISEARCH_KEY=… python -m tests.directory.meilisearch_tape

asks a real server every question of the contract suite and writes down what it answers, with its version. A kept answer
is given again only to the very same request, in the same order; any other is an error that says so. Looks at a task that
was still under way are not kept. With `MEILISEARCH_URL` set, the suite itself asks that server and not the tape.
"""

import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

ANSWERS = Path(__file__).parent / "meilisearch-answers.json"
RECORDING = "MEILISEARCH_RECORD"
"""Set while answers are written down; the suite then goes through the tape to the real server."""
Turn = dict[str, Any]
"""method, path, asked, status, answer."""


class Tape:
    """What one test says to the server. `turns`: kept ones to give again, or, with `server`, those being written down."""

    def __init__(self, turns: list[Turn], server: str | None = None) -> None:
        self.turns = turns
        self.server = server
        self.at = 0
        self.wrong: list[str] = []
        self._lock = threading.Lock()

    def answer(self, method: str, path: str, asked: Any, key: str | None) -> tuple[int, Any]:
        with self._lock:
            return self._forwarded(method, path, asked, key) if self.server else self._kept(method, path, asked)

    def _kept(self, method: str, path: str, asked: Any) -> tuple[int, Any]:
        turn = self.turns[self.at] if self.at < len(self.turns) else None
        if turn is None or (turn["method"], turn["path"], turn["asked"]) != (method, path, asked):
            self.wrong.append(f"{method} {path} {json.dumps(asked)[:300]}")
            return 500, {"message": "no such answer was kept", "code": "not_kept", "type": "internal", "link": ""}
        self.at += 1
        return turn["status"], turn["answer"]

    def _forwarded(self, method: str, path: str, asked: Any, key: str | None) -> tuple[int, Any]:
        body = None if asked is None else json.dumps(asked).encode()
        request = Request(f"{self.server}{path}", body, method=method)  # noqa: S310  # the server that we were told of
        request.add_header("Content-Type", "application/json")
        if key:
            request.add_header("Authorization", key)
        try:
            with urlopen(request) as reply:  # noqa: S310
                status, text = reply.status, reply.read()
        except HTTPError as error:
            status, text = error.code, error.read()
        answer: Any = json.loads(text) if text else None
        if not (path.startswith("/tasks/") and answer.get("status") in ("enqueued", "processing")):
            self.turns.append({"method": method, "path": path, "asked": asked, "status": status, "answer": answer})
        return status, answer


@contextmanager
def playing(tape: Tape) -> Iterator[str]:
    """The address at which the tape answers."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            asked = json.loads(body) if body.strip() else None
            status, said = tape.answer(self.command, self.path, asked, self.headers.get("Authorization"))
            text = b"" if said is None else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815  # so the library calls them

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def address(test: str) -> Iterator[tuple[str, str | None]]:
    """Where the adapter of this test finds its server, and its key: the real one, or the tape."""
    url, key = os.environ.get("MEILISEARCH_URL"), os.environ.get("MEILISEARCH_KEY")
    record = os.environ.get(RECORDING)
    if url and not record:
        yield url, key
        return
    tape = Tape([], url) if record else Tape(_all()["tests"].get(test, []))
    with playing(tape) as at:
        yield at, key or "kept"
    if record:
        Path(record, f"{abs(hash(test))}.json").write_text(json.dumps({"test": test, "turns": tape.turns}))
    assert not tape.wrong, (
        f"the kept answers are not for these requests; record them anew (see {__name__}): {tape.wrong}"
    )


def _all() -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(ANSWERS.read_text())
    return kept


def main() -> None:
    url, key = os.environ["MEILISEARCH_URL"].rstrip("/"), os.environ.get("MEILISEARCH_KEY", "")
    version = Request(f"{url}/version", headers={"Authorization": f"Bearer {key}"})  # noqa: S310
    with urlopen(version) as reply:  # noqa: S310
        said = json.load(reply)
    folder = ANSWERS.parent / "recording"
    folder.mkdir(exist_ok=True)
    os.environ[RECORDING] = str(folder)
    failed = pytest.main(
        [
            "-q",
            "-n",
            "0",
            "-p",
            "no:cacheprovider",
            "-k",
            "meilisearch",
            str(ANSWERS.parent / "test_search_adapters.py"),
            str(ANSWERS.parent / "test_search_meilisearch.py"),
        ]
    )
    tests = {one["test"]: one["turns"] for one in map(json.loads, (file.read_text() for file in folder.glob("*.json")))}
    for file in folder.glob("*.json"):
        file.unlink()
    folder.rmdir()
    if failed:
        sys.exit("nothing was kept: the suite fails on this server")
    ANSWERS.write_text(_written(said["pkgVersion"], tests))


def _written(version: str, tests: dict[str, list[Turn]]) -> str:
    """As JSON with a line for each answer, so that a change can be read."""
    told = [
        f"{json.dumps(test)}: [\n" + ",\n".join(json.dumps(turn, ensure_ascii=False) for turn in turns) + "\n]"
        for test, turns in sorted(tests.items())
    ]
    return f'{{"server": {json.dumps(version)}, "tests": {{\n' + ",\n".join(told) + "\n}}\n"


if __name__ == "__main__":
    main()
