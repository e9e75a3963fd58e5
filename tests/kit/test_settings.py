"""What a deployment may decide."""

import re
from inspect import getsource
from pathlib import Path

import pytest

from referrals.kit.settings import CHECKOUT, from_environment


def test_a_port_that_is_no_number_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="PORT must be a number"):
        from_environment({"REFERRALS_DATA": str(tmp_path), "PORT": "http"})


def test_a_rhythm_that_is_none_is_refused_with_its_name(tmp_path: Path) -> None:
    given = {"REFERRALS_DATA": str(tmp_path), "CHECK_EVERY_MONTHS": "3"}
    assert from_environment(given).check_months == 3
    for said in ("0", "7", "often"):
        with pytest.raises(ValueError, match="CHECK_EVERY_MONTHS must be 1, 3, 6 or 12"):
            from_environment(given | {"CHECK_EVERY_MONTHS": said})


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [
        ("REFERRALS_SECRET", "s3cret", "0123456789abcdef" * 2), ("BASE_URL", "relais.example", "https://relais.example"), ("SMTP_URL", "http://a:s3cret@host", "smtps://a:s3cret@host:465"),
        ("SMTP_URL", "smtp://a:s3cret@host:mail", "smtp://host"), ("MAIL_FROM", "Relais <relais@example.org>", "relais@example.org"),
        ("REFERRALS_PRIVATE_SOURCES", "yes", "1"), ("REFERRALS_DEMO", "true", "0"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_read_is_refused_with_its_name_and_no_password(
    tmp_path: Path, name: str, bad: str, good: str
) -> None:
    given = {"REFERRALS_DATA": str(tmp_path)}
    assert from_environment(given | {name: good})
    with pytest.raises(ValueError, match=f"{name} must ") as refused:
        from_environment(given | {name: bad})
    assert "s3cret" not in str(refused.value)


def test_the_secret_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    first = from_environment({"REFERRALS_DATA": str(tmp_path)}).secret
    assert from_environment({"REFERRALS_DATA": str(tmp_path)}).secret == first
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


def test_an_address_of_another_kind_of_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL"):
        from_environment({"REFERRALS_DATA": str(tmp_path), "DATABASE_URL": "mysql://somewhere/db"})


def test_every_setting_is_told_to_whoever_runs_it_and_no_other() -> None:
    told = (CHECKOUT / "docs" / "running.md").read_text()
    rows = "".join(line.split("|")[1] for line in told.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`([A-Z_]+)`", rows)) == set(
        re.findall(r'"([A-Z]{3,}[A-Z_]*)"', getsource(from_environment))
    )
