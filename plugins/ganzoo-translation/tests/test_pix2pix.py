"""pix2pix conforms and computes its paper's equations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from ganzoo_translation.pix2pix import Pix2Pix
from PIL import Image
from torch import Tensor, nn

import ganzoo
from ganzoo.nn import NoiseDropout, receptive_field
from ganzoo.testing import Check, checks


@pytest.mark.parametrize("check", checks("ganzoo-translation"), ids=str)
def test_it_conforms(check: Check) -> None:
    check()


class LogLoss:
    """The value function itself, in which both players have the same formula."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        return -(real.sigmoid().log().mean() + (1 - fake.sigmoid()).log().mean())

    def generator(self, fake: Tensor) -> Tensor:
        return (1 - fake.sigmoid()).log().mean()


def picture(channels: int = 1, side: int = 8, **others: Any) -> ganzoo.Field:
    return ganzoo.Field((channels, side, side), **{"range": (-1.0, 1.0)} | others)


PAIRS = {"y": picture(3), "x": picture(1), "label": ganzoo.Field((), "int64", classes=3)}


def build(data: dict[str, ganzoo.Field] = PAIRS, **settings: Any) -> Any:
    torch.manual_seed(0)
    config = {"widths": (4, 8), "width": 4, **settings}
    return Pix2Pix(**config).build(data, ganzoo.Objective(LogLoss()))


def batch_of(n: int = 4) -> dict[str, Tensor]:
    draw = ganzoo.Draw(5)
    x, y = draw.normal(n, 1, 8, 8).tanh(), draw.normal(n, 3, 8, 8).tanh()
    return {"y": y, "x": x, "label": torch.arange(n) % 3}


def without_noise(game: Any) -> Any:
    for module in game.modules():
        if isinstance(module, NoiseDropout):
            module.p = 0.0
    return game.eval()


@pytest.mark.parametrize("conditional", [True, False])
def test_equations_1_and_2_and_4(conditional: bool) -> None:
    """V = E[log D(x, y)] + E[log(1 - D(x, G(x, z)))], in equation 2 without x, and G also pays
    lambda times the mean of |y - G(x, z)|."""
    game = without_noise(build(conditional=conditional, l1_weight=7.0))
    batch = batch_of()
    made = game.generator(batch["x"])
    assert made.shape == (4, 3, 8, 8)

    def probability(y: Tensor) -> Tensor:
        judged = torch.cat((batch["x"], y), 1) if conditional else y
        return game.discriminator(judged).sigmoid()

    real, fake = probability(batch["y"]), probability(made)
    assert real.shape == (4, 1, 2, 2)  # a map of patches
    loss, scalars = game.discriminator_loss(batch, ganzoo.Draw(0))
    torch.testing.assert_close(loss, -(real.log().mean() + (1 - fake).log().mean()))
    l1 = (batch["y"] - made).abs().mean()
    loss, scalars = game.generator_loss(batch, ganzoo.Draw(0))
    torch.testing.assert_close(loss, (1 - fake).log().mean() + 7 * l1)
    torch.testing.assert_close(scalars["l1"], l1)


def test_l1_alone_has_no_discriminator() -> None:
    game, batch = build(adversarial=False), batch_of()
    (move,) = game.moves()
    assert move.trains == ("generator",)
    without_noise(game)
    loss, _ = move.loss(batch, ganzoo.Draw(0))
    torch.testing.assert_close(loss, (batch["y"] - game.generator(batch["x"])).abs().mean())
    assert game.verdict(batch, ganzoo.Draw(0)) is None
    assert build().verdict(batch, ganzoo.Draw(0)).shape == (4, 1, 2, 2)


def test_the_noise_is_dropout_that_samples_have_too() -> None:
    x = batch_of(1)["x"].repeat(8, 1, 1, 1)
    for game, alike in ((build(), False), (build(noise=0), True), (build(noisy=0), True)):
        samples = game.eval().sample(8, ganzoo.Draw(0), {"x": x})
        assert torch.allclose(samples[0], samples[1:], atol=1e-6) is alike


@pytest.mark.parametrize(("sees", "pixels"), [("pixel", 1), ("patch", 18), ("picture", 38)])
def test_what_an_output_of_the_discriminator_sees(sees: str, pixels: int) -> None:
    game = build({"y": picture(1, 32), "x": picture(1, 32)}, sees=sees)
    assert receptive_field(game.discriminator) == pixels
    assert game.discriminator(torch.zeros(1, 2, 32, 32)).shape[1] == 1


@pytest.mark.parametrize("side", [28, 32, 64])
def test_translations_have_the_size_of_their_input(side: int) -> None:
    game = build({"y": picture(3, side), "x": picture(1, side)}, widths=(4, 8, 8))
    (view,) = game.views()
    assert (view.name, view.needs, view.makes) == ("translations", ("x",), None)
    made = view.show(2, ganzoo.Draw(0), {"x": torch.zeros(2, 1, side, side)})
    assert made.shape == (2, 3, side, side)
    assert not any(isinstance(m, nn.Linear) for m in game.modules())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"y": picture()}, "needs pairs of pictures"),
        ({"label": PAIRS["label"], "x": picture(), "y": picture()}, "needs pairs of pictures"),
        ({"y": picture(domain="y"), "x": picture(domain="x")}, "form none.*cyclegan"),
        ({"y": picture(side=16), "x": picture()}, "one size.*16 x 16.*8 x 8"),
        ({"y": picture(range=(0.0, 1.0)), "x": picture()}, "between -1 and 1"),
        ({"y": picture(side=2), "x": picture(side=2)}, "at least 4 pixels"),
    ],
)
def test_other_data_is_refused_with_what_it_needs(data: Any, said: str) -> None:
    with pytest.raises(ganzoo.DoesNotFit, match=said):
        build(data)


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"widths": ()}, "widths"), ({"adversarial": False, "l1_weight": 0}, "l1_weight")],
)
def test_settings_without_sense_are_refused(settings: Any, said: str) -> None:
    with pytest.raises(ganzoo.UsageError, match=said):
        build(**settings)


def test_a_run_translates_its_held_out_pictures_and_your_own(tmp_path: Path) -> None:
    short = {"steps": 2, "batch_size": 4, "threads": 1, "widths": (4, 8), "width": 4}
    trained = ganzoo.train("pix2pix", settings=short, out=tmp_path / "r").finish()
    samples = trained.sample(3)
    (inputs,), (targets,) = samples.inputs, samples.targets
    assert samples.tensor.shape == targets.tensor.shape == (3, 3, 28, 28)
    assert inputs.tensor.shape == (3, 1, 28, 28)
    Image.new("P", (40, 30), 3).save(tmp_path / "own.png")
    own = trained.sample(inputs={"a": torch.zeros(2, 1, 28, 28)})
    assert own.tensor.shape == (2, 3, 28, 28)
    scores = {s: v for e in ganzoo.evaluate(tmp_path / "r") for s, v in e.scores.items()}
    assert {"translation.error", "translation.sharpness", "closeness.l1"} <= scores.keys()
