"""Runs whose loss, penalty, dataset, metric or observer comes from a plugin that is gone."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from conftest import TINY, Forks
from installing import LOSS, install

import ganzoo
from ganzoo.registry.registry import registry

ALL = """
from dataclasses import dataclass
import ganzoo

@ganzoo.hookimpl
def ganzoo_losses():
    yield ganzoo.Loss(name="shiny", summary="A hinge.", factory=f"{__name__}:Shiny")

@ganzoo.hookimpl
def ganzoo_penalties():
    yield ganzoo.Penalty(name="soft", summary="Small.", factory=f"{__name__}:Soft")

@ganzoo.hookimpl
def ganzoo_observers():
    yield ganzoo.Observer(name="bulletin", summary="Writes.", factory=f"{__name__}:Bulletin")

@ganzoo.hookimpl
def ganzoo_metrics():
    yield ganzoo.Metric(name="reach", summary="Far.", factory=f"{__name__}:Reach", samples=100,
                        scores=(ganzoo.Score("far", "How far.", better="lower"),))

@ganzoo.hookimpl
def ganzoo_datasets():
    yield ganzoo.Dataset(name="line", summary="A line.", factory=f"{__name__}:Line")

@dataclass(frozen=True)
class Shiny:
    margin: float = 1.0
    def discriminator(self, real, fake):
        return (self.margin - real).relu().mean() + (self.margin + fake).relu().mean()
    def generator(self, fake):
        return -fake.mean()

@dataclass(frozen=True)
class Soft:
    def __call__(self, critic, real, fake, draw):
        return critic(real).square().mean() * 0.1

@dataclass(frozen=True)
class Bulletin:
    word: str = "step"
    def watch(self, started):
        def watch(event):
            if getattr(event, "metrics", None):
                with open(started.run / "bulletin", "a") as file:
                    print(self.word, event.step, file=file)
        return watch

@dataclass(frozen=True)
class Reach:
    def against(self, data):
        return lambda samples: {"far": float(samples.abs().mean())}

@dataclass(frozen=True)
class Line:
    size: int = 320
    def fields(self):
        return {"point": ganzoo.Field((2,))}
    def load(self):
        import numpy
        points = numpy.linspace(-1, 1, self.size * 2, dtype="float32").reshape(-1, 2)
        return ganzoo.Data(self.fields(), {"point": points})
