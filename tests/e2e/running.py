"""The whole demo as a process of its own, for tests that need the real thing."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from referrals.kit import cluster
from referrals.kit.settings import CHECKOUT

PATIENCE = 180.0
"""Seconds. What has failed says so at once; a machine that is busy with something else has not."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningDemo:
    """`referrals demo` with its data in `home`. Without a `database_url` it has a private PostgreSQL of its own there."""

    def __init__(self, home: Path, database_url: str | None = None) -> None:
        self.home = home
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.log = home / "demo.log"
        self._outside = database_url
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def database_url(self) -> str:
        """For libpq. The private PostgreSQL is started by asking, where it is down."""
        return self._outside or cluster.ensure(self.home).url("referrals").replace("+psycopg", "")

    def start(self, patience: float = 3 * PATIENCE) -> None:
        """Returns when the pages answer. Raises RuntimeError with the log when they do not."""
        self.home.mkdir(parents=True, exist_ok=True)
        env = {**os.environ, "REFERRALS_DATA": str(self.home), "PORT": str(self.port)}
        env.pop("DATABASE_URL", None)
        if self._outside:
            env["DATABASE_URL"] = self._outside
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", "from referrals.cli import main; main()", "demo"],
                cwd=CHECKOUT, env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise RuntimeError(f"the demo ended:\n{self.log.read_text()[-3000:]}")
            try:
                if httpx.get(f"{self.base}/health", timeout=20).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise RuntimeError(f"the demo did not answer in {patience} s:\n{self.log.read_text()[-3000:]}")

    def stop(self) -> int:
        """As Ctrl-C does; the exit code."""
        return self._end(signal.SIGINT)

    def kill(self) -> None:
        """As a power cut does to this process."""
        self._end(signal.SIGKILL)

    def _end(self, sign: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(sign)
        code = self._process.wait(PATIENCE)
        self._process = None
        return code
