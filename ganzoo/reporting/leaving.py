"""What a run leaves when it ends: ``report.html``, ``curves.png`` and ``training.gif``."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Callable

from ganzoo.engine.events import Ended, Event, Started
from ganzoo.errors import NotInstalled, needs
from ganzoo.registry.registry import Registry
from ganzoo.runs.folder import Run

logger = logging.getLogger("ganzoo")
NO = "GANZOO_NO_REPORT"
"""Set to 1 in the environment, no run leaves any of it."""


def leave(run: Run, zoo: Registry, *, pages: bool) -> None:
    """Write all three, or the animation alone where ``pages`` cannot be drawn.

    The run is done and kept: what goes wrong here becomes a warning.
    """
    try:
        from ganzoo.reporting import report
        from ganzoo.reporting.keepsakes import write_animation

        if pages:
            report(run, zoo=zoo)
        else:
            write_animation(run)
    except (Exception, KeyboardInterrupt) as error:
        why = " ".join(f"{type(error).__name__} {error}".split())
        logger.warning("There is no report (%s); `ganzoo report %s` tries again", why, run.path)


def leaving(zoo: Registry) -> Callable[[Event], None]:
    """An observer that does so at the end of a run, unless it was interrupted."""
    pages = True

    def hear(event: Event) -> None:
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

    return hear


def wanted() -> bool:
    """Whether the environment leaves it to the run."""
    return os.environ.get(NO, "").lower() not in ("1", "true", "t", "yes", "y", "on")


@functools.cache
def _warn(message: str) -> None:
    """Warn of it once, however many runs are trained."""
    logger.warning(message)
