"""cgan, acgan and projection-gan conform, and they compute their papers' equations."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from ganzoo_conditional.acgan import ACGAN
from ganzoo_conditional.cgan import CGAN
from ganzoo_conditional.projection import ProjectionGAN
from torch import Tensor, nn

import ganzoo
from ganzoo.testing import Check, checks

SMALL: dict[str, dict[str, Any]] = {
    "cgan": {"latent": 3, "generator": (8,), "discriminator": (8,)},
    "acgan": {"latent": 3, "width": 4, "hidden": 8},
    "projection-gan": {"latent": 3, "width": 4, "hidden": 8},
}
MODELS = {"cgan": CGAN, "acgan": ACGAN, "projection-gan": ProjectionGAN}
NAMES = tuple(MODELS)
K = 3


@pytest.mark.parametrize("check", checks("ganzoo-conditional"), ids=str)
def test_it_conforms(check: Check) -> None:
    check()


class LogLoss:
    """The value function itself, in which both players have the same formula."""

    probability = True

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        return -(real.sigmoid().log().mean() + (1 - fake.sigmoid()).log().mean())

    def generator(self, fake: Tensor) -> Tensor:
        return (1 - fake.sigmoid()).log().mean()


class PerSample:
    per_sample = True


def build(
    name: str,
    shape: tuple[int, ...] = (1, 8, 8),
    bounds: tuple[float, float] | None = (-1.0, 1.0),
    label: ganzoo.Field | None = None,
    penalty: Any = None,
    **settings: Any,
) -> Any:
    torch.manual_seed(0)
    data = {
        "image": ganzoo.Field(shape, range=bounds),
        "label": label or ganzoo.Field((), "int64", classes=K),
    }
    loss = ganzoo.Objective(LogLoss(), penalty)
    return MODELS[name](**SMALL[name] | settings).build(data, loss)


def batch_of(n: int = 6, shape: tuple[int, ...] = (1, 8, 8)) -> dict[str, Tensor]:
    images = ganzoo.Draw(5).normal(n, *shape).tanh()
    return {"image": images, "label": torch.arange(n) % K}


@pytest.mark.parametrize("name", NAMES)
def test_the_generator_gets_the_latent_and_then_the_label(name: str) -> None:
    game, seen = build(name).eval(), []
    game.generator.register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    game.sample(4, ganzoo.Draw(1), {"label": torch.tensor([0, 2, 1, 2])})
    z = ganzoo.Draw(1).normal(4, 3)
    torch.testing.assert_close(seen[0], torch.cat((z, torch.eye(K)[[0, 2, 1, 2]]), 1))
    mixed = torch.tensor([[0.25, 0.75, 0.0]])
    samples = game.sample(1, ganzoo.Draw(1), {"label": mixed})
    torch.testing.assert_close(seen[1][:, 3:], mixed)
    assert samples.shape == (1, 1, 8, 8)


@pytest.mark.parametrize("name", NAMES)
def test_a_class_can_be_requested_and_mixed(name: str) -> None:
    (view,) = build(name).views()
    assert (view.name, view.uses, view.mixes_labels) == ("samples", ("generator",), True)
    assert view.label.classes == K


@pytest.mark.parametrize("name", ["cgan", "projection-gan"])
def test_equation_2_of_cgan_with_a_discriminator_of_pairs(name: str) -> None:
    """V = E[log D(x, y)] + E[log(1 - D(G(z, y), y))], and fakes have the labels of the batch."""
    game, batch = build(name).eval(), batch_of()
    real = game.critic(batch)(batch["image"]).sigmoid()
    fake = game.critic(batch)(game.sample(6, ganzoo.Draw(2), batch)).sigmoid()
    value = real.log().mean() + (1 - fake).log().mean()
    loss, scalars = game.discriminator_loss(batch, ganzoo.Draw(2))
    torch.testing.assert_close(loss, -value)
    torch.testing.assert_close(scalars["D(x)"], real.mean())
    torch.testing.assert_close(
        game.generator_loss(batch, ganzoo.Draw(2))[0], (1 - fake).log().mean()
    )


@pytest.mark.parametrize("name", ["cgan", "projection-gan"])
def test_the_discriminator_s_verdict_depends_on_the_label(name: str) -> None:
    game, batch = build(name).eval(), batch_of()
    other = {**batch, "label": (batch["label"] + 1) % K}
    one, two = (game.critic(b)(batch["image"]) for b in (batch, other))
    assert one.shape == (6, 1)
    assert not torch.isclose(one, two).any()


@pytest.mark.parametrize("scale", [1.0, 8.0])
def test_cgan_s_discriminator_gets_the_pixels_and_then_the_scaled_label(scale: float) -> None:
    game, batch, seen = build("cgan", label_scale=scale), batch_of(), []
    game.discriminator.register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    game.critic(batch)(batch["image"])
    rows = torch.eye(K)[batch["label"]]
    torch.testing.assert_close(seen[0], torch.cat((batch["image"].flatten(1), scale * rows), 1))


def outputs_of(game: Any, probabilities: list[list[float]]) -> Tensor:
    """Raw outputs with D = 0.8 whose classes have these probabilities."""
    logits = torch.tensor(probabilities).log() + 7  # a softmax ignores what is added to all
    source = torch.full((len(logits), 1), 0.8).logit()
    outputs = torch.cat((source, logits), 1)
    assert set(game.discriminator.sizes) == {"real", "label"}
    return outputs


def test_acgan_s_class_term_is_the_mean_log_probability_of_the_right_class() -> None:
    game = build("acgan")
    outputs = outputs_of(game, [[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]])
    weight, value = game.misread(outputs, {"label": torch.tensor([0, 1])})
    expected = -(torch.tensor(0.5).log() + torch.tensor(0.1).log()) / 2
    torch.testing.assert_close(value, expected)
    assert weight == 1
    torch.testing.assert_close(game.score(outputs).sigmoid(), torch.full((2, 1), 0.8))


@pytest.mark.parametrize("class_weight", [1.0, 0.5])
def test_acgan_s_players_disagree_about_the_source_and_agree_about_the_class(
    class_weight: float,
) -> None:
    """D maximises L_S + L_C, and G maximises L_C - L_S, both for equations 2 and 3."""
    game, batch = build("acgan", class_weight=class_weight), batch_of()  # batch norm spreads them
    fake = game.sample(6, ganzoo.Draw(2), batch)
    on_real, on_fake = game.discriminator(batch["image"]), game.discriminator(fake)
    rows = torch.arange(6), batch["label"]
    source_of_real = on_real[:, 0].sigmoid().log().mean()
    source_of_fake = (1 - on_fake[:, 0].sigmoid()).log().mean()
    class_of_real, class_of_fake = (
        on[:, 1:].softmax(1)[rows].log().mean() for on in (on_real, on_fake)
    )
    loss, scalars = game.discriminator_loss(batch, ganzoo.Draw(2))
    l_s, l_c = source_of_real + source_of_fake, class_of_real + class_of_fake
    torch.testing.assert_close(loss, -(l_s + class_weight * l_c))
    torch.testing.assert_close(scalars["class_of_real"], -class_of_real)
    torch.testing.assert_close(scalars["class_of_fake"], -class_of_fake)
    loss, scalars = game.generator_loss(batch, ganzoo.Draw(2))
    torch.testing.assert_close(loss, -(class_weight * class_of_fake - source_of_fake))
    torch.testing.assert_close(scalars["class_for_generator"], -class_of_fake)


def test_projection_s_logit_is_the_inner_product_plus_the_verdict_on_the_picture() -> None:
    """f(x, y) = y^T V phi(x) + psi(phi(x)), equation 4."""
    game, batch = build("projection-gan").eval(), batch_of()
    f = game.discriminator
    features = f.trunk(batch["image"])  # (6, 8)
    rows = f.rows.weight.T[batch["label"]]  # (6, 8)
    expected = (rows * features).sum(1) + features @ f.real.weight[0] + f.real.bias
    torch.testing.assert_close(game.critic(batch)(batch["image"])[:, 0], expected)


def test_projection_trains_with_the_hinge_loss_of_ganzoo_losses() -> None:
    (record,) = (m for m in ganzoo.models() if m.name == "projection-gan")
    assert record.loss == "hinge"
    run = ganzoo.train("projection-gan", settings={"steps": 1}, out="unused")
    assert run.plan.values["trainer.betas"].value == (0.0, 0.9)


def test_spectral_norm_bounds_each_layer_of_the_discriminator() -> None:
    game = build("projection-gan")
    layers = [m for m in game.discriminator.modules() if isinstance(m, (nn.Linear, nn.Conv2d))]
    assert len(layers) == 4  # a map of 4 pixels, the hidden layer, psi and V
    for _ in range(50):
        game.critic(batch_of())(batch_of()["image"])
    for layer in layers:
        largest = torch.linalg.matrix_norm(layer.weight.flatten(1), 2)
        torch.testing.assert_close(largest, torch.tensor(1.0), atol=1e-3, rtol=0)


@pytest.mark.parametrize("name", NAMES)
def test_samples_do_not_depend_on_the_classes_of_their_neighbours(name: str) -> None:
    game = build(name)
    game.generator_loss(batch_of(), ganzoo.Draw(0))  # batch norm has seen a batch
    game.eval()
    z = ganzoo.Draw(3)
    mixed = game.sample(3, z, {"label": torch.tensor([1, 0, 2])})
    alone = game.sample(3, ganzoo.Draw(3), {"label": torch.tensor([1, 1, 1])})
    torch.testing.assert_close(mixed[0], alone[0])
    assert not torch.allclose(mixed[1], alone[1])


@pytest.mark.parametrize("side", [8, 28, 32, 64])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", NAMES)
def test_pictures_of_other_sizes_and_in_colour(name: str, side: int, channels: int) -> None:
    game = build(name, (channels, side, side))
    images = game.sample(2, ganzoo.Draw(0), {"label": torch.tensor([0, 2])})
    assert images.shape == (2, channels, side, side)


def test_cgan_takes_points_without_bounds() -> None:
    game = build("cgan", (2,), None)
    assert not any(isinstance(m, nn.Tanh) for m in game.modules())
    assert game.sample(5, ganzoo.Draw(0), {"label": torch.zeros(5).long()}).shape == (5, 2)


@pytest.mark.parametrize("name", ["acgan", "projection-gan"])
@pytest.mark.parametrize(
    "shape", [(), (2,), (1, 28, 32), (1, 30, 30), (1, 4, 4), (2, 8, 8), (28, 28)]
)
def test_other_shapes_are_refused_with_what_it_takes(name: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(
        ganzoo.DoesNotFit, match=r"needs square pictures.*multiple of 4.*this data has"
    ):
        build(name, shape)


@pytest.mark.parametrize("name", ["acgan", "projection-gan"])
@pytest.mark.parametrize("bounds", [None, (0.0, 1.0)])
def test_pictures_that_a_tanh_cannot_make_are_refused(name: str, bounds: Any) -> None:
    with pytest.raises(ganzoo.DoesNotFit, match="between -1 and 1, and this data's range is"):
        build(name, bounds=bounds)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("label", "said"),
    [
        (ganzoo.Field((), range=(0.0, 1.0)), "numbers without classes"),
        (ganzoo.Field((5,)), r"attributes of shape \(5,\)"),
    ],
)
def test_labels_that_are_no_classes_are_refused(name: str, label: ganzoo.Field, said: str) -> None:
    with pytest.raises(ganzoo.DoesNotFit, match=f"needs one class for each sample.*{said}"):
        build(name, label=label)


@pytest.mark.parametrize("name", NAMES)
def test_data_without_labels_is_refused_before_training(name: str) -> None:
    with pytest.raises(ganzoo.DoesNotFit, match="label"):
        ganzoo.train(name, dataset="ring", out="unused").plan  # noqa: B018


def test_batch_norm_and_a_penalty_on_each_sample_s_slope_do_not_go_together() -> None:
    with pytest.raises(ganzoo.DoesNotFit, match=r"batch norm mixes samples.*model\.norm=layer"):
        build("acgan", penalty=PerSample())
    for norm in ("layer", "none"):
        assert build("acgan", penalty=PerSample(), norm=norm).joint
    assert not build("acgan").joint
    for name in ("cgan", "projection-gan"):
        assert build(name, penalty=PerSample()).joint
