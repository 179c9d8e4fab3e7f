"""Registers dcgan, the deep convolutional GAN."""

from collections.abc import Iterator

import ganzoo


@ganzoo.hookimpl
def ganzoo_models() -> Iterator[ganzoo.Model]:
    yield ganzoo.Model(
        name="dcgan",
        summary="Convolutions with batch norm, for grey or colour pictures of 28, 32 or 64 pixels.",
        paper=ganzoo.Paper(
            "Unsupervised Representation Learning with Deep Convolutional "
            "Generative Adversarial Networks",
            year=2015,
            arxiv="1511.06434",
        ),
        factory="ganzoo_dcgan.model:DCGAN",
        defaults={
            "trainer.steps": 3_000,
            "trainer.batch_size": 128,
            "trainer.lr": 2e-4,
            "trainer.betas": (0.5, 0.999),
        },
        presets=(
            ganzoo.Preset(
                name="quick",
                summary="Good digits within a minute on two cores. docs/presets.md explains the "
                "choice.",
                settings={
                    "model.latent": 64,
                    "model.width": 16,
                    "model.hidden": 256,
                    "trainer.steps": 2_500,
                    "trainer.batch_size": 32,
                    "trainer.lr": 2e-3,
                    "trainer.ema": 0.998,
                    "trainer.sample_every": 250,
                },
            ),
            ganzoo.Preset(
                name="paper",
                summary="The paper's width, for pictures of 64 pixels on a GPU.",
                settings={"model.width": 128},
            ),
        ),
    )
