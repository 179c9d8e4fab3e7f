"""Pages for one run and for several runs side by side. They need no network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ganzoo.errors import needs
from ganzoo.registry.registry import Registry
from ganzoo.registry.registry import registry as installed
from ganzoo.runs.folder import Run

if TYPE_CHECKING:
    from ganzoo.registry.settings import Override
    from ganzoo.reporting.columns import Compared


def report(
    run: Run,
    out: Path | None = None,
    zoo: Registry | None = None,
    overrides: Iterable[Override] = (),
) -> Path:
    """Write a run's page and return its path.

    Args:
        out: the file. Without it, the page is ``report.html`` in the run's folder, and
            ``training.gif`` and ``curves.png`` are written next to it.
        zoo: the registry; by default that of this process.
        overrides: settings of the sections that plugins add.

    Raises:
        NotInstalled: the extra ``pages`` is missing.
        UsageError: a setting is unknown, or has a wrong value.
        BrokenFile: the run's record is damaged.
        GanzooError: a file cannot be written.
    """
    needs("pages", "a run's page")
    from ganzoo.files import absolute, write_whole
    from ganzoo.reporting.keepsakes import write_animation, write_curves
    from ganzoo.reporting.sections import Sections
    from ganzoo.reporting.single import page

    path = out or run.path / "report.html"
    target = absolute(out) if out else run.folder / "report.html"  # a plugin may leave this folder
    zoo = zoo or installed()
    write_whole(target, page(run, zoo, Sections(zoo, overrides)).encode())
    if out is None:
        write_animation(run)
        write_curves(run)
    return path


def compare(
    runs: Sequence[Compared],
    out: Path = Path("compare.html"),
    complaints: Sequence[str] = (),
    overrides: Iterable[Override] = (),
    view: str | None = None,
) -> Path:
    """Write one page with several runs side by side and return its path.

    `columns.gather` makes the columns from runs and sweeps. ``complaints`` are sentences about
    damaged runs and files. ``view`` is the view to show, by default each run's first.

    Raises:
        NotInstalled: the extra ``pages`` is missing.
        UsageError: a setting in ``overrides`` is unknown, or has a wrong value.
        GanzooError: the page cannot be written.
    """
    needs("pages", "a comparison's page")
    from ganzoo.files import write_whole
    from ganzoo.reporting.comparison import page
    from ganzoo.reporting.sections import Sections

    sections = Sections(installed(), overrides)
    write_whole(out, page(runs, sections, complaints, view).encode())
    return out
