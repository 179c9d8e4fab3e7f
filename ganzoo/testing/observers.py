"""Checks of an observer: that it hears a run to its end, and changes nothing."""

from __future__ import annotations

import contextlib
import io
import logging
import tempfile
from pathlib import Path

from ganzoo.testing.check import Failed, expect
from ganzoo.testing.games import difference, trained
from ganzoo.testing.stage import STEPS, Stage, unchanged
from ganzoo.training.plan import Request
from ganzoo.training.run import resume, start


def it_hears_a_run(stage: Stage) -> None:
    """it receives every event of an interrupted and resumed run, and changes nothing in it."""
    complaints = _Complaints()
    logger = logging.getLogger("ganzoo")
    logger.addHandler(complaints)
    printed = io.StringIO()
    try:
        with (
            unchanged(),
            contextlib.redirect_stdout(printed),
            tempfile.TemporaryDirectory() as folder,
        ):
            settled, path = stage.settled(stage.dataset), Path(folder, "run")
            for step in start(stage.zoo, settled, path):
                if step.step == STEPS // 2:
                    break
            run = resume(stage.zoo, path, Request(observers=settled.request.observers))
            for _ in run:
                pass
            state = run.trainer.state()
    finally:
        logger.removeHandler(complaints)
    if complaints.told:
        raise Failed(
            f"{complaints.told[0]}\nWhat to do: it is told of Steps with and without metrics, "
            "samples and weights, and of Ended; look at which it takes for granted, and at what "
            "is there already where a run goes on"
        )
    expect(
        not printed.getvalue(),
        f"it prints {printed.getvalue()[:60]!r} to stdout, which is for data",
        "write to sys.stderr, or to a file in the run's folder",
    )
    differs = difference(state, trained(stage.built().trainer))
    expect(
        not differs,
        f"the run ends with another {differs} than without it",
        "only read what it is given; copy before changing",
    )


class _Complaints(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if "observer" in record.getMessage():
            self.told.append(record.getMessage())


CHECKS = (it_hears_a_run,)
