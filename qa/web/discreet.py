"""Logs that tell what failed and where, and nothing of what was asked or sent."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class DiscreetFormatter(logging.Formatter):
    """The first line of a message, and of an exception its kind and place: what it says may be a question or a
    piece of an article."""

    def format(self, record: logging.LogRecord) -> str:
        record = logging.makeLogRecord({**record.__dict__, "exc_text": None})
        record.msg, record.args = next(iter(record.getMessage().splitlines()), ""), None
        return super().format(record)

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802
        kind, _, trace = ei
        return "".join(traceback.format_tb(trace)) + (kind.__name__ if kind is not None else "")


def _is_named(record: logging.LogRecord) -> bool:
    """Whether a logger of a name speaks: the package mcp repeats on the root logger what it could not read."""
    return record.name != "root"


def log_discreetly() -> None:
    """From now on, whatever logs to the root logger's handlers does so discreetly."""
    logging.basicConfig(level=logging.WARNING)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(DiscreetFormatter("%(message)s"))
        handler.addFilter(_is_named)
