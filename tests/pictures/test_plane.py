"""Plots of points: what lies where, and the axes."""

import numpy as np
import pytest

from ganzoo.pictures.plane import ABOVE, LEFT, enlarged, plane, shares, ticks


def at(picture, x: float, y: float, extent: float = 2.0) -> list[int]:
    """The colour at a point of the plane."""
    side = picture.width - LEFT - 8
    across, down = (x + extent) / (2 * extent) * side, (extent - y) / (2 * extent) * side
    return list(picture.getpixel((round(LEFT + across), round(ABOVE + down))))


def test_generated_points_lie_over_real_ones_and_y_points_upwards():
    points = np.array([[1.0, 1.5]] * 9 + [[-1, -1]] * 9, np.float32)
    picture = plane(points, 2.0, real=np.array([[1.0, -1.5]] * 9 + [[-1, -1]] * 9, np.float32))
    red, _, blue = at(picture, 1, 1.5)
    assert red > blue + 100
    red, _, blue = at(picture, 1, -1.5)
    assert blue > red + 100
    red, _, blue = at(picture, -1, -1)
    assert red > blue + 100
    assert at(picture, 1, 0) == [255, 255, 255]


def test_the_surface_lies_under_them_from_generated_to_real():
    surface = np.tile(np.linspace(0, 1, 5), (5, 1))  # the larger x, the more real
    surface[-1] = 0.5  # but neither at the top
    picture = plane(np.zeros((0, 2), np.float32), 2.0, surface=surface)
    assert at(picture, -1.9, -1)[0] > at(picture, -1.9, -1)[2] + 30
    assert at(picture, 1.9, -1)[2] > at(picture, 1.9, -1)[0] + 30
    red, _, blue = at(picture, 1.9, 1.97)
    assert abs(red - blue) < 12


def test_points_without_a_place_do_no_harm():
    points = np.array([[np.inf, 0], [9, 9], [0, 0]], np.float32)
    assert at(plane(points, 2.0), 0, 0) != [255, 255, 255]


def test_outer_nodes_of_a_mesh_lie_on_the_edges():
    wide = enlarged(np.tile(np.arange(24.0), (24, 1)), 101)
    inner = slice(10, 91)  # the ends are smoothed
    assert np.abs(wide[50, inner] - np.linspace(0, 23, 101)[inner]).max() < 0.12


def test_what_a_discriminator_says_becomes_a_share():
    raw = np.array([[-1e9, 0], [0, 1e9]], np.float32)
    assert shares(raw, probability=True).round(3).tolist() == [[0, 0.5], [0.5, 1]]
    assert shares(raw, probability=False).round(3).tolist() == [[0, 0.5], [0.5, 1]]
    assert shares(np.ones((2, 2)), probability=False).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize("extent", [0.003, 0.8, 1.0, 1.3, 2.4, 6.1, 9.99, 250.0])
def test_an_axis_has_a_few_round_labels_with_zero_in_the_middle(extent: float):
    labels = ticks(extent)
    assert 3 <= len(labels) <= 9
    assert labels[len(labels) // 2] == 0
    assert max(labels) <= extent
    assert all(len(f"{label:g}") <= 6 for label in labels)
