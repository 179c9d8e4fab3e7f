"""Shows the library's log on stderr."""

from __future__ import annotations

import logging
import os

import ganzoo
from ganzoo.cli.console import say, traced, whole_trace
from ganzoo.cli.warned import due


class _Handler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        warning = record.levelno >= logging.WARNING
        if warning and not due(_place(record)):
            return
        if traced() and (error := getattr(record, "error", None)):
            say(whole_trace(error), style="dim")
        say(record.getMessage(), style="yellow" if warning else "dim")


def _place(record: logging.LogRecord) -> str:
    """The file of a plugin. ganzoo's own warnings are counted only if they are the same."""
    if os.path.dirname(ganzoo.__file__) in record.pathname:
        return record.getMessage()
    return record.filename


def show_log(quiet: bool = False) -> None:
    """Show the library's log on stderr. If ``quiet``, show only warnings."""
    logger = logging.getLogger("ganzoo")
    logger.setLevel(logging.WARNING if quiet else logging.INFO)
    logger.handlers = [_Handler()]
    logger.propagate = False
