"""Draws, interpolation, batches and samples: which numbers they are, and of which source."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from one_weight import OnGPU
from torch import Tensor, nn

from ganzoo.engine.data import Data
from ganzoo.engine.distances import WHOLE, distances, spread
from ganzoo.engine.feed import Feed, finished
from ganzoo.engine.frames import frame_steps
from ganzoo.engine.game import Batch, Game
from ganzoo.engine.order import Order
from ganzoo.engine.random import Draw, GlobalRandom, Interpolation, Repeated, derive, spherical
from ganzoo.engine.sampling import (
    MOST_COLUMNS,
    block_size,
    grid,
    in_one_batch,
    sampled,
    sampling,
)
from ganzoo.engine.view import View, label_values
from ganzoo.errors import GanzooError, UsageError
from ganzoo.registry.records import Field

CPU = torch.device("cpu")


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


# Draws


def test_seeds_of_purposes_stay_what_they_are() -> None:
    """Earlier runs are only repeated exactly as long as these numbers stay."""
    assert derive(0, "order", 1) == 7_021_862_330_116_196_507
    others = [
        derive(1, "order", 1),
        derive(0, "order", 2),
        derive(0, "order"),
        derive(0, 1, "order"),
    ]
    assert len({derive(0, "order", 1), *others}) == 5
    assert all(0 <= seed < 2**63 for seed in others)


def test_draws_are_torch_s_own() -> None:
    draw, like = Draw(3), generator(3)
    assert torch.equal(draw.normal(2, 3), torch.randn(2, 3, generator=like))
    assert torch.equal(draw.uniform(2, 3), torch.rand(2, 3, generator=like))
    assert torch.equal(draw.integers(7, 2, 3), torch.randint(7, (2, 3), generator=like))
    assert torch.equal(draw.permutation(9), torch.randperm(9, generator=like))


def test_a_run_s_random_state_goes_on_and_the_caller_s_is_untouched() -> None:
    before = torch.get_rng_state()
    state = GlobalRandom(5, CPU)
    assert torch.equal(torch.get_rng_state(), before)
    numbers = []
    for _ in range(2):
        with state:
            numbers.append(torch.rand(1).item())
        assert torch.equal(torch.get_rng_state(), before)
    assert numbers == torch.rand(2, generator=generator(5)).tolist()


# Interpolation


def test_interpolation_is_at_equal_angles() -> None:
    """From length 2 at 0 degrees to length 1 at 60 degrees. In the middle, both have the share
    sin 30 / sin 60 = 1 / sqrt 3."""
    a, b = torch.tensor([2.0, 0.0]), torch.tensor([0.5, math.sqrt(3) / 2])
    rows = spherical(a, b, 3)
    middle = [(2 + 0.5) / math.sqrt(3), 0.5]
    torch.testing.assert_close(rows, torch.stack([a, torch.tensor(middle), b]))
    shaped = spherical(a.reshape(1, 2), b.reshape(1, 2), 3)
    torch.testing.assert_close(shaped, rows.reshape(3, 1, 2))


@pytest.mark.parametrize("sign", [1, -1])
def test_without_an_arc_the_line_is_straight(sign: int) -> None:
    a = torch.tensor([3.0, 4.0])
    rows = spherical(a, sign * 2 * a, 3)
    middle = (a + sign * 2 * a) / 2
    torch.testing.assert_close(rows, torch.stack([a, middle, sign * 2 * a]))


@pytest.mark.parametrize("sign", [1, -1])
def test_rounding_makes_no_direction_longer_than_itself(sign: int) -> None:
    """A cosine a little above 1, or below -1, has no angle."""
    for seed in range(50):
        a = Draw(seed).normal(7)
        middle = spherical(a, sign * a, 3)[1]
        torch.testing.assert_close(middle, (a + sign * a) / 2, atol=1e-3, rtol=1e-3)


def test_almost_the_same_direction_is_still_finite_and_between() -> None:
    a, b = torch.tensor([1.0, 0.0]), torch.tensor([1.0, 1e-3])
    rows = spherical(a, b, 3)
    torch.testing.assert_close(rows[1], torch.tensor([1.0, 5e-4]), atol=1e-6, rtol=1e-5)


def test_numbers_between_two_sources() -> None:
    def between() -> Interpolation:
        return Interpolation(Draw(1), Draw(2), block=4)

    a, b = Draw(1).normal(4, 3)[0], Draw(2).normal(4, 3)[0]
    assert torch.equal(between().normal(5, 3), spherical(a, b, 5))
    a, b = Draw(1).uniform(4, 3)[0], Draw(2).uniform(4, 3)[0]
    quantiles = spherical(torch.special.ndtri(a), torch.special.ndtri(b), 5)
    torch.testing.assert_close(between().uniform(5, 3), torch.special.ndtr(quantiles))
    a, b = Draw(1).integers(99, 4, 3)[0], Draw(2).integers(99, 4, 3)[0]
    assert between().integers(99, 3, 3).tolist() == [a.tolist(), a.tolist(), b.tolist()]
    assert between().integers(99, 2, 3).tolist() == [a.tolist(), b.tolist()]
    source = Draw(1)
    inside = Interpolation(source, Draw(2), block=4)
    assert (inside.generator, inside.device) == (source.generator, CPU)


def test_a_uniform_number_of_0_has_a_quantile() -> None:
    class Zero(Draw):
        def uniform(self, *shape: int) -> Tensor:
            return torch.zeros(shape)

    rows = Interpolation(Zero(0), Zero(0), block=2).uniform(3, 1)
    torch.testing.assert_close(rows, torch.full((3, 1), 1e-7), rtol=0.2, atol=0)


# Distances


@pytest.mark.parametrize("rows", [WHOLE, 3, 2, 1])
def test_the_mean_distance_of_pairs(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """0, 3 and 7 are 3, 7 and 4 apart. The three distances to themselves do not count."""
    monkeypatch.setattr("ganzoo.engine.distances.WHOLE", rows)
    assert spread(torch.tensor([[0.0], [3.0], [7.0]])) == pytest.approx((3 + 7 + 4) / 3)
    corners = torch.tensor([[0.0, 0.0], [3.0, 4.0]])
    assert spread(corners) == 5
    assert math.isnan(spread(corners[:1])) or rows < 1


def test_distances_are_by_rows_and_exact_for_the_same() -> None:
    x = torch.tensor([[0.0, 0.0], [3.0, 4.0]])
    y = torch.tensor([[0.0, 0.0], [0.0, 4.0], [6.0, 8.0]])
    assert distances(x, y).tolist() == [[0, 4, 10], [5, 3, 5]]
    many = 1000 * Draw(0).normal(40, 5)  # so many that torch would multiply matrices
    assert not distances(many, many).diagonal().any()


# Steps of an animation


def test_steps_of_frames() -> None:
    """The cubes of 17 to 21 are 8, 9, 11, 13 and 15 times 600, and something."""
    assert frame_steps(6) == [0, 1, 2, 3, 4, 5, 6]
    assert frame_steps(16) == [0, 1, 2, 3, 4, 5, 6, 8, 9, 11, 13, 15, 16]
    assert frame_steps(17)[-2:] == [15, 17]
    assert (len(frame_steps(200)), len(frame_steps(2_000)), len(frame_steps(46_800))) == (
        41,
        98,
        295,
    )


# Batches


def numbered(n: int) -> Data:
    return Data({"x": Field((1,))}, {"x": np.arange(n, dtype=np.float32)[:, None]})


def rows_of(batch: dict[str, Tensor]) -> list[int]:
    return [int(value) for value in batch["x"].flatten()]


def test_the_order_of_each_epoch_is_the_seed_s() -> None:
    feed = Feed(numbered(7), 3, seed=4, device=CPU)
    assert feed.per_epoch == 2
    for epoch in range(3):
        order = torch.randperm(7, generator=generator(derive(4, "order", epoch))).tolist()
        assert [rows_of(next(feed)), rows_of(next(feed))] == [order[:3], order[3:6]]
    assert feed.drawn == 6
    feed.seek(3)
    assert (
        rows_of(next(feed))
        == torch.randperm(7, generator=generator(derive(4, "order", 1)))[3:6].tolist()
    )


def test_an_order_alone_has_all_samples() -> None:
    order = Order(7, 3, seed=4)
    assert (order.size, order.per_pass, order.held_out.tolist()) == (7, 2, [])
    assert order.trained_on(9).tolist() == [0, 1, 2, 3, 4, 5, 6]
    each, index = order.batch(3)  # the second of the second pass
    permuted = torch.randperm(7, generator=generator(derive(4, "order", 1)))
    assert (each, index.tolist()) == (1, permuted[3:6].tolist())


def test_what_is_held_out_is_the_end_of_one_order() -> None:
    feed = Feed(numbered(9), 3, seed=4, device=CPU, held_out=2)
    chosen = torch.randperm(9, generator=generator(derive(4, "held out")))
    assert rows_of(feed.held_out()) == chosen[7:].tolist()
    assert rows_of(feed.trained_on(3)) == chosen[:3].tolist()
    assert rows_of(feed.trained_on(99)) == chosen[:7].tolist()
    assert feed.per_epoch == 2
    order = torch.randperm(7, generator=generator(derive(4, "order", 0)))
    assert rows_of(next(feed)) == chosen[order][:3].tolist()
    assert rows_of(Feed(numbered(9), 3, seed=4, device=CPU).trained_on(3)) == [0, 1, 2]


def test_at_most_what_fills_no_batch_is_held_out() -> None:
    feed = Feed(numbered(9), 7, seed=4, device=CPU, held_out=5)
    assert (len(rows_of(feed.held_out())), feed.per_epoch) == (2, 1)


@pytest.mark.parametrize(("n", "tried"), [(9, 4), (3, 2), (1, 1)])
def test_too_few_samples_for_a_batch(n: int, tried: int) -> None:
    with pytest.raises(UsageError, match=f"has {n} samples; try --batch-size {tried}$"):
        Feed(numbered(n), 10, seed=0, device=CPU)


def test_bytes_become_the_field_s_range() -> None:
    stored = torch.tensor([0, 51, 255], dtype=torch.uint8)
    wide = finished(stored, Field((), range=(-2.0, 3.0)))
    torch.testing.assert_close(wide, torch.tensor([-2.0, -1.0, 3.0]))
    assert stored.tolist() == [0, 51, 255]
    assert finished(stored, Field(())).tolist() == [0, 51, 255]
    label = finished(stored, Field((), dtype="int64", classes=256))
    assert (label.dtype, label.tolist()) == (torch.int64, [0, 51, 255])
    assert finished(torch.tensor([0.5]), Field((), range=(-2.0, 3.0))).tolist() == [0.5]


# Samples


class Noting(Game):
    """Gives numbers from its draw, and notes what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.generator = nn.Sequential(nn.Linear(1, 1), nn.Dropout())
        self.given: list[tuple[Any, ...]] = []

    def sample(self, n: int, draw: Draw, given: Batch) -> Tensor:
        label, x = given.get("label"), given.get("x")
        known = None if x is None else x.flatten().tolist()
        self.given.append((n, None if label is None else label.tolist(), known))
        return draw.normal(n, 2)

    def view(self, **about: Any) -> View:
        return View("samples", self.sample, **about)


