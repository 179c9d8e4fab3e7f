"""Shows log records and warnings on stderr."""

from __future__ import annotations

import logging
import os
import warnings
from typing import TextIO

import ganzoo
from ganzoo.cli.console import say, traced, whole_trace
from ganzoo.cli.warned import due
from ganzoo.prose.visible import shortened
from ganzoo.registry.boundary import headline


class _Handler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        warning = record.levelno >= logging.WARNING
        if warning and not due(_place(record)):
            return
        if traced() and (error := getattr(record, "error", None)):
            say(whole_trace(error), style="dim")
        say(shortened(record.getMessage()), style="yellow" if warning else "dim")


def _place(record: logging.LogRecord) -> str:
    """The file of a plugin. ganzoo's own warnings are counted only if they are the same."""
    if os.path.dirname(ganzoo.__file__) in record.pathname:
        return record.getMessage()
    return record.filename


def show_log(quiet: bool = False) -> None:
    """Show the library's log. If ``quiet``, show only warnings."""
    logger = logging.getLogger("ganzoo")
    logger.setLevel(logging.WARNING if quiet else logging.INFO)
    logger.handlers = [_Handler()]
    logger.propagate = False


def show_others() -> None:
    """Show warnings, those of Python and those in logs that nobody else shows."""
    logging.lastResort = _Handler(logging.WARNING)
    warnings.showwarning = _show_warning


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    if file is not None:
        file.write(warnings.formatwarning(message, category, filename, lineno, line))
        return
    place = os.path.basename(filename)
    if due(place):
        error = message if isinstance(message, Warning) else category(message)
        say(f"{place}:{lineno}: {headline(error)}", style="yellow")
