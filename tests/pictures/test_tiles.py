"""Pictures side by side, and points counted in cells."""

import numpy as np
import pytest

from ganzoo.pictures.tiles import counted, extent_of, tiled


def test_tiles_stand_row_by_row_with_grey_between_them():
    images = np.array([10, 20, 30], np.uint8).reshape(3, 1, 1, 1).repeat(2, 2).repeat(2, 3)
    grid = tiled(images, gap=1, grey=99)[..., 0]
    assert grid.tolist() == [
        [10, 10, 99, 20, 20],
        [10, 10, 99, 20, 20],
        [99, 99, 99, 99, 99],
        [30, 30, 99, 99, 99],
        [30, 30, 99, 99, 99],
    ]


def test_columns_can_be_chosen():
    assert tiled(np.zeros((3, 1, 2, 2), np.uint8), 3, gap=2, grey=0).shape == (2, 10, 1)


@pytest.mark.parametrize(("channels", "depth"), [(1, 1), (2, 1), (3, 3), (4, 1)])
def test_three_channels_are_colours_and_of_others_the_first_is_shown(channels, depth):
    images = np.arange(1, channels + 1, dtype=np.uint8).reshape(1, -1, 1, 1)
    assert tiled(images, gap=1, grey=0).tolist() == [[[*range(1, depth + 1)]]]


def test_points_are_counted_with_y_from_the_lowest_row():
    points = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, -0.6], [0.5, 0.5], [3, 0]])
    assert counted(points, 1, 2).tolist() == [[1, 2], [0, 1]]  # (3, 0) lies outside


def test_the_extent_holds_all_points():
    assert extent_of(np.array([[1.0, -2.0], [0.5, 0.0]])) == pytest.approx(2.2)
    assert extent_of(np.zeros((0, 2))) == 1
