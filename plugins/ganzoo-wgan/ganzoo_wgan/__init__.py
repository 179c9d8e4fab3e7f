"""A distance instead of a verdict: Wasserstein losses, and penalties on the critic's slope."""

from collections.abc import Iterator

import ganzoo

WGAN = ganzoo.Paper("Wasserstein GAN", year=2017, arxiv="1701.07875")
WGAN_GP = ganzoo.Paper("Improved Training of Wasserstein GANs", year=2017, arxiv="1704.00028")
WGAN_DIV = ganzoo.Paper("Wasserstein Divergence for GANs", year=2017, arxiv="1712.01026")
ALGORITHM_1 = {  # of the WGAN-GP paper; the losses need it, whatever the model
    "trainer.critic_moves": 5,
    "trainer.lr": 1e-4,
    "trainer.betas": (0.0, 0.9),
}


@ganzoo.hookimpl
def ganzoo_losses() -> Iterator[ganzoo.Loss]:
    yield ganzoo.Loss(
        name="wgan",
        summary="The Wasserstein distance, by a critic whose weights are clipped.",
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
        summary="The Wasserstein distance, by a critic whose slope is pulled towards one.",
        paper=WGAN_GP,
        factory="ganzoo_wgan.wasserstein:Wasserstein",
        penalty="gradient-penalty",
        defaults=ALGORITHM_1,
    )
    yield ganzoo.Loss(
        name="wgan-div",
        summary="A divergence with the same critic's loss, which needs no bound on the slope.",
        paper=WGAN_DIV,
        factory="ganzoo_wgan.wasserstein:Wasserstein",
        penalty="divergence",
        defaults=ALGORITHM_1,
    )


@ganzoo.hookimpl
def ganzoo_penalties() -> Iterator[ganzoo.Penalty]:
    yield ganzoo.Penalty(
        name="gradient-penalty",
        summary="Slope near one between real and fake samples.",
        paper=WGAN_GP,
        factory="ganzoo_wgan.gradient_penalty:GradientPenalty",
    )
    yield ganzoo.Penalty(
        name="divergence",
        summary="A high power of the slope between real and fake samples: WGAN-div's term.",
        paper=WGAN_DIV,
        factory="ganzoo_wgan.divergence:Divergence",
    )
    yield ganzoo.Penalty(
        name="dragan",
        summary="Slope near one around the real samples: goes with the usual loss.",
        paper=ganzoo.Paper("On Convergence and Stability of GANs", year=2017, arxiv="1705.07215"),
        factory="ganzoo_wgan.dragan:DRAGAN",
    )
    yield ganzoo.Penalty(
        name="r1",
        summary="No slope at the real samples: the game converges near its equilibrium.",
        paper=ganzoo.Paper(
            "Which Training Methods for GANs do actually Converge?", year=2018, arxiv="1801.04406"
        ),
        factory="ganzoo_wgan.r1:R1",
    )


@ganzoo.hookimpl
def ganzoo_models() -> Iterator[ganzoo.Model]:
    yield ganzoo.Model(
        name="wgan-gp-toy",
        summary="Two wide perceptrons for points in the plane: all eight modes of the ring.",
        paper=WGAN_GP,
        factory="ganzoo_wgan.toy:Toy",
        loss="wgan-gp",
        dataset="ring",
        defaults={"trainer.steps": 3_000, "trainer.batch_size": 256, "penalty.weight": 0.1},
    )
