r"""RealnessGAN: realness is a distribution and not a number.

**The idea.** People who judge a picture look at it from several sides: the strokes are good, the
shape is not. One number hides that. Here the discriminator gives a distribution over :math:`K`
outcomes between -1 (fake) and 1 (real), a softmax of :math:`K` outputs. Its targets are not the
numbers 0 and 1 but two distributions, the anchors :math:`\mathcal{A}_0` and :math:`\mathcal{A}_1`:

.. math::
    \max_G \min_D \; \mathbb{E}_x[D_{KL}(\mathcal{A}_1 \| D(x))]
    + \mathbb{E}_z[D_{KL}(\mathcal{A}_0 \| D(G(z)))]

The anchors can disagree with each other in many ways, so the discriminator is harder to satisfy,
and more outcomes make it more informative (section 3.2 of the paper).

**The generator** leaves :math:`\mathcal{A}_0`, and needs a place to go. By default this is the
verdict on the real sample at the same place in the batch (the paper's objective 2, which it
recommends). With ``loss.relative=false`` it is the anchor (objective 3):

.. math::
    L_G = \mathbb{E}_{x,z}[D_{KL}(D(x) \| D(G(z)))] - \mathbb{E}_z[D_{KL}(\mathcal{A}_0 \| D(G(z)))]

**The anchors** are those of the authors' code, without its random numbers. :math:`\mathcal{A}_0` is
a bell and :math:`\mathcal{A}_1` is even. Both are then shifted, one by -1 and the other by 1, and
what leaves the range stays at its end. So half of :math:`\mathcal{A}_1` lies on the outcome 1, and
half of :math:`\mathcal{A}_0` on -1.

>>> bell = [exp(-((u / 0.31) ** 2) / 2) for u in (-1, 0, 1)]
>>> a0 = [(bell[0] + bell[1]) / sum(bell), bell[2] / sum(bell), 0]  # shifted by one of three places
>>> a1 = [0, 1 / 3, 2 / 3]
>>> def D(row):
...     return [exp(d) / sum(map(exp, row)) for d in row]
>>> def kl(p, q):
...     return sum(a * log(a / b) for a, b in zip(p, q) if a)
>>> real, fake = [[0.0, 1.0, 2.0], [1.0, 1.0, -1.0]], [[2.0, 0.0, 0.0], [0.5, -1.0, 3.0]]
>>> loss, anchored = Realness(outputs=3), Realness(outputs=3, relative=False)
>>> formula = mean(kl(a1, D(x)) for x in real) + mean(kl(a0, D(y)) for y in fake)
>>> isclose(loss.discriminator(tensor(real), tensor(fake)), formula)
True
>>> away = mean(kl(a0, D(y)) for y in fake)
>>> to_real = mean(kl(D(x), D(y)) for x, y in zip(real, fake))
>>> isclose(loss.generator(tensor(fake), tensor(real)), to_real - away)
True
>>> to_anchor = mean(kl(a1, D(y)) for y in fake)
>>> isclose(anchored.generator(tensor(fake), tensor(real)), to_anchor - away)
True
>>> isclose(loss.score(tensor(real))[0], D(real[0])[2] - D(real[0])[0])
True

``Realness.score`` is the mean outcome, between -1 and 1, which runs log and draw.

**How it differs from the authors' code.** The code draws 1,000 new numbers for each anchor in each
move. It computes cross-entropies, which differ from the divergences by a constant for the player
that moves. It adds 1e-16 before a logarithm, and here the logarithm of the softmax is computed
directly.

Source: Xiangli, Deng, Dai, Loy and Lin, "Real or Not Real, that is the Question", 2020,
https://arxiv.org/abs/2002.05512, and the authors' code, https://github.com/kam1107/RealnessGAN
"""

from dataclasses import dataclass
from typing import Annotated

import torch
from annotated_types import Ge
from torch import Tensor

BELL = 0.31
"""Standard deviation of the bell. A histogram of 1,000 normal numbers ends at 3.2 of them."""


@dataclass(frozen=True)
class Realness:
    """Scalar losses of rows of outputs, (N, outputs), whose softmax is a distribution."""

    outputs: Annotated[int, Ge(2)] = 51
    """The number of outcomes K."""
    relative: bool = True
    """Whether the generator's target is D(x), and not the anchor of real samples."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """KL(A1 || D(x)) + KL(A0 || D(G(z))), each averaged."""
        return divergence(self.of_real(real), real.log_softmax(1)) + self.from_fake(fake)

    def generator(self, fake: Tensor, real: Tensor) -> Tensor:
        """KL(D(x) || D(G(z))) - KL(A0 || D(G(z))), each averaged."""
        wanted = real.softmax(1) if self.relative else self.of_real(real)
        return divergence(wanted, fake.log_softmax(1)) - self.from_fake(fake)

    def score(self, outputs: Tensor) -> Tensor:
        """The mean outcome of each row, (N,)."""
        return outputs.softmax(1) @ outcomes(outputs)

    def from_fake(self, fake: Tensor) -> Tensor:
        """KL(A0 || D(G(z))), averaged."""
        bell = (-(outcomes(fake) / BELL).square() / 2).softmax(0)
        return divergence(shifted(bell, -1), fake.log_softmax(1))

    def of_real(self, rows: Tensor) -> Tensor:
        """The anchor A1, (outputs,)."""
        return shifted(torch.ones_like(rows[0]) / self.outputs, 1)


def outcomes(rows: Tensor) -> Tensor:
    """The outcomes, evenly from -1 to 1, for rows (N, K): (K,)."""
    return torch.linspace(-1, 1, rows.shape[1], device=rows.device, dtype=rows.dtype)


def shifted(anchor: Tensor, by: float) -> Tensor:
    """A distribution over the outcomes, (K,), moved by a number. Nothing leaves the range.

    What falls between two outcomes is shared by them.
    """
    places = torch.linspace(-1, 1, len(anchor), device=anchor.device, dtype=anchor.dtype)
    moved = (places + by).clamp(-1, 1)
    share = 1 - (places[:, None] - moved).abs() * (len(anchor) - 1) / 2
    return share.relu() @ anchor


def divergence(wanted: Tensor, log_given: Tensor) -> Tensor:
    """KL(wanted || given), averaged over rows. ``wanted`` is (K,) or (N, K)."""
    rows = torch.xlogy(wanted, wanted) - wanted * log_given
    return rows.sum(1).mean()
