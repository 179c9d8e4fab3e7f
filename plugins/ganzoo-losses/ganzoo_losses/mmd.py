r"""MMD-GAN: two batches are compared as a whole, by a kernel.

**The idea.** A kernel :math:`k(a, b)` says how similar two samples are. If generated samples are
distributed like the data, then on average two fakes are as similar as two real samples, and as a
real sample and a fake. The maximum mean discrepancy measures the difference:

.. math::
    M(P, Q) = \mathbb{E}_{x, x'}[k(x, x')] - 2 \mathbb{E}_{x, y}[k(x, y)]
    + \mathbb{E}_{y, y'}[k(y, y')]

It is 0 only if :math:`P = Q`, so even a fixed kernel could train a generator (GMMN). But on pixels
a fixed kernel sees little. So the discriminator becomes an encoder :math:`f` with several outputs,
and the kernel compares these. :math:`f` is trained to make the difference large:

.. math:: \min_G \max_f M(f(x), f(G(z))), \qquad
    k(a, b) = \sum_\sigma \exp\Big(-\frac{\|a - b\|^2}{2 \sigma^2}\Big)

A sum over several widths :math:`\sigma` sees near and far differences (section 5 of the paper).

**The witness.** ``MMD.score`` shows where the two batches differ:
:math:`\mathbb{E}_x[k(a, x)] - \mathbb{E}_y[k(a, y)]` is large where there are more real samples. It
depends on the batch, so a run logs it, but cannot draw it as a surface.

**What bounds the encoder.** Without a bound, :math:`f` drives all distances to infinity, and the
kernel no longer sees anything. This loss suggests the penalty `spectral`. `gradient-penalty` of
ganzoo-wgan bounds the slope of the witness instead, as Bińkowski et al. do.

>>> real, fake = [[0.0, 0.0], [3.0, 4.0]], [[0.0, 0.0], [6.0, 8.0], [0.0, 5.0]]
>>> k = lambda a, b: exp(-dist(a, b) ** 2 / 2) + exp(-dist(a, b) ** 2 / (2 * 4**2))
>>> among = lambda rows: mean(k(a, b) for a in rows for b in rows if a is not b)
>>> formula = among(real) + among(fake) - 2 * mean(k(a, b) for a in real for b in fake)
>>> loss = MMD(outputs=2, widths=(1, 4))
>>> isclose(loss.discriminator(tensor(real), tensor(fake)), -formula)
True
>>> isclose(loss.generator(tensor(fake), tensor(real)), formula)
True
>>> witness = mean(k((3, 4), x) for x in real) - mean(k((3, 4), y) for y in fake)
>>> isclose(loss.score(tensor([[3.0, 4.0]]), tensor(real), tensor(fake))[0], witness)
True

**How it differs from the paper.** The paper clips the weights of :math:`f` to 0.01, and a decoder
must reconstruct the samples from its outputs, so that :math:`f` stays injective. A loss has no
decoder, and spectral norm replaces the clipping. The authors' code takes the root of the biased
estimate, which counts the similarity of a sample with itself. This is the unbiased estimate of the
paper's equation, so it may be slightly negative.

**Common mistakes.** With one output in place of a vector, the kernel sees almost nothing. Code that
sums over pairs without dividing by their number depends on the size of the batch.

Sources: Li, Chang, Cheng, Yang and Póczos, "MMD GAN: Towards Deeper Understanding of Moment
Matching Network", 2017, https://arxiv.org/abs/1705.08584, with the authors' code,
https://github.com/OctoberChang/MMD-GAN, and Bińkowski, Sutherland, Arbel and Gretton, "Demystifying
MMD GANs", 2018, https://arxiv.org/abs/1801.01401
"""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Gt
from torch import Tensor


@dataclass(frozen=True)
class MMD:
    """Scalar losses of rows of outputs, (N, outputs)."""

    outputs: Annotated[int, Ge(1)] = 16
    """The discriminator's outputs for each sample. The authors have 16 for MNIST."""
    widths: tuple[Annotated[float, Gt(0)], ...] = (1.0, 2.0, 4.0, 8.0, 16.0)
    """The widths sigma of the kernel."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """-M(f(x), f(G(z)))."""
        return -self.generator(fake, real)

    def generator(self, fake: Tensor, real: Tensor) -> Tensor:
        """M(f(x), f(G(z))), without a sample's similarity to itself."""
        across = self.kernel(real, fake).mean()
        return among(self.kernel(real, real)) + among(self.kernel(fake, fake)) - 2 * across

    def score(self, outputs: Tensor, real: Tensor, fake: Tensor) -> Tensor:
        """How much more similar each row is to the real samples than to the fakes, (N,)."""
        return self.kernel(outputs, real).mean(1) - self.kernel(outputs, fake).mean(1)

    def kernel(self, a: Tensor, b: Tensor) -> Tensor:
        """(N, K) and (M, K) -> (N, M)."""
        squares = a.square().sum(1)[:, None] + b.square().sum(1) - 2 * a @ b.T
        distance = squares.relu()  # rounding can make it slightly negative
        similar = distance.new_zeros(distance.shape)
        for width in self.widths:
            similar = similar + (-distance / (2 * width**2)).exp()
        return similar


def among(pairs: Tensor) -> Tensor:
    """The mean of a square matrix without its diagonal, the pairs of different samples."""
    n = len(pairs)
    return (pairs.sum() - pairs.diagonal().sum()) / max(n * (n - 1), 1)
