"""What observers are told, and what becomes of a run where one fails."""

from __future__ import annotations

import json
import logging
import shlex
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import Forks

import ganzoo as zoo
from ganzoo.registry.registry import registry

SETTINGS: dict[str, Any] = {
    "model.latent": 2, "model.generator": [8], "model.discriminator": [8], "dataset.size": 320,
    "batch_size": 16, "samples": 16, "log_every": 5, "sample_every": 10, "checkpoint_every": 10,
    "steps": 20,
}  # fmt: skip
HEARD: list[tuple[str, zoo.Event]] = []


@dataclass(frozen=True)
class Scribe:
    """Notes what it hears, under the letter it is set to."""

    letter: str = "a"

    def watch(self, started: zoo.Started) -> Callable[[zoo.Step | zoo.Ended], None]:
        HEARD.append((self.letter, started))
        return lambda event: HEARD.append((self.letter, event))


@dataclass(frozen=True)
class Late(Scribe):
    """Fails while it begins to watch."""

    def watch(self, started: zoo.Started) -> Callable[[zoo.Step | zoo.Ended], None]:
        raise RuntimeError("no pencil")


@dataclass(frozen=True)
class Pressed(Scribe):
    """Ctrl-C comes while it begins to watch."""

    def watch(self, started: zoo.Started) -> Callable[[zoo.Step | zoo.Ended], None]:
        signal.raise_signal(signal.SIGINT)
        return super().watch(started)


class Plugin:
    @zoo.hookimpl
    def ganzoo_observers(self) -> Iterator[zoo.Observer]:
        for cls in (Scribe, Late, Pressed):
            name = cls.__name__.lower()
            yield zoo.Observer(name=name, summary="Listens.", factory=f"{__name__}:{cls.__name__}")


@pytest.fixture(autouse=True)
def _observers() -> Iterator[None]:
    before = [*registry().plugins]
    zoo.register(Plugin())
    HEARD.clear()
    yield
    registry().plugins[:] = before


def begin(*observers: Any, **settings: Any) -> zoo.Training:
    return zoo.train(
        "vanilla-mlp",
        dataset="ring",
        settings={**SETTINGS, **settings},
        out="run",
        observers=observers,
    )


def kinds() -> list[str]:
    return [type(event).__name__ for _, event in HEARD]


def ended() -> list[str]:
    return [event.status for _, event in HEARD if isinstance(event, zoo.Ended)]


def test_an_observer_watches_from_start_to_end() -> None:
    yielded = list(begin("scribe", **{"observer.scribe.letter": "x"}))
    assert kinds() == ["Started", *["Step"] * 21, "Ended"]
    assert {letter for letter, _ in HEARD} == {"x"}
    assert [event for _, event in HEARD[1:-1]] == yielded
    assert ended() == ["finished"]


def test_a_function_hears_everything() -> None:
    events: list[zoo.Event] = []
    list(begin(events.append, "scribe"))
    assert events == [event for _, event in HEARD]


def test_what_started_tells_is_enough_to_draw_the_grids() -> None:
    list(begin("scribe"))
    (_, started), *heard = HEARD
    assert isinstance(started, zoo.Started)
    assert started.run == Path("run").absolute()
    assert (started.step, started.total) == (0, 20)
    chosen = {"model": "vanilla-mlp", "loss": "bce", "dataset": "ring", "trainer.log_every": 5}
    assert chosen.items() <= started.settings.items()
    assert "penalty" not in started.settings
    grids = {
        event.step: zoo.Samples(event.samples, started.field, started.extent).png()
        for _, event in heard
        if isinstance(event, zoo.Step) and event.samples is not None
    }
    assert list(grids) == [0, 10, 20]
    for step, png in grids.items():
        assert Path(f"run/samples/step-{step:08d}.png").read_bytes() == png


def test_a_resumed_run_is_watched_anew() -> None:
    for step in begin("scribe"):
        if step.step == 13:
            break
    assert ended() == ["interrupted"]
    HEARD.clear()
    list(zoo.train(resume="run", observers=["scribe"]))
    assert isinstance(HEARD[0][1], zoo.Started)
    assert HEARD[0][1].step == 13
    assert kinds() == ["Started", *["Step"] * 7, "Ended"]


def test_one_that_cannot_watch_is_named_and_left_out(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "ganzoo"):
        list(begin("late", "scribe"))
    (told,) = caplog.messages
    assert told.startswith("observer late (Plugin, test_observers.py:")
    assert "RuntimeError: no pencil" in told
    assert ended() == ["finished"]


def test_ctrl_c_while_it_begins_to_watch() -> None:
    with pytest.raises(KeyboardInterrupt):
        list(begin("pressed"))
    assert kinds() == ["Started", "Ended"]
    assert ended() == ["interrupted"]
    list(zoo.train(resume="run", observers=["none", "scribe"]))
    assert ended() == ["interrupted", "finished"]


def test_a_failure_is_told() -> None:
    with pytest.raises(zoo.Diverged):
        list(begin("scribe", lr=1e30))
    assert ended() == ["failed"]


OWN = """
from dataclasses import dataclass
import ganzoo

@ganzoo.hookimpl
def ganzoo_observers():
    yield ganzoo.Observer(name="deaf", summary="Listens.", factory="own:Deaf")

@dataclass(frozen=True)
class Deaf:
    ear: str = "left"
    def watch(self, started):
        return lambda event: None
"""


def test_settings_are_shown_as_they_are_set_and_the_command_can_be_repeated(forked: Forks) -> None:
    Path("own.py").write_text(OWN)
    plugin = ("--plugin", "own.py")
    (setting,) = forked(*plugin, "info", "deaf", "--json").ok().json["settings"]
    sets = [f"--set={k}={v}" for k, v in SETTINGS.items() if not isinstance(v, list)]
    chosen = ("--observer", "deaf", "--set", f"{setting['key']}=right")
    train = ("train", "vanilla-mlp", "--dataset", "ring", *sets, *chosen)
    forked(*plugin, *train, "--out", "run").ok()
    command = shlex.split(json.loads(Path("run/run.json").read_text())["command"])[1:]
    forked(*plugin, *command, "--out", "again").ok()
    metrics = [Path(run, "metrics.csv").read_bytes() for run in ("run", "again")]
    assert metrics[0] == metrics[1]
