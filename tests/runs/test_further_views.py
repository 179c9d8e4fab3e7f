"""A run keeps the grids of all views of its model."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import views_plugin
from conftest import Forks, snapshot
from PIL import Image

import ganzoo
from ganzoo.cli.preview import panel
from ganzoo.engine.random import Draw, derive
from ganzoo.engine.sampling import grid, sampling
from ganzoo.pictures.samples import Samples
from ganzoo.registry.registry import registry
from ganzoo.runs.folder import Run
from ganzoo.runs.problems import problems

TRAIN = (
    "--plugin", views_plugin.__file__, "train", "filler", "--batch-size", "12",
    "--set", "sample_every=2", "--set", "checkpoint_every=2", "--set", "samples=6",
)  # fmt: skip


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    ganzoo.register(views_plugin)
    added = registry().plugins[-1]
    yield
    registry().plugins.remove(added)


@pytest.fixture(scope="module")
def _filler(_forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("further") / "run"
    _forks(*TRAIN, "--steps", "4", "--out", run).ok()
    return run


@pytest.fixture
def filler(_filler: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(_filler, tmp_path / "filler"))


def test_each_further_view_has_grids_of_its_own(filler: Path) -> None:
    run = Run(filler)
    assert list(run.record.views) == ["filled", "shades", "noise"]
    for view in ("", "shades", "noise"):
        assert run.look_steps(view) == [4, 2, 0]
        assert run.grid(4, view=view).parent == filler / "samples" / view
    shades, noise = run.look(4, "shades").samples, run.look(4, "noise").samples
    assert (len(shades), shades.columns) == (6, 3), "two rows of three labels"
    assert (len(noise), noise.columns) == (8, 8), "a row of eight values"
    with Image.open(run.grid(4, view="shades")) as image:
        picture = np.asarray(image)
    assert picture.shape[:2] == (2 + 2 * 66, 2 + 4 * 66), "each row begins with its input"


def test_the_grids_show_the_weights_of_their_step(filler: Path) -> None:
    run, trained = Run(filler), ganzoo.load(filler, 2)
    for name in ("shades", "noise"):
        view, field = trained.views[name], trained.field_of(name)
        draw = Draw(derive(0, "grid"))
        with sampling(trained.game, draw.device):
            expected = grid(view, 6, trained.held_out).sampled(field, draw, trained.held_out)
        kept = run.look(2, name).samples.arrays()["images"]
        assert (kept == Samples(expected, field).arrays()["images"]).all()
        assert (kept != run.look(4, name).samples.arrays()["images"]).any()


def test_an_interrupted_run_ends_with_the_same_grids(forked: Forks, filler: Path) -> None:
    forked(*TRAIN, "--steps", "2", "--out", "part").ok()
    forked("--plugin", views_plugin.__file__, "train", "--resume", "part", "--steps", "4").ok()
    ours, whole = snapshot(Path("part/samples")), snapshot(filler / "samples")
    assert ours == whole
    assert [name for name in whole if name.startswith("shades/step-00000004.")]


def test_a_model_with_one_view_has_no_further_folders(trained: Path) -> None:
    run = Run(trained)
    assert list(run.record.views) == ["samples"]
    assert [path for path in run.samples.iterdir() if path.is_dir()] == []


def test_a_damaged_grid_is_named(filler: Path) -> None:
    run = Run(filler)
    assert problems(run) == []
    run.grid(2, ".look.safetensors", "shades").write_bytes(b"torn")
    (problem,) = problems(run)
    assert "samples/shades/step-00000002.look.safetensors" in problem


def test_what_a_kill_left_in_them_is_removed_and_nothing_else(forked: Forks, filler: Path) -> None:
    left = filler / "samples/shades/.step-00000004.png.0a1b2c3d.part"
    mine = filler / "samples/shades/.mine.png.0a1b2c3d.part"
    elsewhere = filler.parent / "elsewhere"
    elsewhere.mkdir()
    (filler / "samples/link").symlink_to(elsewhere)
    linked = elsewhere / left.name
    for path in (left, mine, linked):
        path.write_text("half")
    forked("--plugin", views_plugin.__file__, "train", "--resume", filler, "--steps", "6").ok()
    assert (left.exists(), mine.exists(), linked.exists()) == (False, True, True)


def test_compare_shows_a_view(forked: Forks, filler: Path, trained: Path) -> None:
    other = shutil.copytree(filler, filler.parent / "other")
    plain = forked("compare", filler, other, "--out", "plain.html").ok()
    forked("compare", filler, other, "--view", "shades", "--out", "shades.html").ok()
    forked("compare", filler, other, "--view", "filled", "--out", "first.html").ok()
    pages = {name: Path(f"{name}.html").read_text() for name in ("plain", "shades", "first")}
    assert "Samples of the view shades</h2>" in pages["shades"]
    assert ">Samples</h2>" in pages["plain"]
    assert "filler" in plain.out
    frames = {name: page.split("data:image/")[1][:400] for name, page in pages.items()}
    assert frames["plain"] == frames["first"] != frames["shades"]
    refused = forked("compare", filler, trained, "--view", "shades").refused(2)
    assert "has no grids of the view 'shades'; it has samples" in refused.err
    refused = forked("compare", filler, other, "--view", "shade").refused(2)
    assert "it has filled, shades and noise" in refused.err


def test_a_notebook_compares_a_view(filler: Path) -> None:
    other = shutil.copytree(filler, filler.parent / "other")
    plain, shades = (ganzoo.compare(filler, other, view=view) for view in (None, "shades"))
    assert plain._repr_html_() != shades._repr_html_()
    with pytest.raises(ganzoo.GanzooError, match="no grids of the view"):
        ganzoo.compare(filler, other, view="nothing")


def test_the_views_take_turns_in_the_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel, "EVERY", 0)
    monkeypatch.setattr(panel, "SHARE", 1e9)
    settings = {"steps": 2, "batch_size": 12, "samples": 6, "sample_every": 2}
    training = ganzoo.train("filler", settings=settings, out="run", progress=False, report=False)
    shown, titles = panel.Panel(training), []
    for step in training:
        shown.take(step)
        titles.append(shown._title)
        shown.look()
        titles.append(shown._title)
    assert titles == [
        "filled at step 0", "shades at step 0",  # each look is the next view's turn
        "shades at step 0", "noise at step 1",
        "noise at step 2", "filled at step 2",
    ]  # fmt: skip
    assert shown._samples is not None
    assert len(shown._samples.inputs) == 1
