"""``error.txt`` in a run's folder: the whole traceback of the last error."""

from __future__ import annotations

from pathlib import Path

from ganzoo.errors import GanzooError, PluginFailed
from ganzoo.files import shown, write_whole
from ganzoo.registry.boundary import trace
from ganzoo.runs.folder import Run


def keep_trace(run: Run, error: BaseException) -> Path | None:
    """Write an error's traceback. Returns the file, or ``None`` if it cannot be written."""
    text = error.trace if isinstance(error, PluginFailed) else trace(error)
    try:
        write_whole(run.trace, text.encode(errors="backslashreplace"))
    except GanzooError:  # a full disk must not hide the first error
        return None
    return shown(run.trace)