POINT, PICTURE = Field((2,)), Field((1, 4, 4), range=(0.0, 1.0))


def test_samples_come_in_whole_blocks() -> None:
    assert (block_size(PICTURE), block_size(POINT)) == (128, 1_000)
    game, told, draw = Noting(), list[int](), Draw(0)
    samples = sampled(game.view(), POINT, 2_100, draw, tell=told.append)
    assert [n for n, *_ in game.given] == [1_000, 1_000, 1_000]
    assert told == [1_000, 2_000, 2_100]
    like = Draw(0)
    assert torch.equal(samples, torch.cat([like.normal(1_000, 2) for _ in range(3)])[:2_100])
    assert game.given[0][1:] == (None, None)


LABEL = Field((), "int64", classes=5)


def test_labels_and_inputs_of_each_block() -> None:
    game, inputs = Noting(), {"x": torch.arange(3.0)[:, None], "other": torch.zeros(1, 1)}
    view = game.view(needs=("x",), label=LABEL)
    samples = sampled(view, POINT, 3, Draw(0), torch.tensor([4]), inputs)
    assert samples.shape == (3, 2)
    assert game.given == [(3, [4, 4, 4], [0, 1, 2])]
    game.given.clear()
    sampled(view, POINT, 5, Draw(0), torch.tensor([4, 2]), inputs)  # rows and labels begin again
    assert game.given == [(3, [4, 2, 4], [0, 1, 2]), (3, [2, 4, 2], [0, 1, 2])]
    game.given.clear()
    sampled(game.view(label=LABEL), PAIR, 7, Draw(0))
    assert game.given[0][1][:7] == [0, 1, 2, 3, 4, 0, 1]
    with pytest.raises(GanzooError, match=r"show\(2, ...\) of .* \(2, 2\); expected \(2, 3\)"):
        in_one_batch(game.view(), Field((3,)), 2, Draw(0), {})


