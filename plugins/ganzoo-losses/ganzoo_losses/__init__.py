"""Registers six losses for any model whose discriminator outputs logits."""

from collections.abc import Iterator

import ganzoo

RELATIVISTIC = ganzoo.Paper(
    "The relativistic discriminator: a key element missing from standard GAN",
    year=2018,
    arxiv="1807.00734",
)


@ganzoo.hookimpl
def ganzoo_losses() -> Iterator[ganzoo.Loss]:
    yield ganzoo.Loss(
        name="least-squares",
        summary="Squared distance to a label, so that even samples that fool D keep a gradient.",
        paper=ganzoo.Paper(
            "Least Squares Generative Adversarial Networks", year=2016, arxiv="1611.04076"
        ),
        factory="ganzoo_losses.least_squares:LeastSquares",
    )
    yield ganzoo.Loss(
        name="hinge",
        summary="The loss of support vector machines: samples beyond the margin no longer count.",
        paper=ganzoo.Paper("Geometric GAN", year=2017, arxiv="1705.02894"),
        factory="ganzoo_losses.hinge:Hinge",
    )
    yield ganzoo.Loss(
        name="softmax",
        summary="A softmax over the batch: D puts all probability on the real samples.",
        paper=ganzoo.Paper("Softmax GAN", year=2017, arxiv="1704.06191"),
        factory="ganzoo_losses.softmax:Softmax",
    )
    yield ganzoo.Loss(
        name="relativistic",
        summary="Compares each real sample with one fake sample.",
        paper=RELATIVISTIC,
        factory="ganzoo_losses.relativistic:Relativistic",
    )
    yield ganzoo.Loss(
        name="relativistic-average",
        summary="Compares each sample with the average of the other kind.",
        paper=RELATIVISTIC,
        factory="ganzoo_losses.relativistic:RelativisticAverage",
    )
    yield ganzoo.Loss(
        name="bgan",
        summary="The generator aims for the decision boundary, where D is undecided.",
        paper=ganzoo.Paper(
            "Boundary-Seeking Generative Adversarial Networks", year=2017, arxiv="1702.08431"
        ),
        factory="ganzoo_losses.bgan:BGAN",
    )
