"""cyclegan computes its paper's equations, and its pool survives a resumed run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from ganzoo_translation.cyclegan import CycleGAN
from ganzoo_translation.pool import Pool
from torch import Tensor

import ganzoo


class Squares:
    """The squares of section 4, without factors."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        return (real - 1).square().mean() + fake.square().mean()

    def generator(self, fake: Tensor) -> Tensor:
        return (fake - 1).square().mean()


class Relative(Squares):
    def generator(self, fake: Tensor, real: Tensor) -> Tensor:  # type: ignore[override]
        return (fake - real).square().mean()


class Limit(Squares):
    """A loss with a constraint."""

    def constrain(self, discriminator: torch.nn.Module) -> None:
        for parameter in discriminator.parameters():
            parameter.clamp_(-0.001, 0.001)


def picture(domain: str, channels: int = 1, side: int = 8, **others: Any) -> ganzoo.Field:
    bounds = {"range": (-1.0, 1.0), "domain": domain}
    return ganzoo.Field((channels, side, side), **bounds | others)


LABEL = ganzoo.Field((), "int64", classes=3, domain="x")
DOMAINS = {"x": picture("x"), "label": LABEL, "y": picture("y", 3)}


def build(
    data: dict[str, ganzoo.Field] = DOMAINS, loss: Any = None, penalty: Any = None, **settings: Any
) -> Any:
    torch.manual_seed(0)
    config = {"width": 2, "blocks": 1, "critic_width": 4, "pool": 3, **settings}
    return CycleGAN(**config).build(data, ganzoo.Objective(loss or Squares(), penalty))


def batch_of(n: int = 2, channels: int = 3) -> dict[str, Tensor]:
    draw = ganzoo.Draw(5)
    x, y = draw.normal(n, 1, 8, 8).tanh(), draw.normal(n, channels, 8, 8).tanh()
    return {"x": x, "label": torch.zeros(n).long(), "y": y}


def test_equations_2_and_3() -> None:
    game, batch = build(cycle_weight=7.0), batch_of()
    x, y, g, f = batch["x"], batch["y"], game.to_b, game.to_a
    cycle = (f(g(x)) - x).abs().mean() + (g(f(y)) - y).abs().mean()
    fooled = (game.critic_b(g(x)) - 1).square().mean() + (game.critic_a(f(y)) - 1).square().mean()
    loss, scalars = game.generators_loss(batch, ganzoo.Draw(0))
    torch.testing.assert_close(loss, fooled + 7 * cycle)
    assert [*scalars] == ["cycle"]
    torch.testing.assert_close(scalars["cycle"], cycle)


def test_the_identity_term_keeps_what_is_in_the_right_domain() -> None:
    data = {"x": picture("x"), "y": picture("y")}
    batch = batch_of(channels=1)
    game = build(data, cycle_weight=4.0, identity=0.5)
    loss, scalars = game.generators_loss(batch, ganzoo.Draw(0))
    same = game.to_b(batch["y"]) - batch["y"], game.to_a(batch["x"]) - batch["x"]
    expected = sum(each.abs().mean() for each in same)
    torch.testing.assert_close(scalars["identity"], expected)
    game.config = CycleGAN(cycle_weight=4.0)
    without, _ = game.generators_loss(batch, ganzoo.Draw(0))
    torch.testing.assert_close(loss - without, 4 * 0.5 * expected)


def test_the_discriminators_squares_and_that_each_judges_its_domain() -> None:
    game, batch = build(pool=0), batch_of()
    x, y = batch["x"], batch["y"]
    expected = (game.critic_b(y) - 1).square().mean() + game.critic_b(game.to_b(x)).square().mean()
    expected += (game.critic_a(x) - 1).square().mean() + game.critic_a(game.to_a(y)).square().mean()
    loss, scalars = game.discriminators_loss(batch, ganzoo.Draw(0))
    torch.testing.assert_close(loss, expected)
    torch.testing.assert_close(scalars["fake_b"], game.critic_b(game.to_b(x)).mean())
    torch.testing.assert_close(game.verdict(batch, ganzoo.Draw(0)), game.critic_b(y))


def test_least_squares_with_a_cycle_of_5_has_the_paper_s_ratio() -> None:
    (record,) = (m for m in ganzoo.models() if m.name == "cyclegan")
    assert record.loss == "least-squares"
    from ganzoo_losses.least_squares import LeastSquares  # the zoo's own

    paper, ours = build(cycle_weight=10.0), build(loss=LeastSquares(), cycle_weight=5.0)
    losses = [game.generators_loss(batch_of(), ganzoo.Draw(0))[0] for game in (paper, ours)]
    torch.testing.assert_close(losses[0], 2 * losses[1])
    assert CycleGAN().cycle_weight == 5


def test_the_rate_is_constant_and_then_falls_to_0() -> None:
    for move in build().moves():
        rates = [move.schedule(done) for done in (0.0, 0.3, 0.5, 0.75, 1.0)]
        assert rates == pytest.approx([1, 1, 1, 0.5, 0])


