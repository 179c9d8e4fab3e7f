"""The film and the curves that a finished run leaves beside its report."""

from pathlib import Path

import pytest
from conftest import TINY, Forks
from PIL import Image

from ganzoo.pictures.animation import LAST, gif
from ganzoo.reporting.keepsakes import write_animation, write_curves
from ganzoo.runs.folder import Run


def test_a_film_has_a_frame_for_each_grid(trained: Path):
    write_animation(Run(trained))
    with Image.open(trained / "training.gif") as film:
        assert film.n_frames == 3
        assert film.height > film.width  # room for the step
        seen = []
        for i in range(3):
            film.seek(i)
            seen.append(film.convert("RGB").tobytes())
        assert film.info["duration"] == 1000 * LAST
    assert len(set(seen)) == 3


def test_a_film_keeps_every_frame_that_it_is_given():
    frames = [Image.new("RGB", (8, 8), (shade, 0, 0)) for shade in (0, 80, 160, 240)]
    Path("film.gif").write_bytes(gif(frames))
    with Image.open("film.gif") as film:
        assert film.n_frames == 4


def test_the_curves_are_a_picture(trained: Path):
    write_curves(Run(trained))
    with Image.open(trained / "curves.png") as picture:
        assert picture.width > 1000
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 20  # something is drawn


def test_a_run_without_a_second_grid_has_no_film_and_no_curves_are_no_file(tmp_path: Path):
    run = Run(tmp_path)
    with pytest.raises(Exception, match=r"run\.json"):
        _ = run.record
    write_animation(run)
    write_curves(run)
    assert not list(tmp_path.iterdir())


def test_they_come_with_the_report_at_the_end(forked: Forks):
    told = forked(*TINY, "--steps", "40", "--out", "run", GANZOO_NO_REPORT="").ok()
    for name in ("report.html", "training.gif", "curves.png"):
        assert Path("run", name).stat().st_size > 1000
        assert f"run/{name}" in told.err