"""
PARTS = {
    "loss": ("--loss", "shiny"),
    "penalty": ("--penalty", "soft"),
    "dataset": ("--dataset", "line"),
    "observer": ("--observer", "bulletin", "--set", "observer.bulletin.word=now"),
    "metric": ("--evaluate-every", "5", "--metric", "reach"),
}
OWN = ("--plugin", "own.py")


@pytest.fixture
def train(forked: Forks) -> Callable[..., Path]:
    """Trains a run with parts of a plugin file."""
    Path("own.py").write_text(ALL)

    def trained(*words: str) -> Path:
        tiny = TINY[:2] + TINY[4:] if "--dataset" in words else TINY
        forked(*OWN, *tiny, "--steps", "10", "--out", "run", *words).ok()
        return Path("run")

    return trained


@pytest.mark.parametrize("part", PARTS)
def test_what_needs_only_the_model_works_without(
    train: Callable[..., Path], forked: Forks, part: str
) -> None:
    train(*PARTS[part])
    with_it = forked(*OWN, "sample", "run", "-n", "5", "--out", "with.npz").ok()
    Path("own.py").unlink()
    without = forked("sample", "run", "-n", "5", "--out", "without.npz").ok()
    assert Path("with.npz").read_bytes() == Path("without.npz").read_bytes()
    for result in (with_it, without):
        assert "Error" not in result.err
    forked("report", "run").ok()
    forked("diagnose", "run").ok()
    forked("runs", ".").ok()
    shutil.copytree("run", "run2")
    forked("compare", "run", "run2").ok()
    if part != "dataset":
        forked("evaluate", "run", "-n", "100", "--metric", "modes").ok()


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_needed_is_named_with_its_origin(
    train: Callable[..., Path], forked: Forks, part: str
) -> None:
    train(*PARTS[part])
    resume = ("train", "--resume", "run", "--steps", "20")
    name = PARTS[part][-1] if part != "observer" else "bulletin"
    words = (f"the {part} {name} came from --plugin own.py", "ganzoo --plugin own.py train")
    refused = forked(*resume).refused(2, *words)
    assert ("--observer none" in refused.err) == (part == "observer")
    if part == "dataset":
        forked("evaluate", "run").refused(2, words[0], "ganzoo --plugin own.py evaluate run")
    Path("own.py").rename("other.py")
    forked(*resume).refused(2, f"the {part} {name} came from --plugin", "no such file", "FILE")
    found = forked("--plugin", "other.py", *resume).ok()
    if part in ("loss", "penalty", "dataset"):
        assert f"{part} {name} came from own.py, and this one comes from other.py" in found.err
    record = json.loads(Path("run/run.json").read_text())
    assert record["plugin_files"] == {"other.py": str(Path("other.py").absolute())}


def test_a_loss_that_changed_its_settings_is_not_needed_either(
    train: Callable[..., Path], forked: Forks
) -> None:
    train("--loss", "shiny", "--set", "loss.margin=2", "--penalty", "soft")
    Path("own.py").write_text(ALL.replace("margin", "edge"))
    forked(*OWN, "sample", "run", "-n", "4").ok()
    forked(*OWN, "evaluate", "run", "-n", "300").ok()
    forked(*OWN, "train", "--resume", "run").refused(2, "unknown setting 'loss.margin'")
    Path("own.py").write_text(ALL.replace("import ganzoo", "import ganzoo, no_such_module", 1))
    forked("sample", "run", "-n", "4").ok()
    Path("own.py").write_text(ALL.replace('"shiny"', '"dull"'))
    forked(*OWN, "train", "--resume", "run").refused(2, "own.py is there and does not have it")


def test_a_model_from_a_file_is_always_needed(forked: Forks) -> None:
    code = (
        "from dataclasses import dataclass\nimport ganzoo\n"
        "from ganzoo.builtin.vanilla_mlp import VanillaMLP\n"
        "@ganzoo.hookimpl\ndef ganzoo_models():\n"
        "    yield ganzoo.Model(name='mine', summary='Mine.', factory=f'{__name__}:Mine')\n"
        "@dataclass(frozen=True)\nclass Mine(VanillaMLP):\n    '''Mine.'''\n"
    )
    folder = Path("my plugins")
    folder.mkdir()
    (folder / "mine.py").write_text(code)
    plugin = ("--plugin", "my plugins/mine.py")
    told = forked(*plugin, "train", "mine", *TINY[2:], "--steps", "5", "--out", "my run").ok()
    for command in ("sample", "evaluate", "train --resume"):
        assert f"ganzoo --plugin 'my plugins/mine.py' {command} 'my run'" in told.err
    words = ("model mine came from --plugin 'my plugins/mine.py'", "ganzoo --plugin 'my plugins/")
    forked("sample", "my run").refused(2, *words)
    printed = next(line for line in told.err.splitlines() if "ganzoo --plugin" in line)
    forked(*shlex.split(printed)[1:]).ok()
    command = json.loads(Path("my run/run.json").read_text())["command"]
    assert shlex.split(command)[1:3] == ["--plugin", str((folder / "mine.py").absolute())]
    forked(*shlex.split(command)[1:], "--out", "again").ok()
    same = [Path(run, "metrics.csv").read_bytes() for run in ("my run", "again")]
    assert same[0] == same[1]
    forked(*plugin, "train", "mine", *TINY[2:], "--steps", "5", "--out", "my run").refused(
        2, "ganzoo --plugin 'my plugins/mine.py' train --resume 'my run'"
    )


def test_an_uninstalled_distribution_is_named_with_its_version(forked: Forks) -> None:
    code = LOSS.format(name="calm", module="calm", scale=1.0)
    path = install("ganzoo-calm", "calm", code)
    forked(*TINY, "--steps", "5", "--loss", "calm", "--out", "run", PYTHONPATH=path).ok()
    forked("sample", "run").ok()
    resume = ("train", "--resume", "run", "--steps", "10")
    forked(*resume).refused(2, "the loss calm came from ganzoo-calm 1.2, which is not installed")
    disabled = {"PYTHONPATH": path, "GANZOO_DISABLE_PLUGINS": "ganzoo-calm"}
    forked(*resume, **disabled).refused(2, "ganzoo-calm 1.2, which is disabled by")
    Path(path, "calm.py").write_text("1 / 0")
    forked(*resume, PYTHONPATH=path).refused(2, "ganzoo-calm 1.2", "failed at import")
    Path(path, "calm.py").write_text(code.replace('"calm"', '"loud"'))
    forked(*resume, PYTHONPATH=path).refused(2, "1.2 is there and does not have it")


@pytest.fixture
def _forgets() -> Iterator[None]:
    before = [*registry().plugins]
    yield
    registry().plugins[:] = before


@pytest.mark.usefixtures("_forgets")
def test_a_module_and_its_file_are_one_plugin(
    train: Callable[..., Path], forked: Forks, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = train("--loss", "shiny")
    Path("module").mkdir()
    Path("own.py").rename("module/shared_name.py")
    monkeypatch.syspath_prepend("module")
    ganzoo.register(import_module("shared_name"))
    list(ganzoo.train(resume=run, settings={"steps": 15}))
    record = json.loads((run / "run.json").read_text())
    assert record["distributions"]["loss"] == "shared_name.py"
    resume = ("train", "--resume", "run", "--steps", "20")
    forked(*resume).refused(2, "ganzoo --plugin module/shared_name.py train --resume run")
    forked("--plugin", "module/shared_name.py", *resume).ok()


@pytest.mark.slow
def test_a_sweep_goes_on_with_the_file_under_another_name(forked: Forks) -> None:
    Path("own.py").write_text(ALL)
    args = (*TINY, "--steps", "5", "--seeds", "0-1", "--loss", "shiny", "--out", "many")
    forked(*OWN, *args).ok()
    shutil.rmtree("many/seed-1")
    Path("own.py").rename("other.py")
    told = forked("train", "--resume", "many")
    assert told.status == 1
    assert "unknown loss 'shiny' of own.py. Load this file with --plugin" in told.err
    forked("--plugin", "other.py", "train", "--resume", "many").ok()
    assert Path("many/seed-1/status.json").exists()


# Observers


def test_a_resumed_run_has_the_observers_that_it_had(
    train: Callable[..., Path], forked: Forks
) -> None:
    run = train(*PARTS["observer"])
    resume = ("train", "--resume", "run", "--steps")
    forked(*OWN, *resume, "20").ok()
    assert (run / "bulletin").read_text().split("\n")[:4] == [f"now {n}" for n in (5, 10, 15, 20)]
    assert "--observer bulletin" in json.loads((run / "run.json").read_text())["command"]
    forked(*OWN, *resume, "25", "--observer", "bulletin").ok()  # not twice
    assert (run / "bulletin").read_text().count("now 25") == 1
    forked(*resume, "30", "--observer", "none").ok()
    record = json.loads((run / "run.json").read_text())
    assert record["observers"] == []
    assert "observer" not in record["command"]
    assert not any(key.startswith("observer.") for key in record["settings"])
    forked(*resume, "35").ok()
    assert "now 30" not in (run / "bulletin").read_text()


def test_a_run_that_is_repeated_has_its_observers(
    train: Callable[..., Path], forked: Forks
) -> None:
    run = train(*PARTS["observer"])
    config = ("train", "--config", "run/run.json", "--out")
    forked(*OWN, *config, "again").ok()
    assert Path("again/bulletin").read_text() == (run / "bulletin").read_text()
    forked(*config, "third").refused(2, "unknown observer 'bulletin' of own.py", "--plugin own.py")
    forked(*config, "third", "--observer", "none").ok()
    assert not Path("third/bulletin").exists()
