"""What the set-up script finds on a machine, asked of the script itself."""

import subprocess
from pathlib import Path

from referrals.kit import cluster

CHECKOUT = Path(__file__).resolve().parents[2]


def test_a_link_to_postgres_is_followed_to_its_tools(tmp_path: Path) -> None:
    """Else a folder of links without pg_config passes for a PostgreSQL that has PostGIS."""
    tools = next(folder for folder in cluster._tool_folders() if not cluster._lacking(folder))
    for name in ("postgres", "initdb", "pg_ctl"):
        (tmp_path / name).symlink_to(tools / name)

    script = f'source deploy/setup.sh; PATH="{tmp_path}:$PATH" postgres_folders'
    asked = subprocess.run(["bash", "-c", script], cwd=CHECKOUT, capture_output=True, text=True, check=True)  # noqa: S603, S607

    found = asked.stdout.splitlines()
    assert str(tmp_path) not in found
    assert found[-1] == str((tools / "postgres").resolve().parent)
