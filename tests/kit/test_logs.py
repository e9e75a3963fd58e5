"""What is logged says what broke and where; never what somebody wrote, and never what an error says of it."""

import json
import subprocess
import sys

from referrals.kit.logs import what_broke
from referrals.kit.text import fold

GIVEN_UP = """
import logging
from referrals.kit import logs

logs.configure(json=True)
try:
    try:
        raise ValueError("Key (email)=(paul@example.org) already exists.")
    except ValueError as error:
        raise RuntimeError("Failing row contains (Paul Harvey)") from error
except RuntimeError:
    logging.getLogger("procrastinate.worker").error("Job kit.deliver[3](message_id='7') ended", exc_info=True)
logging.getLogger("asyncio").error("Task exception was never retrieved\\nfuture: <Task exception=('Paul Harvey')>")
logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
"""


def test_what_libraries_say_is_a_line_each_without_what_an_error_says() -> None:
    """In a process of its own: a test's own handlers would stand before ours."""
    ran = subprocess.run([sys.executable, "-c", GIVEN_UP], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    said = ran.stderr
    lines = [json.loads(line) for line in said.splitlines()]
    assert [(line["event"], line["source"], line["level"]) for line in lines] == [
        ("Job kit.deliver[3](message_id='7') ended", "procrastinate.worker", "error"),
        ("Task exception was never retrieved", "asyncio", "error"),
        ("Invalid HTTP request received.", "uvicorn.error", "warning"),
    ]
    assert lines[0]["error"] == "RuntimeError < ValueError"
    assert "Paul" not in said
    assert "paul@" not in said


def test_where_it_broke_names_our_own_steps_however_deep_a_library_goes() -> None:
    def deep(left: int) -> None:
        if left:
            deep(left - 1)
        raise ValueError("Paul Harvey")

    class Text(str):
        def isascii(self) -> bool:
            deep(40)
            return True

    try:
        fold(Text("x"))
    except ValueError as error:
        told = what_broke(error)
    assert any(step.startswith("text.py:") and step.endswith(" fold") for step in told["where"])
    assert told["where"][-1].endswith(" deep")
    assert "Paul" not in str(told)
