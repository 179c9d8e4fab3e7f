"""The animation and the curves that a finished run leaves next to its report."""

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import TINY, Forks
from PIL import Image

from ganzoo.engine.frames import frame_steps
from ganzoo.pictures.animation import LAST, enlarged, gif
from ganzoo.registry.records import Field
from ganzoo.reporting import keepsakes
from ganzoo.reporting.keepsakes import write_animation, write_curves
from ganzoo.runs.folder import Run


def shown(path: Path) -> list[Image.Image]:
    with Image.open(path) as animation:
        frames = []
        for i in range(animation.n_frames):
            animation.seek(i)
            frames.append(animation.convert("RGB"))
        assert animation.info["duration"] == 1000 * LAST
    return frames


@pytest.mark.parametrize("kind", ["trained", "pictures"])
def test_an_animation_shows_every_frame_of_a_short_run(request: pytest.FixtureRequest, kind: str):
    folder = request.getfixturevalue(kind)
    write_animation(Run(folder))
    frames = shown(folder / "training.gif")
    assert len(frames) == len(frame_steps(Run(folder).record.total)) >= 20
    assert min(frames[0].size) >= 256
    assert frames[0].height > frames[0].width  # room for the step
    assert len({frame.tobytes() for frame in frames}) == len(frames)


def test_points_are_shown_over_real_ones_on_the_surface(trained: Path):
    write_animation(Run(trained))
    frame = np.asarray(shown(trained / "training.gif")[-1]).astype(int)
    red, blue = frame[..., 0], frame[..., 2]
    assert ((red - blue > 120) & (red > 180)).sum() > 30  # generated: orange
    assert ((blue - red > 120) & (blue > 180)).sum() > 30  # real: blue
    colours = {tuple(pixel) for pixel in frame[20:340:8, 40:380:8].reshape(-1, 3)}
    assert len(colours) > 10  # the surface is shaded


def test_an_animation_of_a_long_run_is_thinned_and_keeps_both_ends(
    trained: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ganzoo.reporting.players.MOST", 6)
    told = []
    monkeypatch.setattr(keepsakes, "captioned", lambda picture, caption, *_, **__: (
        told.append(caption), picture)[1])  # fmt: skip
    write_animation(Run(trained))
    assert len(told) == 6
    assert (told[0], told[-1]) == ("step 0", "step 40")


def test_a_run_without_frames_shows_its_grids(trained: Path):
    """Earlier versions kept none."""
    shutil.rmtree(trained / "frames")
    write_animation(Run(trained))
    assert len(shown(trained / "training.gif")) == 3


def test_pixels_stay_squares():
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 255, (29, 58, 3), np.uint8))
    large = np.asarray(enlarged(picture))
    assert large.shape == (261, 522, 3)
    assert (large == np.asarray(picture).repeat(9, 0).repeat(9, 1)).all()


def test_an_animation_keeps_every_picture_that_it_is_given():
    frames = [Image.new("RGB", (8, 8), (shade, 0, 0)) for shade in (0, 80, 160, 240)]
    assert len(shown_of(gif(frames))) == 4


def test_colours_are_kept_better_than_greys():
    grey = np.linspace(0, 255, 256).reshape(16, 16).astype(np.uint8)
    colour = np.random.default_rng(0).integers(0, 255, (16, 16, 3), np.uint8)
    (few,) = shown_of(gif([Image.fromarray(grey)]))
    (many,) = shown_of(gif([Image.fromarray(colour)]))
    assert len(few.getcolors(256)) == 32
    assert 100 < len(many.getcolors(256)) <= 128


def shown_of(content: bytes) -> list[Image.Image]:
    with Image.open(io.BytesIO(content)) as animation:
        return [(animation.seek(i), animation.convert("RGB"))[1] for i in range(animation.n_frames)]


@pytest.mark.parametrize("shape", [(1, 28, 28), (2,)])
def test_an_interpolation_is_as_large_as_a_training(shape: tuple[int, ...]):
    from ganzoo.pictures.animation import interpolated
    from ganzoo.pictures.samples import Samples

    field = Field(shape, range=(-1.0, 1.0) if len(shape) == 3 else None)
    frames = interpolated(Samples(torch.rand(3, *shape), field))
    assert len(frames) == 3
    assert all(min(frame.size) >= 256 for frame in frames)
    assert len({frame.size for frame in frames}) == 1


def test_the_curves_are_a_picture(trained: Path):
    write_curves(Run(trained))
    with Image.open(trained / "curves.png") as picture:
        assert picture.width > 1000
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 20  # something is drawn


def test_a_run_without_samples_has_no_animation_and_no_curves_are_no_file(
    trained: Path, tmp_path: Path
):
    run = Run(tmp_path / "empty")
    run.path.mkdir()
    shutil.copy(trained / "run.json", run.record_file)
    write_animation(run)
    write_curves(run)
    assert list(run.path.iterdir()) == [run.record_file]


def test_they_come_with_the_report_at_the_end(forked: Forks):
    told = forked(*TINY, "--steps", "40", "--out", "run", GANZOO_NO_REPORT="").ok()
    for name in ("report.html", "training.gif", "curves.png"):
        assert Path("run", name).stat().st_size > 1000
        assert f"run/{name}" in told.err
