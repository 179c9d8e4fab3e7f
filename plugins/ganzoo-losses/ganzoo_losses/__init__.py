"""Six losses that go with any model whose discriminator gives logits."""

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
        summary="Squared distance to the label: what is on the right side but far off still pulls.",
        paper=ganzoo.Paper(
            "Least Squares Generative Adversarial Networks", year=2016, arxiv="1611.04076"
        ),
        factory="ganzoo_losses.least_squares:LeastSquares",
    )
    yield ganzoo.Loss(
        name="hinge",
        summary="The support vector machine's: samples beyond the margin no longer count.",
        paper=ganzoo.Paper("Geometric GAN", year=2017, arxiv="1705.02894"),
        factory="ganzoo_losses.hinge:Hinge",
    )
    yield ganzoo.Loss(
        name="softmax",
        summary="All samples of a batch share one unit of probability; D gives it to the real.",
        paper=ganzoo.Paper("Softmax GAN", year=2017, arxiv="1704.06191"),
        factory="ganzoo_losses.softmax:Softmax",
    )
    yield ganzoo.Loss(
        name="relativistic",
        summary="Is this real sample more real than that fake one? In pairs.",
        paper=RELATIVISTIC,
        factory="ganzoo_losses.relativistic:Relativistic",
    )
    yield ganzoo.Loss(
        name="relativistic-average",
        summary="Is a sample more real than the average of the other kind?",
        paper=RELATIVISTIC,
        factory="ganzoo_losses.relativistic:RelativisticAverage",
    )
    yield ganzoo.Loss(
        name="bgan",
        summary="Boundary-seeking: the generator aims where D is undecided, not where D is fooled.",
        paper=ganzoo.Paper(
            "Boundary-Seeking Generative Adversarial Networks", year=2017, arxiv="1702.08431"
        ),
        factory="ganzoo_losses.bgan:BGAN",
    )
