"""Records of the models that learn from few labels or none, and of their datasets."""

from collections.abc import Iterator

import ganzoo

SALIMANS = ganzoo.Paper("Improved Techniques for Training GANs", year=2016, arxiv="1606.03498")
CONVOLUTIONS = {
    "trainer.batch_size": 32,
    "trainer.lr": 1e-3,
    "trainer.betas": (0.5, 0.999),
    "trainer.ema": 0.998,
}


def quick(steps: int) -> tuple[ganzoo.Preset]:
    """A shorter run."""
    summary = "Fewer steps, at most two minutes on two cores."
    return (ganzoo.Preset(name="quick", summary=summary, settings={"trainer.steps": steps}),)


def models() -> Iterator[ganzoo.Model]:
    yield ganzoo.Model(
        name="infogan",
        summary="Finds classes and styles without labels, as codes that can be read off a picture.",
        paper=ganzoo.Paper(
            "InfoGAN: Interpretable Representation Learning by Information Maximizing Generative "
            "Adversarial Nets",
            year=2016,
            arxiv="1606.03657",
        ),
        factory="ganzoo_conditional.infogan:InfoGAN",
        needs=("image",),
        dataset="mnist-5k",
        defaults={"trainer.steps": 2_500} | CONVOLUTIONS,
        presets=quick(1_500),
    )
    yield ganzoo.Model(
        name="cluster-gan",
        summary="Sorts pictures into clusters, by an encoder that inverts the generator.",
        paper=ganzoo.Paper(
            "ClusterGAN: Latent Space Clustering in Generative Adversarial Networks",
            year=2018,
            arxiv="1809.03627",
        ),
        factory="ganzoo_conditional.cluster_gan:ClusterGAN",
        needs=("image", "label"),
        dataset="held-out",
        defaults={"trainer.steps": 2_500} | CONVOLUTIONS,
        presets=quick(1_500),
    )
    yield ganzoo.Model(
        name="sgan",
        summary="Learns to classify from a few labels and many pictures without labels.",
        paper=SALIMANS,
        factory="ganzoo_conditional.sgan:SGAN",
        needs=("image", "labelled", "label"),
        dataset="few-labels",
        defaults={
            "trainer.steps": 5_000,
            "trainer.batch_size": 100,
            "trainer.lr": 3e-3,
            "trainer.betas": (0.5, 0.999),
            "trainer.ema": 0.998,
            "trainer.held_out": 0,  # training uses each of the few labels
        },
        presets=quick(2_000),
    )


def datasets() -> Iterator[ganzoo.Dataset]:
    yield ganzoo.Dataset(
        name="held-out",
        summary="Pictures with labels, of which a balanced part is kept for testing.",
        factory="ganzoo_conditional.few_labels:HeldOut",
    )
    yield ganzoo.Dataset(
        name="few-labels",
        summary="Pictures of which only a few have labels, and a part that is kept for testing.",
        paper=SALIMANS,
        factory="ganzoo_conditional.few_labels:FewLabels",
    )
