"""Generators that forget: the experiments on mode collapse, and two of the answers to it."""

from collections.abc import Iterator

import ganzoo


@ganzoo.hookimpl
def ganzoo_models() -> Iterator[ganzoo.Model]:
    yield ganzoo.Model(
        name="pacgan",
        summary="The discriminator judges m points at once, so that a collapse shows.",
        paper=ganzoo.Paper(
            "PacGAN: The power of two samples in generative adversarial networks",
            year=2017,
            arxiv="1712.04086",
        ),
        factory="ganzoo_mode_collapse.pacgan:PacGAN",
        dataset="ring",
        defaults={
            "trainer.steps": 50_000,
            "trainer.batch_size": 200,
            "trainer.lr": 1e-4,
            "trainer.betas": (0.8, 0.999),
        },
    )
