"""infogan, cluster-gan and sgan compute their papers' equations."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from ganzoo_conditional.cluster_gan import ClusterGAN
from ganzoo_conditional.distortion import distorted
from ganzoo_conditional.infogan import InfoGAN
from ganzoo_conditional.sgan import SGAN, UnitLayer
from torch import Tensor

import ganzoo
from ganzoo.builtin.bce import BCE

PICTURE = ganzoo.Field((1, 8, 8), range=(-1.0, 1.0))
LABEL = ganzoo.Field((), "int64", classes=3)
DATA = {"image": PICTURE, "labelled": PICTURE, "label": LABEL}
SMALL = {"latent": 2, "width": 4, "hidden": 8}
UNITS = {"latent": 2, "generator": (8,), "discriminator": (8, 4)}


def build(model: type, **settings: Any) -> Any:
    torch.manual_seed(0)
    sizes = UNITS if model is SGAN else SMALL
    return model(**sizes | settings).build(DATA, ganzoo.Objective(BCE()))


def batch_of(n: int = 6) -> dict[str, Tensor]:
    draw = ganzoo.Draw(5)
    images, labelled = (draw.normal(n, 1, 8, 8).tanh() for _ in range(2))
    return {"image": images, "labelled": labelled, "label": torch.arange(n) % 3}


def seen(on_fake: Tensor, given: dict[str, Tensor], fake: Tensor | None = None) -> ganzoo.Seen:
    shown = torch.zeros(len(on_fake), 1, 8, 8) if fake is None else fake
    return ganzoo.Seen(batch_of(len(on_fake)), given, shown, None, on_fake, ganzoo.Draw(0))


def test_the_bound_by_hand() -> None:
    """Logits log 3, 0, 0 are the probabilities 3/5, 1/5, 1/5. Means miss by 1 and 2."""
    game = build(InfoGAN, categories=3, weight=2.0, code_weight=0.5)
    outputs = torch.tensor([[math.log(3), 0.0, 0.0, 0.5, -1.0]])
    game.guesser.forward = lambda _: outputs
    given = {"category": torch.tensor([0]), "codes": torch.tensor([[-0.5, 1.0]])}
    (lower, nats), (factor, error) = game.generator_terms(seen(outputs, given)).values()
    assert (lower, factor) == (-2, 0.5)
    assert nats.item() == pytest.approx(math.log(3) + math.log(3 / 5))
    assert error.item() == pytest.approx((1 + 4) / 2)


def test_generator_and_q_raise_the_bound_together() -> None:
    game = build(InfoGAN)
    assert game.moves()[1].trains == ("generator", "guesser")
    loss, scalars = game.generator_loss(batch_of(), ganzoo.Draw(1))
    assert {"information", "code_error"} <= set(scalars)
    loss.backward()
    assert all(bool(p.grad.any()) for p in game.guesser.heads.parameters())
    assert all(bool(p.grad.isfinite().all()) for p in game.generator.parameters())
    game.zero_grad()
    game.discriminator_loss(batch_of(), ganzoo.Draw(0))[0].backward()
    assert all(p.grad is None for p in game.guesser.parameters())


def test_it_needs_no_continuous_codes() -> None:
    game = build(InfoGAN, codes=0)
    assert [view.name for view in game.views()] == ["samples"]
    for move in game.moves():
        loss, scalars = move.loss(batch_of(), ganzoo.Draw(1))
        assert bool(loss.isfinite())
        assert not any("code_error" in name for name in scalars)


def test_views_set_one_code_and_draw_the_others() -> None:
    game, inputs = build(InfoGAN, categories=3).eval(), []
    game.generator.register_forward_pre_hook(lambda _, args: inputs.append(args[0]))
    label = torch.tensor([-2.0, 0.0, 2.0])
    samples, first, second = game.views()
    for view in (first, second):
        view.show(3, ganzoo.Draw(0), {"label": label})
    samples.show(3, ganzoo.Draw(0), {"label": torch.tensor([2, 1, 0])})
    one, two, category = inputs  # noise, categories, codes
    torch.testing.assert_close(one[:, 5], label)
    torch.testing.assert_close(two[:, 6], label)
    torch.testing.assert_close(category[:, 2:5], torch.eye(3)[[2, 1, 0]])
    torch.testing.assert_close(one[:, :5], two[:, :5])
    torch.testing.assert_close(one[:, 6], category[:, 6])


def test_the_distortion_is_seeded_and_pads_with_background() -> None:
    background, digits = torch.full((3, 1, 8, 8), -1.0), batch_of()["image"]
    torch.testing.assert_close(distorted(background, 1, ganzoo.Draw(0)), background)
    one, same = (distorted(digits, 1, ganzoo.Draw(3)) for _ in range(2))
    assert torch.equal(one, same)
    assert not torch.allclose(one, digits, atol=0.1)
    assert distorted(digits, 0, ganzoo.Draw(0)) is digits


def test_q_sees_distorted_fakes_and_d_sees_them_as_they_are() -> None:
    saw: dict[str, Tensor] = {}
    game = build(InfoGAN)
    for name in ("generator", "discriminator", "guesser"):
        module = getattr(game, name)
        module.register_forward_hook(
            lambda _, args, out, name=name: saw.update({name: args[0], name + " made": out})
        )
    game.generator_loss(batch_of(), ganzoo.Draw(1))
    assert torch.equal(saw["discriminator"], saw["generator made"])
    assert not torch.allclose(saw["guesser"], saw["generator made"], atol=0.01)


def test_cluster_gan_s_terms_by_hand() -> None:
    game = build(ClusterGAN, clusters=3, latent_weight=5.0, cluster_weight=2.0)
    outputs = torch.tensor([[0.5, 0.0, 0.0, math.log(2), 0.0]])  # 2 of noise, 3 clusters
    game.encoder.forward = lambda _: outputs
    given = {"latent": torch.tensor([[0.0, 1.0]]), "label": torch.tensor([1])}
    terms = game.generator_terms(seen(outputs, given))
    (beta_n, error), (beta_c, cluster) = terms.values()
    assert (beta_n, beta_c) == (5, 2)
    assert error.item() == pytest.approx((0.25 + 1) / 2)
    assert cluster.item() == pytest.approx(-math.log(2 / 4))
    assert game.named(1, ganzoo.Draw(0), batch_of(1)).tolist() == [1]


def test_the_encoder_moves_with_the_generator_on_small_noise() -> None:
    game = build(ClusterGAN)
    assert game.moves()[1].trains == ("generator", "encoder")
    assert game.latents(2_000, ganzoo.Draw(0)).std().item() == pytest.approx(0.1, rel=0.05)
    loss, _ = game.generator_loss(batch_of(), ganzoo.Draw(0))
    loss.backward()
    assert any(bool(p.grad.any()) for p in game.encoder.parameters())
    game.zero_grad()
    game.discriminator_loss(batch_of(), ganzoo.Draw(0))[0].backward()
    assert all(p.grad is None for p in game.encoder.parameters())


def test_real_is_any_class_but_the_last() -> None:
    """With the logit 0 of fake, bce on the score is the unsupervised loss of K + 1 classes."""
    game = build(SGAN)
    real, fake = torch.tensor([[1.0, -2.0, 0.5]]), torch.tensor([[0.0, 2.0, -1.0]])

    def p_fake(logits: Tensor) -> Tensor:
        return torch.cat((logits, torch.zeros(1, 1)), 1).softmax(1)[:, -1]

    torch.testing.assert_close(game.score(real).sigmoid(), 1 - p_fake(real))
    loss = game.loss.discriminator(game.score(real), game.score(fake))
    expected = -(1 - p_fake(real)).log().mean() - p_fake(fake).log().mean()
    torch.testing.assert_close(loss, expected)


def test_labels_alone_ignore_the_other_pictures() -> None:
    game, batch = build(SGAN, labels_only=True).eval(), batch_of()
    other = batch | {"image": -batch["image"]}
    one, two = (game.discriminator_loss(each, ganzoo.Draw(0))[0] for each in (batch, other))
    assert torch.equal(one, two)
    log_p = game.discriminator(batch["labelled"]).log_softmax(1)
    torch.testing.assert_close(one, -log_p[range(6), batch["label"]].mean())


def test_features_match_in_the_mean() -> None:
    game = build(SGAN).eval()
    real, fake = (ganzoo.Draw(seed).normal(6, 1, 8, 8) for seed in (0, 1))
    means = [game.discriminator.features(x).mean(0) for x in (real, fake)]
    difference = means[0] - means[1]
    torch.testing.assert_close(game.mismatch(real, fake), difference.square().mean())
    assert game.mismatch(real, real.flip(0)).item() == pytest.approx(0, abs=1e-10)


def test_noise_is_for_training() -> None:
    game, batch = build(SGAN), batch_of()
    one, two = (game.discriminator(batch["image"]) for _ in range(2))
    assert not torch.equal(one, two)
    named = [game.eval().named(6, ganzoo.Draw(0), batch).tolist() for _ in range(2)]
    assert named[0] == named[1] == game.discriminator(batch["labelled"]).argmax(1).tolist()


def test_the_length_of_a_unit_s_weights_is_fixed() -> None:
    layer, x = UnitLayer(200, 300), ganzoo.Draw(0).normal(50, 200)
    y = layer(x)
    assert y.relu().square().mean().item() == pytest.approx(x.square().mean().item(), rel=0.1)
    with torch.no_grad():
        layer.weight *= 7
    torch.testing.assert_close(layer(x), y)


def test_the_background_is_zero() -> None:
    first = build(SGAN, noise=0.0).eval().discriminator.features[:3]
    dark, bright = first(torch.full((2, 1, 8, 8), -1.0)), first(torch.ones(2, 1, 8, 8))
    assert dark.tolist() == [[0.0] * 64] * 2
    assert bright.tolist() == [[3.0] * 64] * 2
