r"""Cramér GAN: the energy distance between two batches, in the critic's features.

**The idea.** The Wasserstein distance of two batches is a biased estimate of that of the
distributions, so its gradient is biased, too. The energy distance has unbiased estimates, and it
also grows with the distance that mass must move:

.. math::
    \mathcal{E}(P, Q) = 2 \mathbb{E}_{x,y} \|x - y\| - \mathbb{E}_{x,x'} \|x - x'\|
    - \mathbb{E}_{y,y'} \|y - y'\|

In one dimension it is twice the squared Cramér distance, from which the paper has its name. On
pixels this distance means little, so the critic becomes an encoder :math:`h` with several outputs.
The generator minimises the energy distance of these. Its middle term, the distances among real
samples, does not depend on the generator and is left out:

.. math:: L_G = 2 \mathbb{E}\|h(x) - h(G(z))\| - \mathbb{E}\|h(G(z)) - h(G(z'))\|

The critic maximises a difference of means, like that of WGAN-GP, of the function

.. math::
    f(a) = \mathbb{E}_{z'}\|h(a) - h(G(z'))\| - \|h(a)\|, \qquad
    L_D = \mathbb{E}_z[f(G(z))] - \mathbb{E}_x[f(x)]

with the penalty `gradient-penalty` on the slope of :math:`f`. (This is algorithm 1 of the paper.)

**Where to find it in the code.** ``Cramer.score`` is :math:`f`. ganzoo passes it to the penalty and
logs its means. It depends on the batch's fakes, so no surface can be drawn. The paper draws two
independent fakes for each real sample. Here each expectation is over all pairs of different samples
of a batch, which is an estimate of the same numbers with less noise.

>>> real, fake = [[3.0, 4.0], [0.0, 0.0]], [[0.0, 5.0], [6.0, 8.0]]
>>> f = lambda a, others: mean(dist(a, y) for y in others) - hypot(*a)
>>> on_fake = mean([f(fake[0], [fake[1]]), f(fake[1], [fake[0]])])
>>> loss = Cramer(outputs=2)
>>> formula = on_fake - mean(f(x, fake) for x in real)
>>> isclose(loss.discriminator(tensor(real), tensor(fake)), formula)
True
>>> formula = 2 * mean(dist(x, y) for x in real for y in fake) - dist(*fake)
>>> isclose(loss.generator(tensor(fake), tensor(real)), formula)
True
>>> isclose(loss.score(tensor(real), tensor(real), tensor(fake))[0], f(real[0], fake))
True

**A weakness.** :math:`\|h(a)\|` stands for the distance to other real samples, because the authors
also want to train with one real sample for each condition. So :math:`L_D` can be 0 although the
distributions differ (Gretton 2017). `mmd` of ganzoo-losses has no such term.

**Common mistakes.** Code that compares each fake with itself adds zeros to the last mean. The root
in a distance of 0 has no slope, which gives NaN, so a tiny number is added here. Some code trains
the generator with :math:`L_D`'s opposite, a variant that the paper calls a surrogate.

Sources: Bellemare et al., "The Cramer Distance as a Solution to Biased Wasserstein Gradients",
2017, https://arxiv.org/abs/1705.10743, and Gretton, "Notes on the Cramer GAN", 2017
"""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge
from torch import Tensor


@dataclass(frozen=True)
class Cramer:
    """Scalar losses of rows of outputs, (N, outputs)."""

    outputs: Annotated[int, Ge(1)] = 256
    """The critic's outputs for each sample, as in the paper."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """f(G(z)) - f(x), each averaged."""
        on_fake = among(distances(fake, fake)) - lengths(fake).mean()
        return on_fake - self.score(real, real, fake).mean()

    def generator(self, fake: Tensor, real: Tensor) -> Tensor:
        """2 |h(x) - h(G(z))| - |h(G(z)) - h(G(z'))|, each averaged."""
        return 2 * distances(real, fake).mean() - among(distances(fake, fake))

    def score(self, outputs: Tensor, real: Tensor, fake: Tensor) -> Tensor:
        """f of each row, (N,)."""
        return distances(outputs, fake).mean(1) - lengths(outputs)


def lengths(rows: Tensor) -> Tensor:
    """(N, K) -> (N,). A root has no slope at 0, and a tiny number avoids that."""
    return (rows.square().sum(1) + 1e-12).sqrt()


def distances(a: Tensor, b: Tensor) -> Tensor:
    """(N, K) and (M, K) -> (N, M)."""
    squares = a.square().sum(1)[:, None] + b.square().sum(1) - 2 * a @ b.T
    return (squares.relu() + 1e-12).sqrt()  # rounding can make a square slightly negative


def among(pairs: Tensor) -> Tensor:
    """The mean of a square matrix without its diagonal, the pairs of different samples."""
    n = len(pairs)
    return (pairs.sum() - pairs.diagonal().sum()) / max(n * (n - 1), 1)
