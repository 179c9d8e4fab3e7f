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
    )
