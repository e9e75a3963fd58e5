"""Stops the private PostgreSQL and that of the tests; `--remove FOLDER` also deletes their data."""

import sys
from pathlib import Path

from referrals.kit import cluster


def main(arguments: list[str]) -> None:
    try:
        if arguments[:1] == ["--remove"]:
            remove(Path(arguments[1]))
        else:
            stop(cluster.default_home())
    except cluster.ClusterError as error:
        sys.exit(str(error))


def stop(home: Path) -> None:
    stopped = [cluster.stop(home, durable=durable) for durable in (True, False)]
    sys.stdout.write("PostgreSQL is stopped.\n" if any(stopped) else "No PostgreSQL of ours was running.\n")


def remove(home: Path) -> None:
    for durable in (True, False):
        cluster.remove(home, durable=durable)


main(sys.argv[1:])
