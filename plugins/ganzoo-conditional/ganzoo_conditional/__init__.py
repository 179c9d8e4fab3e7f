"""Registers the models that are given a class: cgan, acgan and projection-gan."""

from collections.abc import Iterator

import ganzoo
from ganzoo_conditional import unlabelled

QUICK = "Half the steps of the defaults, at most two minutes on two cores."


@ganzoo.hookimpl
def ganzoo_models() -> Iterator[ganzoo.Model]:
    yield ganzoo.Model(
        name="cgan",
        summary="Two perceptrons that are given the class, for labelled data of any shape.",
        paper=ganzoo.Paper("Conditional Generative Adversarial Nets", year=2014, arxiv="1411.1784"),
        factory="ganzoo_conditional.cgan:CGAN",
        needs=("label",),
        dataset="mnist-5k",
        defaults={
            "trainer.steps": 5_000,
            "trainer.batch_size": 64,
            "trainer.lr": 1e-3,
            "trainer.betas": (0.5, 0.999),
            "trainer.ema": 0.998,
        },
        presets=(ganzoo.Preset(name="quick", summary=QUICK, settings={"trainer.steps": 2_500}),),
    )
    yield ganzoo.Model(
        name="acgan",
        summary="A convolutional discriminator that also reads the class of a picture.",
        paper=ganzoo.Paper(
            "Conditional Image Synthesis With Auxiliary Classifier GANs",
            year=2016,
            arxiv="1610.09585",
        ),
        factory="ganzoo_conditional.acgan:ACGAN",
        needs=("image", "label"),
        dataset="mnist-5k",
        defaults={
            "trainer.steps": 2_500,
            "trainer.batch_size": 32,
            "trainer.lr": 2e-3,
            "trainer.betas": (0.5, 0.999),
            "trainer.ema": 0.998,
        },
        presets=(ganzoo.Preset(name="quick", summary=QUICK, settings={"trainer.steps": 1_250}),),
    )
    yield ganzoo.Model(
        name="projection-gan",
        summary="A convolutional discriminator that compares a picture's features with its class.",
        paper=ganzoo.Paper("cGANs with Projection Discriminator", year=2018, arxiv="1802.05637"),
        factory="ganzoo_conditional.projection:ProjectionGAN",
        needs=("image", "label"),
        loss="hinge",
        dataset="mnist-5k",
        defaults={
            "trainer.steps": 1_500,
            "trainer.batch_size": 32,
            "trainer.lr": 2e-3,
            "trainer.betas": (0.0, 0.9),
            "trainer.ema": 0.998,
        },
        presets=(ganzoo.Preset(name="quick", summary=QUICK, settings={"trainer.steps": 750}),),
    )
    yield from unlabelled.models()


@ganzoo.hookimpl
def ganzoo_datasets() -> Iterator[ganzoo.Dataset]:
    yield from unlabelled.datasets()
