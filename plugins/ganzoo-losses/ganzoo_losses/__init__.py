"""Registers losses and penalties for any model with a discriminator."""

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
    yield ganzoo.Loss(
        name="f-gan",
        summary="A lower bound of an f-divergence, from Kullback-Leibler to total variation.",
        paper=ganzoo.Paper(
            "f-GAN: Training Generative Neural Samplers using Variational Divergence Minimization",
            year=2016,
            arxiv="1606.00709",
        ),
        factory="ganzoo_losses.f_gan:FGAN",
    )
    yield ganzoo.Loss(
        name="mmd",
        summary="A kernel compares two batches of vectors, and D makes their difference large.",
        paper=ganzoo.Paper(
            "MMD GAN: Towards Deeper Understanding of Moment Matching Network",
            year=2017,
            arxiv="1705.08584",
        ),
        factory="ganzoo_losses.mmd:MMD",
        penalty="spectral",
    )
    yield ganzoo.Loss(
        name="sphere",
        summary="D's outputs are points on a sphere, compared by their distance to a pole.",
        paper=ganzoo.Paper(
            "Sphere Generative Adversarial Network Based on Geometric Moment Matching", year=2019
        ),
        factory="ganzoo_losses.sphere:Sphere",
    )
    yield ganzoo.Loss(
        name="realness",
        summary="D gives a distribution of realness, and two distributions are its targets.",
        paper=ganzoo.Paper("Real or Not Real, that is the Question", year=2020, arxiv="2002.05512"),
        factory="ganzoo_losses.realness:Realness",
    )


@ganzoo.hookimpl
def ganzoo_penalties() -> Iterator[ganzoo.Penalty]:
    yield ganzoo.Penalty(
        name="consistency",
        summary="A small shift of a sample must not change D's output.",
        paper=ganzoo.Paper(
            "Improved Consistency Regularization for GANs", year=2020, arxiv="2002.04724"
        ),
        factory="ganzoo_losses.consistency:Consistency",
    )
    yield ganzoo.Penalty(
        name="lecam",
        summary="D's outputs stay near a moving average of those on the other kind.",
        paper=ganzoo.Paper(
            "Regularizing Generative Adversarial Networks under Limited Data",
            year=2021,
            arxiv="2104.03310",
        ),
        factory="ganzoo_losses.lecam:LeCam",
    )
    yield ganzoo.Penalty(
        name="spectral",
        summary="Divides each layer of D by its largest singular value, which bounds its slope.",
        paper=ganzoo.Paper(
            "Spectral Normalization for Generative Adversarial Networks",
            year=2018,
            arxiv="1802.05957",
        ),
        factory="ganzoo_losses.spectral:Spectral",
    )
