"""A run goes on, and is evaluated, only with the data with which it began, wherever that is now."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Forks
from own_data import SETTINGS, STEPS, paint, pictures, resume, train
from PIL import Image
from same_runs import assert_same

import ganzoo
from ganzoo.builtin import image_folder
from ganzoo.errors import BrokenFile, UsageError
from ganzoo.runs.folder import Run


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder, a run of 16 steps on it, and one of 24 that never stopped."""
    folder = tmp_path_factory.mktemp("made")
    pictures(folder / "pics")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANZOO_DATA", str(folder / "data"))
        patch.setenv("GANZOO_NO_REPORT", "1")
        train(folder / "pics", folder / "run")
        train(folder / "pics", folder / "whole", steps=24)
    return folder


@pytest.fixture
def made(_made: Path, tmp_path: Path) -> Path:
    """Copies of them. The pictures of the runs are in this folder."""
    for name in ("pics", "run", "whole"):
        shutil.copytree(_made / name, tmp_path / name)
    record = json.loads((tmp_path / "run/run.json").read_text())
    record["settings"]["dataset.root"] = str(tmp_path / "pics")
    (tmp_path / "run/run.json").write_text(json.dumps(record))
    return tmp_path


def swap(pics: Path) -> None:
    (pics / "003.png").rename(pics / "x")
    (pics / "017.png").rename(pics / "003.png")
    (pics / "x").rename(pics / "017.png")


def replace_keeping_the_date(pics: Path) -> None:
    """As large as before, and with the date of before."""
    file = pics / "007.png"
    dates = os.stat(file)
    content = bytearray(file.read_bytes())
    content[-1] ^= 1  # in the last chunk, which has no pixels
    file.write_bytes(content)
    os.utime(file, ns=(dates.st_atime_ns, dates.st_mtime_ns))


def remove_and_add(pics: Path) -> None:
    (pics / "001.png").unlink()
    paint(pics / "zzz.png", 99)


