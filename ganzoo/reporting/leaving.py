"""Writes ``report.html``, ``curves.png`` and ``training.gif`` when a run ends."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Callable

from ganzoo.engine.events import Ended, Event, Started
from ganzoo.errors import NotInstalled, needs
from ganzoo.files import shown
from ganzoo.prose.commands import shell_command
from ganzoo.registry.boundary import headline
from ganzoo.registry.registry import Registry
from ganzoo.runs.folder import Run

logger = logging.getLogger("ganzoo")
NO = "GANZOO_NO_REPORT"
"""If this environment variable is 1, runs write none of these files."""


def leave(run: Run, zoo: Registry, *, pages: bool) -> None:
    """Write all three files, or without ``pages`` the animation alone.

    The run itself is already saved, so an error here becomes a warning.
    """
    try:
        from ganzoo.reporting import report
        from ganzoo.reporting.keepsakes import write_animation

        if pages:
            report(run, zoo=zoo)
        else:
            write_animation(run)
    except (Exception, KeyboardInterrupt) as error:
        again = f"to try again, use `{shell_command('report', shown(run.path))}`"
        logger.warning("no report was written (%s); %s", headline(error), again)


def leaving(zoo: Registry) -> Callable[[Event], None]:
    """An observer that calls `leave` at the end of a run, unless the run was interrupted."""
    pages = True

    def observe(event: Event) -> None:
        nonlocal pages
        if isinstance(event, Started):
            try:
                needs("pages", "report.html and curves.png")
            except NotInstalled as error:
                pages = False
                _warn(str(error))
        elif isinstance(event, Ended):
            run = Run(event.run)
            if event.status == "finished" or run.error:
                leave(run, zoo, pages=pages)

    return observe


def wanted() -> bool:
    """Whether the environment lets runs write these files."""
    return os.environ.get(NO, "").lower() not in ("1", "true", "t", "yes", "y", "on")


@functools.cache
def _warn(message: str) -> None:
    """Warn once for each process, even if it trains many runs."""
    logger.warning(message)
