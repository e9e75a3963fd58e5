"""Structured lines about what the machine does. Codes, numbers and ids; never a name, an address or a typed word."""

import logging
import sys
import traceback
from pathlib import Path
from typing import Any, cast

import structlog

from referrals.kit.settings import PACKAGE


def logger() -> Any:
    return structlog.get_logger()


def what_broke(error: BaseException) -> dict[str, Any]:
    """The kinds of an error and its causes, and where it happened. Not what it says: that may repeat what was asked."""
    kinds: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(kinds) < 5:
        kinds.append(type(seen).__name__)
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    steps = traceback.extract_tb(error.__traceback__)
    ours = [at for at, one in enumerate(steps) if Path(one.filename).is_relative_to(PACKAGE)]
    kept = sorted({*ours[-8:], *range(len(steps))[-4:]})
    return {
        "error": " < ".join(kinds),
        "where": [f"{Path(steps[at].filename).name}:{steps[at].lineno} {steps[at].name}" for at in kept],
    }


class Onward(logging.Handler):
    """What libraries say becomes a line like ours: its first line, and of an error what `what_broke` tells. What an
    error says may hold the row that a database refused, or the address that a mail server did.
    """

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        said = record.getMessage().partition("\n")[0]
        logger().log(record.levelno, said, source=record.name, **(what_broke(error) if error else {}))


def configure(*, json: bool) -> None:
    """One line each on standard error: JSON where a program reads them, plain where a person does."""
    end = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            cast("Any", end),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    logging.basicConfig(level=logging.WARNING, handlers=[Onward()])