CHANGES: dict[str, tuple[Callable[[Path], object], tuple[str, ...]]] = {
    "renamed": (
        lambda pics: (pics / "000.png").rename(pics / "zzz.png"),
        ("renamed: 000.png is now zzz.png",),
    ),
    "renamed in order": (
        lambda pics: (pics / "039.png").rename(pics / "zzz.png"),
        ("renamed: 039.png is now zzz.png",),
    ),
    "swapped": (swap, ("changed: 003.png, 017.png",)),
    "replaced": (lambda pics: paint(pics / "007.png", 99), ("changed: 007.png",)),
    "replaced, keeping the date": (replace_keeping_the_date, ("changed: 007.png",)),
    "of another size": (
        lambda pics: Image.new("L", (9, 9)).save(pics / "000.png"),
        ("changed: 000.png",),
    ),
    "no picture any more": (
        lambda pics: (pics / "000.png").write_text("hello"), ("changed: 000.png",)
    ),
    "removed and added": (remove_and_add, ("removed: 001.png", "added: zzz.png")),
    "in sub-folders": (
        lambda pics: [
            (pics / "sub").mkdir(exist_ok=True) or file.rename(pics / "sub" / file.name)
            for file in sorted(pics.glob("*.png"))
        ],
        ("renamed: 000.png is now sub/000.png", "and 37 more"),
    ),
    "most are removed": (
        lambda pics: [file.unlink() for file in sorted(pics.glob("*.png"))[5:]],
        ("removed: 005.png, 006.png, 007.png and 32 more",),
    ),
    "all are others": (
        lambda pics: pictures(pics, first=100), ("changed: 000.png, 001.png, 002.png and 37 more",)
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_other_data_is_refused_and_the_message_says_what_has_changed(
    change: str, made: Path
) -> None:
    make, words = CHANGES[change]
    make(made / "pics")
    for doing, use in (("resume", resume), ("evaluate", ganzoo.evaluate)):
        with pytest.raises(UsageError) as refused:
            use(made / "run")
        said = str(refused.value)
        assert f"cannot {doing} {made / 'run'}: the data in {made / 'pics'} is not what" in said
        assert not [word for word in words if word not in said], said
        assert "name its place with --set dataset.root=FOLDER" in said
    assert Run(made / "run").status() == ("finished", STEPS), "untouched"


def test_each_picture_counts_also_those_that_are_held_out_of_training(made: Path) -> None:
    for file in sorted((made / "pics").iterdir()):
        content = file.read_bytes()
        paint(file, 99)
        with pytest.raises(UsageError, match=rf"changed: {file.name}\n"):
            resume(made / "run")
        file.write_bytes(content)
    resume(made / "run")


def moved(made: Path) -> str:
    (made / "pics").rename(made / "elsewhere")
    return "elsewhere"  # relative


def copied(made: Path) -> str:
    shutil.copytree(made / "pics", made / "far" / "copy", copy_function=shutil.copyfile)
    shutil.rmtree(made / "pics")
    return str(made / "far" / "copy")


def linked(made: Path) -> str:
    (made / "link").symlink_to(made / "pics")
    return "link"


def touched(made: Path) -> str:
    for file in (made / "pics").iterdir():
        os.utime(file)
    return str(made / "pics")


def with_other_files(made: Path) -> str:
    """What is no picture does not count."""
    (made / "pics" / "notes.txt").write_text("hello")
    (made / "pics" / ".hidden.png").write_text("hello")
    return str(made / "pics" / ".." / "pics")


@pytest.mark.parametrize("change", [moved, copied, linked, touched, with_other_files])
def test_the_same_data_elsewhere_is_accepted_and_the_run_ends_with_the_same_bytes(
    change: Callable[[Path], str], made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(made)
    new = change(made)
    [*_, last] = ganzoo.evaluate("run", settings={"root": new})
    assert last.scores
    resume(Path("run"), **{"dataset.root": new})
    assert_same(made / "run", made / "whole")
    record = Run(made / "run").record
    assert record.settings["dataset.root"] == str(made / new)
    assert f"dataset.root={made / new}" in record.command
    assert record.fingerprint == Run(made / "whole").record.fingerprint
    assert (made / "run/data.sums").read_bytes() == (made / "whole/data.sums").read_bytes()


def test_a_relative_root_is_followed_only_from_where_the_run_began(
    tmp_path: Path, forked: Forks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two folders of one name. The run began with the first, by the command line."""
    pictures(tmp_path / "a/pics")
    pictures(tmp_path / "b/pics", first=100)
    monkeypatch.chdir(tmp_path / "a")
    args = ("--set", "generator=8", "--set", "discriminator=8", "--batch-size", "8")
    options = ("--set", "dataset.root=pics", "--steps", "20", "--quiet", "--out", "../run")
    forked("train", "vanilla-mlp", "--dataset", "image-folder", *args, *options).ok()
    record = json.loads(Path("../run/run.json").read_text())
    assert record["settings"]["dataset.root"] == str(tmp_path / "a/pics")
    monkeypatch.chdir(tmp_path / "b")
    going = forked("train", "--resume", "../run", "--steps", "30").ok()
    assert f"reading 40 pictures from {tmp_path / 'a/pics'}" in going.err
    scored = forked("evaluate", "../run", "--json").ok().json
    here = ("--set", "dataset.root=pics")
    changed = f"the data in {tmp_path / 'b/pics'} is not what the run began with changed: 000.png"
    forked("train", "--resume", "../run", "--steps", "40", *here).refused(2, changed)
    forked("evaluate", "../run", *here).refused(2, changed)
    monkeypatch.chdir(tmp_path / "a")
    Path("pics").rename("moved")
    missing = "pics does not exist", "--set dataset.root=FOLDER"
    forked("train", "--resume", "../run", "--steps", "40").refused(2, *missing)
    forked("evaluate", "../run").refused(2, *missing)
    again = forked("evaluate", "../run", "--set", "dataset.root=moved", "--json").ok().json
    assert [each["scores"] for each in again] == [each["scores"] for each in scored]
    forked("train", "--resume", "../run", "--steps", "40", "--set", "dataset.root=moved").ok()
    forked("train", "--resume", "../run", "--steps", "50").ok()


def test_names_are_not_needed_to_notice_a_change(made: Path) -> None:
    swap(made / "pics")
    for damage in (b"damaged", None):
        sums = made / "run/data.sums"
        sums.unlink() if damage is None else sums.write_bytes(damage)
        with pytest.raises(UsageError, match=r"data\.sums is missing or damaged"):
            resume(made / "run")
    swap(made / "pics")
    resume(made / "run")
    assert_same(made / "run", made / "whole")


def test_a_run_of_an_earlier_version_goes_on_with_one_warning(
    made: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It knows neither its data nor the folder. From then on it does."""
    record = json.loads((made / "run/run.json").read_text())
    del record["fingerprint"]
    record["settings"]["dataset.root"] = "pics"
    (made / "run/run.json").write_text(json.dumps(record))
    (made / "run/data.sums").unlink()
    monkeypatch.chdir(made)
    said = "was begun by an earlier version, which did not record its data"
    assert ganzoo.evaluate("run")
    assert [said in line for line in caplog.messages] == [True]
    caplog.clear()
    resume(Path("run"))
    assert [said in line for line in caplog.messages] == [True]
    assert_same(made / "run", made / "whole")
    assert Run(made / "run").record.settings["dataset.root"] == str(made / "pics")
    assert Run(made / "run").record.fingerprint == Run(made / "whole").record.fingerprint


def test_evaluate_takes_only_the_place_of_the_data(made: Path) -> None:
    for key in ("dataset.size", "size", "model.latent", "lr", "trainer.seed"):
        with pytest.raises(UsageError, match="belongs to the run; only a metric's settings"):
            ganzoo.evaluate(made / "run", settings={key: 3})


@pytest.fixture
def streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is read picture by picture, and a run on it that was interrupted."""
    monkeypatch.setattr(image_folder, "MEMORY", 0)
    return pictures(tmp_path / "pics")


def test_the_same_of_a_folder_that_is_streamed(streamed: Path, tmp_path: Path) -> None:
    train(streamed, tmp_path / "run")
    train(streamed, tmp_path / "whole", steps=24)
    swap(streamed)
    for use in (resume, ganzoo.evaluate):
        with pytest.raises(UsageError, match=r"changed: 003\.png, 017\.png"):
            use(tmp_path / "run")
    swap(streamed)
    streamed.rename(tmp_path / "moved")
    resume(tmp_path / "run", **{"dataset.root": str(tmp_path / "moved")})
    assert_same(tmp_path / "run", tmp_path / "whole")


def test_a_picture_that_breaks_before_the_first_step(
    streamed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run has failed, its status says why, and its folder is free."""
    monkeypatch.setattr(image_folder.Pictures, "item", broken(streamed / "005.png"))
    monkeypatch.setattr("ganzoo.training.building.probes", lambda *_: {})
    with pytest.raises(BrokenFile, match=r"005\.png"):
        train(streamed, tmp_path / "run")
    run = Run(tmp_path / "run")
    assert run.status() == ("failed", 0)
    assert "005.png" in (run.error or "")
    monkeypatch.undo()
    assert train(streamed, tmp_path / "run") == run.path, "the folder is free"
    assert run.status() == ("finished", STEPS)
    with pytest.raises(UsageError, match="already holds a run"):
        train(streamed, tmp_path / "run")


def broken(path: Path) -> Callable[..., object]:
    def item(*_: object) -> object:
        raise BrokenFile(f"image-folder: {path} cannot be read as a picture")

    return item


def test_a_picture_that_breaks_while_a_run_trains(streamed: Path, tmp_path: Path) -> None:
    """The message says what that means for the run, and with the old file it goes on."""
    whole = train(streamed, tmp_path / "whole")
    content = (streamed / "005.png").read_bytes()
    with pytest.raises(BrokenFile) as stopped:
        train_until(streamed, tmp_path / "run", lambda: (streamed / "005.png").write_bytes(b""))
    said = str(stopped.value)
    assert "005.png" in said
    assert f"{tmp_path / 'run'} can be resumed once all files are as they were" in said
    run = Run(tmp_path / "run")
    assert run.status()[0] == "failed"
    assert "005.png" in (run.error or "")
    with pytest.raises(UsageError, match=r"changed: 005\.png"):
        resume(run.path, STEPS)
    (streamed / "005.png").write_bytes(content)
    resume(run.path, STEPS)
    assert_same(run.path, whole)


def train_until(root: Path, out: Path, happens: Callable[[], object]) -> None:
    settings = {**SETTINGS, "dataset.root": str(root), "steps": STEPS}
    for step in ganzoo.train(
        "vanilla-mlp", dataset="image-folder", settings=settings, out=out, progress=False
    ):
        if step.step == 5:
            happens()


def test_checksums_are_kept_and_the_clock_cannot_hide_a_change(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long after the run as people resume one, when the checksums are kept."""
    monkeypatch.setenv("GANZOO_DATA", str(made / "data"))
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 3600)
    ganzoo.evaluate(made / "run")
    assert list((made / "data/checksums").iterdir())
    replace_keeping_the_date(made / "pics")
    with pytest.raises(UsageError, match=r"changed: 007\.png"):
        ganzoo.evaluate(made / "run")