PAIR = Field((2,), range=(0.0, 1.0))


def test_a_grid_has_a_label_a_column_and_a_latent_a_row() -> None:
    game, inputs = Noting(), {"x": torch.arange(3.0)[:, None]}
    shown = grid(game.view(needs=("x",), label=LABEL), 14, inputs)
    assert (shown.n, shown.columns) == (10, 5), "rows are complete"
    samples = shown.sampled(POINT, Draw(0), inputs)
    assert game.given == [(10, [0, 1, 2, 3, 4] * 2, [0] * 5 + [1] * 5)]
    latents = Draw(0).normal(3, 2)  # a block of as many as there are inputs
    assert torch.equal(samples, latents[:2].repeat_interleave(5, dim=0))
    alone = sampled(
        game.view(needs=("x",), label=LABEL), POINT, 2, Draw(0), torch.tensor([3]), inputs
    )
    assert torch.equal(alone, samples[3::5]), "a column has the samples of its label"


def test_a_grid_without_labels_is_the_first_samples() -> None:
    shown = grid(Noting().view(), 6)
    assert (shown.n, shown.columns, shown.given) == (6, None, {})
    assert torch.equal(shown.sampled(POINT, Draw(0)), sampled(Noting().view(), POINT, 6, Draw(0)))


def test_the_columns_of_a_grid() -> None:
    view = Noting().view
    assert grid(view(label=LABEL), 3).n == 5, "a row is the least"
    assert grid(view(label=Field((), "int64", classes=40)), 64).columns == MOST_COLUMNS
    assert grid(view(label=LABEL), 64, labels=torch.tensor([1, 3])).given["label"][:3].tolist() == [
        1, 3, 1,
    ]  # fmt: skip
    assert label_values(Field((), range=(-1.0, 1.0))).tolist()[::7] == [-1.0, 1.0]
    assert label_values(Field((3,))).tolist() == torch.eye(3).tolist()
    with pytest.raises(GanzooError, match="a label has classes, a range or the shape"):
        label_values(Field((2, 2)))


