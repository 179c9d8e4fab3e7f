"""Checks of an observer: it receives all events and changes nothing."""

from __future__ import annotations

import contextlib
import io
import tempfile
from pathlib import Path

from ganzoo.testing.check import Complaints, Failed, expect
from ganzoo.testing.games import difference, trained
from ganzoo.testing.stage import STEPS, Stage, unchanged
from ganzoo.training.plan import Request
from ganzoo.training.run import resume, start


def it_receives_all_events(stage: Stage) -> None:
    """it receives every event of an interrupted and resumed run, and changes nothing in it."""
    printed = io.StringIO()
    with (
        Complaints("observer") as complaints,
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
    if complaints.messages:
        raise Failed(
            f"{complaints.messages[0]}\nWhat to do: expect Steps without metrics, samples or "
            "weights, and Ended. When a run is resumed, expect the files that are already there"
        )
    expect(
        not printed.getvalue(),
        f"it prints {printed.getvalue()[:60]!r} to stdout, which is for data",
        "write to sys.stderr, or to a file in the run's folder",
    )
    differs = difference(state, trained(stage.built().trainer))
    expect(
        not differs,
        f"with it, the run ends with a different {differs}",
        "only read the events, and copy what must be changed",
    )


CHECKS = (it_receives_all_events,)
