"""Plugins that raise, or that change the state of the process, wherever their code is called."""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import odd_plugin
import pytest
import torch
from conftest import process_state

import ganzoo as zoo
from ganzoo.engine.rounds import Rounds
from ganzoo.errors import PluginFailed
from ganzoo.registry.boundary import Boundary
from ganzoo.registry.registry import found, register, registry
from ganzoo.runs.folder import Run

SETTINGS: dict[str, Any] = {
    "batch_size": 16, "samples": 16, "log_every": 2, "sample_every": 2, "checkpoint_every": 2,
    "steps": 4, "threads": 1,
}  # fmt: skip
PARTS = {"loss": "odd-loss", "penalty": "odd-penalty", "dataset": "odd-data"}
HARMLESS = ["watch", "event", "measure"]
STREAMED = ["length", "item"]
FATAL = [place for place in odd_plugin.PLACES if place not in HARMLESS + STREAMED]
RAISED = {
    "ValueError('broken inside')": "ValueError: broken inside",
    "SystemExit(0)": "SystemExit: 0",
    "BrokenPipeError(32, 'pipe')": "BrokenPipeError: [Errno 32] pipe",
    "StopIteration": "StopIteration",
    "type('E', (Exception,), {'__module__': 'e', '__str__': lambda self: 1 / 0})": (
        "E: <exception str() failed>"
    ),
}


@pytest.fixture(autouse=True)
def _plugin() -> Iterator[None]:
    before = [*registry().plugins]
    register(odd_plugin)
    yield
    registry().plugins[:] = before