def test_repeated_rows_of_all_kinds_of_numbers() -> None:
    for kind in ("normal", "uniform"):
        rows = getattr(Repeated(Draw(3), 2, block=4), kind)(5, 2)
        assert torch.equal(rows, getattr(Draw(3), kind)(4, 2)[[0, 0, 1, 1, 2]])
    assert torch.equal(
        Repeated(Draw(3), 2, block=4).integers(9, 5), Draw(3).integers(9, 4)[[0, 0, 1, 1, 2]]
    )
    assert len(Repeated(Draw(3), 2, block=4).normal(20, 1)) == 20, "more rows than a block"


def test_samples_are_numbers_of_single_precision_on_the_processor() -> None:
    class Double(Noting):
        def sample(self, n: int, draw: Draw, given: Any) -> Tensor:
            return torch.ones(n, 2, dtype=torch.float64).as_subclass(OnGPU)

    made = in_one_batch(Double().view(), POINT, 3, Draw(0), {})
    assert (type(made), made.dtype) == (Tensor, torch.float32)


def test_sampling_is_in_evaluation_mode_and_leaves_no_trace() -> None:
    game, before = Noting(), torch.get_rng_state()
    game.generator[1].eval()
    numbers = []
    for seed in (0, 0, 1):
        with sampling(game, CPU, seed):
            assert not any(module.training for module in game.modules())
            assert not torch.is_grad_enabled()
            numbers.append(torch.rand(1).item())
    assert numbers[0] == numbers[1] != numbers[2]
    assert numbers[0] == torch.rand(1, generator=generator(derive(0, "sampling"))).item()
    with sampling(game, CPU):
        assert torch.rand(1).item() == numbers[0]
    assert [m.training for m in game.modules()] == [True, True, True, False]
    assert torch.is_grad_enabled()
    assert torch.equal(torch.get_rng_state(), before)
