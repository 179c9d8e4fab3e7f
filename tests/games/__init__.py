"""A plugin for the tests: small games, faithful to their papers, that prove the contract.

They use what ``import ganzoo`` makes public, ``ganzoo.nn``, and nothing else. Like any plugin's,
this module imports without torch; the records point at the code.
"""

from collections.abc import Iterator

import ganzoo


@ganzoo.hookimpl
def ganzoo_models() -> Iterator[ganzoo.Model]:
    yield ganzoo.Model(
        name="adversarial-autoencoder",
        summary="An autoencoder whose codes are made to follow a prior by a game on the codes.",
        paper=ganzoo.Paper("Adversarial Autoencoders", year=2015, arxiv="1511.05644"),
        factory="games.adversarial_autoencoder:AdversarialAutoencoder",
        dataset="ring",
    )
    yield ganzoo.Model(
        name="began",
        summary="The discriminator is an autoencoder, and a balance keeps the players level.",
        paper=ganzoo.Paper(
            "BEGAN: Boundary Equilibrium Generative Adversarial Networks",
            year=2017,
            arxiv="1703.10717",
        ),
        factory="games.began:BEGAN",
        output=None,
        dataset="ring",
        defaults={"trainer.lr": 1e-3},
    )
    yield ganzoo.Model(
        name="cycle",
        summary="Translates between two domains that were never seen side by side.",
        paper=ganzoo.Paper(
            "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks",
            year=2017,
            arxiv="1703.10593",
        ),
        factory="games.cycle:Cycle",
        output=None,
        needs=("a", "b"),
        dataset="two-rings",
        defaults={"trainer.betas": (0.5, 0.999)},
    )
    yield ganzoo.Model(
        name="coded-points",
        summary="Part of the latent is a code that can be read off the sample again.",
        paper=ganzoo.Paper(
            "InfoGAN: Interpretable Representation Learning by Information Maximizing GANs",
            year=2016,
            arxiv="1606.03657",
        ),
        factory="games.infogan:InfoGAN",
        dataset="ring",
        defaults={"trainer.betas": (0.5, 0.999)},
    )


@ganzoo.hookimpl
def ganzoo_losses() -> Iterator[ganzoo.Loss]:
    yield ganzoo.Loss(
        name="wasserstein-penalised",
        summary="Distance between the distributions by a critic whose slope is kept near one.",
        paper=GULRAJANI,
        factory="games.wasserstein:Wasserstein",
        penalty="slope-one",
        defaults={
            "trainer.critic_moves": 5,
            "trainer.lr": 1e-4,
            "trainer.betas": (0.0, 0.9),
        },
    )


@ganzoo.hookimpl
def ganzoo_penalties() -> Iterator[ganzoo.Penalty]:
    yield ganzoo.Penalty(
        name="slope-one",
        summary="Pulls the critic's slope between real and fake samples towards one.",
        paper=GULRAJANI,
        factory="games.gradient_penalty:GradientPenalty",
    )


@ganzoo.hookimpl
def ganzoo_datasets() -> Iterator[ganzoo.Dataset]:
    yield ganzoo.Dataset(
        name="two-rings",
        summary="Two domains of points, unpaired: a ring, and the ring turned and moved.",
        factory="games.two_rings:TwoRings",
    )


@ganzoo.hookimpl
def ganzoo_metrics() -> Iterator[ganzoo.Metric]:
    yield ganzoo.Metric(
        name="middle",
        summary="How far the middle of the samples is from that of the data.",
        factory="games.middle:Middle",
        scores=(ganzoo.Score("distance", "Between the two, in the data's unit.", "lower"),),
        samples=64,
        unasked=False,
    )


GULRAJANI = ganzoo.Paper("Improved Training of Wasserstein GANs", year=2017, arxiv="1704.00028")
