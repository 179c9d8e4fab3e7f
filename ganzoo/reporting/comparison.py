"""Compares several runs: their samples, results, curves and settings.

Each run has its folder's name and a colour of its own wherever it is shown. A sweep has one column,
with means over its seeds as numbers and curves.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ganzoo.errors import BrokenFile
from ganzoo.prose.visible import visible
from ganzoo.registry.records import TYPED
from ganzoo.registry.settings import overrides_of
from ganzoo.reporting.charts import overlaid
from ganzoo.reporting.columns import Compared, Ended, called, gather
from ganzoo.reporting.grids import further, grids
from ganzoo.reporting.rows import BEST, FAR, NOISE, Row, differences, finished, outcomes, scored
from ganzoo.reporting.sections import Sections
from ganzoo.runs.folder import Run
from ganzoo.sweeping.folder import Sweep

logger = logging.getLogger("ganzoo")
LONGEST = 60
"""Maximum number of letters from the runs' names in a page's file name."""


class Comparison:
    """Several runs side by side. Its `repr` is a table, and a notebook also shows samples."""

    def __init__(self, given: Sequence[Run | Sweep], view: str | None = None) -> None:
        """``view`` names the view of which the page shows samples, by default each run's first.

        Raises:
            UsageError: There is only one run, or a run has no grids of this view.
            BrokenFile: Too few runs are intact.
        """
        self._given = given
        self._view = view
        broken: list[BrokenFile] = []
        self.columns: Sequence[Compared] = gather(given, broken)
        for column in self.columns:
            further(column.shown, view)
        left_out = [str(problem) for problem in broken]
        files = dict.fromkeys(p for c in self.columns for run in c.runs for p in run.problems)
        self.problems = [*left_out, *files]
        """What is wrong with the files of the runs."""
        self.complaints = [
            *(visible(f"{problem}. This run is left out.") for problem in left_out),
            *(visible(f"{problem}.") for problem in files),
        ]
        """The same in sentences for people."""
        for complaint in self.complaints:
            logger.warning("%s", complaint)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """A dictionary for each run or sweep, for example for pandas.

        It has the name, the path, the model, loss, penalty and dataset, and the final numbers,
        which are ``None`` if missing.
        """
        names = dict.fromkeys(n for c in self.columns for run in c.counted for n in run.final)
        return [
            {
                "name": c.name,
                "run": str(c.path),
                **{part: getattr(c.record, part) for part in TYPED},
                "status": c.status,
                "step": c.shown.step,
                **_finite({name: c.final(name).mean for name in names}),
            }
            for c in self.columns
        ]

    @property
    def best(self) -> dict[str, list[str]]:
        """Score -> the names of the runs whose value is the best or within noise of it."""
        found = {}
        for row in scored(self.columns):
            names = [c.name for c, mark in zip(self.columns, row.marks, strict=False) if mark]
            if names:
                found[row.name] = names
        return found

    def save(
        self, path: str | Path | None = None, settings: Mapping[str, Any] | None = None
    ) -> Path:
        """Write the page, one HTML file that works offline, and return its path.

        Args:
            path: the file. By default its name is made from the runs' names.
            settings: values for the sections that plugins add, by qualified or bare key.

        Raises:
            UsageError: a setting is unknown, or has a wrong value.
            NotInstalled: the extra ``pages`` is missing.
            GanzooError: the page cannot be written.
        """
        from ganzoo.reporting import compare

        out = Path(path) if path else place(self._given)
        return compare(self.columns, out, self.complaints, overrides_of(settings), self._view)

    def __repr__(self) -> str:
        from ganzoo.reporting.table import text

        return "\n".join([text(self.columns), *self.complaints])

    def _repr_html_(self) -> str | None:
        try:
            from ganzoo.reporting.notebook import fragment
        except ModuleNotFoundError:  # without the extra `pages` the text is shown
            return None
        return fragment(self.columns, self.complaints, self._view)


def place(given: Sequence[Run | Sweep]) -> Path:
    """The path of a comparison's page: in the folder of a single sweep, or in the current folder.

    The name contains the runs' names and a checksum of their paths, so each set of runs has a page
    of its own.
    """
    if len(given) == 1:
        return given[0].path / "compare.html"
    names = "-vs-".join(re.sub(r"[^\w.-]+", "-", name) for name in called([g.path for g in given]))
    here = Path.cwd()
    paths = "\n".join(os.path.relpath(one.path.resolve(), here) for one in given)
    which = hashlib.sha256(paths.encode()).hexdigest()[:6]
    return Path(f"compare-{names[:LONGEST].rstrip('-.')}-{which}.html")


def page(
    compared: Sequence[Compared],
    sections: Sections,
    complaints: Sequence[str] = (),
    view: str | None = None,
) -> str:
    """The page as text. ``complaints`` are sentences about damaged runs and files."""
    from ganzoo.reporting.page import render  # slow to import, and the table does not need it

    by_name = {c.name: [run.run for run in c.counted] for c in compared}
    results = outcomes(compared)
    scores = {name for c in compared for run in c.runs for name in run.final}
    return render(
        "compare.html",
        compared=compared,
        complaints=complaints,
        title=_title(compared),
        swept=any(c.several for c in compared),
        differences=differences(compared),
        outcomes=results,
        notes=list(_notes(compared, results)),
        evaluated=any("." in name for name in scores),  # only metrics' scores have a dot
        charts=overlaid(by_name, {c.name: c.colour for c in compared}),
        grids=grids(compared, view),
        view=view,
        verdicts=_verdicts(compared),
        sections=sections.of([(c.shown.run, c) for c in compared]),
    )


def _title(compared: Sequence[Compared]) -> str:
    """The number of columns and their kind: ``3 runs``, ``one sweep``."""
    n, swept = len(compared), sum(c.several for c in compared)
    if n == 1:
        return "one sweep"
    return f"{n} {'sweeps' if swept == n else 'runs and sweeps' if swept else 'runs'}"


def _notes(compared: Sequence[Compared], results: Sequence[Row]) -> Iterator[str]:
    """Sentences that explain the table of results."""
    marks, swept = {mark for row in results for mark in row.marks}, any(c.several for c in compared)
    if swept:
        yield "The numbers of a sweep are means over its finished runs ± the standard error."
    if BEST in marks:
        yield "The best value of each score is marked."
    if NOISE in marks:
        yield f"A value within noise differs from the best by less than {FAR:g} standard errors."
    if len({c.record.dataset for c in compared}) > 1:
        yield "Scores on different datasets are not compared."
    if BEST in marks and not swept:
        yield "Each run has one seed. With other seeds, the order may differ."


def _verdicts(compared: Sequence[Compared]) -> dict[str, list[Compared]]:
    """Verdict -> the columns that have it, for columns without findings."""
    found: dict[str, list[Compared]] = {}
    for c in compared:
        if not c.findings:
            found.setdefault(c.shown.diagnosis.verdict, []).append(c)
    return found


def plain(compared: Sequence[Compared]) -> dict[str, Any]:
    """The comparison as plain values, for JSON."""
    names = [c.name for c in compared]
    return {
        "runs": [
            {"name": c.name, **(_plain_sweep(c) if c.is_sweep else _plain(c.runs[0]))}
            for c in compared
        ],
        "differences": {row.name: list(row.values) for row in differences(compared)},
        "marks": {row.name: _marks(names, row) for row in scored(compared) if any(row.marks)},
    }


def _marks(names: Sequence[str], row: Row) -> dict[str, str]:
    return {name: mark for name, mark in zip(names, row.marks, strict=True) if mark}


def _plain(run: Ended) -> dict[str, Any]:
    return {
        "run": str(run.run.path),
        **{part: getattr(run.record, part) for part in TYPED},
        "settings": dict(run.record.settings),
        "status": run.status,
        "step": run.step,
        "total": run.record.total,
        "seconds": run.seconds if run.seconds >= 0 else None,
        "samples_per_second": run.speed if run.speed >= 0 else None,
        "final": _finite(run.final),
        "best": _finite(run.best),
        "findings": [f.plain() for f in run.diagnosis.findings],
    }


def _plain_sweep(c: Compared) -> dict[str, Any]:
    final = {name: c.final(name) for run in c.counted for name in run.final}
    best = {name: c.best(name) for run in c.counted for name in run.best}
    return {
        "run": str(c.path),
        "status": c.status,
        "finished": finished(c),
        "final": _finite({name: spread.mean for name, spread in final.items()}),
        "standard_error": _finite({name: spread.error for name, spread in final.items()}),
        "counted": {name: spread.n for name, spread in final.items()},
        "best": _finite({name: spread.mean for name, spread in best.items()}),
        "best_standard_error": _finite({name: spread.error for name, spread in best.items()}),
        "best_counted": {name: spread.n for name, spread in best.items()},
        "runs": [_plain(run) for run in c.runs],
    }


def _finite(values: Mapping[str, float]) -> dict[str, float | None]:
    return {name: value if np.isfinite(value) else None for name, value in values.items()}
