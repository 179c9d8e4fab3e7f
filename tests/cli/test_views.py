"""``ganzoo sample`` for models that can show several things: views, labels and own pictures."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import Forks
from PIL import Image

import ganzoo

PLUGIN = Path(__file__).parent.parent / "views_plugin.py"
STEPS = ("--steps", "60", "--set", "lr=0.02", "--set", "sample_every=30", "--batch-size", "12")


@pytest.fixture(scope="module")
def _filler(_forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("filler") / "run"
    _forks("--plugin", PLUGIN, "train", "filler", *STEPS, "--out", run).ok()
    return run


@pytest.fixture(autouse=True)
def plugin() -> Iterator[None]:
    """The model is known in this process, too."""
    import views_plugin

    from ganzoo.registry.registry import registry

    ganzoo.register(views_plugin)
    added = registry().plugins[-1]
    yield
    registry().plugins.remove(added)


@pytest.fixture
def filler(_filler: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(_filler, tmp_path / "filler"))


def drawn(forked: Forks, run: Path, *args: str | Path) -> tuple[Path, Image.Image]:
    name = Path(forked("--plugin", PLUGIN, "sample", run, *args).ok().out.strip())
    return name, Image.open(name).convert("RGB")


def tiles(picture: Image.Image) -> np.ndarray:
    """(rows, columns, 3, 8, 8) of a grid with gaps and a border of two pixels."""
    zoom = 64 // 8
    whole = np.asarray(picture)
    step, rows, columns = 64 + 2, (len(whole) - 2) // 66, (whole.shape[1] - 2) // 66
    return np.stack(
        [
            [
                whole[2 + r * step :][:64:zoom, 2 + c * step :][:, :64:zoom].transpose(2, 0, 1)
                for c in range(columns)
            ]
            for r in range(rows)
        ]
    )


def test_a_grid_of_a_translator_shows_input_output_and_target(filler: Path, forked: Forks) -> None:
    import views_plugin

    held_out = views_plugin.Outlines().load().held_out
    for path in (filler / "samples" / "step-00000060.png", drawn(forked, filler)[0]):
        shown = tiles(Image.open(path).convert("RGB"))
        assert shown.shape[:2] == (6, 3)
        rows = shown.reshape(-1, 3, 3, 8, 8)  # groups of three
        for i, (outline, made, target) in enumerate(rows):
            assert np.array_equal(outline[0], held_out["outline"][i, 0])
            assert np.array_equal(target, held_out["filled"][i])
            assert not np.array_equal(made, target)


def test_a_labelled_view_has_a_label_a_column_and_an_input_a_row(
    filler: Path, forked: Forks
) -> None:
    name, picture = drawn(forked, filler, "--view", "shades")
    assert name.name == "sample-shades-step60-seed0-n18.png"
    shown = tiles(picture)
    assert shown.shape[:2] == (6, 4), "the input, and three labels"
    alone = ganzoo.load(filler).sample(6, label=1, view="shades")
    middle = alone.arrays()["images"]
    assert np.abs(shown[:, 2].astype(int) - middle).max() <= 1, "its column has the samples of 1"
    one = tiles(drawn(forked, filler, "--view", "shades", "--label", "1")[1])
    assert np.array_equal(one.reshape(-1, 2, 3, 8, 8)[:, 1], middle)


def test_labels_as_they_are_typed(filler: Path, forked: Forks) -> None:
    two = drawn(forked, filler, "--view", "shades", "--label", "0,2")[1]
    assert tiles(two).shape[:2] == (6, 3)
    rows = drawn(forked, filler, "--view", "shades", "--label", "0-2")[1]
    assert rows.tobytes() == drawn(forked, filler, "--view", "shades")[1].tobytes()
    named = drawn(forked, filler, "--view", "shades", "--label", "dark,light")[1]
    assert named.tobytes() == two.tobytes()
    trained = ganzoo.load(filler)
    by_name = trained.sample(3, label=["grey", "light"], view="shades").tensor
    assert torch.equal(by_name, trained.sample(3, label=[1, 2], view="shades").tensor)
    strip = drawn(forked, filler, "--view", "noise")[1]
    assert tiles(strip).shape[:2] == (8, 8), "eight values of the code, each a column"
    assert tiles(drawn(forked, filler, "--view", "noise", "--label", "-1:0")[1]).shape[:2] == (8, 8)
    assert tiles(drawn(forked, filler, "--view", "noise", "--label", "0.5", "-n", "4")[1]).shape[0]


def test_numbers_are_those_of_the_model_alone(filler: Path, forked: Forks) -> None:
    name = drawn_numbers(forked, filler, "--view", "shades", "-n", "6")
    with np.load(name) as file:
        assert file["images"].shape == (6, 3, 8, 8)


def drawn_numbers(forked: Forks, run: Path, *args: str) -> Path:
    out = run / "numbers.npz"
    forked("--plugin", PLUGIN, "sample", run, *args, "--out", out).ok()
    return out


def test_your_own_pictures(filler: Path, forked: Forks, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    square = np.zeros((20, 20), np.uint8)
    square[4:16, 4:16] = 255
    grey = Image.fromarray(square)
    grey.save(folder / "grey.png")
    grey.convert("P").save(folder / "palette.png")
    Image.fromarray(square.astype(np.uint16) * 257).save(folder / "deep.png")
    grey.convert("RGBA").save(folder / "alpha.png")
    Image.fromarray(square[:, 5:]).save(folder / "narrow.webp", lossless=True)
    grey.save(folder / "film.gif", save_all=True, append_images=[Image.new("L", (20, 20))])
    expected = np.asarray(grey.resize((8, 8), Image.Resampling.BICUBIC))
    shown = tiles(drawn(forked, filler, "--input", folder)[1]).reshape(-1, 2, 3, 8, 8)
    assert len(shown) == 6, "input and output, and no target"
    inputs = {tuple(row[0, 0].ravel()) for row in shown}
    assert tuple(expected.ravel()) in inputs
    assert len(inputs) == 2, "only the narrow picture is another"
    pair = drawn(forked, filler, "--input", folder / "grey.png", "--input", folder / "deep.png")[1]
    first, second = tiles(pair).reshape(2, 2, 3, 8, 8)
    assert np.array_equal(first[0], second[0])
    trained = ganzoo.load(filler)
    made = trained.sample(inputs={"outline": expected[None, None]}).arrays()["images"]
    assert np.array_equal(made[0], first[1])


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--view", "nosuch"], "filler has no view 'nosuch'; it has filled, shades, noise"),
        (["--label", "1"], "the view filled of filler takes no label"),
        (
            ["--view", "shades", "--label", "3"],
            "label 3: expected 0 to 2 or a name (",
        ),
        (["--view", "shades", "--label", "darkk"], "label 'darkk': did you mean dark?"),
        (
            ["--view", "shades", "--label", "x"],
            "label 'x': expected 0 to 2 or a name (",
        ),
        (["--view", "noise", "--label", "7"], "label 7.0: expected a number from -1 to 1"),
        (["--view", "noise", "--label", "nan"], "expected a number from -1 to 1"),
        (["--view", "noise", "--input", "x.png"], "the view noise of filler takes no inputs"),
        (["--view", "shades", "--label", "0,1", "--interpolate", "0", "1"], "takes one label"),
        (["--input", "nosuch.png"], "--input nosuch.png: it does not exist"),
        (["--input", "text.png"], "text.png: its content is not BMP, GIF, JPEG"),
        (["--input", "empty"], "no pictures in empty"),
        (["-n", "7"], "7 samples: the run has only 6 inputs for filled"),
        (["--interpolate", "1", "2", "--input", "x.png"], "--interpolate uses the run's held-out"),
    ],
)
def test_what_does_not_fit_is_refused(
    filler: Path, forked: Forks, tmp_path: Path, args: list[str], told: str
) -> None:
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "empty").mkdir()
    before = sorted(filler.iterdir())
    result = forked("--plugin", PLUGIN, "sample", filler, *args)
    assert result.status in (1, 2)
    assert told in " ".join(result.err.replace("│", " ").split())
    assert "Traceback" not in result.err
    assert sorted(filler.iterdir()) == before


def test_inputs_of_another_shape_in_python(filler: Path) -> None:
    trained = ganzoo.load(filler)
    with pytest.raises(ganzoo.UsageError, match=r"inputs outline have the shape \(1, 3\)"):
        trained.sample(inputs={"outline": torch.zeros(1, 3)})
    with pytest.raises(ganzoo.UsageError, match="the view filled takes outline, not filled"):
        trained.sample(inputs={"filled": torch.zeros(1, 3, 8, 8)})


def test_outputs_are_compared_with_their_targets(filler: Path, forked: Forks) -> None:
    import views_plugin

    trained = ganzoo.load(filler)
    held_out = views_plugin.Outlines().load().held_out["filled"]
    error = np.abs(trained.sample(6).tensor.numpy() - (held_out / 127.5 - 1)) / 2
    result = forked("--plugin", PLUGIN, "evaluate", filler, "--metric", "closeness").ok()
    assert "closeness.l1" in result.out
    found = {e.metric: e for e in ganzoo.evaluate(filler)}
    assert found["closeness"].scores["closeness.l1"] == pytest.approx(error.mean(), rel=1e-5)
    assert (found["closeness"].samples, found["closeness"].view) == (6, "")
    with pytest.raises(
        ganzoo.DoesNotFit, match=r"obeyed does not fit .* filled has no label to co"
    ):
        ganzoo.evaluate(filler, ["obeyed"])


def test_training_scores_the_same(forked: Forks, tmp_path: Path, filler: Path) -> None:
    run = tmp_path / "scored"
    scored = ("--evaluate-every", "30", "--metric", "closeness", "--set", "log_every=30")
    forked("--plugin", PLUGIN, "train", "filler", *STEPS, *scored, "--out", run).ok()
    rows = ganzoo.load(run).run.metrics.numbers()
    (after,) = ganzoo.evaluate(run, ["closeness"], step=60)
    assert rows[-1]["closeness.l1"] == pytest.approx(after.scores["closeness.l1"], rel=0.5)
