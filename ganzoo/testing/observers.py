"""Checks of an observer: that it hears a run to its end, and changes nothing."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

from ganzoo.testing.check import Failed, expect
from ganzoo.testing.games import difference, trained
from ganzoo.testing.stage import Stage, unchanged
from ganzoo.training import start


def it_hears_a_run(stage: Stage) -> None:
    """it hears a whole run and changes nothing in it."""
    complaints = _Complaints()
    logger = logging.getLogger("ganzoo")
    logger.addHandler(complaints)
    try:
        with unchanged(), tempfile.TemporaryDirectory() as folder:
            request = stage.request(next(stage.datasets()))
            run = start(stage.zoo, request, Path(folder, "run"))
            for _ in run:
                pass
            state = run.trainer.state()
    finally:
        logger.removeHandler(complaints)
    if complaints.told:
        raise Failed(
            f"{complaints.told[0]}\nWhat to do: it is told of Steps with and without metrics, "
            "samples and weights, and of Ended; look at which it takes for granted"
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
