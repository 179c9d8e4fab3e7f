"""The steps that an animation shows."""

from itertools import pairwise

import pytest

from ganzoo.engine.frames import frame_steps


@pytest.mark.parametrize("total", [200, 201, 999, 2_000, 46_800, 1_000_000])
def test_every_run_of_200_steps_has_40_frames_that_lie_densest_at_the_start(total):
    steps = frame_steps(total)
    assert len(steps) >= 40
    assert steps[:5] == [0, 1, 2, 3, 4]
    assert steps[-1] == total
    assert steps == sorted(set(steps))
    apart = [after - before for before, after in pairwise(steps[:-1])]
    assert all(later >= earlier - 1 for earlier, later in pairwise(apart))
    assert len(steps) < total**0.5 * 3  # it must cost next to nothing in a long run


def test_a_longer_run_has_the_frames_of_a_shorter_one():
    longer = frame_steps(2_000)
    assert [s for s in longer if s < 700] == [s for s in frame_steps(700) if s != 700]


@pytest.mark.parametrize(("total", "steps"), [(1, [0, 1]), (2, [0, 1, 2])])
def test_the_shortest_runs_have_every_step(total, steps):
    assert frame_steps(total) == steps