def odd(at: str, do: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ODD_AT", at)
    monkeypatch.setenv("ODD_DO", do)


def train(out: str = "run", dataset: str = "odd-data", **settings: Any) -> zoo.Training:
    return zoo.train(
        "odd-model", **{**PARTS, "dataset": dataset}, out=out, observers=["odd-observer"],
        metrics=["odd-metric"], settings={**SETTINGS, "evaluate_every": 2, **settings},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("place", "error"), [(p, list(RAISED)[k % len(RAISED)]) for k, p in enumerate(FATAL)]
)
def test_an_error_names_the_record_and_the_place(
    place: str, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd(place, f"raise {error}", monkeypatch)
    with pytest.raises(PluginFailed) as raised:
        list(train())
    kind = odd_plugin.PLACES[place]
    name = {"dataset": "odd-data"}.get(kind, f"odd-{kind}")
    told = rf"{kind} {name} \(odd_plugin\.py:(\d+)\) failed: {re.escape(RAISED[error])}"
    found = re.fullmatch(told, str(raised.value))
    assert found, str(raised.value)
    line = Path(odd_plugin.__file__).read_text().splitlines()[int(found[1]) - 1]
    assert line.strip() == "exec(", "the deepest line of the plugin's module"
    cause = raised.value.__cause__
    assert cause is not None
    assert type(cause).__name__ == RAISED[error].partition(":")[0]
    run = Run(Path("run"))
    if run.exists:
        assert run.status()[0] == "failed"
        assert raised.value.kept == Path("run/error.txt")
        text = Path("run/error.txt").read_text()
        assert text.startswith("Traceback")
        assert 'odd_plugin.py", line' in text


@pytest.mark.parametrize(
    ("place", "error"), [(p, list(RAISED)[k + 1]) for k, p in enumerate(HARMLESS)]
)
def test_a_run_goes_on_without_an_observer_or_a_score(
    place: str, error: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    odd(place, f"raise {error}", monkeypatch)
    with caplog.at_level(logging.WARNING, "ganzoo"):
        list(train())
    kind = odd_plugin.PLACES[place]
    told = f"{kind} odd-{kind} (odd_plugin.py:"
    assert [m for m in caplog.messages if m.startswith(told) and RAISED[error] in m]
    assert Run(Path("run")).status() == ("finished", 4)


@pytest.mark.parametrize("error", ["MemoryError()", "RuntimeError('CUDA out of memory.')"])
def test_the_status_says_that_memory_was_short(error: str, monkeypatch: pytest.MonkeyPatch) -> None:
    odd("generator", f"raise {error}", monkeypatch)
    with pytest.raises((MemoryError, RuntimeError)):
        list(train())
    assert Run(Path("run")).error == "there is not enough memory"


def test_ganzoos_own_errors_keep_their_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("build", "load", "discriminator", "sample"):
        for error in (zoo.DoesNotFit, zoo.UsageError, zoo.DataUnavailable):
            odd(place, f"raise ganzoo.{error.__name__}('no cats')", monkeypatch)
            with pytest.raises(error, match=r"^no cats$"):
                list(train(out=f"{place}-{error.__name__}"))


def test_ctrl_c_in_a_plugin_interrupts(monkeypatch: pytest.MonkeyPatch) -> None:
    odd("penalty", "raise KeyboardInterrupt", monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        list(train())
    assert Run(Path("run")).status()[0] == "interrupted"


def test_an_error_of_ganzoo_itself_is_not_a_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("an engine's own")

    training = train()
    monkeypatch.setattr(Rounds, "play", broken)
    with pytest.raises(ValueError, match="an engine's own"):
        list(training)
    assert "in broken" in Path("run/error.txt").read_text()


def test_the_trace_of_an_earlier_attempt_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    odd("generator", "raise ValueError", monkeypatch)
    training = train()
    with pytest.raises(PluginFailed):
        list(training)
    assert Path("run/error.txt").exists()
    monkeypatch.setenv("ODD_DO", "")
    list(zoo.train(resume="run"))
    assert not Path("run/error.txt").exists()
    assert Run(Path("run")).status() == ("finished", 4)


# Samples that are read one by one


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("error", RAISED)
def test_a_source_in_any_process(error: str, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ODD_DO", f"raise {error}")
    training = train(dataset="odd-stream", workers=workers)
    monkeypatch.setenv("ODD_AT", "item")
    with pytest.raises(PluginFailed) as raised:
        list(training)
    told = "dataset odd-stream (odd_plugin.py:"
    assert str(raised.value).startswith(told)
    assert str(raised.value).endswith(f" failed: {RAISED[error]}")
    assert "in item" in Path("run/error.txt").read_text()
    if not error.startswith("type("):  # such a class cannot be pickled
        name = RAISED[error].partition(":")[0]
        assert type(raised.value.__cause__).__name__ == name


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize(
    ("item", "told"),
    [
        ("None", "gave None; expected arrays by name, for point"),
        ("{'x': 1}", "gave no 'point'; expected arrays by name, for point"),
        ("{'point': np.zeros(3)}", r"gave 'point' of shape \(3,\); expected \(2,\)"),
    ],
)
def test_a_source_with_other_samples(
    item: str, told: str, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(odd_plugin.OddSource, "item", lambda *_: eval(item, {"np": np}))
    with pytest.raises(zoo.GanzooError, match=rf"^dataset odd-stream .*: item\(\d+\) {told}"):
        list(train(dataset="odd-stream", workers=workers))


def test_a_reading_process_that_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    training = train(dataset="odd-stream", workers=1)
    odd("item", "os._exit(3)", monkeypatch)
    with pytest.raises(zoo.GanzooError, match="a process that reads the data has ended"):
        list(training)


def test_a_length_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    odd("length", "raise ValueError", monkeypatch)
    with pytest.raises(PluginFailed, match=r"^dataset odd-stream .* failed: ValueError"):
        train(dataset="odd-stream")


@pytest.mark.parametrize("dtype", ["object", ">f8", "U3"])
def test_arrays_that_torch_cannot_use(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.zeros((64, 2)).astype(dtype)
    fields = {"point": zoo.Field((2,))}
    monkeypatch.setattr(odd_plugin.OddData, "load", lambda _: zoo.Data(fields, {"point": points}))
    with pytest.raises(zoo.GanzooError, match=r"^dataset odd-data .*cannot use the array 'point'"):
        train()


GIVEN = {
    "build": ("3", "build() returned 3; expected a ganzoo.Game"),
    "moves": ("float('nan')", "OddGame.moves() returned nan; expected a sequence of ganzoo.Move"),
    "move loss": ("None", "move 'own' of OddGame: its loss returned None; expected the loss and"),
    "schedule": ("'x'", "move 'own' of OddGame: its schedule returned 'x'; expected a factor"),
    "optimizer": ("x.step", "move 'own' of OddGame: its optimizer is not a torch.optim.Optimizer"),
    "sample": ("x[:1]", "show(1000, ...) of view 'samples' returned (1, 2); expected (1000, 2)"),
    "verdict": ("torch.zeros(0)", "OddGame.verdict() returned a tensor of shape (0,); expected"),
    "discriminator": ("x[None]", "discriminator() gave shape (1,); expected a tensor of one"),
    "generator": ("'x'", "generator() gave 'x'; expected a tensor of one number"),
    "penalty": ("{}", "it gave {}; expected a tensor of one number"),
    "fields": ("[]", "fields() returned [], expected names with their fields"),
    "load": ("None", "load() returned NoneType; expected ganzoo.Data"),
}
"""Place -> what its code returns, and the message after the record."""


@pytest.mark.parametrize("place", GIVEN)
def test_a_wrong_result_names_the_record(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    value, told = GIVEN[place]
    odd(place, "", monkeypatch)
    monkeypatch.setenv("ODD_GIVE", value)
    kind = odd_plugin.PLACES[place]
    name = "odd-data" if kind == "dataset" else f"odd-{kind}"
    with pytest.raises(zoo.GanzooError) as raised:
        list(train())
    assert str(raised.value).startswith(f"{kind} {name} (odd_plugin.py): {told}")


def test_data_that_does_not_hang_together(monkeypatch: pytest.MonkeyPatch) -> None:
    odd("load", "", monkeypatch)
    monkeypatch.setenv("ODD_GIVE", "ganzoo.Data({}, {})")
    with pytest.raises(zoo.GanzooError, match=r"^dataset odd-data \(odd_plugin\.py\): Data needs"):
        list(train())


# The state of the process


CHANGES = {
    "torch's default dtype": "torch.set_default_dtype(torch.float64)",
    "torch's default device": "torch.set_default_device('meta')",
    "torch's gradient mode": "torch.set_grad_enabled(not torch.is_grad_enabled())",
    "torch's deterministic algorithms": "torch.use_deterministic_algorithms(True)",
    "torch's autocast on cpu": "torch.set_autocast_enabled('cpu', True)",
    "torch's number of threads": "torch.set_num_threads(3)",
    "the working directory": "os.chdir('/')",
}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The metrics of a run in which no plugin misbehaves."""
    folder, before = tmp_path_factory.mktemp("usual"), [*registry().plugins]
    register(odd_plugin)
    list(train(out=str(folder / "run")))
    registry().plugins[:] = before
    return (folder / "run" / "metrics.csv").read_bytes()


INSIDE = ["build", "forward", "backward", "item"]
"""Places that other code of the same plugin calls, or that build what it uses."""
COMPUTING = ["move loss", "sample", "verdict", "step", "discriminator", "generator", "penalty"]
"""Places after which the plugin computes, with the state that it has changed itself."""


@pytest.mark.parametrize("place", [p for p in odd_plugin.PLACES if p not in INSIDE])
def test_a_run_is_the_same_whatever_state_a_plugin_changes(
    place: str,
    usual: bytes,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    changes = [*CHANGES.values()]
    if place in COMPUTING:
        changes = changes[-2:]
    odd(place, "; ".join(changes), monkeypatch)
    torch.set_num_threads(1)
    before, dataset = process_state(), "odd-stream" if place == "length" else "odd-data"
    with caplog.at_level(logging.WARNING, "ganzoo"):
        list(train(dataset=dataset))
    assert process_state() == before
    if place != "length":
        assert Path("run/metrics.csv").read_bytes() == usual
    kind = odd_plugin.PLACES[place]
    who = f"{kind} {dataset if kind == 'dataset' else f'odd-{kind}'} (odd_plugin.py)"
    for what, change in CHANGES.items():
        told = f"{who} changed {what}. ganzoo has put it back."
        assert caplog.messages.count(told) == (change in changes), caplog.messages


@pytest.mark.parametrize(
    "place", ["fields", "load", "build", "against", "measure", "watch", "event"]
)
def test_seeds_that_a_plugin_sets_change_no_run(
    place: str, usual: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd(place, "torch.manual_seed(0); np.random.seed(0); random.seed(0)", monkeypatch)
    torch.manual_seed(3)
    random.seed(3)
    before = torch.get_rng_state()
    list(train())
    assert torch.equal(torch.get_rng_state(), before)
    if place != "build":  # the weights are drawn after it
        assert Path("run/metrics.csv").read_bytes() == usual


def test_an_observer_draws_other_numbers_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    odd("event", "with open('drawn', 'a') as f: print(float(torch.rand(())), file=f)", monkeypatch)
    list(train())
    drawn = Path("drawn").read_text().split()
    assert len(set(drawn)) == len(drawn) == 6


# Trained runs, and data without a run


def test_sampling_names_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    list(train())
    odd("sample", "raise SystemExit(0)", monkeypatch)
    told = r"^model odd-model \(odd_plugin\.py:\d+\) failed: SystemExit: 0$"
    trained = zoo.load("run")
    for sample in (trained.sample, lambda: trained.walk(0, 1)):
        with pytest.raises(PluginFailed, match=told):
            sample()


def test_data_without_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    odd("load", "sys.exit(3)", monkeypatch)
    with pytest.raises(PluginFailed, match=r"^dataset odd-data .* failed: SystemExit: 3$"):
        zoo.load_data("odd-data")
    odd("fields", "sys.exit(3)", monkeypatch)
    with pytest.raises(PluginFailed, match=r"^dataset odd-data .* failed: SystemExit: 3$"):
        zoo.fields_of("odd-data")


def test_a_part_without_a_method(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(odd_plugin.OddLoss, "generator")
    with pytest.raises(zoo.GanzooError, match=r"loss odd-loss .*OddLoss has no method generator"):
        train()


def test_a_boundary_is_for_records_of_one_plan() -> None:
    (entry,) = found().named("odd-penalty")
    assert str(Boundary(entry)) == "penalty odd-penalty (odd_plugin.py)"
