"""Shows the library's log on stderr."""

from __future__ import annotations

import logging

from ganzoo.cli.console import say


class _Handler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage(), style="yellow" if record.levelno >= logging.WARNING else "dim")


def show_log(quiet: bool = False) -> None:
    """Show the library's log on stderr. If ``quiet``, show only warnings."""
    logger = logging.getLogger("ganzoo")
    logger.setLevel(logging.WARNING if quiet else logging.INFO)
    logger.handlers = [_Handler()]
    logger.propagate = False
