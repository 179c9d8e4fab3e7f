r"""Softmax: the samples of a batch compete for one unit of probability.

Real and generated samples go into one batch :math:`B = B_+ \cup B_-`, and a softmax over their
outputs deals out a probability of one among them. The discriminator wants it spread evenly over the
real samples and nothing on the generated; the generator wants it spread evenly over all. Both are
cross-entropies with these targets:

.. math:: L_D = -\frac{1}{|B_+|} \sum_{x \in B_+} d(x) + \ln Z, \qquad
    L_G = -\frac{1}{|B|} \sum_{x \in B} d(x) + \ln Z, \qquad Z = \sum_{x \in B} e^{d(x)}

:math:`d` is the discriminator's output, which the paper writes with the other sign
(there a low output means real). The generator's gradient stays alive when the
discriminator wins: the target of a generated sample is :math:`1/|B|`, its share near 0.

>>> real, fake = [2.0, -1.0], [0.5, -3.0]
>>> log_z = log(sum(exp(d) for d in real + fake))
>>> isclose(Softmax().discriminator(tensor(real), tensor(fake)), log_z - mean(real))
True
>>> isclose(Softmax().generator(tensor(fake), tensor(real)), log_z - mean(real + fake))
True

Source: Lin, "Softmax GAN", 2017, https://arxiv.org/abs/1704.06191
"""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Softmax:
    """Losses of the outputs on one batch, of any shape; each is a scalar."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """ln Z - d(x), averaged over the real."""
        return both(real, fake).logsumexp(0) - real.mean()

    def generator(self, fake: Tensor, real: Tensor) -> Tensor:
        """ln Z - d(x), averaged over real and generated."""
        d = both(real, fake)
        return d.logsumexp(0) - d.mean()


def both(real: Tensor, fake: Tensor) -> Tensor:
    """All outputs of the batch, (N,)."""
    return torch.cat((real.flatten(), fake.flatten()))
