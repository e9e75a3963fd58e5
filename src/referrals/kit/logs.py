"""Structured lines about what the machine does. Codes, numbers and ids; never a name, an address or a typed word."""

import logging
import sys
import traceback
from pathlib import Path
from typing import Any, cast

import structlog


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
    return {
        "error": " < ".join(kinds),
        "where": [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in steps[-12:]],
    }


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
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
