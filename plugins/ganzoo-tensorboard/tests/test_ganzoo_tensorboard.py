"""What the observer writes, read back by TensorBoard's own reader."""

from __future__ import annotations

import csv
import io
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from ganzoo_tensorboard.observer import TensorBoard
from PIL import Image
from safetensors.numpy import load_file
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator as Shown

import ganzoo
from ganzoo.testing import checks

SMALL = (
    "train", "vanilla-mlp", "--batch-size", "16", "--set", "model.latent=2",
    "--set", "model.generator=8", "--set", "model.discriminator=8", "--set", "samples=16",
    "--set", "threads=1", "--set", "log_every=5", "--set", "sample_every=10",
    "--set", "checkpoint_every=10",
)  # fmt: skip
RING = (*SMALL, "--dataset", "ring", "--set", "dataset.size=320")
ENDLESS = (*RING, "--steps", "1000000", "--observer", "tensorboard")


def start(*args: str, before: str = "") -> subprocess.Popen[str]:
    """The command line in a process of its own, in which warnings are errors."""
    code = f"{before}\nfrom ganzoo.cli import main\nmain()"
    how = ["-c", code] if before else ["-m", "ganzoo"]
    return subprocess.Popen(
        [sys.executable, "-W", "error", *how, *args],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


def end(process: subprocess.Popen[str], status: int = 0) -> str:
    """Wait for it to end so; gives what it said."""
    _, said = process.communicate(timeout=120)
    assert process.returncode == status, said
    assert "Traceback" not in said
    assert "failed and is left out" not in said
    return said


def train(*args: str, out: str) -> Path:
    end(start(*args, "--observer", "tensorboard", "--out", out))
    return Path(out)


def stop(process: subprocess.Popen[str], number: signal.Signals, run: Path, step: int) -> None:
    """Send a signal once the run has a later checkpoint than ``step``."""
    deadline = time.monotonic() + 60
    while not any(int(p.stem[5:]) > step for p in run.glob("checkpoints/step-*.safetensors")):
        assert time.monotonic() < deadline
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    os.kill(process.pid, number)


def events(run: Path, folder: str = "tensorboard") -> EventAccumulator:
    """All that the event files of a run hold, purged steps left out."""
    everything = dict.fromkeys(("scalars", "images", "histograms", "tensors"), 0)
    return EventAccumulator(str(run / folder), size_guidance=everything).Reload()


def metrics(run: Path) -> dict[str, list[tuple[int, float]]]:
    """``metrics.csv`` by tag; an event file has 32 bits for a number."""
    rows = list(csv.DictReader(io.StringIO((run / "metrics.csv").read_text())))
    names = [name for name in rows[0] if name not in ("step", "epoch")]
    return {
        f"metrics/{n}": [(int(row["step"]), float(np.float32(row[n]))) for row in rows]
        for n in names
    }


def scalars(read: EventAccumulator) -> dict[str, list[tuple[int, float]]]:
    tags = read.Tags()["scalars"]
    return {tag: [(e.step, e.value) for e in read.Scalars(tag)] for tag in tags}


def assert_all_there(run: Path, steps: list[int]) -> None:
    """The event files say the same as the run's own, each step once."""
    read = events(run)
    assert scalars(read) == metrics(run)
    assert [step for step, _ in scalars(read)["metrics/D(x)"]] == [s for s in steps if s]
    grids = sorted(int(p.stem[5:]) for p in run.glob("samples/step-*.png"))
    images = read.Images("samples")
    assert grids[0] == 0
    assert [e.step for e in images] == grids
    for event in images:
        shown = Image.open(io.BytesIO(event.encoded_image_string))
        kept = Image.open(run / f"samples/step-{event.step:08d}.png")
        assert np.array_equal(np.asarray(shown), np.asarray(kept))
    for step in grids:
        weights = load_file(run / f"samples/step-{step:08d}.safetensors")
        assert set(read.Tags()["histograms"]) == {f"weights/{name}" for name in weights}
        for name, values in weights.items():
            (shown,) = [e for e in read.Histograms(f"weights/{name}") if e.step == step]
            told = shown.histogram_value
            assert (told.num, told.min, told.max) == (values.size, values.min(), values.max())
    (text,) = read.Tensors("settings/text_summary")
    assert text.step == 0
    table = text.tensor_proto.string_val[0].decode().splitlines()
    assert {"| model | vanilla-mlp |", "| loss | bce |", "| trainer.log_every | 5 |"} <= set(table)
    assert table[1] == "| --- | --- |"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("GANZOO_OFFLINE", "1")


@pytest.mark.slow
def test_points() -> None:
    run = train(*RING, "--steps", "20", out="run")
    assert_all_there(run, [0, 5, 10, 15, 20])
    plain = "plain"
    end(start(*RING, "--steps", "20", "--out", plain))
    last = "checkpoints/step-00000020.safetensors"
    assert (run / last).read_bytes() == Path(plain, last).read_bytes(), "it changed the run"
    assert not Path(plain, "tensorboard").exists()


def test_pictures() -> None:
    rng = np.random.default_rng(0)
    Path("pictures").mkdir()
    for i in range(40):
        Image.fromarray(rng.integers(256, size=(6, 6), dtype=np.uint8)).save(f"pictures/{i}.png")
    folder = ("--dataset", "image-folder", "--set", "root=pictures")
    run = train(*SMALL, *folder, "--steps", "20", out="run")
    assert_all_there(run, [0, 5, 10, 15, 20])


@pytest.mark.slow
def test_after_ctrl_c_and_a_kill_each_step_is_there_once() -> None:
    run, args = Path("run"), (*ENDLESS, "--out", "run")
    for number, status in [(signal.SIGINT, 130), (signal.SIGKILL, -9), (signal.SIGINT, 130)]:
        had = max((int(p.stem[5:]) for p in run.glob("checkpoints/*.safetensors")), default=0)
        process = start(*args)
        stop(process, number, run, had)
        end(process, status)
        args = ("train", "--resume", "run", "--observer", "tensorboard")
    assert_all_there(run, [0, *(step for step, _ in metrics(run)["metrics/D(x)"])])
    assert len(list(run.glob("tensorboard/events.out.tfevents.*"))) == 3


# Within this process

SETTINGS: dict[str, Any] = {
    "model.generator": [8], "model.discriminator": [8], "batch_size": 16, "log_every": 5,
    "steps": 10,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _same_threads() -> Iterator[None]:
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def begin(dataset: str = "ring", **settings: Any) -> ganzoo.Training:
    return ganzoo.train(
        "vanilla-mlp",
        dataset=dataset,
        settings={**SETTINGS, **settings},
        out="run",
        observers=["tensorboard"],
    )


def go_on(**settings: Any) -> None:
    list(ganzoo.train(resume="run", observers=["tensorboard"], settings=settings))


def test_a_run_that_goes_on_from_step_0_has_it_once() -> None:
    for _ in begin():
        break
    go_on()
    read = events(Path("run"))
    assert [e.step for e in read.Images("samples")] == [0, 10]
    shown = Shown("run/tensorboard").Reload()  # the reader above purges no texts
    assert [e.step for e in shown.Tensors("settings/text_summary")] == [0]


def test_a_later_file_has_a_later_name_even_within_a_second() -> None:
    started = ganzoo.Started(Path("run"), 0, 1, {}, ganzoo.Field((3,)))
    for _ in range(3):
        TensorBoard().watch(started)(ganzoo.Ended(Path("run"), 0, "finished"))
    names = sorted(file.name for file in Path("run/tensorboard").iterdir())
    assert len({name.split(".")[3] for name in names}) == 3


def test_steps_after_the_checkpoint_are_forgotten() -> None:
    list(begin(checkpoint_every=5, sample_every=5))
    Path("run/checkpoints/step-00000010.safetensors").unlink()  # as if killed before it was written
    go_on()
    assert_all_there(Path("run"), [0, 5, 10])


def test_a_checkpoint_comes_after_what_the_files_must_have() -> None:
    for step in begin(checkpoint_every=5, sample_every=5):
        if step.step == 5:
            shutil.copytree("run", "killed")  # what a kill leaves here
    list(ganzoo.train(resume="killed", observers=["tensorboard"]))
    assert_all_there(Path("killed"), [0, 5, 10])


def test_a_run_that_is_watched_from_its_middle() -> None:
    list(begin())
    shutil.rmtree("run/tensorboard")
    go_on(steps=20)
    read = events(Path("run"))
    assert [step for step, _ in scalars(read)["metrics/D(x)"]] == [15, 20]
    assert [e.step for e in read.Tensors("settings/text_summary")] == [10]


def test_a_failing_run_is_closed() -> None:
    before = threading.active_count()
    with pytest.raises(ganzoo.Diverged):
        list(begin(lr=1e30))
    assert [e.step for e in events(Path("run")).Images("samples")] == [0]
    assert threading.active_count() == before, "a writer is still at work"


def test_what_has_no_picture_and_what_has_no_distribution() -> None:
    started = ganzoo.Started(Path("run"), 0, 1, {"a|b": "c|d"}, ganzoo.Field((3,)))
    hear = TensorBoard().watch(started)
    weights = {"w": torch.ones(2, dtype=torch.bfloat16), "n": torch.tensor(7), "e": torch.ones(0)}
    hear(ganzoo.Step(0, 1, 0.0, 0, samples=torch.zeros(4, 3), weights=weights))
    hear(ganzoo.Ended(Path("run"), 1, "finished"))
    read = events(Path("run"))
    assert read.Tags()["images"] == []
    assert read.Tags()["histograms"] == ["weights/w"]
    (text,) = read.Tensors("settings/text_summary")
    assert text.tensor_proto.string_val[0].decode().splitlines()[2] == r"| a\|b | c\|d |"


def test_another_folder() -> None:
    list(begin(**{"observer.tensorboard.folder": "logs/tb"}))
    assert scalars(events(Path("run"), "logs/tb")) == metrics(Path("run"))
    assert not Path("run/tensorboard").exists()


def test_a_missing_tensorboard_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    monkeypatch.delitem(sys.modules, "torch.utils.tensorboard", raising=False)
    list(begin())
    (told,) = caplog.messages
    assert told.startswith("observer tensorboard failed")
    assert "pip install 'tensorboard>=2.15'" in told
    assert "\n" not in told
    assert metrics(Path("run"))


def test_tensorboard_is_loaded_by_watching_alone() -> None:
    code = """if True:
        import sys
        import ganzoo_tensorboard
        assert not {"torch", "numpy", "tensorboard"} & set(sys.modules)
        from ganzoo_tensorboard.observer import TensorBoard
        TensorBoard()
        assert "tensorboard" not in sys.modules
    """
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("check", checks("ganzoo-tensorboard"), ids=str)
def test_it_conforms(check) -> None:
    check()
