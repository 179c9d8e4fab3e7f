"""Which parts of a recorded run are there, without a plugin's file: see test_missing_parts."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ganzoo.errors import UsageError
from ganzoo.registry.discovery import from_file
from ganzoo.registry.records import Metric
from ganzoo.registry.registry import Registry, registry
from ganzoo.runs.folder import Run
from ganzoo.training.parts import available, origins_of
from ganzoo.training.plan import Request, plan
from ganzoo.training.recording import recorded_request


def changed(folder: Path, **fields: Any) -> Run:
    file = folder / "run.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **fields}))
    return Run(folder)


def test_a_part_that_is_not_needed_is_left_out(trained: Path) -> None:
    run = changed(trained, loss="gone")
    request = available(registry(), run, recorded_request(run.record), ("model",), ())
    assert request.left_out == ("loss", "penalty")
    assert (request.loss, request.penalty) == (None, None)
    assert (request.model, request.dataset) == ("vanilla-mlp", "ring")
    assert not [o.key for o in request.overrides if o.key.startswith(("loss.", "penalty."))]
    with pytest.raises(UsageError, match=r"the loss gone came from .* and does not have it"):
        available(registry(), run, recorded_request(run.record), ("loss",), ("sample", "run"))


def test_all_that_is_there_stays(trained: Path) -> None:
    run = Run(trained)
    request = recorded_request(run.record)
    assert available(registry(), run, request, ("model",), ()) == request


def test_a_part_that_the_user_adds_came_from_nowhere(trained: Path) -> None:
    """That it is unknown is said later, with a suggestion."""
    run = Run(trained)
    request = replace(recorded_request(run.record), metrics=("mode",), observers=("bulletin",))
    assert available(registry(), run, request, ("metric", "observer"), ()) == request
    run = changed(trained, metrics=["a/mode"])
    with pytest.raises(UsageError, match=r"^the metric mode "):
        available(registry(), run, request, ("metric", "observer"), ())


def test_the_files_of_all_parts_are_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of metrics that nobody names, because they fit the data."""
    file = tmp_path / "own_metric_file.py"
    file.write_text("""import ganzoo
@ganzoo.hookimpl
def ganzoo_metrics():
    scores = (ganzoo.Score("own", "Own.", better="lower"),)
    yield ganzoo.Metric(name="own", summary="Own.", factory="own_metric_file:Own", scores=scores)
class Own:
    against = None
""")
    zoo = Registry([*registry().plugins, from_file(file)])
    settled = plan(zoo, Request("vanilla-mlp", dataset="ring"))
    assert origins_of(settled)["plugin_files"] == {}
    found = origins_of(settled, [zoo.find(Metric, "own")])
    assert found["plugin_files"] == {"own_metric_file.py": str(file)}
    monkeypatch.delitem(sys.modules, "own_metric_file", raising=False)
