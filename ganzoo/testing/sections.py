"""Checks of a section: it shows runs, and changes nothing in them."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest import SkipTest

import numpy as np

from ganzoo.errors import DoesNotFit
from ganzoo.reporting.recorded import Recorded
from ganzoo.reporting.sections import shown
from ganzoo.testing.check import expect
from ganzoo.testing.practice import DATASETS, DISTRIBUTION
from ganzoo.testing.stage import Stage, unchanged
from ganzoo.training.run import start


def it_shows_runs(stage: Stage) -> None:
    """it shows a small run or does not fit it, twice in the same way, and prints nothing."""
    showing = False
    for recorded, again in _runs(stage):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            first, second = (repr(shown(stage.entry, stage.values(), r)) for r in (recorded, again))
        showing |= first != "[]"
        expect(
            first == second,
            f"it shows a run of {recorded.dataset} differently the second time",
            "give Trained.sample() a seed, and seed all other random numbers",
        )
        expect(
            not printed.getvalue(),
            f"it prints {printed.getvalue()[:60]!r} to stdout, which is for data",
            "yield a text, or write to sys.stderr",
        )
    if not showing:
        raise SkipTest("it fits none of the small runs")


def it_only_reads(stage: Stage) -> None:
    """it changes no file in the run's folder."""
    for recorded, _ in _runs(stage):
        before = _files(recorded.path)
        shown(stage.entry, stage.values(), recorded)
        changed = {path for path, _ in before ^ _files(recorded.path)}
        expect(
            not changed,
            f"it changed {', '.join(sorted(changed))} in the run's folder",
            "only read the run. A picture can be given as a ganzoo.Picture",
        )


def _runs(stage: Stage) -> Iterator[tuple[Recorded, Recorded]]:
    """A small finished run of each kind of practice data, twice."""
    for name in DATASETS:
        with (
            tempfile.TemporaryDirectory() as folder,
            np.printoptions(threshold=10**7, precision=17),
        ):
            path = Path(folder, "run")
            try:
                with unchanged():
                    for _ in start(stage.zoo, stage.settled(f"{DISTRIBUTION}/{name}"), path):
                        pass
            except DoesNotFit:
                continue
            yield Recorded(path, stage.zoo), Recorded(path, stage.zoo)


def _files(folder: Path) -> set[tuple[str, bytes]]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {(str(path.relative_to(folder)), path.read_bytes()) for path in files}


CHECKS = (it_shows_runs, it_only_reads)
