"""The parts of a page's figures: curves, planes, tiles and numbers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ganzoo.engine.frames import frame_steps
from ganzoo.reporting import planes
from ganzoo.reporting.charts import charts, numbers
from ganzoo.reporting.curves import Chart, Line, number, thinned
from ganzoo.reporting.interactive import item
from ganzoo.reporting.pictures import sheet
from ganzoo.reporting.players import paced, spaced
from ganzoo.runs.folder import Run


def test_spaced_keeps_both_ends() -> None:
    assert spaced(range(3), 50) == [0, 1, 2]
    for n in (51, 94, 1_000):
        kept = spaced(range(n), 50)
        assert len(set(kept)) == 50
        assert (kept[0], kept[-1]) == (0, n - 1)


def test_moments_of_a_training_lie_closest_at_its_start() -> None:
    assert paced(range(5), 60) == [0, 1, 2, 3, 4]
    for total in (201, 560, 2_000, 46_800):
        kept = paced(frame_steps(total), 60)
        assert 40 <= len(kept) <= 60
        assert (kept[0], kept[-1]) == (0, total)
        half = [step for step in kept if step > total / 2]
        assert len(kept) / 6 < len(half) < len(kept) / 2  # to its end there is something to see


def test_thinning_keeps_extremes() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(2, 100_000))
    one[12_345], other[54_321], other[7] = 99, -99, np.nan
    kept = thinned([one, other])
    assert len(kept) <= 1_000
    assert {0, 12_345, 54_321, 99_999} <= set(kept.tolist())
    assert (np.diff(kept) > 0).all()
    assert len(thinned([one[:1_000]])) == 1_000


def test_every_logged_number_has_a_figure(trained: Path) -> None:
    run = Run(trained)
    logged = {*numbers(run.metrics), *numbers(run.health)} - {"step", "epoch"}
    assert {"discriminator_gradient", "diversity", "modes", "D(x)"} <= logged
    drawn = [line for chart in charts(run) for line in chart.lines]
    assert len(drawn) == len(logged)


def test_what_is_not_a_number_is_left_out_of_a_figure() -> None:
    steps = np.arange(3.0)
    values = np.array([np.nan, 2.0, np.inf])
    chart = Chart("c", "Title", "", steps, [Line("a", "#000000", values)])
    assert chart.numbers == [("a", ["2", "2", "2", "2"])]
    json.dumps(item(chart), allow_nan=False)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (3.0, "3"), (12345.0, "12,345"), (0.69314, "0.6931"), (1234.5678, "1,235"),
     (0.0000123, "1.23e-05"), (1.5e9, "1.50e+09"), (float("nan"), "–")],
)  # fmt: skip
def test_numbers_as_a_person_reads_them(value: float, text: str) -> None:
    assert number(value) == text


def test_planes_have_y_upwards_and_blue_where_real() -> None:
    surface = np.zeros((10, 10), np.float32)
    surface[0, 0], surface[9, 9] = -20, 20  # the lowest row first
    picture, ends = planes.verdict(surface, probability=True)
    assert ends == ["0", "1"]
    colours = np.asarray(picture.convert("RGBA").convert("RGB")).astype(int)
    blueness = colours[..., 2] - colours[..., 0]
    assert blueness[-1, 0] == blueness.min() < 0 < blueness.max() == blueness[0, -1]
    assert planes.verdict(surface, probability=False)[1] == ["−20", "20"]
    points = np.array([[0.5, 0.9]] * 9, np.float32)
    for picture in (planes.dots(points, 1, planes.FAKE), planes.density(points, 1)):
        opacity = np.asarray(picture.convert("RGBA"))[..., 3]
        y, x = np.argwhere(opacity == opacity.max()).mean(axis=0) / opacity.shape[0]
        assert (x, y) == (pytest.approx(0.75, abs=0.02), pytest.approx(0.05, abs=0.02))
        assert opacity[-1].max() == 0


def test_pictures_are_tiled_pixel_by_pixel() -> None:
    images = np.arange(5, dtype=np.uint8).reshape(5, 1, 1, 1).repeat(2, 2).repeat(3, 3) * 50
    grid = np.asarray(sheet(images))
    assert grid.shape == (2 * 3 - 1, 3 * 4 - 1)
    for i, (top, left) in enumerate([(0, 0), (0, 4), (0, 8), (3, 0), (3, 4)]):
        assert (grid[top : top + 2, left : left + 3] == 50 * i).all()
    colour = np.zeros((1, 3, 2, 2), np.uint8)
    colour[0, 2] = 255
    assert sheet(colour).getpixel((0, 0)) == (0, 0, 255)
