"""Registers Wasserstein losses and penalties on the critic's gradient."""

from collections.abc import Iterator

import ganzoo

WGAN = ganzoo.Paper("Wasserstein GAN", year=2017, arxiv="1701.07875")
WGAN_GP = ganzoo.Paper("Improved Training of Wasserstein GANs", year=2017, arxiv="1704.00028")
WGAN_DIV = ganzoo.Paper("Wasserstein Divergence for GANs", year=2017, arxiv="1712.01026")
CONVERGENCE = ganzoo.Paper(
    "Which Training Methods for GANs do actually Converge?", year=2018, arxiv="1801.04406"
)
ALGORITHM_1 = {  # of the WGAN-GP paper; the losses need it with any model
    "trainer.critic_moves": 5,
    "trainer.lr": 1e-4,
    "trainer.betas": (0.0, 0.9),
}


@ganzoo.hookimpl
def ganzoo_losses() -> Iterator[ganzoo.Loss]:
    yield ganzoo.Loss(
        name="wgan",
        summary="Wasserstein distance, estimated by a critic with clipped weights.",
        paper=WGAN,
        factory="ganzoo_wgan.wasserstein:ClippedWasserstein",
        defaults={
            "trainer.critic_moves": 5,
            "trainer.optimizer": "rmsprop",
            "trainer.lr": 5e-5,
        },
    )
    yield ganzoo.Loss(
        name="wgan-gp",
        summary="Wasserstein distance, estimated by a critic with gradient norm near one.",
        paper=WGAN_GP,
        factory="ganzoo_wgan.wasserstein:Wasserstein",
        penalty="gradient-penalty",
        defaults=ALGORITHM_1,
    )
    yield ganzoo.Loss(
        name="wgan-div",
        summary="Wasserstein divergence, whose critic needs no bound on its gradient.",
        paper=WGAN_DIV,
        factory="ganzoo_wgan.wasserstein:Wasserstein",
        penalty="divergence",
        defaults=ALGORITHM_1,
    )
    yield ganzoo.Loss(
        name="cramer",
        summary="Energy distance of vectors, whose estimates have unbiased gradients.",
        paper=ganzoo.Paper(
            "The Cramer Distance as a Solution to Biased Wasserstein Gradients",
            year=2017,
            arxiv="1705.10743",
        ),
        factory="ganzoo_wgan.cramer:Cramer",
        penalty="gradient-penalty",
        defaults=ALGORITHM_1 | {"trainer.betas": (0.5, 0.9)},
    )


@ganzoo.hookimpl
def ganzoo_penalties() -> Iterator[ganzoo.Penalty]:
    yield ganzoo.Penalty(
        name="gradient-penalty",
        summary="Pulls the gradient norm towards one between real and fake samples.",
        paper=WGAN_GP,
        factory="ganzoo_wgan.gradient_penalty:GradientPenalty",
    )
    yield ganzoo.Penalty(
        name="divergence",
        summary="Keeps a high power of the gradient norm small between real and fake samples.",
        paper=WGAN_DIV,
        factory="ganzoo_wgan.divergence:Divergence",
    )
    yield ganzoo.Penalty(
        name="dragan",
        summary="Pulls the gradient norm towards one around the real samples.",
        paper=ganzoo.Paper("On Convergence and Stability of GANs", year=2017, arxiv="1705.07215"),
        factory="ganzoo_wgan.dragan:DRAGAN",
    )
    yield ganzoo.Penalty(
        name="r1",
        summary="Flattens the discriminator at real samples, so that training converges.",
        paper=CONVERGENCE,
        factory="ganzoo_wgan.r1:R1",
    )
    yield ganzoo.Penalty(
        name="r2",
        summary="Flattens the discriminator at generated samples, alone or together with r1.",
        paper=CONVERGENCE,
        factory="ganzoo_wgan.r1:R2",
    )


@ganzoo.hookimpl
def ganzoo_models() -> Iterator[ganzoo.Model]:
    yield ganzoo.Model(
        name="wgan-gp-toy",
        summary="Two wide perceptrons for points, which find all eight modes of the ring.",
        paper=WGAN_GP,
        factory="ganzoo_wgan.toy:Toy",
        loss="wgan-gp",
        dataset="ring",
        defaults={"trainer.steps": 3_000, "trainer.batch_size": 256, "penalty.weight": 0.1},
    )
