"""Pages for one run and for several runs side by side. They need no network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ganzoo.errors import needs
from ganzoo.registry.registry import Registry
from ganzoo.registry.registry import registry as installed
from ganzoo.runs.folder import Run

if TYPE_CHECKING:
    from ganzoo.reporting.columns import Compared


def report(run: Run, out: Path | None = None, zoo: Registry | None = None) -> Path:
    """Write a run's page and return its path.

    Args:
        out: the file. Without it, the page is ``report.html`` in the run's folder, and
            ``training.gif`` and ``curves.png`` are written next to it.

    Raises:
        NotInstalled: the extra ``pages`` is missing.
        BrokenFile: the run's record is damaged.
        GanzooError: a file cannot be written.
    """
    needs("pages", "a run's page")
    from ganzoo.files import absolute, write_whole
    from ganzoo.reporting.keepsakes import write_animation, write_curves
    from ganzoo.reporting.single import page

    path = out or run.path / "report.html"
    target = absolute(out) if out else run.folder / "report.html"  # a plugin may leave this folder
    write_whole(target, page(run, zoo or installed()).encode())
    if out is None:
        write_animation(run)
        write_curves(run)
    return path


def compare(
    runs: Sequence[Compared], out: Path = Path("compare.html"), complaints: Sequence[str] = ()
) -> Path:
    """Write one page with several runs side by side and return its path.

    `columns.gather` makes the columns from runs and sweeps. ``complaints`` are sentences about
    damaged runs and files.

    Raises:
        NotInstalled: the extra ``pages`` is missing.
        GanzooError: the page cannot be written.
    """
    needs("pages", "a comparison's page")
    from ganzoo.files import write_whole
    from ganzoo.reporting.comparison import page

    write_whole(out, page(runs, complaints).encode())
    return out
