"""Structured lines about what the machine does. Codes, numbers and ids; never a name, an address or a typed word."""

import logging
import sys
from typing import Any, cast

import structlog


def logger() -> Any:
    return structlog.get_logger()


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