def test_losses_that_compare_or_constrain_and_penalties_reach_the_discriminators() -> None:
    game, batch = build(loss=Relative(), cycle_weight=0.0), batch_of()
    loss, _ = game.generators_loss(batch, ganzoo.Draw(0))
    made = game.translated(batch)
    to_b = (game.critic_b(made.fake_b) - game.critic_b(made.b)).square().mean()
    to_a = (game.critic_a(made.fake_a) - game.critic_a(made.a)).square().mean()
    torch.testing.assert_close(loss, to_b + to_a)
    game = build(loss=Limit())
    with torch.no_grad():
        game.moves()[1].after({})
    assert all(bool((p.detach().abs() <= 0.001).all()) for p in game.critic_a.parameters())
    plain = build(pool=0).discriminators_loss(batch, ganzoo.Draw(0))[0]
    more = build(pool=0, penalty=lambda critic, real, fake, draw: critic(real).mean() * 0 + 3)
    torch.testing.assert_close(more.discriminators_loss(batch, ganzoo.Draw(0))[0], plain + 2 * 3)


def test_the_pool_shows_old_pictures() -> None:
    pool, draw = Pool(4, (1,)), ganzoo.Draw(0)
    numbers = torch.arange(1.0, 41).reshape(20, 2, 1)
    shown = torch.stack([pool(pair, draw) for pair in numbers])  # (20, 2, 1)
    assert torch.equal(shown[:2], numbers[:2])  # there is room
    age = (numbers - shown).flatten()
    assert bool((age >= 0).all())
    assert bool((age > 1).any()), "nothing old"
    assert 0.3 < float((age[4:] == 0).float().mean()) < 0.7, "half of them are new"
    seen = torch.cat((shown.flatten(), pool.pictures.flatten())).sort().values
    assert torch.equal(seen.unique(), numbers.flatten())  # a picture is shown or kept
    assert len(seen) == 40 + 4
    assert torch.equal(Pool(0, (1,))(numbers[0], draw), numbers[0])


def test_the_discriminators_see_the_pool_and_not_the_generators() -> None:
    game, draw = build(), ganzoo.Draw(0)
    made = game.translated(batch_of())
    for _ in range(20):
        first = game.judged(made, draw)
    newer = game.translated({k: v.flip(0) * 0.5 for k, v in batch_of().items()})
    seen = torch.stack([game.judged(newer, draw)[1] for _ in range(6)])
    assert any(torch.equal(picture, old) for picture in seen.flatten(0, 1) for old in first[1])
    assert game.pool_b.pictures.shape == (3, 3, 8, 8)
    assert not any(t.requires_grad for t in (*first, *seen))


def test_views_translate_there_and_back() -> None:
    game, batch = build(), batch_of()
    views = {view.name: view for view in game.views()}
    assert [*views] == ["a-to-b", "b-to-a", "a-to-b-to-a", "b-to-a-to-b"]
    shown = {k: v.show(2, ganzoo.Draw(0), {n: batch[n] for n in v.needs}) for k, v in views.items()}
    torch.testing.assert_close(shown["a-to-b"], game.to_b(batch["x"]))
    torch.testing.assert_close(shown["b-to-a"], game.to_a(batch["y"]))
    torch.testing.assert_close(shown["a-to-b-to-a"], game.to_a(shown["a-to-b"]))
    torch.testing.assert_close(shown["b-to-a-to-b"], game.to_b(shown["b-to-a"]))
    made = {name: view.makes for name, view in views.items()}
    assert made == {"a-to-b": "y", "b-to-a": "x", "a-to-b-to-a": "x", "b-to-a-to-b": "y"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"x": picture(""), "y": picture("")}, "two domains of pictures"),
        ({"x": picture("x"), "y": picture("y"), "z": picture("z")}, "two domains of pictures"),
        ({"x": picture("x"), "y": picture("y", side=16)}, "one size"),
        ({"x": picture("x", side=10), "y": picture("y", side=10)}, "multiples of 4"),
        ({"x": picture("x", range=(0.0, 1.0)), "y": picture("y")}, "range of x is"),
    ],
)
def test_other_data_is_refused_with_what_it_needs(data: Any, said: str) -> None:
    with pytest.raises(ganzoo.DoesNotFit, match=said):
        build(data)


def test_an_identity_between_grey_and_colour_is_refused() -> None:
    with pytest.raises(ganzoo.DoesNotFit, match=r"one of them is grey.*model\.identity=0"):
        build(identity=0.5)


def test_a_run_resumes_with_its_pool(tmp_path: Path) -> None:
    short: dict[str, Any] = {
        "steps": 4, "batch_size": 4, "threads": 1, "width": 2, "blocks": 1, "critic_width": 4,
        "pool": 3, "checkpoint_every": 2,
    }  # fmt: skip
    whole = ganzoo.train("cyclegan", settings=short, out=tmp_path / "whole").finish()
    part = iter(ganzoo.train("cyclegan", settings=short, out=tmp_path / "part"))
    for step in part:
        if step.step == 2:
            break
    part.close()
    resumed = ganzoo.train(resume=tmp_path / "part").finish()
    for name in ("a-to-b", "b-to-a", "a-to-b-to-a"):
        one, two = (trained.sample(3, view=name) for trained in (whole, resumed))
        assert torch.equal(one.tensor, two.tensor)
        assert len(one.inputs) == 1
        assert len(one.targets) == 1  # training sees no pairs, but the data knows them
