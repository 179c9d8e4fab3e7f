"""Registers two remedies for mode collapse and the datasets of their experiments."""

from collections.abc import Iterator

import ganzoo

VEEGAN = ganzoo.Paper(
    "VEEGAN: Reducing Mode Collapse in GANs using Implicit Variational Learning",
    year=2017,
    arxiv="1705.07761",
)
PACGAN = ganzoo.Paper(
    "PacGAN: The power of two samples in generative adversarial networks",
    year=2017,
    arxiv="1712.04086",
)


@ganzoo.hookimpl
def ganzoo_models() -> Iterator[ganzoo.Model]:
    yield ganzoo.Model(
        name="pacgan",
        summary="The discriminator judges m points at once, so that it notices mode collapse.",
        paper=PACGAN,
        factory="ganzoo_mode_collapse.pacgan:PacGAN",
        dataset="ring",
        defaults={
            "trainer.steps": 50_000,
            "trainer.batch_size": 200,
            "trainer.lr": 1e-4,
            "trainer.betas": (0.8, 0.999),
        },
    )
    yield ganzoo.Model(
        name="pac-dcgan",
        summary="A DCGAN whose discriminator judges m pictures at once.",
        paper=PACGAN,
        factory="ganzoo_mode_collapse.pac_dcgan:PacDCGAN",
        dataset="stacked-mnist",
        defaults={
            "trainer.steps": 10_000,
            "trainer.batch_size": 128,
            "trainer.lr": 2e-4,
            "trainer.betas": (0.5, 0.999),
        },
    )
    yield ganzoo.Model(
        name="unrolled",
        summary="The generator anticipates the discriminator's next few steps.",
        paper=ganzoo.Paper("Unrolled Generative Adversarial Networks", 2016, "1611.02163"),
        factory="ganzoo_mode_collapse.unrolled:Unrolled",
        loss="minimax",
        dataset="ring",
        defaults={
            "trainer.steps": 25_000,
            "trainer.batch_size": 512,
            "trainer.lr": 1e-3,
            "trainer.betas": (0.5, 0.999),
        },
    )


@ganzoo.hookimpl
def ganzoo_datasets() -> Iterator[ganzoo.Dataset]:
    yield ganzoo.Dataset(
        name="stacked-mnist",
        summary="Three random digits as the channels of a colour picture, with 1,000 modes.",
        paper=VEEGAN,
        factory="ganzoo_mode_collapse.stacked_mnist:StackedMNIST",
        fallback="stacked-mnist-5k",
    )
    yield ganzoo.Dataset(
        name="stacked-mnist-5k",
        summary="The same from the 5,000 digits that come with ganzoo, without a download.",
        paper=VEEGAN,
        factory="ganzoo_mode_collapse.stacked_mnist:StackedMNIST5k",
    )
