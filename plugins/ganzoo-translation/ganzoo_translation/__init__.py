"""Registers models that turn one picture into another, and metrics that score them."""

from collections.abc import Iterator

import ganzoo

ADAM = {"trainer.lr": 2e-4, "trainer.betas": (0.5, 0.999)}


@ganzoo.hookimpl
def ganzoo_models() -> Iterator[ganzoo.Model]:
    yield ganzoo.Model(
        name="pix2pix",
        summary="A U-Net that learns from pairs, against a discriminator of patches.",
        paper=ganzoo.Paper(
            "Image-to-Image Translation with Conditional Adversarial Networks",
            year=2016,
            arxiv="1611.07004",
        ),
        factory="ganzoo_translation.pix2pix:Pix2Pix",
        dataset="edges-digits",
        defaults={
            **ADAM,
            "dataset.coloured": True,
            "trainer.steps": 2_000,
            "trainer.batch_size": 16,
        },
        presets=(
            ganzoo.Preset(
                name="quick",
                summary="A third of the steps of the defaults.",
                settings={"trainer.steps": 700},
            ),
        ),
    )
    yield ganzoo.Model(
        name="cyclegan",
        summary="Two translators between domains without pairs, held together by cycles.",
        paper=ganzoo.Paper(
            "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks",
            year=2017,
            arxiv="1703.10593",
        ),
        factory="ganzoo_translation.cyclegan:CycleGAN",
        loss="least-squares",
        dataset="icons",
        defaults={**ADAM, "trainer.steps": 3_000, "trainer.batch_size": 4},
        presets=(
            ganzoo.Preset(
                name="quick",
                summary="A third of the steps of the defaults.",
                settings={"trainer.steps": 1_000},
            ),
        ),
    )
    yield ganzoo.Model(
        name="discogan",
        summary="Translators with a narrow code, which discover a relation without pairs.",
        paper=ganzoo.Paper(
            "Learning to Discover Cross-Domain Relations with Generative Adversarial Networks",
            year=2017,
            arxiv="1703.05192",
        ),
        factory="ganzoo_translation.discogan:DiscoGAN",
        dataset="rotated-digits",
        defaults={
            **ADAM,
            "trainer.weight_decay": 1e-4,
            "trainer.steps": 3_000,
            "trainer.batch_size": 64,
        },
        presets=(
            ganzoo.Preset(
                name="quick",
                summary="A third of the steps of the defaults.",
                settings={"trainer.steps": 1_000},
            ),
        ),
    )


@ganzoo.hookimpl
def ganzoo_metrics() -> Iterator[ganzoo.Metric]:
    yield ganzoo.Metric(
        name="translation",
        summary="For pictures with inputs and targets: the error, against copying, and sharpness.",
        factory="ganzoo_translation.translation:Translation",
        scores=(
            ganzoo.Score(
                "error", "Mean absolute error. Copying the input scores 1.", better="lower"
            ),
            ganzoo.Score("sharpness", "Gradient energy. The targets score 1."),
        ),
        wants=("input", "target"),
    )
    yield ganzoo.Metric(
        name="class-kept",
        summary="For translators of labelled pictures: whether the class of a picture stays.",
        factory="ganzoo_translation.class_kept:ClassKept",
        scores=(
            ganzoo.Score(
                "share", "Share of translations with their input's class.", better="higher"
            ),
            ganzoo.Score(
                "renamed",
                "The same, if each class may become another one.",
                better="higher",
            ),
        ),
        wants=("input",),
    )
